"""Graphviz's SVG made ready for other programs: text that keeps its width in any font, tooltips, no links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any
from xml.etree import ElementTree

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
ElementTree.register_namespace("", _SVG.strip("{}"))


def make_portable(svg: bytes, layout: bytes) -> bytes:
    """The SVG of a drawing, made from Graphviz's `svg` and `json` of the same graph."""
    root = ElementTree.fromstring(svg)
    _fix_widths(root, json.loads(layout))
    for group in root.iter(f"{_SVG}g"):
        _replace_link(group)
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _fix_widths(root: ElementTree.Element, layout: dict[str, Any]) -> None:
    """Give every text the width that its box was made for.

    Graphviz measures with the font it finds; a reader's Helvetica or Arial, or what stands in for them, is up to a
    fifth wider or narrower, and words would leave their boxes. An embedded font would be ignored by Inkscape, and
    outlines are no text any more. `textLength` is kept by browsers and by Inkscape; a program that ignores it shows
    what it would have shown anyway.
    """
    widths = {place: width for point, width in _measured(layout) for place in _places(*point)}
    for text in root.iter(f"{_SVG}text"):
        width = widths.get((round(float(text.get("x", 0)) * 10), round(-float(text.get("y", 0)) * 10)))
        if width:
            text.set("textLength", f"{width:g}")
            text.set("lengthAdjust", "spacingAndGlyphs")


def _measured(layout: dict[str, Any]) -> Iterator[tuple[tuple[float, float], float]]:
    """Where each text begins, y upwards, and how wide it was measured to be."""
    for part in (layout, *layout.get("objects", ()), *layout.get("edges", ())):
        for name, steps in part.items():
            if name.endswith("draw_"):
                yield from ((tuple(step["pt"]), step["width"]) for step in steps if step["op"] == "T")


def _places(x: float, y: float) -> Iterator[tuple[int, int]]:
    """A place in tenths of a point, and those beside it: Graphviz's formats round differently."""
    column, row = round(x * 10), round(y * 10)
    return product(range(column - 1, column + 2), range(row - 1, row + 2))


def _replace_link(group: ElementTree.Element) -> None:
    """Graphviz writes a tooltip as a link to nowhere; `<title>` is SVG's own way to say it, and no link."""
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
