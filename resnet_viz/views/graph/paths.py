"""Wires of our own, where Graphviz would lead them otherwise: straight pieces with round corners.

An arc goes from the top of one box over all that stands between to the top of another. A wire to the next row goes on
to the row's end, down into the gap between the rows, back to the beginning, and into its box.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import dist

from resnet_viz.views.graph.laid import Box, Point, write_numbers

_ROUND = 7.0
_ARROW = 6.0
"""Length of an arrow in points, at the size that the drawing sets."""


def write_path(corners: Sequence[Point], has_arrow: bool = True) -> str:
    """Returns a polyline with round corners as Graphviz writes an edge: `e,tip start control control point …`."""
    tip = corners[-1]
    if has_arrow:
        corners = [*corners[:-1], _toward(tip, corners[-2], min(_ARROW, dist(tip, corners[-2])))]
    points = [corners[0]]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        reach = min(_ROUND, dist(before, corner) / 2, dist(corner, after) / 2)
        start, end = _toward(corner, before, reach), _toward(corner, after, reach)
        points += [*_straight(points[-1], start), _part(start, corner), _part(end, corner), end]
    points += _straight(points[-1], corners[-1])
    written = " ".join(write_numbers(point) for point in points)
    return f"e,{write_numbers(tip)} {written}" if has_arrow else written


def arc_corners(src: Box, dst: Box, level: float) -> list[Point]:
    """Returns the corners of an arc from the top of one box to that of another, at a height above both."""
    # An add's circle is lower beside its middle. Where one arc ends and the next begins, they stand side by side.
    starts, ends = _top_right(src), _top_left(dst)
    return [starts, (starts[0], level), (ends[0], level), ends]


def end_corners(dst: Box, level: float) -> list[Point]:
    """Returns the last corners of an arc that comes from another row."""
    end = _top_left(dst)
    return [(end[0], level), end]


def bounds(corners: Sequence[Point]) -> Box:
    """Returns the box around points."""
    across, up = zip(*corners, strict=True)
    return min(across), min(up), max(across), max(up)


def _top_right(box: Box) -> Point:
    aside = min(4.0, (box[2] - box[0]) / 5)
    return (box[0] + box[2]) / 2 + aside, box[3] - aside / 4


def _top_left(box: Box) -> Point:
    aside = min(4.0, (box[2] - box[0]) / 5)
    return (box[0] + box[2]) / 2 - aside, box[3] - aside / 4


def _straight(start: Point, end: Point) -> list[Point]:
    return [_part(start, end, 1 / 3), _part(start, end, 2 / 3), end]


def _toward(start: Point, end: Point, length: float) -> Point:
    whole = dist(start, end)
    return _part(start, end, length / whole) if whole else start


def _part(start: Point, end: Point, share: float = 0.55) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
