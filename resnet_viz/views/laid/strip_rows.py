"""Wraps joined strips into rows: in each row the same stages of all nets, one net below the other.

The strips are laid out and aligned (`views/compare/strips.py`). What stands in a row is moved as a whole, so that
columns stay columns. A wire to the next row ends in a stub and begins there with one: led there, the wires of several
nets would cross each other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from math import inf

import pygraphviz

from resnet_viz.views.laid.clipped import Curve, cut_curve, read_curve
from resnet_viz.views.laid.continued import LEAST_FRAME, continue_frame, continue_net
from resnet_viz.views.laid.cuts import Piece, is_stage
from resnet_viz.views.laid.extents import Box, Point, write_numbers
from resnet_viz.views.laid.strip_cuts import LaidNet, fill_rows

PAD = 6.0
"""Points around the whole, as `views/compare/drawing.py` sets it."""
LEAD = 20.0
"""Points before a row, for the letter of its net and for stubs."""
_STUB = 12.0
_NETS, _ROWS = 9.0, 20.0
"""Points between two nets of a row, and between two rows."""
_TITLE = 34.0
"""Height of a net's name and figures."""
_LEAST_HEIGHT = 46.0
"""Points of a row that starts with a letter, above the wire that comes in."""
_LETTER: Point = (7.0, 9.0)
"""Where a row's letter stands, from the left and from the top."""
_WORDS = re.compile(r"(<B>)([^<>]+)(</B></FONT>)(\s*)(.*)", re.DOTALL)


