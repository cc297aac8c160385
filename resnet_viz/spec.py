"""Which ResNet: a frozen record with its checks, torchvision's ten nets as presets, and the link that restores one.

Figures and rules are torchvision's (`torchvision/models/resnet.py`) and the paper's (He et al. 2015, Table 1).
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from itertools import islice
from types import MappingProxyType
from typing import Any

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _

N_STAGES = 4
MAX_BLOCKS = 1_000
MAX_INPUT_SIZE = 4_096
MAX_COUNT = 1_000_000
NORM_GROUPS = 32
STAGE_PLANES = (64, 128, 256, 512)
CONVS_PER_BLOCK = MappingProxyType({"basic": 2, "bottleneck": 3})
NORMS = ("batch", "group", "frozen")


@dataclass(frozen=True)
class ResNetSpec:
    """One ResNet, hashable and checked on creation.

    block: `basic` (two 3×3 convolutions) or `bottleneck` (1×1, 3×3, 1×1).
    layers: blocks per stage, four whole numbers of at least 1; any sequence, kept as a tuple.
    num_classes: outputs of the last layer.
    groups, width_per_group: of the bottleneck's inner convolutions (ResNeXt, Wide ResNet).
    replace_stride_with_dilation: three booleans, for layer2, layer3 and layer4.
    norm: `batch`, `group` (32 groups) or `frozen` (batch norm with fixed statistics).
    zero_init_residual: start the last norm of each residual branch at zero.
    in_channels: channels of the input. input_size: its height and width in pixels.

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

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, _CHECKS[field.name](field.name, getattr(self, field.name)))
        _check_basic_block(self)
        _check_group_norm(self)

    @classmethod
    def preset(cls, name: str) -> ResNetSpec:
        """One of torchvision's nets by the name of its function, as in `resnet50`. Raises SpecError."""
        if isinstance(name, str) and name in PRESETS:
            return PRESETS[name]
        near = get_close_matches(_text(name)[:100], PRESETS, n=1, cutoff=0.5)
        hint = _(" Did you mean {name}?").format(name=near[0]) if near else ""
        raise SpecError(
            _("There is no preset named {got}.{hint} The presets are {allowed}.").format(
                got=_shown(name), hint=hint, allowed=", ".join(PRESETS)
            )
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
        """Weighted layers on the main path: the stem, 2 or 3 per block, and the last layer (Table 1's counting)."""
        return 1 + CONVS_PER_BLOCK[self.block] * sum(self.layers) + 1

    @property
    def name(self) -> str:
        """What the literature calls it: ResNet-50, ResNeXt-50 32x4d, Wide ResNet-50-2."""
        if self.groups > 1:
            return f"ResNeXt-{self.depth} {self.groups}x{self.width_per_group}d"
        factor, rest = divmod(self.width_per_group, 64)
        if rest:
            return f"ResNet-{self.depth} 1x{self.width_per_group}d"
        return f"ResNet-{self.depth}" if factor == 1 else f"Wide ResNet-{self.depth}-{factor}"

    @property
    def input_shape(self) -> tuple[int, int, int, int]:
        """The shape of one input, (1, C, H, W)."""
        return (1, self.in_channels, *self.input_size)

    @property
    def preset_name(self) -> str | None:
        """The preset with this architecture, whatever its input, classes and norm; None for a net of one's own."""
        return next((name for name, spec in PRESETS.items() if _architecture(spec) == _architecture(self)), None)

    def inner_width(self, stage: int) -> int:
        """Channels of a bottleneck's 3×3 convolution in stage 0 to 3, by torchvision's formula."""
        return int(STAGE_PLANES[stage] * (self.width_per_group / 64.0)) * self.groups


def parse_layers(text: str) -> tuple[int, ...]:
    """Blocks per stage as somebody types them: `2,3,5,2`, with commas or blanks. Raises SpecError."""
    words = text.replace(",", " ").split()
    try:
        return _check_layers("layers", [int(word) for word in words])
    except ValueError as error:
        if isinstance(error, SpecError):
            raise
        raise SpecError(_layers_message(_shown(text))) from None


def _architecture(spec: ResNetSpec) -> tuple[object, ...]:
    return spec.block, spec.layers, spec.groups, spec.width_per_group


def _shown(value: object) -> str:
    """A value as it stands in an error: short, on one line, whatever was sent."""
    text = " ".join(_text(value).split())
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


def _text(value: object) -> str:
    """A value as text; a number too long to be written, or whatever cannot be, by its type."""
    try:
        return str(value)
    except Exception:  # Anything may come in, and its own __str__ may do anything.
        return type(value).__name__


def _layers_message(got: str) -> str:
    return _(
        "Blocks per stage: got {got}. A ResNet here has four stages of at least one block each and at most {most} "
        "blocks in all. Write four whole numbers, for example 2,3,5,2."
    ).format(got=got, most=f"{MAX_BLOCKS:,}")


def _whole(value: Any) -> int | None:
    """A whole number of any integer type, booleans apart; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)
    except TypeError:
        return None


def _check_layers(name: str, value: Any) -> tuple[int, ...]:
    try:
        # One more than allowed is enough to see that there are too many.
        numbers = () if isinstance(value, str | bytes | Set | Mapping) else tuple(islice(iter(value), N_STAGES + 1))
    except TypeError:
        numbers = ()
    layers = tuple(n for n in map(_whole, numbers) if n is not None and n >= 1)
    if len(numbers) != N_STAGES or len(layers) != N_STAGES or sum(layers) > MAX_BLOCKS:
        raise SpecError(_layers_message(_shown(value)))
    return layers


def _check_count(name: str, value: Any, most: int = MAX_COUNT) -> int:
    count = _whole(value)
    if count is None or not 1 <= count <= most:
        raise SpecError(
            _("{name}: got {got}. It must be a whole number from 1 to {most}; change it and try again.").format(
                name=name, got=_shown(value), most=f"{most:,}"
            )
        )
    return count


def _check_choice(name: str, value: Any, choices: Sequence[str]) -> str:
    if isinstance(value, str) and value in choices:
        return value
    raise SpecError(
        _("{name}: got {got}. Choose one of {allowed}.").format(
            name=name, got=_shown(value), allowed=", ".join(choices)
        )
    )


def _check_flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise SpecError(_("{name}: got {got}. Choose True or False.").format(name=name, got=_shown(value)))


def _check_dilation(name: str, value: Any) -> tuple[bool, bool, bool] | None:
    if value is None:
        return None
    if isinstance(value, Sequence) and len(value) == 3 and all(isinstance(flag, bool) for flag in value):
        # No stride replaced is what torchvision does without the argument: equal nets are equal specs.
        return (value[0], value[1], value[2]) if any(value) else None
    raise SpecError(
        _("{name}: got {got}. It is None, or three times True or False, for layer2, layer3 and layer4.").format(
            name=name, got=_shown(value)
        )
    )


def check_input_size(name: str, value: Any) -> tuple[int, int]:
    """Height and width of an input in pixels, from a pair or one number for both. Raises SpecError."""
    sides = (value, value) if _whole(value) is not None else value
    if not isinstance(sides, Sequence) or isinstance(sides, str | bytes) or len(sides) != 2:
        raise SpecError(
            _("{name}: got {got}. It is a height and a width in pixels, for example (224, 224).").format(
                name=name, got=_shown(value)
            )
        )
    height, width = (_check_count(name, side, MAX_INPUT_SIZE) for side in sides)
    return height, width


def _check_basic_block(spec: ResNetSpec) -> None:
    if spec.block != "basic":
        return
    if spec.groups != 1 or spec.width_per_group != 64:
        raise SpecError(
            _(
                "A basic block has groups 1 and width 64 per group; got {groups} and {width}. "
                "Choose bottleneck blocks for grouped or wide nets, or set both back."
            ).format(groups=spec.groups, width=spec.width_per_group)
        )
    if spec.replace_stride_with_dilation is not None:
        raise SpecError(
            _(
                "A basic block cannot be dilated; got {got} for replace_stride_with_dilation. "
                "Choose bottleneck blocks, or leave the dilation off."
            ).format(got=spec.replace_stride_with_dilation)
        )


def _check_group_norm(spec: ResNetSpec) -> None:
    """Every normalised width must be a multiple of the groups; only a bottleneck's inner width may fail."""
    if spec.norm != "group" or spec.block != "bottleneck":
        return
    for stage in range(N_STAGES):
        width = spec.inner_width(stage)
        if width % NORM_GROUPS:
            raise SpecError(
                _(
                    "Group norm splits channels into {groups} equal groups, but layer{stage}.0.bn1 has {width} "
                    "channels. Choose a width per group that makes them a multiple of {groups}, or batch norm."
                ).format(groups=NORM_GROUPS, stage=stage + 1, width=width)
            )


_CHECKS: Mapping[str, Any] = {
    "block": lambda name, value: _check_choice(name, value, tuple(CONVS_PER_BLOCK)),
    "layers": _check_layers,
    "num_classes": _check_count,
    "groups": _check_count,
    "width_per_group": _check_count,
    "replace_stride_with_dilation": _check_dilation,
    "norm": lambda name, value: _check_choice(name, value, NORMS),
    "zero_init_residual": _check_flag,
    "in_channels": _check_count,
    "input_size": check_input_size,
}

_50 = ResNetSpec("bottleneck", (3, 4, 6, 3))
_101 = ResNetSpec("bottleneck", (3, 4, 23, 3))

PRESETS: Mapping[str, ResNetSpec] = MappingProxyType(
    {
        "resnet18": ResNetSpec("basic", (2, 2, 2, 2)),
        "resnet34": ResNetSpec("basic", (3, 4, 6, 3)),
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
