"""What the app's address says of a drawing besides the net: `level=block&ops=layer3.5~layer4.0&shade=macs`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

LEVEL, FORM, SHADE, NODE = "level", "form", "shade", "node"
# Parts that are shown otherwise than the level says, by their own level.
PART_KEYS = {"folded": "folded", "block": "blocks", "op": "ops"}
KEYS = (LEVEL, FORM, SHADE, NODE, *PART_KEYS.values())


def read_parts(params: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The parts of an address, each with its level; whether a net has them, its Trace must tell."""
    return tuple((part, level) for level, key in PART_KEYS.items() for part in params.get(key, "").split("~") if part)


def write_parts(parts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The same as keys and values of an address, only what there is."""
    named = tuple(parts)
    values = {key: "~".join(part for part, own in named if own == level) for level, key in PART_KEYS.items()}
    return {key: value for key, value in values.items() if value}
