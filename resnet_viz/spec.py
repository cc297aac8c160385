"""Which ResNet: a frozen record, the nets of torchvision and of the papers as presets, and the link that restores one.

Figures and rules are torchvision's (`torchvision/models/resnet.py`) and the paper's (He et al. 2015, Table 1 and
section 4.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from types import MappingProxyType

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.spec_checks import CHECKS, CONVS_PER_BLOCK, as_text, shown, usual_widths
from resnet_viz.spec_together import check_together

CIFAR_WIDTHS = (16, 32, 64)
CIFAR_DEPTHS = (20, 32, 44, 56, 110, 1202)
# What torchvision's own class has no argument for.
SWITCHES = ("stem", "shortcut", "stride_in", "pre_activation", "average_shortcut", "squeeze_excitation")
# What makes a net the net it is, whatever its input, classes and norm.
BLOCKS_AND_WIDTHS = ("block", "layers", "widths", "groups", "width_per_group")
ARCHITECTURE = (*BLOCKS_AND_WIDTHS, *SWITCHES)


@dataclass(frozen=True)
class ResNetSpec:
    """One ResNet, hashable and checked on creation.

    block: `basic` (two 3×3 convolutions) or `bottleneck` (1×1, 3×3, 1×1).
    layers: blocks per stage, one to six whole numbers of at least 1; any sequence, kept as a tuple.
    num_classes: outputs of the last layer.
    groups, width_per_group: of the bottleneck's inner convolutions (ResNeXt, Wide ResNet).
    replace_stride_with_dilation: three booleans, for layer2, layer3 and layer4 of four stages.
    norm: `batch`, `group` (32 groups) or `frozen` (batch norm with fixed statistics).
    zero_init_residual: start the last norm of each residual branch at zero.
    in_channels: channels of the input. input_size: its height and width in pixels.
    stride_in: which convolution of a bottleneck has the stride: `3x3` (torchvision, v1.5) or the first `1x1` (the
    paper, v1). shortcut: what passes a block by, `B` (a projection where the shape changes), `A` (zero-padded, without
    parameters), `C` (projections everywhere) or `none` (a plain net).
    stem: `7x7`, `3x3` (with stride 1 and no pooling, as for CIFAR) or `deep` (three 3×3, ResNet-D).
    widths: planes per stage; empty for 64, 128, 256, … The stem gives as many channels as the first stage has planes.
    pre_activation: norm and ReLU before each convolution (v2). average_shortcut: pool before a projection instead of
    giving it the stride (ResNet-D). squeeze_excitation: weigh each branch's channels (SE-ResNet).

    Raises SpecError, saying what was got, what is allowed and what to do.
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
        # Equal nets are equal specs, whether or not the usual widths were written out.
        object.__setattr__(self, "widths", self.widths or usual_widths(len(self.layers)))
        check_together(self)

    @classmethod
    def preset(cls, name: str) -> ResNetSpec:
        """A net by its short name: torchvision's by its function's, as in `resnet50`; `plain34`, `cifar110`.

        Raises SpecError.
        """
        if isinstance(name, str) and name in PRESETS:
            return PRESETS[name]
        near = get_close_matches(as_text(name)[:100], PRESETS, n=1, cutoff=0.5)
        hint = _(" Did you mean {name}?").format(name=near[0]) if near else ""
        raise SpecError(
            _("There is no preset named {got}.{hint} The presets are {allowed}.").format(
                got=shown(name), hint=hint, allowed=", ".join(PRESETS)
            )
        )

    @classmethod
    def cifar(cls, depth: int, shortcut: str = "A") -> ResNetSpec:
        """A net of the paper's section 4.2, for 32×32 pixels and 10 classes: 6n + 2 layers. Raises SpecError."""
        n, rest = divmod(depth - 2, 6) if isinstance(depth, int) and not isinstance(depth, bool) else (0, 1)
        if rest or n < 1:
            raise SpecError(
                _("A CIFAR net has 6n + 2 layers, got {got}. Choose 8, 14, 20, 26, 32 and so on.").format(
                    got=shown(depth)
                )
            )
        return cls(
            "basic",
            (n, n, n),
            num_classes=10,
            input_size=(32, 32),
            shortcut=shortcut,
            stem="3x3",
            widths=CIFAR_WIDTHS,
        )

    @classmethod
    def from_query(cls, query: str | Mapping[str, str]) -> ResNetSpec:
        """The net that a link describes, as in `net=resnet50&input_size=320x320`. Raises SpecError."""
        from resnet_viz.query import read_query

        return read_query(query)

    def to_query(self) -> str:
        """The query string that `from_query` turns back into an equal spec: the nearest preset and what differs."""
        from resnet_viz.query import write_query

        return write_query(self)

    @property
    def expansion(self) -> int:
        """How many times a block's planes leave it: 4 for a bottleneck, else 1 (torchvision's `Block.expansion`)."""
        return 4 if self.block == "bottleneck" else 1

    @property
    def depth(self) -> int:
        """Weighted layers on the main path: the stem as one, 2 or 3 per block, and the last layer (Table 1)."""
        return 1 + CONVS_PER_BLOCK[self.block] * sum(self.layers) + 1

    @property
    def name(self) -> str:
        """What the literature calls it: ResNet-50, ResNeXt-50 32x4d, Wide ResNet-50-2, Plain-34, SE-ResNet-50-D."""
        from resnet_viz.spec_names import name_spec

        return name_spec(self)

    @property
    def input_shape(self) -> tuple[int, int, int, int]:
        """The shape of one input, (1, C, H, W)."""
        return (1, self.in_channels, *self.input_size)

    @property
    def preset_name(self) -> str | None:
        """The preset with this architecture, whatever its input, classes and norm; None for a net of one's own."""
        return next((name for name, spec in PRESETS.items() if _architecture(spec) == _architecture(self)), None)

    @property
    def is_torchvision(self) -> bool:
        """Whether torchvision's own class builds it (with another input layer where it has not three channels)."""
        is_usual = all(getattr(self, name) == getattr(ResNetSpec, name) for name in SWITCHES)
        return is_usual and len(self.layers) == 4 and self.widths == usual_widths(4)

    @property
    def stem_width(self) -> int:
        """Channels that leave the stem."""
        return self.widths[0]

    def inner_width(self, stage: int) -> int:
        """Channels of a bottleneck's 3×3 convolution in a stage, from 0, by torchvision's formula."""
        return int(self.widths[stage] * (self.width_per_group / 64.0)) * self.groups

    def normalised_widths(self) -> Iterator[tuple[str, int]]:
        """The widths that are normalised, each with the first place that has it."""
        if self.stem == "deep":
            yield "conv1.1", max(1, self.stem_width // 2)
        if not self.pre_activation:
            yield "bn1", self.stem_width
        before = self.stem_width
        for stage, planes in enumerate(self.widths):
            place, after = f"layer{stage + 1}.0", planes * self.expansion
            if self.pre_activation:  # A norm goes before each convolution, so it has what enters there.
                yield f"{place}.bn1", before
                yield f"{place}.bn2", self.inner_width(stage) if self.block == "bottleneck" else planes
            else:
                if self.block == "bottleneck":
                    yield f"{place}.bn1", self.inner_width(stage)
                yield f"{place}.bn{CONVS_PER_BLOCK[self.block]}", after
            before = after
        if self.pre_activation:
            yield "norm_last", before


def _architecture(spec: ResNetSpec) -> tuple[object, ...]:
    return tuple(getattr(spec, name) for name in ARCHITECTURE)


_18 = ResNetSpec("basic", (2, 2, 2, 2))
_34 = ResNetSpec("basic", (3, 4, 6, 3))
_50 = ResNetSpec("bottleneck", (3, 4, 6, 3))
_101 = ResNetSpec("bottleneck", (3, 4, 23, 3))

TORCHVISION: Mapping[str, ResNetSpec] = MappingProxyType(
    {
        "resnet18": _18,
        "resnet34": _34,
        "resnet50": _50,
        "resnet101": _101,
        "resnet152": ResNetSpec("bottleneck", (3, 8, 36, 3)),
        "resnext50_32x4d": replace(_50, groups=32, width_per_group=4),
        "resnext101_32x8d": replace(_101, groups=32, width_per_group=8),
        "resnext101_64x4d": replace(_101, groups=64, width_per_group=4),
        "wide_resnet50_2": replace(_50, width_per_group=128),
        "wide_resnet101_2": replace(_101, width_per_group=128),
    }
)
PRESETS: Mapping[str, ResNetSpec] = MappingProxyType(
    {
        **TORCHVISION,
        "plain18": replace(_18, shortcut="none"),
        "plain34": replace(_34, shortcut="none"),
        **{f"cifar{depth}": ResNetSpec.cifar(depth) for depth in CIFAR_DEPTHS},
    }
)
