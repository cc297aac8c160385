"""Portable SVG from Graphviz's: fixed text widths in any font, tooltips as titles, no links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any
from xml.etree import ElementTree

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
ElementTree.register_namespace("", _SVG.strip("{}"))


def make_portable(svg: bytes, layout: bytes) -> bytes:
    """Returns a portable SVG, given Graphviz's `svg` and `json` output of the same graph."""
    root = ElementTree.fromstring(svg)
    _fix_widths(root, json.loads(layout))
    for group in root.iter(f"{_SVG}g"):
        _replace_link(group)
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _fix_widths(root: ElementTree.Element, layout: dict[str, Any]) -> None:
    """Sets the width of every text to the one that Graphviz laid out.

    Graphviz measures with a font of this machine; a viewer's Helvetica or Arial, or its substitute, is up to a fifth
    wider or narrower, so that text would overflow. Inkscape ignores embedded fonts, and outlines are not text.
    Browsers and Inkscape honour `textLength`; a viewer that ignores it shows what it would have shown without it.
    """
    widths = {place: width for point, width in _measured(layout) for place in _places(*point)}
    for text in root.iter(f"{_SVG}text"):
        width = widths.get((round(float(text.get("x", 0)) * 10), round(-float(text.get("y", 0)) * 10)))
        if width:
            text.set("textLength", f"{width:g}")
            text.set("lengthAdjust", "spacingAndGlyphs")


def _measured(layout: dict[str, Any]) -> Iterator[tuple[tuple[float, float], float]]:
    """Yields the start (y points up) and the measured width of each text."""
    for part in (layout, *layout.get("objects", ()), *layout.get("edges", ())):
        for name, steps in part.items():
            if name.endswith("draw_"):
                yield from ((tuple(step["pt"]), step["width"]) for step in steps if step["op"] == "T")


def _places(x: float, y: float) -> Iterator[tuple[int, int]]:
    """A point in tenths of a point, and its neighbours, since Graphviz's formats round differently."""
    column, row = round(x * 10), round(y * 10)
    return product(range(column - 1, column + 2), range(row - 1, row + 2))


def _replace_link(group: ElementTree.Element) -> None:
    """Replaces Graphviz's link without target, which holds the tooltip, by SVG's `<title>`."""
    for holder in list(group):
        link = holder.find(f"{_SVG}a")
        if link is None:
            continue
        title = group.find(f"{_SVG}title")
        if title is not None:
            title.text = link.get(f"{_XLINK}title", "").strip()
        place = list(group).index(holder)
        group.remove(holder)
        for step, part in enumerate(link):
            group.insert(place + step, part)
