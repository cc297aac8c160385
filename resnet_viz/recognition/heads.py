"""Finds the last layer of a net where it is another than the library's own: the one linear layer on its features."""

from __future__ import annotations

import re
from collections.abc import Mapping

from resnet_viz.naming.layers import Shape
from resnet_viz.recognition.kinds import kind_of

# A module's own name, or a linear layer of a Sequential in its place, whose other layers have no tensors.
_HEAD = re.compile(
    r"(?:fc|last_linear|classifier|classifiers|head|heads|linear|logits|output|cls)(?:\.(?:\d{1,2}|fc|linear|head|out|1\.linear))?"
)
_MATRIX_AXES = 2


def find_head(shapes: Mapping[str, Shape], channels: int) -> tuple[str, str] | None:
    """Returns the keys of weight and bias of the only layer of a head; None where there is none, or several.

    shapes: of what is beside the body, by names from its own place. channels: of the body's last features.
    """
    modules = {key.rpartition(".")[0] for key in shapes if kind_of(key) == "head"}
    if len(modules) != 1:
        return None
    (module,) = modules
    weight, bias = f"{module}.weight", f"{module}.bias"
    shape = shapes.get(weight, ())
    if not _HEAD.fullmatch(module) or len(shape) != _MATRIX_AXES:
        return None
    # Something else on the features, as a norm or a layer before the last one.
    if any(channels in other and len(other) <= _MATRIX_AXES for other in _others(shapes, module)):
        return None
    return (weight, bias) if shape[1] == channels and shapes.get(bias) == shape[:1] else None


def _others(shapes: Mapping[str, Shape], module: str) -> list[Shape]:
    return [
        shape for key, shape in shapes.items() if key.rpartition(".")[0] != module and kind_of(key) in ("other", "head")
    ]
