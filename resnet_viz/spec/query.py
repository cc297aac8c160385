"""Converts a spec to a query string and back, so that a link restores a net.

The string names the preset with the same architecture, or block and layers, followed by the settings that differ from
the defaults: `net=resnet152`, `block=basic&layers=2,3,5,2&input_size=320x320`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any
from urllib.parse import parse_qsl, urlencode

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.spec.checks import parse_layers, parse_widths, usual_widths
from resnet_viz.spec.settings import Settings
from resnet_viz.typed import query_of, read_whole, split_list, split_size

MAX_QUERY = 2_000
QUERY_KEYS = ("net", *(field.name for field in fields(Settings)))


def read_query(query: str | Mapping[str, str]) -> tuple[str | None, dict[str, Any]]:
    """Returns the preset name, or None, and the settings given by a query string or its key–value pairs.

    Raises SpecError for an unknown or repeated key, an invalid value, or neither a preset nor block and layers.
    """
    if not isinstance(query, str | Mapping):
        raise _refusal(type(query).__name__)
    pairs = _split(query) if isinstance(query, str) else [(str(key), str(value)) for key, value in query.items()]
    values: dict[str, str] = {}
    for key, text in pairs:
        if key not in QUERY_KEYS or key in values:
            raise _refusal(f"{key}={text}")
        values[key] = text
    preset = values.pop("net", None)
    settings = {key: _READERS[key](key, text) for key, text in values.items()}
    if preset is None and not {"block", "layers"} <= settings.keys():
        raise _refusal("&".join(f"{key}={text}" for key, text in pairs))
    return preset, settings


def write_pairs(pairs: Mapping[str, str]) -> str:
    """Returns key–value pairs as a query string."""
    return urlencode(pairs, safe=",:")


def query_pairs(settings: Settings, preset: str | None, base: Settings | None) -> dict[str, str]:
    """Returns the pairs that `read_query` reads: the preset name and what differs from `base`, the preset's settings.

    Without a preset: what differs from the defaults.
    """
    pairs = {"net": preset} if preset else {}
    for field in fields(settings):
        value = getattr(settings, field.name)
        usual = getattr(base, field.name) if base else field.default
        if field.name == "widths" and base is None:
            usual = usual_widths(len(settings.layers))
        if value != usual:
            pairs[field.name] = "x".join(map(str, value)) if field.name == "input_size" else _write(value)
    return pairs


def _split(query: str) -> list[tuple[str, str]]:
    text = query_of(query)
    if len(text) > MAX_QUERY:
        raise _refusal(text)
    try:
        return parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=len(QUERY_KEYS))
    except ValueError:
        raise _refusal(text) from None


def _refusal(got: str) -> SpecError:
    shown = got if len(got) <= 60 else f"{got[:60]}…"
    return SpecError(
        _(
            "This link does not describe a ResNet: got “{got}”. It names a preset (net=resnet50) or block and layers "
            "(block=basic&layers=2,3,5,2), and may set {allowed}. Pick a net in the sidebar to get a link that works."
        ).format(got=shown, allowed=", ".join(QUERY_KEYS[3:]))
    )


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, tuple):
        return ",".join(_write(part) for part in value)
    return str(value)


def _read_int(key: str, text: str) -> int:
    number = read_whole(text)
    if number is not None:
        return number
    raise SpecError(
        _("{name}: got “{got}”. It must be a whole number; change it and try again.").format(name=key, got=text[:60])
    )


def _read_flag(key: str, text: str) -> bool:
    if text in ("0", "1"):
        return text == "1"
    raise SpecError(_("{name}: got “{got}”. Write 1 for yes or 0 for no.").format(name=key, got=text[:60]))


def _read_size(key: str, text: str) -> tuple[int, ...]:
    sides = split_size(text)
    if len(sides) != 2:
        raise SpecError(_("{name}: got “{got}”. Write height x width, as in 224x224.").format(name=key, got=text[:60]))
    return tuple(_read_int(key, side) for side in sides)


_READERS: Mapping[str, Callable[[str, str], Any]] = {
    "block": lambda key, text: text,
    "layers": lambda key, text: parse_layers(text),
    "num_classes": _read_int,
    "groups": _read_int,
    "width_per_group": _read_int,
    "replace_stride_with_dilation": lambda key, text: tuple(_read_flag(key, flag) for flag in split_list(text)),
    "norm": lambda key, text: text,
    "zero_init_residual": _read_flag,
    "in_channels": _read_int,
    "input_size": _read_size,
    "stride_in": lambda key, text: text,
    "shortcut": lambda key, text: text,
    "stem": lambda key, text: text,
    "widths": lambda key, text: parse_widths(text),
    "pre_activation": _read_flag,
    "average_shortcut": _read_flag,
    "squeeze_excitation": _read_flag,
}
