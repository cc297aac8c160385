"""Where a net has its strides: in the stem, and in which convolution of which block of its stages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

_SHORTCUTS = re.compile(r"downsample|identity_conv|shortcut|_0_conv")
# Stage and block in names: layer2.0.conv2, stage2.unit1.body, stages.1.layers.0.layer, conv3_block4_2_conv.
_PLACE = re.compile(r"(?:layer|stage|stages\.|conv)(\d+)[._](?:unit|layers\.|block)?(\d+)[._]")


@dataclass(frozen=True, slots=True)
class Strides:
    """The stem's stride, the kernel of the strided convolution on the blocks' main path, as in `3x3`, which block of
    a stage has it, `first` or `last`, and the number of stages that have one.
    """

    stem: int
    kernel: str
    block: str
    n_stages: int


def strides_of(net: nn.Module) -> Strides:
    """The strides of a module of torch."""
    convs = [(name, module) for name, module in net.named_modules() if isinstance(module, nn.Conv2d)]
    return _strides([(f"{name}.", conv.kernel_size[0], conv.stride[0]) for name, conv in convs])


def strides_of_keras(net: Any) -> Strides:
    """The strides of a model of Keras."""
    convs = [layer for layer in net.layers if type(layer).__name__ == "Conv2D"]
    return _strides([(layer.name, layer.kernel_size[0], layer.strides[0]) for layer in convs])


def _strides(convs: Sequence[tuple[str, int, int]]) -> Strides:
    stem, *others = convs
    main = [(place, kernel, stride) for name, kernel, stride in others if (place := _place(name))]
    blocks = {stage: [block for (of, block), _kernel, _stride in main if of == stage] for (stage, _b), *_ in main}
    strided = [(place, kernel) for place, kernel, stride in main if stride == 2]
    kernels = {kernel for _place_of, kernel in strided}
    ends = {"first" if block == min(blocks[stage]) else "last" for (stage, block), _kernel in strided}
    assert all(block in (min(blocks[stage]), max(blocks[stage])) for (stage, block), _kernel in strided)
    assert len(kernels) == len(ends) == 1, (kernels, ends)
    side = kernels.pop()
    return Strides(stem[2], f"{side}x{side}", ends.pop(), len(strided))


def _place(name: str) -> tuple[int, int] | None:
    """Stage and block of a convolution on a block's main path."""
    found = None if _SHORTCUTS.search(name) else _PLACE.search(name)
    return (int(found[1]), int(found[2])) if found else None
