"""Shape rules: one small pure function per op, in a table keyed by torch's function.

A rule inspects the arguments and returns the outcome without computing it. Where it cannot be certain (unusual
arguments, channels that do not match) it returns None, and torch's meta device is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from operator import sub
from types import MappingProxyType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_viz.model.graph.windows import POINTWISE, Window, padding_of, pair_of, slide, slide_over, windows_of
from resnet_viz.records.quick import quick


@quick
@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of a rule: output shape, multiply-adds, the window of a position, and use of memory."""

    shape: tuple[int, ...]
    n_macs: int = 0
    windows: tuple[Window, Window] | None = POINTWISE
    attrs: Mapping[str, object] = field(default_factory=dict)
    is_inplace: bool = False
    is_view: bool = False
    sees_all: bool = False
    """Every output position depends on every input position."""
    has_statistics: bool = False
    """Values are scaled by statistics of the whole map, outside the convolutional field."""


Rule = Callable[..., Outcome | None]


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Outcome | None:
    """Multiply-adds: output elements × kernel area × input channels per group."""
    if x.dim() != 4 or weight.dim() != 4 or x.shape[1] != weight.shape[1] * groups:
        return None
    if groups < 1 or weight.shape[0] % groups or not _fits(weight.shape[0], bias):
        return None
    n, _, *sides = x.shape
    c_out, c_group, *kernel = weight.shape
    before, after = padding_of(padding, kernel, stride, dilation)
    windows, geometry = windows_of(tuple(kernel), stride, before, dilation)
    more = (0, 0) if after is before else tuple(map(sub, pair_of(after), pair_of(before)))
    shape = (n, c_out, slide(sides[0] + more[0], windows[0]), slide(sides[1] + more[1], windows[1]))
    attrs = {**geometry, "groups": groups, "bias": bias is not None}
    if any(more):
        attrs["padding_after"] = after
    return _checked(Outcome(shape, prod(shape) * c_group * prod(kernel), windows, attrs))


