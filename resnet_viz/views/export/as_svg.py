"""Portable SVG from Graphviz's: fixed text widths in any font, tooltips as titles, no links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any
from xml.etree import ElementTree

from resnet_viz.views.export.figure import Figure, Window
from resnet_viz.views.graph.render import render_graph

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
ElementTree.register_namespace("", _SVG.strip("{}"))
ElementTree.register_namespace("xlink", _XLINK.strip("{}"))


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


def join_svgs(figure: Figure, factor: float, background: str) -> bytes:
    """Returns a figure as one portable SVG. A sheet that is shown in several windows is in it once.

    factor: how much larger than the drawing's points it is; background: the colour behind it, "" for none.
    """
    size = {"width": f"{figure.width * factor:.2f}pt", "height": f"{figure.height * factor:.2f}pt"}
    whole = ElementTree.Element(f"{_SVG}svg", {**size, "viewBox": f"0 0 {figure.width:.2f} {figure.height:.2f}"})
    if background:
        ElementTree.SubElement(whole, f"{_SVG}rect", {"width": "100%", "height": "100%", "fill": background})
    for at, sheet in enumerate(figure.sheets):
        parts = _parts(make_portable(render_graph(sheet.graph, "svg"), render_graph(sheet.graph, "json")), at)
        windows = [window for window in figure.windows if window.sheet == at]
        if len(windows) > 1:
            kept = ElementTree.SubElement(
                ElementTree.SubElement(whole, f"{_SVG}defs"), f"{_SVG}g", {"id": f"sheet{at}"}
            )
            kept.extend(parts)
            parts = [ElementTree.Element(f"{_SVG}use", {f"{_XLINK}href": f"#sheet{at}"})]
        for window in windows:
            _window(whole, window, sheet.height).extend(parts)
    data: bytes = ElementTree.tostring(whole, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _parts(svg: bytes, at: int) -> list[ElementTree.Element]:
    """What is in an SVG; Graphviz numbers what has no id of its own, from one in each drawing."""
    root = ElementTree.fromstring(svg)
    for part in root.iter() if at else ():
        part.attrib.pop("id", None)
    return list(root)


def _window(whole: ElementTree.Element, window: Window, height: float) -> ElementTree.Element:
    width = window.right - window.left
    place = {"x": f"{window.x:.2f}", "y": f"{window.y:.2f}", "width": f"{width:.2f}", "height": f"{height:.2f}"}
    box = {"viewBox": f"{window.left:.2f} 0 {width:.2f} {height:.2f}", "overflow": "hidden"}
    return ElementTree.SubElement(whole, f"{_SVG}svg", {**place, **box})
