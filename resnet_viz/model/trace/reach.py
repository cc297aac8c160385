"""The reach of calls without a shape rule: which input positions each output position depends on.

The last two axes of a map are its positions, however many stand before them. A call that leaves them alone reaches one
position, one that slides a window or drops rows reaches a window; for all others nothing is said. Functions that turn
positions into something else (`view(n, c, -1)`) say nothing, so that what follows may rely on the two axes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from types import EllipsisType, MappingProxyType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_viz.model.graph.windows import POINTWISE, Window, pair_of, windows_of
from resnet_viz.model.trace.rules import Outcome, adaptive_avg_pool2d

Reach = Callable[..., Outcome | None]


def reach_of(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any], result: Any) -> Outcome | None:
    """Returns the windows of a call with this result, whether it sees the whole map or scales by statistics of it."""
    reach = _REACHES.get(function)
    output = result if isinstance(result, Tensor) else next(iter(_tensors(result)), None)
    if reach is None or output is None:
        return None
    try:
        return reach(output, *args, **kwargs)
    except Exception:
        return None  # Arguments that are not expected: nothing is said.


def elementwise(output: Tensor, *values: Any, **options: Any) -> Outcome | None:
    """One position, also of maps that are broadcast from a single one."""
    sides = {tensor.shape[-2:] for tensor in _tensors([*values, *options.values()]) if tensor.dim() > 2}
    return _pointwise(output) if sides <= {output.shape[-2:], (1, 1)} else None


def rearranged(output: Tensor, x: Tensor, *args: Any, **kwargs: Any) -> Outcome | None:
    """Another form of the same values in the same order: the positions stay where the last two axes do."""
    if x.dim() == 4 and output.dim() == 2 and output.shape[0] == x.shape[0]:
        return Outcome(tuple(output.shape), sees_all=True)
    return _pointwise(output) if x.dim() > 2 and output.shape[-2:] == x.shape[-2:] else None


def permuted(output: Tensor, x: Tensor, *dims: Any, **kwargs: Any) -> Outcome | None:
    """Axes in another order, if the last two stay the last two."""
    order = [dim % x.dim() for dim in (kwargs.get("dims") or (dims[0] if len(dims) == 1 else dims))]
    return _pointwise(output) if order[-2:] == [x.dim() - 2, x.dim() - 1] else None


def transposed(output: Tensor, x: Tensor, dim0: int, dim1: int) -> Outcome | None:
    """Two axes exchanged, neither of them one of positions."""
    return _pointwise(output) if max(dim0 % x.dim(), dim1 % x.dim()) < x.dim() - 2 else None


def joined(output: Tensor, tensors: Sequence[Tensor], dim: int = 0, **kwargs: Any) -> Outcome | None:
    """Maps one after the other, or as a new axis, before the positions."""
    return _pointwise(output) if kwargs.get("axis", dim) % output.dim() < output.dim() - 2 else None


def parted(output: Tensor, x: Tensor, size: Any = None, dim: int = 0, **kwargs: Any) -> Outcome | None:
    """Parts of a map along an axis before the positions."""
    return _pointwise(output) if dim % x.dim() < x.dim() - 2 else None


def picked(output: Tensor, x: Tensor, dim: int = 0, *args: Any, **kwargs: Any) -> Outcome | None:
    """Some entries along an axis before the positions."""
    return parted(output, x, None, dim)


def reduced(output: Tensor, x: Tensor, dim: Any = None, *args: Any, **kwargs: Any) -> Outcome | None:
    """A sum, mean, maximum, … over axes: of channels at one position, or over the whole map."""
    if isinstance(dim, Tensor):
        return elementwise(output, x, dim)
    dims = kwargs.get("axis", dim)
    is_all = dims is None or isinstance(dims, bool) or dims == ()
    axes = {axis % x.dim() for axis in (range(x.dim()) if is_all else [dims] if isinstance(dims, int) else dims)}
    positions = {x.dim() - 2, x.dim() - 1}
    if not axes & positions:
        return _pointwise(output)
    return Outcome(tuple(output.shape), sees_all=True) if x.dim() == 4 and positions <= axes else None


def norm(output: Tensor, x: Tensor, p: Any = 2, dim: Any = None, *args: Any, **kwargs: Any) -> Outcome | None:
    """A norm over axes."""
    return reduced(output, x, dim)


def normalised(output: Tensor, x: Tensor, p: float = 2, dim: Any = 1, *args: Any, **kwargs: Any) -> Outcome | None:
    """Scaled by a norm over axes."""
    return along(output, x, dim)


def along(output: Tensor, x: Tensor, dim: Any = None, *args: Any, **kwargs: Any) -> Outcome | None:
    """A softmax, a running sum, … along an axis before the positions."""
    return parted(output, x, None, dim) if isinstance(dim, int) else None


def layer_norm(output: Tensor, x: Tensor, normalized_shape: Sequence[int], *args: Any, **kwargs: Any) -> Outcome | None:
    """Scaled by statistics of the whole map."""
    return Outcome(tuple(output.shape), has_statistics=True) if len(normalized_shape) > 1 and x.dim() > 2 else None


def instance_norm(output: Tensor, x: Tensor, *args: Any, **kwargs: Any) -> Outcome:
    """Scaled by statistics of each channel, or by those that run along."""
    is_running = args[0] is not None if args else kwargs.get("running_mean") is not None
    has_input = args[4] if len(args) > 4 else kwargs.get("use_input_stats", True)
    return Outcome(tuple(output.shape), has_statistics=has_input or not is_running)


def avg_pool(output: Tensor, x: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, *args: Any) -> Outcome:
    """A window, whatever its sum is divided by."""
    return _windowed(output, kernel_size, stride or kernel_size, padding, 1)


def max_pool(
    output: Tensor, x: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, **kwargs: Any
) -> Outcome:
    """A window, also where it tells the places of its maxima."""
    return _windowed(output, kernel_size, stride or kernel_size, padding, dilation)


def lp_pool(
    output: Tensor, x: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
) -> Outcome:
    """A window."""
    return _windowed(output, kernel_size, stride or kernel_size, 0, 1)


def adaptive_pool(output: Tensor, x: Tensor, output_size: Any, *args: Any, **kwargs: Any) -> Outcome | None:
    """Equal parts of the map, or the whole."""
    return adaptive_avg_pool2d(x, output_size)


def conv_transpose(
    output: Tensor,
    x: Tensor,
    weight: Tensor,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    *args: Any,
    **kwargs: Any,
) -> Outcome | None:
    """With stride 1 a window. With another, how far a position sees depends on where it lies."""
    if pair_of(stride) != (1, 1):
        return None
    dilation = pair_of(args[2] if len(args) > 2 else kwargs.get("dilation", 1))
    settings = zip(weight.shape[2:], pair_of(padding), dilation, strict=True)
    vertical, horizontal = (Window(k, 1, d * (k - 1) - p, d) for k, p, d in settings)
    return Outcome(tuple(output.shape), windows=(vertical, horizontal))


def interpolated(
    output: Tensor,
    x: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    *args: Any,
    **kwargs: Any,
) -> Outcome | None:
    """A map made smaller by whole numbers. Larger, how far a position sees depends on where it lies."""
    if x.dim() != 4 or args or kwargs.get("antialias") or align_corners:
        return None
    steps = [side / small for side, small in zip(x.shape[2:], output.shape[2:], strict=True)]
    factors = scale_factor if isinstance(scale_factor, list | tuple) else [scale_factor or 1] * 2
    if any(step % 1 for step in steps) or (scale_factor and [1 / factor for factor in factors] != steps):
        return None
    vertical, horizontal = (_sampled(int(step), mode) for step in steps)
    return Outcome(tuple(output.shape), windows=(vertical, horizontal))


def _sampled(step: int, mode: str) -> Window:
    """One cell of each `step`; the middle, where it lies between two, is of both."""
    if mode == "area":
        return Window(step, step)
    start = {"nearest": 0, "nearest-exact": step // 2, "bilinear": (step - 1) // 2}[mode]
    return Window(2 if mode == "bilinear" and not step % 2 else 1, step, -start)


def pixel_unshuffle(output: Tensor, x: Tensor, downscale_factor: int) -> Outcome:
    """The cells of a square as channels."""
    return _windowed(output, downscale_factor, downscale_factor, 0, 1)


def getitem(output: Tensor, x: Tensor, index: Any) -> Outcome | None:
    """Numbers, slices, new axes and `...`; of the positions only slices."""
    parts = list(index) if isinstance(index, tuple) else [index]
    if not all(part is None or part is Ellipsis or isinstance(part, int | slice) for part in parts):
        return None
    full = _without_ellipsis(parts, x.dim())
    rows, columns = full[-2:]
    if not isinstance(rows, slice) or not isinstance(columns, slice):
        return None
    ranges = [range(*part.indices(size)) for part, size in zip((rows, columns), x.shape[-2:], strict=True)]
    vertical, horizontal = (Window(stride=places.step, padding=-places.start) for places in ranges)
    return Outcome(tuple(output.shape), windows=(vertical, horizontal))


def _without_ellipsis(parts: Sequence[int | slice | EllipsisType | None], n_axes: int) -> list[int | slice | None]:
    n_given = sum(part is not None and part is not Ellipsis for part in parts)
    rest: list[int | slice | None] = [slice(None)] * (n_axes - n_given)
    if Ellipsis not in parts:
        return [*(part for part in parts if not isinstance(part, EllipsisType)), *rest]
    full: list[int | slice | None] = []
    for part in parts:
        full += rest if isinstance(part, EllipsisType) else [part]
    return full


def _pointwise(output: Tensor) -> Outcome:
    return Outcome(tuple(output.shape), windows=POINTWISE)


def _windowed(output: Tensor, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Outcome:
    windows, geometry = windows_of(kernel, stride, padding, dilation)
    return Outcome(tuple(output.shape), windows=windows, attrs=geometry)


def _tensors(values: Any) -> list[Tensor]:
    return [value for value in values if isinstance(value, Tensor)] if isinstance(values, list | tuple) else []


_NAMES: Mapping[Reach, str] = {
    elementwise: (
        "abs absolute add addcdiv addcmul alpha_dropout bernoulli bfloat16 ceil celu channel_shuffle clamp clamp_max "
        "clamp_min clip clone contiguous copy cos cpu cuda detach div divide double dropout dropout1d dropout2d "
        "dropout3d elu eq erf exp expand_as expm1 feature_alpha_dropout feature_dropout float floor floor_divide fmod "
        "ge gelu gt half hardshrink hardsigmoid hardswish hardtanh le leaky_relu lerp local_response_norm log log1p "
        "logical_and logical_not logical_or logsigmoid lt masked_fill maximum minimum mish mul multiply nan_to_num ne "
        "neg negative pow prelu reciprocal relu relu6 remainder round rrelu rsqrt rsub selu sigmoid sign silu sin "
        "softplus softshrink softsign sqrt square sub subtract tan tanh tanhshrink threshold to true_divide trunc "
        "type type_as where __add__ __and__ __mul__ __neg__ __or__ __pow__ __radd__ __rdiv__ __rmul__ __rpow__ "
        "__rsub__ __rtruediv__ __sub__ __truediv__"
    ),
    rearranged: ("broadcast_to expand flatten repeat reshape reshape_as squeeze unflatten unsqueeze view view_as"),
    permuted: "permute",
    transposed: "transpose swapaxes swapdims",
    joined: "cat concat concatenate stack",
    parted: "chunk split split_with_sizes tensor_split unsafe_chunk unsafe_split",
    picked: "unbind select narrow index_select",
    reduced: "all amax amin any logsumexp max mean min prod std std_mean sum var var_mean",
    norm: "norm",
    normalised: "normalize",
    along: "softmax log_softmax cumsum glu",
    layer_norm: "layer_norm",
    instance_norm: "instance_norm",
    avg_pool: "avg_pool2d",
    max_pool: "max_pool2d max_pool2d_with_indices",
    lp_pool: "lp_pool2d",
    adaptive_pool: "adaptive_max_pool2d adaptive_max_pool2d_with_indices",
    conv_transpose: "conv_transpose2d",
    interpolated: "interpolate",
    pixel_unshuffle: "pixel_unshuffle",
    getitem: "__getitem__",
}
"""The names of torch's functions, in any of their homes and forms."""


def _functions() -> dict[Any, Reach]:
    """Returns the reach by function: of torch, of torch.nn.functional and of tensors, in place or not."""
    found: dict[Any, Reach] = {}
    for reach, names in _NAMES.items():
        for name, home, ending in product(names.split(), (torch, F, Tensor), ("", "_")):
            function = getattr(home, f"{name}{ending}", None)
            if function is not None:
                found[function] = reach
    return found


_REACHES: Mapping[Any, Reach] = MappingProxyType(_functions())
