"""The settings of a net, each validated, and values derived from them: depth, widths, shapes.

Figures and rules: torchvision (`torchvision/models/resnet.py`) and He et al. 2015, Table 1 and section 4.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from resnet_viz.spec.checks import CHECKS, CONVS_PER_BLOCK, usual_widths

CIFAR_WIDTHS = (16, 32, 64)
DIGITS_WIDTHS = (8, 16, 32)
"""Of the nets that come trained on digits: in CIFAR form, half as wide."""


@dataclass(frozen=True)
class Settings:
    """The 17 settings of a net: hashable, each validated by itself on creation.

    block: `basic` (two 3×3 convolutions) or `bottleneck` (1×1, 3×3, 1×1).
    layers: blocks per stage, one to six integers of at least 1; any sequence, stored as a tuple.
    num_classes: outputs of the last layer.
    groups, width_per_group: of the bottleneck's inner convolutions (ResNeXt, Wide ResNet).
    replace_stride_with_dilation: three booleans, for layer2, layer3 and layer4 of a four-stage net.
    norm: `batch`, `group` (32 groups), `frozen` (batch norm with fixed statistics) or `none`.
    zero_init_residual: initialise the last norm of each residual branch to zero.
    in_channels: input channels. input_size: input (H, W) in pixels.
    stride_in: the bottleneck convolution that has the stride: `3x3` (torchvision, v1.5) or the first `1x1` (the paper,
    v1).
    shortcut: `B` (projection where the shape changes), `A` (zero padding, parameter-free), `C` (projections everywhere)
    or `none` (a plain net).
    stem: `7x7`, `3x3` (stride 1 and no pooling, as for CIFAR) or `deep` (three 3×3, ResNet-D).
    widths: planes per stage; empty for 64, 128, 256, … The stem has as many output channels as the first stage has
    planes.
    pre_activation: norm and ReLU before each convolution (v2).
    average_shortcut: average pooling before a stride-1 projection, instead of a strided one (ResNet-D).
    squeeze_excitation: channel attention on each residual branch (SE-ResNet).

    Raises SpecError, with the value received, the allowed values and what to do.
    """

    block: str
    layers: tuple[int, ...]
    num_classes: int = 1000
    groups: int = 1
    width_per_group: int = 64
    replace_stride_with_dilation: tuple[bool, bool, bool] | None = None
    norm: str = "batch"
    zero_init_residual: bool = False
    in_channels: int = 3
    input_size: tuple[int, int] = (224, 224)
    stride_in: str = "3x3"
    shortcut: str = "B"
    stem: str = "7x7"
    widths: tuple[int, ...] = ()
    pre_activation: bool = False
    average_shortcut: bool = False
    squeeze_excitation: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, CHECKS[field.name](field.name, getattr(self, field.name)))
        # Fill in the default widths, so that equal nets are equal specs.
        object.__setattr__(self, "widths", self.widths or usual_widths(len(self.layers)))

    @property
    def expansion(self) -> int:
        """A block's output channels divided by its planes: 4 for a bottleneck, else 1 (torchvision's `expansion`)."""
        return 4 if self.block == "bottleneck" else 1

    @property
    def depth(self) -> int:
        """Weighted layers on the main path: the stem as 1, 2 or 3 per block, and the last layer (Table 1)."""
        return 1 + CONVS_PER_BLOCK[self.block] * sum(self.layers) + 1

    @property
    def input_shape(self) -> tuple[int, int, int, int]:
        """Shape of one input, (1, C, H, W)."""
        return (1, self.in_channels, *self.input_size)

    @property
    def is_cifar(self) -> bool:
        """Whether stem and widths are those of the paper's CIFAR-10 nets."""
        return self.stem == "3x3" and self.widths == CIFAR_WIDTHS

    @property
    def is_for_digits(self) -> bool:
        """Whether stem and widths are those of the nets that come trained on digits."""
        return self.stem == "3x3" and self.widths == DIGITS_WIDTHS

    @property
    def stem_width(self) -> int:
        """Output channels of the stem."""
        return self.widths[0]

    def inner_width(self, stage: int) -> int:
        """Returns the channels of a bottleneck's 3×3 convolution in a stage (from 0), by torchvision's formula."""
        return int(self.widths[stage] * (self.width_per_group / 64.0)) * self.groups

    def normalised_widths(self) -> Iterator[tuple[str, int]]:
        """Yields the channel counts of the norms, if there are any, each with the first module path that has it."""
        if self.norm == "none":
            return
        if self.stem == "deep":
            yield "conv1.1", max(1, self.stem_width // 2)
        if not self.pre_activation:
            yield "bn1", self.stem_width
        before = self.stem_width
        for stage, planes in enumerate(self.widths):
            place, after = f"layer{stage + 1}.0", planes * self.expansion
            if self.pre_activation:  # Each norm precedes a convolution, so it has that one's input channels.
                yield f"{place}.bn1", before
                yield f"{place}.bn2", self.inner_width(stage) if self.block == "bottleneck" else planes
            else:
                if self.block == "bottleneck":
                    yield f"{place}.bn1", self.inner_width(stage)
                yield f"{place}.bn{CONVS_PER_BLOCK[self.block]}", after
            before = after
        if self.pre_activation:
            yield "norm_last", before
