"""How a library writes a tensor of a layer: its key, its shape, and the order of its axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from resnet_viz.naming.layers import COUNTER, Layer, Shape, layers_of
from resnet_viz.naming.libraries import LIBRARIES
from resnet_viz.spec.resnet import ResNetSpec

Value = TypeVar("Value")
# Keras counts no batches, and its kernels have the axes (H, W, C_in, C_out), those of the last layer (C_in, C_out).
KERAS_NORM: Mapping[str, str] = {
    "weight": "gamma",
    "bias": "beta",
    "running_mean": "moving_mean",
    "running_var": "moving_variance",
}
_FROM_KERAS, _TO_KERAS = (3, 2, 0, 1), (2, 3, 1, 0)
_KERNEL_AXES, _MATRIX_AXES = 4, 2


def tensors_of(spec: ResNetSpec, library: str) -> Iterator[tuple[str, str, Shape]]:
    """Yields each tensor of a spec's net: torchvision's key, the library's key and the library's shape."""
    name, ours = LIBRARIES[library], LIBRARIES["torchvision"]
    for layer in layers_of(spec):
        for tensor, shape in layer.shapes.items():
            if library != "keras" or tensor != COUNTER:
                key = f"{ours(spec, layer.place)}.{tensor}"
                theirs = _key(name(spec, layer.place), layer, tensor, library)
                yield key, theirs, _shape(spec, layer, shape, library)


def module_of(key: str) -> str:
    """Returns the layer of a key: all but the tensor's own name."""
    return key.rpartition("/" if "/" in key else ".")[0]


def fit_layout(value: Value, source: str, to: str, shape: Shape) -> Value:
    """Returns a tensor or array with the axes of another library, a view where that is possible.

    shape: what the other library has. What has no axes, as a name, is returned as it is.
    """
    tensor: Any = value
    n_axes = getattr(tensor, "ndim", 0)
    if source != to and "keras" in (source, to) and n_axes in (_KERNEL_AXES, _MATRIX_AXES):
        order = (1, 0) if n_axes == _MATRIX_AXES else _FROM_KERAS if source == "keras" else _TO_KERAS
        tensor = tensor.permute(order) if hasattr(tensor, "permute") else tensor.transpose(order)
    # timm's pre-activated nets end in a 1×1 convolution, all others in a linear layer.
    if n_axes in (_KERNEL_AXES, _MATRIX_AXES) and len(shape) != n_axes:
        tensor = tensor.reshape(tensor.shape[:2] if len(shape) == _MATRIX_AXES else (*tensor.shape, 1, 1))
    result: Value = tensor
    return result


def from_keras(shape: Shape) -> Shape:
    """Returns the shape in torch's order of axes."""
    if len(shape) == _KERNEL_AXES:
        return tuple(shape[axis] for axis in _FROM_KERAS)
    return shape[::-1]


def _key(module: str, layer: Layer, tensor: str, library: str) -> str:
    if library != "keras":
        return f"{module}.{tensor}"
    return f"{module}/{KERAS_NORM[tensor] if layer.place.is_norm else tensor.replace('weight', 'kernel')}"


def _shape(spec: ResNetSpec, layer: Layer, shape: Shape, library: str) -> Shape:
    if library == "keras":
        return tuple(shape[axis] for axis in _TO_KERAS) if len(shape) == _KERNEL_AXES else shape[::-1]
    is_matrix = layer.place.part == "head" and len(shape) == _MATRIX_AXES
    return (*shape, 1, 1) if library == "timm" and spec.pre_activation and is_matrix else shape
