"""Where the boxes, frames and words of a drawing lie, read from its layout by Graphviz; and where it can be cut."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from graphviz import Digraph

from resnet_viz.views.graph.render import render_graph

_PAD = 0.08 * 72
"""What Graphviz leaves around a drawing, in points: the `pad` of our drawings."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Extent:
    """A box, a frame or a line of text, in points from the upper left corner of the drawing."""

    left: float
    top: float
    right: float
    bottom: float
    is_frame: bool = False

    def moved(self, x: float, y: float) -> Extent:
        """Returns it shifted to the right and down."""
        return Extent(self.left + x, self.top + y, self.right + x, self.bottom + y, self.is_frame)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A laid-out drawing: its size in points, what is on it, and the classes of its parts, such as `add` or `run`."""

    graph: Digraph
    width: float
    height: float
    extents: tuple[Extent, ...]
    kinds: frozenset[str]


def lay_out(graph: Digraph) -> Sheet:
    """Returns a drawing with what its layout says. Raises DrawError."""
    layout = json.loads(render_graph(graph, "json"))
    left, low, right, high = _numbers(layout["bb"])
    extents = tuple(extent.moved(_PAD - left, high + _PAD) for extent in _extents(layout))
    parts = (*layout.get("objects", ()), *layout.get("edges", ()))
    kinds = frozenset(word for part in parts for word in part.get("class", "").split())
    return Sheet(graph, right - left + 2 * _PAD, high - low + 2 * _PAD, extents, kinds)


def find_cuts(length: float, room: float, along: Sequence[tuple[Span, bool]]) -> tuple[float, ...]:
    """Returns where a drawing of this length is cut, so that no part is longer than `room`; the last is its end.

    along: the spans of what is drawn, and whether each is a frame's. A cut goes through none of them; through a frame
    only if the frame itself is longer than a part can be, and through a box only where that holds for boxes.
    """
    fitting = [(span, is_frame) for span, is_frame in along if span[1] - span[0] <= room]
    gaps = _gaps(length, [span for span, _is_frame in fitting])
    between_boxes = _gaps(length, [span for span, is_frame in fitting if not is_frame])
    cuts = [0.0]
    while length - cuts[-1] > room + 0.01:
        start, reach = cuts[-1], cuts[-1] + room
        found = (_last_in(these, start, reach) for these in (gaps, between_boxes))
        cuts.append(next((cut for cut in found if cut is not None), reach))
    return (*cuts[1:], length)


def _gaps(length: float, spans: Sequence[Span]) -> list[Span]:
    """The free stretches between spans, from left to right."""
    gaps, end = [], 0.0
    for low, high in sorted(spans):
        if low > end:
            gaps.append((end, low))
        end = max(end, high)
    return [*gaps, (end, length)] if end < length else gaps


def _last_in(gaps: Sequence[Span], start: float, reach: float) -> float | None:
    """The last place in a gap after `start` and up to `reach`: the middle of the gap, if that is within."""
    low, high = next(((low, high) for low, high in reversed(gaps) if start < low < reach), (None, None))
    return None if low is None or high is None else min((low + high) / 2, reach)


def parts_between(cuts: Sequence[float]) -> Iterator[Span]:
    """Yields beginning and end of each part."""
    yield from pairwise((0.0, *cuts))


def _extents(layout: dict[str, Any]) -> Iterator[Extent]:
    """In Graphviz's own coordinates, but with y pointing down."""
    for part in layout.get("objects", ()):
        if "bb" in part and str(part.get("name", "")).startswith("cluster"):
            left, low, right, high = _numbers(part["bb"])
            yield Extent(left, -high, right, -low, is_frame=True)
        elif "pos" in part:
            x, y = _numbers(part["pos"])
            across, down = 36 * float(part["width"]), 36 * float(part["height"])
            yield Extent(x - across, -y - down, x + across, -y + down)
    for part in (layout, *layout.get("objects", ()), *layout.get("edges", ())):
        yield from _texts(part)


def _texts(part: dict[str, Any]) -> Iterator[Extent]:
    size = 0.0
    for step in (step for name, steps in part.items() if name.endswith("draw_") for step in steps):
        if step["op"] == "F":
            size = float(step["size"])
        elif step["op"] == "T":
            (x, y), width = step["pt"], step["width"]
            left = x - width * {"l": 0.0, "c": 0.5, "r": 1.0}[step["align"]]
            yield Extent(left, -y - size, left + width, -y + 0.3 * size)


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.rstrip("!").split(",")))
