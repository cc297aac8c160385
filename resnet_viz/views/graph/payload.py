"""What the browser gets of a drawing."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import TypedDict

from resnet_viz.views.graph.facts import Facts

SMALL = 60_000
"""Characters of a strip that is drawn in a moment: a process that draws would first have to be started."""


class WholeLevel(TypedDict):
    """All of a drawing's nets at one level: where that drawing is to be had, and how many boxes it has."""

    address: str
    boxes: int


class DrawingPayload(TypedDict):
    """A drawing and what is known of it; `net` is the same in all drawings of the same nets."""

    address: str
    net: str
    title: str
    """The nets in words, for a screen reader."""
    levels: dict[str, WholeLevel]
    svg: str
    facts: Facts


class StripPayload(TypedDict):
    """A drawing in rows before it is known how wide they are: as DrawingPayload, with the strip instead of the SVG."""

    address: str
    net: str
    title: str
    levels: dict[str, WholeLevel]
    laid: str
    """The strip as `draw.lay_strip` gives it."""
    facts: Facts


_QUICK = 4  # gzip level: a tenth of the size in a few milliseconds; higher levels gain little


def pack_json(payload: Mapping[str, object]) -> bytes:
    """Returns a payload for the browser as gzipped JSON."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), _QUICK, mtime=0)  # equal payloads are equal bytes
