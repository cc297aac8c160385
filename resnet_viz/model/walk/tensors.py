"""Describes values of a net: a module by class and sizes, a tensor by shape and producing op."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn

from resnet_viz.model.walk.values import Values
from resnet_viz.records.steps import Value
from resnet_viz.units import format_shape

# The sizes to show for each class, in the order of its constructor.
_SIZES: dict[type[nn.Module], tuple[str, ...]] = {
    nn.Conv2d: ("in_channels", "out_channels"),
    nn.BatchNorm2d: ("num_features",),
    nn.GroupNorm: ("num_groups", "num_channels"),
    nn.Linear: ("in_features", "out_features"),
}
_CONV_WORDS = ("kernel_size", "stride", "padding", "dilation")

Origin = tuple[str, tuple[int, ...]]


class NetValues(Values):
    """Describes modules, and tensors by `origin_of`, which returns the producing op's id and the shape."""

    def __init__(self, origin_of: Callable[[Tensor], Origin | None] = lambda tensor: None) -> None:
        self._origin_of = origin_of

    def describe(self, value: Any) -> Value:
        """Describes a value; the path of a module is added later."""
        if isinstance(value, nn.Module):
            return Value(self._module_text(value), "module")
        if isinstance(value, Tensor):
            return _tensor(*(self._origin_of(value) or (None, _shape(value))))
        return super().describe(value)

    def token(self, value: Any) -> Any:
        """A tensor's token changes once another op has written to it."""
        if isinstance(value, Tensor):
            return self._origin_of(value) or (None, id(value))
        return super().token(value)

    def modules_in(self, value: Any) -> Sequence[nn.Module]:
        """Returns a module, or the modules in a list."""
        if isinstance(value, nn.Module):
            return (value,)
        if type(value) in (list, tuple):
            return [part for part in value if isinstance(part, nn.Module)]
        return ()

    def children_of(self, module: Any) -> Iterable[nn.Module]:
        """Returns the direct submodules, also during construction."""
        inside = vars(module).get("_modules") or {}
        return [child for child in inside.values() if child is not None]

    def is_module(self, value: Any) -> bool:
        """Whether a value is a module."""
        return isinstance(value, nn.Module)

    def _module_text(self, module: nn.Module) -> str:
        kind, own = type(module), vars(module)
        if kind is nn.Sequential:
            return f"Sequential({self._joined(self.children_of(module))})"
        sizes = [str(own[name]) for name in _SIZES.get(kind, ()) if name in own]
        if kind is nn.Conv2d:
            sizes += [f"{name}={own[name]}" for name in _CONV_WORDS if name in own and not _is_usual(name, own[name])]
        return f"{kind.__name__}({', '.join(sizes)})" if sizes else kind.__name__


@lru_cache(maxsize=4096)
def _tensor(node: str | None, shape: tuple[int, ...]) -> Value:
    """Cached, since each tensor recurs as an argument, as `identity`, and at every line."""
    return Value(format_shape(shape) or "–", "tensor", node, shape)


def _is_usual(name: str, value: Any) -> bool:
    """Whether it is the default of nn.Conv2d."""
    usual = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}
    return bool(name in usual and value == usual[name])


def _shape(tensor: Tensor) -> tuple[int, ...]:
    # Not to be recorded as part of the pass.
    with torch._C.DisableTorchFunction():
        return tuple(tensor.shape)
