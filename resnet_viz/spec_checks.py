"""What each setting of a `ResNetSpec` may be, alone and together with the others; everything else is a SpecError."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence, Set
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _

if TYPE_CHECKING:
    from resnet_viz.spec import ResNetSpec

MAX_STAGES = 6
MAX_BLOCKS = 1_000
MAX_INPUT_SIZE = 4_096
MAX_COUNT = 1_000_000
NORM_GROUPS = 32
CONVS_PER_BLOCK = MappingProxyType({"basic": 2, "bottleneck": 3})
NORMS = ("batch", "group", "frozen")
STRIDES_IN = ("3x3", "1x1")
SHORTCUTS = ("B", "A", "C", "none")
STEMS = ("7x7", "3x3", "deep")
_FIRST_PLANES = 64


def usual_widths(n_stages: int) -> tuple[int, ...]:
    """Planes per stage as torchvision has them: 64, and twice as many from stage to stage."""
    return tuple(_FIRST_PLANES * 2**stage for stage in range(n_stages))


def shown(value: object) -> str:
    """A value as it stands in an error: short, on one line, whatever was sent."""
    text = " ".join(as_text(value).split())
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


def as_text(value: object) -> str:
    """A value as text; a number too long to be written, or whatever cannot be, by its type."""
    try:
        return str(value)
    except Exception:  # Anything may come in, and its own __str__ may do anything.
        return type(value).__name__


def parse_layers(text: str) -> tuple[int, ...]:
    """Blocks per stage as somebody types them: `2,3,5,2`, with commas or blanks. Raises SpecError."""
    words = text.replace(",", " ").split()
    try:
        return check_layers("layers", [int(word) for word in words])
    except ValueError as error:
        if isinstance(error, SpecError):
            raise
        raise SpecError(_layers_message(shown(text))) from None


def parse_widths(text: str) -> tuple[int, ...]:
    """Planes per stage as somebody types them: `16,32,64`; none for the usual ones. Raises SpecError."""
    words = text.replace(",", " ").split()
    try:
        return check_widths("widths", [int(word) for word in words])
    except ValueError as error:
        if isinstance(error, SpecError):
            raise
        raise SpecError(_widths_message(shown(text))) from None


def check_layers(name: str, value: Any) -> tuple[int, ...]:
    """Blocks per stage."""
    numbers = _numbers(value) or ()
    layers = tuple(n for n in map(_whole, numbers) if n is not None and n >= 1)
    if not 1 <= len(numbers) <= MAX_STAGES or len(layers) != len(numbers) or sum(layers) > MAX_BLOCKS:
        raise SpecError(_layers_message(shown(value)))
    return layers


def check_widths(name: str, value: Any) -> tuple[int, ...]:
    """Planes per stage; none stands for the usual ones."""
    numbers = () if value is None else _numbers(value)
    widths = tuple(n for n in map(_whole, numbers or ()) if n is not None and 1 <= n <= MAX_COUNT)
    if numbers is None or len(widths) != len(numbers) or len(numbers) > MAX_STAGES:
        raise SpecError(_widths_message(shown(value)))
    return widths


def check_count(name: str, value: Any, most: int = MAX_COUNT) -> int:
    """A whole number from 1 on."""
    count = _whole(value)
    if count is None or not 1 <= count <= most:
        raise SpecError(
            _("{name}: got {got}. It must be a whole number from 1 to {most}; change it and try again.").format(
                name=name, got=shown(value), most=f"{most:,}"
            )
        )
    return count


def check_input_size(name: str, value: Any) -> tuple[int, int]:
    """Height and width of an input in pixels, from a pair or one number for both. Raises SpecError."""
    sides = (value, value) if _whole(value) is not None else value
    if not isinstance(sides, Sequence) or isinstance(sides, str | bytes) or len(sides) != 2:
        raise SpecError(
            _("{name}: got {got}. It is a height and a width in pixels, for example (224, 224).").format(
                name=name, got=shown(value)
            )
        )
    height, width = (check_count(name, side, MAX_INPUT_SIZE) for side in sides)
    return height, width


def check_together(spec: ResNetSpec) -> None:
    """What cannot be combined is said before it is built."""
    _check_stages(spec)
    _check_basic_block(spec)
    _check_shortcut(spec)
    _check_zero_init(spec)
    _check_group_norm(spec)


def _check_stages(spec: ResNetSpec) -> None:
    if len(spec.widths) != len(spec.layers):
        raise SpecError(
            _(
                "widths: got {got} for {n} stages. Write one number of planes for each stage, for example {usual}."
            ).format(
                got=shown(spec.widths), n=len(spec.layers), usual=",".join(map(str, usual_widths(len(spec.layers))))
            )
        )
    if spec.replace_stride_with_dilation is not None and len(spec.layers) != 4:
        raise SpecError(
            _(
                "replace_stride_with_dilation is for layer2, layer3 and layer4 of nets of four stages; this one has "
                "{n}. Choose four stages, or leave the dilation off."
            ).format(n=len(spec.layers))
        )


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
    if spec.stride_in != "3x3":
        raise SpecError(
            _(
                "A basic block has no 1×1 convolution that could have the stride; got {got} for stride_in. "
                "Choose bottleneck blocks, or 3x3."
            ).format(got=shown(spec.stride_in))
        )


def _check_shortcut(spec: ResNetSpec) -> None:
    if spec.shortcut == "none" and spec.pre_activation:
        raise SpecError(
            _(
                "Pre-activation moves norm and ReLU off the shortcut's way, and a plain net has no shortcut. "
                "Choose a shortcut, or leave the pre-activation off."
            )
        )
    if spec.average_shortcut and spec.shortcut not in ("B", "C"):
        raise SpecError(
            _(
                "average_shortcut pools before a projection, and shortcut {got} has none. "
                "Choose shortcut B or C, or leave the pooling off."
            ).format(got=shown(spec.shortcut))
        )
    shrinking = [stage for stage, (a, b) in enumerate(zip(spec.widths, spec.widths[1:], strict=False), 2) if b < a]
    if spec.shortcut == "A" and shrinking:
        raise SpecError(
            _(
                "Shortcut A can only add channels, but layer{stage} has fewer than the stage before it. "
                "Choose widths that do not shrink, or shortcut B."
            ).format(stage=shrinking[0])
        )


def _check_zero_init(spec: ResNetSpec) -> None:
    if not spec.zero_init_residual:
        return
    if spec.shortcut == "none":
        raise SpecError(
            _(
                "zero_init_residual would make every block of a plain net give nothing but zeros. "
                "Choose a shortcut, or leave it off."
            )
        )
    if spec.pre_activation:
        raise SpecError(
            _(
                "A pre-activated branch ends in a convolution and not in a norm that could start at zero. "
                "Leave zero_init_residual off, or the pre-activation."
            )
        )


def _check_group_norm(spec: ResNetSpec) -> None:
    """Every normalised width must be a multiple of the groups."""
    if spec.norm != "group":
        return
    for place, width in spec.normalised_widths():
        if width % NORM_GROUPS:
            raise SpecError(
                _(
                    "Group norm splits channels into {groups} equal groups, but {place} has {width} "
                    "channels. Choose widths that make them a multiple of {groups}, or batch norm."
                ).format(groups=NORM_GROUPS, place=place, width=width)
            )


def _layers_message(got: str) -> str:
    return _(
        "Blocks per stage: got {got}. A ResNet here has one to six stages of at least one block each and at most "
        "{most} blocks in all. Write one whole number a stage, for example 2,3,5,2."
    ).format(got=got, most=f"{MAX_BLOCKS:,}")


def _widths_message(got: str) -> str:
    return _(
        "Planes per stage: got {got}. Write one whole number from 1 on for each stage, for example 16,32,64; "
        "nothing means 64 and then twice as many from stage to stage."
    ).format(got=got)


def _numbers(value: Any) -> tuple[Any, ...] | None:
    """The items of a sequence, one more than allowed at most: enough to see that there are too many; else None."""
    try:
        return None if isinstance(value, str | bytes | Set | Mapping) else tuple(islice(iter(value), MAX_STAGES + 1))
    except TypeError:
        return None


def _whole(value: Any) -> int | None:
    """A whole number of any integer type, booleans apart; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)
    except TypeError:
        return None


