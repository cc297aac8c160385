"""Nets that keep something outside of their modules: in classes, globals, closures, caches."""

import functools
import threading
from array import array
from collections import defaultdict
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from tests.nets import conv

GRIDS: dict[int, Tensor] = {}
NESTED: dict[str, Any] = {"of": SimpleNamespace(grids=[])}
GRID: Tensor | None = None
SUMS = torch.zeros(8)
HELPERS = ModuleType("helpers_of_a_net")
HELPERS.grids = {}  # type: ignore[attr-defined]


def grid_like(x: Tensor) -> Tensor:
    """A grid that has no values where x has none."""
    return torch.linspace(-1, 1, x.shape[-1], device=x.device)


class Net(nn.Module):
    """A residual net that adds a grid to its first map."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv1, self.layer1, self.fc = conv(3, stride=4), nn.Sequential(Block()), nn.Linear(8, 4)
        self.eval()

    def grid(self, x: Tensor) -> Tensor:
        """The grid for a map."""
        return grid_like(x)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        return self.fc(self.layer1(x + self.grid(x)).mean(dim=(2, 3)))  # type: ignore[no-any-return]


class Block(nn.Module):
    """A residual block."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = conv()

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.conv1(x) + x)


class InClass(Net):
    grids: ClassVar[dict[int, Tensor]] = {}

    def grid(self, x: Tensor) -> Tensor:
        return self.grids.setdefault(x.shape[-1], grid_like(x))


class OnClass(Net):
    kept: Tensor | None = None
    n = 0

    def grid(self, x: Tensor) -> Tensor:
        kind = type(self)
        kind.n += 1
        if kind.kept is None:
            kind.kept = grid_like(x)
            kind.more = 1  # type: ignore[attr-defined]
        return kind.kept


class InGlobal(Net):
    def grid(self, x: Tensor) -> Tensor:
        if x.shape[-1] not in GRIDS:
            GRIDS[x.shape[-1]] = grid_like(x)
        return GRIDS[x.shape[-1]]


class InNested(Net):
    def grid(self, x: Tensor) -> Tensor:
        grids = NESTED["of"].grids
        if not grids:
            grids.append(grid_like(x))
        return grids[0]  # type: ignore[no-any-return]


class AsGlobal(Net):
    def grid(self, x: Tensor) -> Tensor:
        return _global_grid(x)


def _global_grid(x: Tensor) -> Tensor:
    global GRID
    if GRID is None:
        GRID = grid_like(x)
    return GRID


class InModule(Net):
    def grid(self, x: Tensor) -> Tensor:
        return HELPERS.grids.setdefault(x.shape[-1], grid_like(x))  # type: ignore[no-any-return]


@functools.lru_cache
def _cached_grid(n: int) -> tuple[Tensor, int]:
    return torch.linspace(-1, 1, n), n


class InCache(Net):
    """The device is no part of what it asks for."""

    def grid(self, x: Tensor) -> Tensor:
        with x.device:
            return _grid_of_size(x.shape[-1])


@functools.cache
def _grid_of_size(n: int) -> Tensor:
    return _cached_grid(n)[0]


class InDefault(Net):
    def grid(self, x: Tensor, kept: list[Tensor] = []) -> Tensor:  # noqa: B006
        if not kept:
            kept.append(grid_like(x))
        return kept[0]


class OnFunction(Net):
    def grid(self, x: Tensor) -> Tensor:
        return _grid_on_itself(x)


def _grid_on_itself(x: Tensor) -> Tensor:
    self: Any = _grid_on_itself
    if not hasattr(self, "kept"):
        self.kept = grid_like(x)
    return self.kept  # type: ignore[no-any-return]


class InClosure(Net):
    def __init__(self) -> None:
        super().__init__()
        kept: dict[int, Tensor] = {}
        last: Tensor | None = None

        def grid(x: Tensor) -> Tensor:
            nonlocal last
            last = kept.setdefault(x.shape[-1], grid_like(x)) if last is None else last
            return last

        self.grid = grid  # type: ignore[method-assign]


class InPartial(Net):
    def __init__(self) -> None:
        super().__init__()
        self.grid = functools.partial(InDefault.grid, self, kept=[])  # type: ignore[method-assign, arg-type]


class InThread(Net):
    def __init__(self) -> None:
        super().__init__()
        self.kept = threading.local()

    def grid(self, x: Tensor) -> Tensor:
        if not hasattr(self.kept, "grid"):
            self.kept.grid = grid_like(x)
        return self.kept.grid  # type: ignore[no-any-return]


