"""Reads a drawing's payload back: gzipped JSON, of which nothing is believed before its form is that of a payload."""

from __future__ import annotations

import json
import zlib
from typing import Any, cast

from resnet_viz.views.graph.payload import DrawingPayload, StripPayload
from resnet_viz.views.parts.detail import LEVELS

MOST_BYTES = 128 * 2**20
"""Of a text, unpacked."""
_GZIP = zlib.MAX_WBITS + 16
_TEXTS = ("address", "net", "title")
_KEYS = {*_TEXTS, "levels", "facts"}
_BEGINS = {"svg": "<?xml ", "laid": "digraph "}
"""What is drawn, and how it begins: of rows the strip, of all else the drawing."""
_FACT_TEXTS = ("kind", "about", "shape", "find")
_FACT_KEYS = {*_FACT_TEXTS, "costs", "amounts", "parent"}
_MAY_HAVE = {"name": str, "levels": list, "level": str, "branches": dict, "blocks": int}


def read_drawing(data: bytes) -> DrawingPayload | None:
    """Returns the payload that was packed; None for anything else."""
    return cast(DrawingPayload | None, _read(data, "svg"))


def read_strip(data: bytes) -> StripPayload | None:
    """Returns the payload of rows that was packed; None for anything else."""
    return cast(StripPayload | None, _read(data, "laid"))


def _read(data: bytes, drawn: str) -> dict[str, Any] | None:
    found = read_packed(data)
    if not isinstance(found, dict) or found.keys() != {*_KEYS, drawn} or not _are_texts(found, (*_TEXTS, drawn)):
        return None
    is_whole = _is_levels(found["levels"]) and _is_facts(found["facts"]) and found[drawn].startswith(_BEGINS[drawn])
    return found if is_whole else None


def read_packed(data: bytes) -> Any:
    """Returns gzipped JSON, unpacked within MOST_BYTES; None for anything else."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        text = unpacker.decompress(data, MOST_BYTES)
        return json.loads(text) if unpacker.eof and not unpacker.unused_data else None
    except (zlib.error, ValueError, RecursionError):
        return None


def _are_texts(found: dict[str, Any], names: tuple[str, ...]) -> bool:
    return all(isinstance(found[name], str) for name in names)


def _is_levels(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and found.keys() == set(LEVELS)
        and all(isinstance(level, dict) and level.keys() == {"address", "boxes"} for level in found.values())
        and all(isinstance(level["address"], str) and type(level["boxes"]) is int for level in found.values())
    )


def _is_facts(found: Any) -> bool:
    return isinstance(found, dict) and all(isinstance(fact, dict) and _is_fact(fact) for fact in found.values())


def _is_fact(fact: dict[str, Any]) -> bool:
    more = fact.keys() - _FACT_KEYS
    return (
        fact.keys() >= _FACT_KEYS
        and _are_texts(fact, _FACT_TEXTS)
        and all(name in _MAY_HAVE and isinstance(fact[name], _MAY_HAVE[name]) for name in more)
        and all(isinstance(fact[name], list) for name in ("costs", "amounts"))
        and all(isinstance(cost, str) for cost in fact["costs"])
        and all(amount is None or type(amount) is int for amount in fact["amounts"])
        and isinstance(fact["parent"], str | None)
    )
