"""Wraps a strip into rows of a given width: cut between stages, and a stage that is wider than a row between blocks.

Graphviz lays the strip out once. What stands in a row is moved as a whole, so that nothing in it changes; only a wire
from one row to another gets a path of our own. A frame that is cut goes on in the next row, where its title says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, sqrt

import pygraphviz

from resnet_viz.views.laid.continued import LEAST_FRAME, continue_frame
from resnet_viz.views.laid.cuts import Piece, fill_rows, find_parts, is_stage
from resnet_viz.views.laid.extents import (
    Box,
    Point,
    frame_box,
    frames_of,
    move_point,
    node_box,
    points_of,
    write_numbers,
)
from resnet_viz.views.laid.paths import arc_corners, bounds, end_corners, write_path

PAD = 6.0
"""Points around the whole, as `draw.py` sets it."""
LEAD = 22.0
"""Points at either end of a row, for wires from and to other rows."""
_EDGE, _LANE = 7.0, 6.0
"""Points between a row and the next wire, and between two wires."""
_OVER = 9.0
"""Points between an arc and what it passes over."""


def wrap_rows(laid: str, width: float) -> str:
    """Returns a strip that is laid out (`draw.lay_strip`), as DOT, in rows of at most so many points if possible.

    The result is laid out, too, for Graphviz's `nop2`. Call it in the reader's language, with `render.GRAPHVIZ` held.
    """
    graph = pygraphviz.AGraph(string=laid)
    rows = fill_rows(find_parts(graph), width - 2 * PAD, LEAD)
    _Wrapping(graph, rows).write()
    graph.graph_attr["layout"] = "nop2"
    return str(graph.to_string())


@dataclass
class _Row:
    """A piece of the strip, what stands in it, and by how much it moves."""

    piece: Piece
    low: float = inf
    high: float = -inf
    right: float = 0.0
    up: float = 0.0

    def reach(self, box: Box) -> None:
        """Makes the row as high as it takes."""
        self.low, self.high = min(self.low, box[1]), max(self.high, box[3])


@dataclass
class _Wire:
    """A wire and the names of its ends; of an arc also how high it goes."""

    edge: pygraphviz.Edge
    src: str
    dst: str
    level: float | None = None


@dataclass
class _FramePart:
    """What stands of a frame in one row, and by how much its title is lower than in the strip."""

    at: int
    box: Box
    down: float


class _Wrapping:
    """One drawing while it is wrapped."""

    def __init__(self, graph: pygraphviz.AGraph, pieces: Sequence[Piece]) -> None:
        self._graph = graph
        self._lead = LEAD if len(pieces) > 1 else 0.0
        self._rows = [_Row(piece) for piece in pieces]
        self._boxes: dict[str, Box] = {str(node): node_box(node) for node in graph.nodes() if node.attr["pos"]}
        self._frames = [(frame, frame_box(frame)) for frame in frames_of(graph)]
        self._cut: dict[str, list[_FramePart]] = {}
        self._at = {name: self._row_at((box[0] + box[2]) / 2) for name, box in self._boxes.items()}
        for edge in [edge for edge in graph.edges() if edge.attr["style"] == "invis"]:
            graph.delete_edge(edge)  # It has put two boxes into their order, and would be laid out again.
        edges = graph.edges()
        self._wires = [_Wire(edge, str(edge[0]), str(edge[1])) for edge in edges]
        self._crossing: dict[int, list[_Wire]] = {}

    def write(self) -> None:
        """Moves all that is in the graph."""
        self._sort_wires()
        self._measure()
        self._stack()
        for frame, _box in self._frames:
            self._move_frame(frame)
        for name, box in self._boxes.items():
            self._graph.get_node(name).attr["pos"] = write_numbers(self._moved(self._at[name], _middle(box)))
        self._move_wires()
        ends = [(0.0, row.low + row.up, row.right + self._lead, row.high + row.up) for row in self._rows]
        self._graph.graph_attr["bb"] = write_numbers(
            (0.0, min(end[1] for end in ends), max(end[2] for end in ends), max(end[3] for end in ends))
        )

    def _row_at(self, x: float) -> int:
        return max(0, bisect_right(self._rows, x, key=lambda row: row.piece.left) - 1)

    def _sort_wires(self) -> None:
        """Finds the arcs, which Graphviz has not laid out, and the wires from row to row."""
        for wire in self._wires:
            if not wire.edge.attr["pos"]:
                wire.level = self._level(self._boxes[wire.src], self._boxes[wire.dst])
            if self._crosses(wire):
                self._crossing.setdefault(self._at[wire.src], []).append(wire)
        for wires in self._crossing.values():
            wires.sort(key=self._height)

    def _crosses(self, wire: _Wire) -> bool:
        return self._at[wire.src] != self._at[wire.dst]

    def _level(self, src: Box, dst: Box) -> float:
        """How high an arc goes: over its ends and over all boxes and frames between them."""
        left, right = (src[0] + src[2]) / 2, (dst[0] + dst[2]) / 2
        boxes = [box for box in self._boxes.values() if box[0] < right and left < box[2]]
        frames = [box for _frame, box in self._frames if left < box[0] and box[2] < right]
        return max(box[3] for box in (*boxes, *frames, src, dst)) + _OVER

    def _height(self, wire: _Wire) -> float:
        """How high in its row a wire arrives."""
        box = self._boxes[wire.dst]
        return (box[1] + box[3]) / 2 if wire.level is None else wire.level

    def _measure(self) -> None:
        for name, box in self._boxes.items():
            self._rows[self._at[name]].reach(box)
        for wire in self._wires:
            row = self._rows[self._at[wire.dst]]
            if wire.level is not None:
                row.reach((0.0, wire.level, 0.0, wire.level + 2))
            elif not self._crosses(wire):
                row.reach(bounds(points_of(wire.edge.attr["pos"])))

        for frame, box in self._frames:
            parts = self._cut[frame.name] = [*self._parts(box, is_stage(frame))]
            for part in parts:
                self._rows[part.at].reach(part.box)

    def _parts(self, box: Box, may_be_cut: bool) -> Iterator[_FramePart]:
        """Yields what stands of a frame in each row, as high as what is in it there takes."""
        middle = (box[0] + box[2]) / 2
        first, last = (self._row_at(x) for x in ((box[0] + 1, box[2] - 1) if may_be_cut else (middle, middle)))
        if first == last:
            yield _FramePart(first, box, 0.0)
            return
        inside = [self._inside(box, at) for at in range(first, last + 1)]
        top = max(high for _low, high in inside)
        for at, (low, high) in enumerate(inside, first):
            piece, down = self._rows[at].piece, top - high
            left = max(box[0], piece.left)
            right = max(min(box[2], piece.right), left + (LEAST_FRAME if at > first else 0.0))
            yield _FramePart(at, (left, low - _OVER, right, box[3] - down), down)

    def _inside(self, frame: Box, at: int) -> tuple[float, float]:
        """How low and how high it goes what stands in a row within a frame."""
        inner = [box for _frame, box in self._frames if frame[0] < box[0] and box[2] < frame[2]]
        boxes = [box for box in (*self._boxes.values(), *inner) if self._row_at((box[0] + box[2]) / 2) == at]
        within = [box for box in boxes if frame[0] < box[0] and box[2] < frame[2]]
        arcs = [wire.level for wire in self._wires if wire.level is not None and self._at[wire.dst] == at]
        return min(box[1] for box in within), max(*(box[3] for box in within), *arcs, within[0][3])

    def _stack(self) -> None:
        top = 0.0
        for at, row in enumerate(self._rows):
            row.up = top - row.high
            ends = [part.box[2] for parts in self._cut.values() for part in parts if part.at == at]
            row.right = self._lead + max(row.piece.right, *ends, row.piece.left) - row.piece.left
            lanes = max(1, len(self._crossing.get(at, ())))
            top -= row.high - row.low + 2 * _EDGE + (lanes - 1) * _LANE

    def _moved(self, at: int, point: Point) -> Point:
        row = self._rows[at]
        return point[0] - row.piece.left + self._lead, point[1] + row.up

    def _moved_box(self, name: str) -> Box:
        left, low, right, high = self._boxes[name]
        return (*self._moved(self._at[name], (left, low)), *self._moved(self._at[name], (right, high)))

    def _move_frame(self, frame: pygraphviz.AGraph) -> None:
        title, parts = frame.graph_attr["lp"], self._cut[frame.name]
        for nth, (at, box, down) in enumerate((part.at, part.box, part.down) for part in parts):
            part = continue_frame(self._graph, frame, nth) if nth else frame
            part.graph_attr["bb"] = write_numbers((*self._moved(at, box[:2]), *self._moved(at, box[2:])))
            if title and len(parts) == 1:
                part.graph_attr["lp"] = self._shifted(title, at)
            elif title:
                height = float(title.split(",")[1]) - down
                part.graph_attr["lp"] = write_numbers(self._moved(at, ((box[0] + box[2]) / 2, height)))

    def _shifted(self, place: str, at: int) -> str:
        row = self._rows[at]
        return move_point(place, lambda x: x - row.piece.left + self._lead, row.up)

    def _move_wires(self) -> None:
        for wire in self._wires:
            at = self._at[wire.src]
            if self._crosses(wire):
                continue
            if wire.level is not None:
                ends = self._moved_box(wire.src), self._moved_box(wire.dst)
                wire.edge.attr["pos"] = write_path(arc_corners(*ends, wire.level + self._rows[at].up))
            else:
                pos = wire.edge.attr["pos"].split()
                wire.edge.attr["pos"] = " ".join(self._shifted(point, at) for point in pos)
        for at, wires in self._crossing.items():
            main = next((n for n, wire in enumerate(wires) if "main" in (wire.edge.attr["class"] or "").split()), 0)
            for lane, wire in enumerate(wires):
                corners = [*self._way(at, lane, len(wires), lane - main, wire)]
                wire.edge.attr["pos"] = write_path(corners, wire.edge.attr["arrowhead"] != "none")

    def _way(self, at: int, lane: int, lanes: int, aside: int, wire: _Wire) -> Iterator[Point]:
        """The corners of a wire to another row. That which arrives lowest is the innermost on the way there."""
        row, box, end = self._rows[at], self._moved_box(wire.src), self._moved_box(wire.dst)
        step = min(_LANE, (LEAD - 10) / max(1, lanes - 1))
        up = max(box[1] + 2, min(box[3] - 2, (box[1] + box[3]) / 2 + 5 * aside))
        away, back = row.right + 8 + step * lane, self._lead - 8 - step * (lanes - 1 - lane)
        below = row.low + row.up - _EDGE - _LANE * lane
        yield from ((self._right_end(box, wire.src, up), up), (away, up), (away, below), (back, below))
        if wire.level is not None:
            level = wire.level + self._rows[self._at[wire.dst]].up
            yield from ((back, level), *end_corners(end, level))
        else:
            middle = (end[1] + end[3]) / 2
            yield from ((back, middle), (end[0], middle))

    def _right_end(self, box: Box, name: str, up: float) -> float:
        """Where a box ends at a height: an add is a circle."""
        if self._graph.get_node(name).attr["shape"] != "circle":
            return box[2]
        radius = (box[2] - box[0]) / 2
        return (box[0] + box[2]) / 2 + sqrt(max(0.0, radius**2 - (up - (box[1] + box[3]) / 2) ** 2))


def _middle(box: Box) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