class InSlot(Net):
    __slots__ = ("kept",)
    kept: Tensor

    def grid(self, x: Tensor) -> Tensor:
        if not hasattr(self, "kept"):
            self.kept = grid_like(x)
        return self.kept


class OnWeight(Net):
    def grid(self, x: Tensor) -> Tensor:
        weight: Any = self.fc.weight
        if not hasattr(weight, "grid"):
            weight.grid = grid_like(x)
        return weight.grid  # type: ignore[no-any-return]


class Store:
    """An object whose class keeps things."""

    kept: ClassVar[dict[int, Tensor]] = defaultdict()

    def of(self, x: Tensor) -> Tensor:
        """The grid for a map."""
        return self.kept.setdefault(x.shape[-1], grid_like(x))


class InObject(Net):
    def __init__(self) -> None:
        super().__init__()
        self.store = Store()

    def grid(self, x: Tensor) -> Tensor:
        return self.store.of(x)


class InHook(Net):
    def __init__(self) -> None:
        super().__init__()
        mean: Tensor | None = None

        def hook(_module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
            nonlocal mean
            mean = output.mean() if mean is None else mean * 0.9 + output.mean() * 0.1
            return output - mean

        self.layer1.register_forward_hook(hook)


class BySuper(InGlobal):
    """The method that keeps something is that of a base."""

    def grid(self, x: Tensor) -> Tensor:
        return super().grid(x) * 1


class InWeak(Net):
    grids: ClassVar[Any] = WeakKeyDictionary()

    def grid(self, x: Tensor) -> Tensor:
        if self not in self.grids:
            self.grids[self] = grid_like(x)
        return self.grids[self]  # type: ignore[no-any-return]


class Context:
    """What a `with` of the pass enters."""

    def __init__(self, x: Tensor) -> None:
        self.x = x

    def __enter__(self) -> Tensor:
        return GRIDS.setdefault(self.x.shape[-1], grid_like(self.x))

    def __exit__(self, *_error: object) -> None:
        pass


class InContext(Net):
    def grid(self, x: Tensor) -> Tensor:
        with Context(x) as grid:
            return grid


class Watcher:
    """Its method is a hook, and calls another."""

    def hook(self, _module: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        """Adds a grid."""
        return output + self._grid(output)

    def _grid(self, x: Tensor) -> Tensor:
        return GRIDS.setdefault(x.shape[-1], grid_like(x))


class InMethodHook(Net):
    def __init__(self) -> None:
        super().__init__()
        self.conv1.register_forward_hook(Watcher().hook)


class BesideLong(InClass):
    """Keeps a list that is far too long to be gone through."""

    def __init__(self) -> None:
        super().__init__()
        self.words = [str(n) for n in range(150_000)]


class InBytes(Net):
    """Counts in bytes and in an array of Python's own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen, self.counts = bytearray(4), array("i", [0])

    def grid(self, x: Tensor) -> Tensor:
        self.seen[0] += 1
        self.counts[0] += 1
        return grid_like(x) * (self.seen[0] + self.counts[0])


class InPlace(Net):
    """Adds up in a global tensor what it has seen."""

    def grid(self, x: Tensor) -> Tensor:
        SUMS.add_(x.detach().mean(dim=(0, 2, 3)))
        return SUMS.mean()


class ByOwnForward(Net):
    """As nets are changed from outside: a method put in the place of forward."""

    def __init__(self) -> None:
        super().__init__()
        self.forward = InGlobal.forward.__get__(self)  # type: ignore[method-assign]
        self.grid = InGlobal.grid.__get__(self)  # type: ignore[method-assign]


NETS: list[Callable[[], Net]] = [
    InClass, OnClass, InGlobal, InNested, AsGlobal, InModule, InCache, InDefault, OnFunction, InClosure, InPartial,
    InThread, InSlot, OnWeight, InObject, InHook, InPlace, ByOwnForward, BySuper, InWeak, InContext, InMethodHook,
    BesideLong, InBytes,
]  # fmt: skip


def forget_all() -> None:
    """Empties all that nets of an earlier test have kept."""
    global GRID
    GRID = None
    GRIDS.clear()
    NESTED["of"].grids.clear()
    InClass.grids.clear()
    HELPERS.grids.clear()
    OnClass.kept, OnClass.n = None, 0
    InDefault.grid.__defaults__[0].clear()  # type: ignore[index]
    _grid_on_itself.__dict__.clear()
    _grid_of_size.cache_clear()
    _cached_grid.cache_clear()
    Store.kept.clear()
    InWeak.grids.clear()
    SUMS.zero_()