def max_pool2d(
    x: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Outcome | None:
    """Maximum over a window."""
    if return_indices:
        return None
    return _pool(x, kernel_size, stride, padding, dilation, ceil_mode)


def avg_pool2d(
    x: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Outcome | None:
    """Mean over a window."""
    return None if divisor_override is not None else _pool(x, kernel_size, stride, padding, 1, ceil_mode)


def adaptive_avg_pool2d(x: Tensor, output_size: Any) -> Outcome | None:
    """Mean over equal parts of the map; over the whole map for size 1."""
    if not isinstance(output_size, int) and len(output_size) != 2:
        return None  # Other ops accept a sequence of one number; this one does not.
    sizes = pair_of(output_size)
    if x.dim() != 4 or None in sizes or any(side % size for side, size in zip(x.shape[2:], sizes, strict=True)):
        return None
    steps = [side // size for side, size in zip(x.shape[2:], sizes, strict=True)]
    windows = (Window(steps[0], steps[0]), Window(steps[1], steps[1]))
    attrs = {"output_size": sizes}
    return Outcome((*x.shape[:2], *sizes), windows=windows, attrs=attrs, sees_all=sizes == (1, 1))


def mean(x: Tensor, dim: Any = None, keepdim: bool = False) -> Outcome | None:
    """Mean over the whole map: global pooling written by hand."""
    if x.dim() != 4 or dim is None or isinstance(dim, int) or sorted(dim) not in ([2, 3], [-2, -1]):
        return None
    shape = (*x.shape[:2], 1, 1) if keepdim else tuple(x.shape[:2])
    return Outcome(shape, attrs={"dim": (2, 3)}, sees_all=True)


def batch_norm(
    x: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Outcome | None:
    """One scale and shift per channel; in training from the statistics of the whole batch."""
    has_statistics = running_mean is not None and running_var is not None
    if x.dim() < 2 or not _fits(x.shape[1], running_mean, running_var, weight, bias):
        return None
    if x.numel() == x.shape[1] if training else not has_statistics:
        return None
    return Outcome(tuple(x.shape), attrs={"eps": eps, "training": training}, has_statistics=training)


def group_norm(
    x: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Outcome | None:
    """Normalises over each group of channels and the whole map, in training and eval mode."""
    if x.dim() < 2 or num_groups < 1 or x.shape[1] % num_groups or not _fits(x.shape[1], weight, bias):
        return None
    if x.numel() == num_groups * x.shape[0]:
        return None
    return Outcome(tuple(x.shape), attrs={"groups": num_groups, "eps": eps}, has_statistics=True)


def relu(x: Tensor, inplace: bool = False) -> Outcome:
    """max(x, 0)."""
    return Outcome(tuple(x.shape), attrs={"inplace": inplace}, is_inplace=inplace)


def relu_(x: Tensor) -> Outcome:
    """max(x, 0), in place."""
    return relu(x, inplace=True)


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Outcome | None:
    """Multiply-adds: output elements × input features."""
    if weight.dim() != 2 or x.shape[-1] != weight.shape[1] or not _fits(weight.shape[0], bias):
        return None
    shape = (*x.shape[:-1], weight.shape[0])
    attrs = {"in_features": weight.shape[1], "out_features": weight.shape[0], "bias": bias is not None}
    # In a flat input each row stands for a whole map; in a map the last axis is W, not features.
    return Outcome(shape, prod(shape) * weight.shape[1], POINTWISE if x.dim() == 2 else None, attrs)


def flatten(x: Tensor, start_dim: int = 0, end_dim: int = -1) -> Outcome | None:
    """(N, C, H, W) to (N, C·H·W), as a view."""
    if (start_dim, end_dim) != (1, -1) or x.dim() < 2:
        return None
    return Outcome((x.shape[0], prod(x.shape[1:])), attrs={"start_dim": 1}, is_view=True, sees_all=x.dim() == 4)


def add(x: Tensor, other: Any, *, alpha: float = 1) -> Outcome | None:
    """Elementwise sum or difference; `alpha`, where it is not 1, scales `other`. `sum` begins with `0 + x`."""
    outcome = elementwise(x, other)
    is_nothing = isinstance(other, int | float) and other == 0
    attrs = {"alpha": alpha} if alpha != 1 else {"other": 0} if is_nothing else {}
    return Outcome(outcome.shape, attrs=attrs) if outcome and attrs else outcome


def add_(x: Tensor, other: Any, *, alpha: float = 1) -> Outcome | None:
    """Elementwise sum, in place in the first argument."""
    outcome = add(x, other, alpha=alpha)
    if outcome is None or outcome.shape != tuple(x.shape):
        return None
    return Outcome(outcome.shape, attrs=outcome.attrs, is_inplace=True)


def elementwise(x: Any, other: Any = None) -> Outcome | None:
    """Any elementwise op, with torch's broadcasting."""
    tensors = [value for value in (x, other) if isinstance(value, Tensor)]
    first, last = tensors[0], tensors[-1]
    if first.dtype != last.dtype:
        return None
    if first.shape == last.shape:
        return Outcome(tuple(first.shape))
    if last.shape == (*first.shape[:2], 1, 1) and first.dim() == 4:  # a gate; torch takes long to find the same
        return Outcome(tuple(first.shape))
    try:
        return Outcome(tuple(torch.broadcast_shapes(first.shape, last.shape)))
    except RuntimeError:
        return None


def reshape(x: Tensor, *sizes: int) -> Outcome | None:
    """Another shape as a view; only for vectors, which have no positions in the image."""
    known = prod(size for size in sizes if size != -1)
    if x.dim() != 1 or sizes.count(-1) != 1 or min(sizes) < -1 or known < 1 or x.numel() % known:
        return None
    rest = x.numel() // known
    return Outcome(tuple(rest if size == -1 else size for size in sizes), is_view=True)


def pad(x: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Outcome | None:
    """Padding with a constant, or with what lies at the edge; pairs from the last axis to the first.

    Of a mirrored edge a position sees nothing beyond what it would see of a map that went on.
    """
    if x.dim() != 4 or len(pad) % 2 or len(pad) > 8 or not _can_pad(x, pad, mode):
        return None
    pairs = [tuple(pad[i : i + 2]) for i in range(0, len(pad), 2)] + [(0, 0)] * (4 - len(pad) // 2)
    shape = tuple(size + sum(pair) for size, pair in zip(x.shape, reversed(pairs), strict=True))
    attrs = {"pad": tuple(pad)}
    return _checked(Outcome(shape, windows=(Window(padding=pairs[1][0]), Window(padding=pairs[0][0])), attrs=attrs))


def _can_pad(x: Tensor, pad: Any, mode: str) -> bool:
    if mode == "constant":
        cropped = [sum(min(n, 0) for n in pad[at : at + 2]) for at in range(0, len(pad), 2)]
        return all(side + less > 0 for side, less in zip(reversed(x.shape), cropped, strict=False))
    sides = (x.shape[3], x.shape[3], x.shape[2], x.shape[2])
    if len(pad) != 4 or min(pad) < 0:
        return False
    return mode == "replicate" or (mode == "reflect" and all(n < side for n, side in zip(pad, sides, strict=True)))


def getitem(x: Tensor, index: Any) -> Outcome | None:
    """Slices of a map, as in `x[:, :, ::2, ::2]`; other indices are left to torch."""
    slices = index if isinstance(index, tuple) else (index,)
    if x.dim() != 4 or len(slices) > 4 or not all(isinstance(part, slice) for part in slices):
        return None
    full = (*slices, *[slice(None)] * (4 - len(slices)))
    if any(part.step is not None and part.step < 1 for part in full):
        return None
    ranges = [range(*part.indices(size)) for part, size in zip(full, x.shape, strict=True)]
    windows = tuple(Window(stride=part.step, padding=-part.start) for part in ranges[2:])
    return _checked(Outcome(tuple(map(len, ranges)), windows=(windows[0], windows[1]), is_view=True))


def _pool(x: Tensor, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool) -> Outcome | None:
    windows, geometry = windows_of(kernel, kernel if stride is None else stride, padding, dilation)
    if x.dim() != 4 or any(window.padding > window.kernel // 2 for window in windows):
        return None
    count = slide_over if ceil_mode else slide
    sides = (count(side, window) for side, window in zip(x.shape[2:], windows, strict=True))
    attrs = {**geometry, "ceil_mode": True} if ceil_mode else geometry
    is_whole = all(window == (side, window.stride, 0, 1) for side, window in zip(x.shape[2:], windows, strict=True))
    return _checked(Outcome((*x.shape[:2], *sides), windows=windows, attrs=attrs, sees_all=is_whole))


def _fits(size: int, *vectors: Tensor | None) -> bool:
    """Whether all given vectors have one value for each of `size` channels."""
    shapes: list[tuple[int, ...]] = [vector.shape for vector in vectors if vector is not None]
    return shapes.count((size,)) == len(shapes)


def _checked(outcome: Outcome) -> Outcome | None:
    """Returns None for an empty output: torch raises its own error for it."""
    return outcome if min(outcome.shape) > 0 else None


def _torch_functions() -> dict[Any, tuple[str, Rule]]:
    """Returns the op's name and rule for every torch function, with all aliases of an op."""
    same: dict[tuple[str, Rule], list[Any]] = {
        ("conv2d", conv2d): [torch.conv2d],
        ("max_pool2d", max_pool2d): [F.max_pool2d],
        ("avg_pool2d", avg_pool2d): [F.avg_pool2d],
        ("adaptive_avg_pool2d", adaptive_avg_pool2d): [F.adaptive_avg_pool2d],
        ("batch_norm", batch_norm): [F.batch_norm],
        ("group_norm", group_norm): [F.group_norm],
        ("relu", relu): [F.relu, torch.relu, Tensor.relu],
        ("relu", relu_): [torch.relu_, Tensor.relu_],
        ("mean", mean): [torch.mean, Tensor.mean],
        ("linear", linear): [F.linear],
        ("flatten", flatten): [torch.flatten, Tensor.flatten],
        ("add", add): [torch.add, Tensor.add],
        ("add", add_): [Tensor.add_],
        ("sub", add): [torch.sub, torch.subtract, Tensor.sub, Tensor.subtract],
        ("sub", add_): [Tensor.sub_, Tensor.subtract_],
        ("rsub", add): [torch.rsub],
        ("mul", elementwise): [torch.mul, Tensor.mul],
        ("sigmoid", elementwise): [torch.sigmoid, Tensor.sigmoid],
        ("rsqrt", elementwise): [torch.rsqrt, Tensor.rsqrt],
        ("reshape", reshape): [Tensor.reshape],
        ("pad", pad): [F.pad],
        ("getitem", getitem): [Tensor.__getitem__],
    }
    return {function: named for named, functions in same.items() for function in functions}


RULES: Mapping[Any, tuple[str, Rule]] = MappingProxyType(_torch_functions())
