"""What a net keeps outside of its modules is as it was after every call: in classes, globals, closures, caches."""

import functools
import threading
from collections import defaultdict
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize

from resnet_viz.model.foreign.reached import reach_of_class
from resnet_viz.model.trace.plan import trace_model
from tests.model.foreign.calls import CALLS, EACH, SHAPE
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
    InThread, InSlot, OnWeight, InObject, InHook, InPlace, ByOwnForward,
]  # fmt: skip
OF_A_NET = pytest.mark.parametrize("make", NETS)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Nothing of an earlier test."""
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
    SUMS.zero_()


@EACH
@OF_A_NET
@torch.no_grad()
def test_what_is_kept_outside_of_modules_is_put_back(name: str, make: Callable[[], Net]) -> None:
    image = torch.randn(SHAPE)
    expected = [make()(image) for _ in range(1)]
    _nothing_kept.__wrapped__()  # type: ignore[attr-defined]
    model = make()
    CALLS[name](model)
    assert torch.equal(model(image), expected[0])


@OF_A_NET
@torch.no_grad()
def test_what_was_kept_before_is_there_still(make: Callable[[], Net]) -> None:
    image = torch.randn(SHAPE)
    model, twin = make(), make()
    model(image)
    second = model(image)
    _nothing_kept.__wrapped__()  # type: ignore[attr-defined]
    twin(image)
    trace = trace_model(twin, SHAPE)
    assert torch.equal(twin(image), second)
    assert not trace.warnings


def test_what_is_reached_is_what_the_pass_names() -> None:
    reach = reach_of_class(AsGlobal)
    names = {function.__qualname__ for function in reach.functions}
    assert names == {"Net.forward", "AsGlobal.grid", "Net.grid", "_global_grid", "grid_like"}
    assert [name for _namespace, name in reach.places.values()] == ["GRID"]
    assert reach_of_class(nn.Conv2d).functions == []  # torch keeps nothing of a net


def test_packages_that_a_net_calls_are_not_gone_through() -> None:
    """They may name all of themselves; the one that defines the net is."""

    class Calling(Net):
        def grid(self, x: Tensor) -> Tensor:
            assert x.dim() == 4, pytest.importorskip.__name__  # pytest makes more of it
            return grid_like(x)

    assert {function.__name__ for function in reach_of_class(Calling).functions} == {"forward", "grid", "grid_like"}


def test_names_and_order_of_a_class_are_as_before() -> None:
    before = {**vars(OnClass)}
    trace_model(OnClass(), SHAPE)
    assert {**vars(OnClass)} == before


def test_a_hook_of_ones_own_keeps_its_maps() -> None:
    """As it is done everywhere to look at a map: it is not replaced by one without values."""
    maps: dict[str, Tensor] = {}
    model = Net()
    model.layer1.register_forward_hook(lambda _module, _inputs, output: maps.update(layer1=output.detach()))
    model(torch.randn(SHAPE))
    kept = maps["layer1"]
    for call in CALLS.values():
        call(model)
        assert maps == {"layer1": kept}


def test_results_without_tensors_stay_cached() -> None:
    @functools.cache
    def size(n: int) -> list[int]:
        return [n]

    class Sized(Net):
        def grid(self, x: Tensor) -> Tensor:
            return grid_like(x) * size(x.shape[-1])[0]

    first = size(1)
    trace_model(Sized(), SHAPE)
    assert size.cache_info().currsize == 2
    assert size(1) is first


def test_weights_computed_once_are_computed_again() -> None:
    """`parametrize.cached` keeps them for all nets, in one dictionary of torch's own."""
    model: Any = Net()
    parametrizations.weight_norm(model.fc)
    image = torch.randn(SHAPE)
    with torch.no_grad():
        expected = model(image)
        with parametrize.cached():
            plain = trace_model(model, SHAPE)
            weight = model.fc.weight
            again = trace_model(model, SHAPE)
            assert model.fc.weight is weight
            assert torch.equal(model(image), expected)
    assert [*plain.nodes] == [*again.nodes]


def test_what_cannot_be_found_is_told() -> None:
    class Hidden(Net):
        def grid(self, x: Tensor) -> Tensor:
            kept = getattr(torch, "_kept_by_a_test", None)
            if kept is None:
                kept = torch._kept_by_a_test = grid_like(x)  # type: ignore[attr-defined]
            return kept

    try:
        warnings = trace_model(Hidden(), SHAPE).warnings
        assert len(warnings) == 1
        assert "make it anew" in warnings[0]
    finally:
        del torch._kept_by_a_test  # type: ignore[attr-defined]


def test_circles_are_no_reason_to_warn() -> None:
    class Circular(Net):
        def grid(self, x: Tensor) -> Tensor:
            circle: list[Any] = [grid_like(x)]
            circle.append(circle)
            return circle[0]  # type: ignore[no-any-return]

    assert not trace_model(Circular(), SHAPE).warnings


def test_a_large_global_array_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be all data that a program works on."""
    data = torch.zeros(2**20)

    class Reading(Net):
        def grid(self, x: Tensor) -> Tensor:
            return data[: x.shape[-1]].to(x)

    model = Reading()
    copied: list[int] = []
    clone = Tensor.clone

    def counted(self: Tensor, **options: Any) -> Tensor:
        copied.append(self.nbytes)
        return clone(self, **options)

    monkeypatch.setattr(Tensor, "clone", counted)
    CALLS["capture"](model)
    assert copied
    assert max(copied) < data.nbytes
