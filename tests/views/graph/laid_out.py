"""Where Graphviz puts the parts of a drawing."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from resnet_viz.views.graph.draw import draw_graph
from resnet_viz.views.graph.render import render_graph
from tests.views.graph.dot import traced

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points; y grows upwards."""


@cache
def layout(net: str, level: str, form: str) -> dict[str, dict[str, Any]]:
    """Everything Graphviz laid out: boxes and frames by name, wires by id, the whole under the empty name."""
    whole = json.loads(render_graph(draw_graph(traced(net), level, form=form), "json"))
    wires = [wire for wire in whole["edges"] if wire.get("style") != "invis"]
    return {part.get("name", part["id"]): part for part in whole["objects"] + wires} | {"": whole}


def points(pos: str) -> list[tuple[float, float]]:
    """The points of a position or of a wire's line, without its arrow."""
    pairs = [tuple(map(float, pair.split(","))) for pair in pos.split() if pair[0] not in "es"]
    return [(x, y) for x, y in pairs]


def middle(part: dict[str, Any]) -> tuple[float, float]:
    """The middle of a box."""
    ((x, y),) = points(part["pos"])
    return x, y


def curve(pos: str) -> list[tuple[float, float]]:
    """Points along a wire, which is a chain of cubic Bézier curves."""
    hull = points(pos)
    line = []
    for start in range(0, len(hull) - 3, 3):
        corners = hull[start : start + 4]
        for t in (step / 20 for step in range(21)):
            shares = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3]
            x, y = (sum(share * corner[i] for share, corner in zip(shares, corners, strict=True)) for i in (0, 1))
            line.append((x, y))
    return line


def texts_of(part: dict[str, Any]) -> list[tuple[str, float, Box]]:
    """The words on a part, their size in points, and the room they take."""
    found = []
    size = 0.0
    for step in (step for key in ("_ldraw_", "_hldraw_", "_tldraw_") for step in part.get(key, ())):
        if step["op"] == "F":
            size = step["size"]
        elif step["op"] == "T":
            x, y = step["pt"]
            left = x - {"l": 0, "c": 0.5, "r": 1}[step["align"]] * step["width"]
            found.append((step["text"], size, (left, y - 0.2 * size, left + step["width"], y + 0.7 * size)))
    return found


def is_inside(point: tuple[float, float], box: Box) -> bool:
    """Whether a point lies in a box."""
    return box[0] < point[0] < box[2] and box[1] < point[1] < box[3]