def wrap_strips(laid: str, width: float) -> str:
    """Returns joined strips (`draw_comparison`), as DOT, in rows of at most so many points if possible.

    Call it in the reader's language, with `render.GRAPHVIZ` held.
    """
    graph = pygraphviz.AGraph(string=laid)
    nets = [LaidNet(frame) for frame in graph.subgraphs() if (frame.name or "").startswith("cluster")]
    rows = fill_rows(nets, width - 2 * PAD, LEAD + _STUB)
    if len(rows) > 1:
        wrapped = [_Wrapped(net, [row[at] for row in rows]) for at, net in enumerate(nets)]
        top = 0.0
        for at in range(len(rows)):
            for net in wrapped:
                top = net.place(at, top)
            top -= _ROWS - _NETS
        right = max(net.right for net in wrapped)
        for net in wrapped:
            net.write(graph, right)
        graph.graph_attr["bb"] = write_numbers((0.0, top + _ROWS, right, 0.0))
    graph.graph_attr["layout"] = "nop2"
    return str(graph.to_string())


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands of a frame in a row: the how manieth part of it, where, and how high its title stands."""

    frame: pygraphviz.AGraph
    nth: int
    box: Box
    title: float | None


@dataclass
class _Part:
    """What stands of a net in one row: its extent, by how much it moves, and the rests of frames in it."""

    row: int
    piece: Piece
    low: float = inf
    high: float = -inf
    right: float = 0.0
    up: float = 0.0
    curves: list[tuple[pygraphviz.Edge, Curve]] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)

    @property
    def across(self) -> float:
        """By how much it moves to the right."""
        return LEAD - self.piece.left

    def reach(self, box: Box) -> None:
        """Makes it as large as it takes."""
        self.low, self.high, self.right = min(self.low, box[1]), max(self.high, box[3]), max(self.right, box[2])


class _Wrapped:
    """One net while it is wrapped."""

    def __init__(self, net: LaidNet, pieces: list[Piece | None]) -> None:
        self._net = net
        self._parts = [_Part(row, piece) for row, piece in enumerate(pieces) if piece is not None]
        for box in net.boxes.values():
            self._part_at((box[0] + box[2]) / 2).reach(box)
        for frame, box in net.frames:
            self._divide(frame, box)
        for edge in net.frame.edges():
            self._cut(edge)
        self._make_room()

    @property
    def right(self) -> float:
        """Where the widest row ends, in the wrapped drawing."""
        return max(part.right + part.across for part in self._parts)

    def place(self, row: int, top: float) -> float:
        """Puts what stands in a row below a height, and returns the height that is free below it."""
        for part in self._parts:
            if part.row == row:
                part.up = top - part.high
                return top - (part.high - part.low) - _NETS
        return top

    def _part_at(self, x: float) -> _Part:
        return self._parts[max(0, bisect_right(self._parts, x, key=lambda part: part.piece.left) - 1)]

    def _divide(self, frame: pygraphviz.AGraph, box: Box) -> None:
        middle = (box[0] + box[2]) / 2
        begin, end = (box[0] + 1, box[2] - 1) if is_stage(frame) else (middle, middle)
        first, last = self._parts.index(self._part_at(begin)), self._parts.index(self._part_at(end))
        place = frame.graph_attr["lp"]
        title = float(place.split(",")[1]) if place else None
        for nth, part in enumerate(self._parts[first : last + 1]):
            left = part.piece.left if nth else box[0]
            right = box[2] if first + nth == last else part.piece.right
            own = (left, box[1], max(right, left + LEAST_FRAME if nth else right), box[3])
            part.frames.append(_Frame(frame, nth, own, title))
            part.reach(own)

    def _cut(self, edge: pygraphviz.Edge) -> None:
        """Gives a wire to its row, or its two ends to theirs."""
        boxes = [self._net.boxes[str(end)] for end in edge]
        begin, end = (self._part_at((box[0] + box[2]) / 2) for box in boxes)
        curve = read_curve(edge.attr["pos"])
        if begin is end:
            begin.curves.append((edge, curve))
            begin.reach(_around(curve))
        elif edge.attr["style"] == "invis":
            self._net.frame.delete_edge(edge)  # It has put two boxes into their order, and would be laid out again.
        else:
            out, back = cut_curve(curve, begin.piece.right, end.piece.left, _STUB)
            for part, own in ((begin, out), (end, back)):
                part.curves.append((edge, own))
                part.reach(_around(own))

    def _make_room(self) -> None:
        """Makes room for letters, and for the net's name: above the beginning, beside what is higher."""
        for part in self._parts[1:]:
            part.high = max(part.high, part.low + _LEAST_HEIGHT)
        first = self._parts[0]
        width = self._title_width()
        boxes = [*self._net.boxes.values(), *(box for _frame, box in self._net.frames)]
        below = max(box[3] for box in boxes if box[0] + first.across < width and self._is_in(first, box))
        first.high = max(first.high, below + _TITLE)

    def _is_in(self, part: _Part, box: Box) -> bool:
        return self._part_at((box[0] + box[2]) / 2) is part

    def _title_width(self) -> float:
        """Points that the longer line of the title takes, from what both take in one."""
        found = _WORDS.search(self._net.frame.graph_attr["label"])
        whole = 72 * float(self._net.frame.graph_attr["lwidth"] or 0)
        if not found:
            return whole
        one, other = len(found[2]), len(re.sub(r"<[^<>]*>", "", found[5]))
        return 1.15 * whole * max(one, other) / max(1, one + other)

    def write(self, graph: pygraphviz.AGraph, right: float) -> None:
        """Moves all that is in the net."""
        for part in self._parts:
            for own in part.frames:
                _move_frame(graph, part, own)
        for name, box in self._net.boxes.items():
            part = self._part_at((box[0] + box[2]) / 2)
            middle = (box[0] + box[2]) / 2 + part.across, (box[1] + box[3]) / 2 + part.up
            self._net.frame.get_node(name).attr["pos"] = write_numbers(middle)
        moved: dict[pygraphviz.Edge, list[str]] = {}
        for part in self._parts:
            for edge, curve in part.curves:
                moved.setdefault(edge, []).append(str(curve.moved(part.across, part.up)))
        for edge, curves in moved.items():
            edge.attr["pos"] = ";".join(curves)
        self._write_titles(graph, right)

    def _write_titles(self, graph: pygraphviz.AGraph, right: float) -> None:
        """Puts the name and figures, in two lines, above the first row, and the letter before each other."""
        frame, label = self._net.frame, self._net.frame.graph_attr["label"]
        found = _WORDS.search(label)
        for nth, part in enumerate(self._parts):
            low, high = part.low + part.up, part.high + part.up
            if nth == 0:
                own = frame
                frame.graph_attr["bb"] = write_numbers((0.0, low, right, high))
                if found:
                    ends = '<BR ALIGN="LEFT"/>'
                    frame.graph_attr["label"] = f"<{label[: found.start(4)]}{ends}{found[5]}{ends}>"
                place = (self._title_width() / 2 + 6, high - _TITLE / 2)
            else:
                letter = found[2].partition(" ")[0] if found else ""
                start = label[: found.start(2)] if found else ""
                own = continue_net(graph, frame, nth, f"<{start}{letter}</B></FONT>>")
                place = (_LETTER[0], high - _LETTER[1])
                # The page centres it there.
                own.graph_attr["bb"] = write_numbers((0.0, place[1] - _LETTER[1], 2 * place[0], high))
            own.graph_attr["lp"] = write_numbers(place)


def _move_frame(graph: pygraphviz.AGraph, part: _Part, own: _Frame) -> None:
    left, low, right, high = own.box
    frame = continue_frame(graph, own.frame, own.nth) if own.nth else own.frame
    frame.graph_attr["bb"] = write_numbers((left + part.across, low + part.up, right + part.across, high + part.up))
    if own.title is not None:
        frame.graph_attr["lp"] = write_numbers(((left + right) / 2 + part.across, own.title + part.up))


def _around(curve: Curve) -> Box:
    across, up = zip(*curve.points, *([curve.tip] if curve.tip else []), strict=True)
    return min(across), min(up), max(across), max(up)
