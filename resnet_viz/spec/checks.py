"""Validates each setting of a `ResNetSpec` by itself; raises SpecError for an invalid value."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence, Set
from itertools import islice
from types import MappingProxyType
from typing import Any

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.refusal import shown
from resnet_viz.typed import read_wholes

MAX_STAGES = 6
MAX_BLOCKS = 1_000
MAX_INPUT_SIZE = 4_096
MAX_COUNT = 1_000_000
NORM_GROUPS = 32
CONVS_PER_BLOCK = MappingProxyType({"basic": 2, "bottleneck": 3})
NORMS = ("batch", "group", "frozen", "none")
STRIDES_IN = ("3x3", "1x1")
SHORTCUTS = ("B", "A", "C", "none")
STEMS = ("7x7", "3x3", "deep")
_FIRST_PLANES = 64


def usual_widths(n_stages: int) -> tuple[int, ...]:
    """Returns torchvision's planes per stage: 64, doubled from stage to stage."""
    return tuple(_FIRST_PLANES * 2**stage for stage in range(n_stages))


def parse_layers(text: str) -> tuple[int, ...]:
    """Parses blocks per stage as typed: `2,3,5,2`, `[2, 3, 5, 2]`, `2-3-5-2`. Raises SpecError."""
    numbers = read_wholes(text, with_hyphens=True)
    if numbers is None:
        raise SpecError(_layers_message(shown(text)))
    return check_layers("layers", numbers)


def parse_widths(text: str) -> tuple[int, ...]:
    """Parses planes per stage as typed: `16,32,64`; empty for the default widths. Raises SpecError."""
    numbers = read_wholes(text, with_hyphens=True)
    if numbers is None:
        raise SpecError(_widths_message(shown(text)))
    return check_widths("widths", numbers)


def check_layers(name: str, value: Any) -> tuple[int, ...]:
    """Returns blocks per stage as a tuple. Raises SpecError."""
    numbers = _numbers(value) or ()
    layers = tuple(n for n in map(_whole, numbers) if n is not None and n >= 1)
    if not 1 <= len(numbers) <= MAX_STAGES or len(layers) != len(numbers) or sum(layers) > MAX_BLOCKS:
        raise SpecError(_layers_message(shown(value)))
    return layers


def check_widths(name: str, value: Any) -> tuple[int, ...]:
    """Returns planes per stage as a tuple, empty for the default widths. Raises SpecError."""
    numbers = () if value is None else _numbers(value)
    widths = tuple(n for n in map(_whole, numbers or ()) if n is not None and 1 <= n <= MAX_COUNT)
    if numbers is None or len(widths) != len(numbers) or len(numbers) > MAX_STAGES:
        raise SpecError(_widths_message(shown(value)))
    return widths


def check_count(name: str, value: Any, most: int = MAX_COUNT) -> int:
    """Returns an integer from 1 to `most`. Raises SpecError."""
    count = _whole(value)
    if count is None or not 1 <= count <= most:
        raise SpecError(
            _("{name}: got {got}. It must be a whole number from 1 to {most}; change it and try again.").format(
                name=name, got=shown(value), most=f"{most:,}"
            )
        )
    return count


def check_input_size(name: str, value: Any) -> tuple[int, int]:
    """Returns (H, W) in pixels from a pair, or from one number for both. Raises SpecError."""
    sides = (value, value) if _whole(value) is not None else value
    if not isinstance(sides, Sequence) or isinstance(sides, str | bytes) or len(sides) != 2:
        raise SpecError(
            _("{name}: got {got}. It is a height and a width in pixels, for example (224, 224).").format(
                name=name, got=shown(value)
            )
        )
    height, width = (check_count(name, side, MAX_INPUT_SIZE) for side in sides)
    return height, width


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
    """Returns at most MAX_STAGES + 1 items, enough to detect too many; None for a str, set, mapping or non-iterable."""
    try:
        return None if isinstance(value, str | bytes | Set | Mapping) else tuple(islice(iter(value), MAX_STAGES + 1))
    except TypeError:
        return None


def _whole(value: Any) -> int | None:
    """Returns an `int` from any integer type except bool; None for anything else."""
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
        # Three times False equals None: equal nets must be equal specs.
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