def _check_choice(name: str, value: Any, choices: Sequence[str]) -> str:
    if isinstance(value, str) and value in choices:
        return value
    raise SpecError(
        _("{name}: got {got}. Choose one of {allowed}.").format(name=name, got=shown(value), allowed=", ".join(choices))
    )


def _one_of(choices: Sequence[str]) -> Callable[[str, Any], str]:
    return lambda name, value: _check_choice(name, value, choices)


def _check_flag(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise SpecError(_("{name}: got {got}. Choose True or False.").format(name=name, got=shown(value)))


def _check_dilation(name: str, value: Any) -> tuple[bool, bool, bool] | None:
    if value is None:
        return None
    if isinstance(value, Sequence) and len(value) == 3 and all(isinstance(flag, bool) for flag in value):
        # No stride replaced is what torchvision does without the argument: equal nets are equal specs.
        return (value[0], value[1], value[2]) if any(value) else None
    raise SpecError(
        _("{name}: got {got}. It is None, or three times True or False, for layer2, layer3 and layer4.").format(
            name=name, got=shown(value)
        )
    )


CHECKS: Mapping[str, Callable[[str, Any], Any]] = {
    "block": _one_of(tuple(CONVS_PER_BLOCK)),
    "layers": check_layers,
    "num_classes": check_count,
    "groups": check_count,
    "width_per_group": check_count,
    "replace_stride_with_dilation": _check_dilation,
    "norm": _one_of(NORMS),
    "zero_init_residual": _check_flag,
    "in_channels": check_count,
    "input_size": check_input_size,
    "stride_in": _one_of(STRIDES_IN),
    "shortcut": _one_of(SHORTCUTS),
    "stem": _one_of(STEMS),
    "widths": check_widths,
    "pre_activation": _check_flag,
    "average_shortcut": _check_flag,
    "squeeze_excitation": _check_flag,
}
