"""Where a strip may be cut, and which pieces of it make up the rows of a given width."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import pygraphviz

from resnet_viz.views.laid.extents import frame_box, frames_of, node_box

_MARGIN = 9.0
"""Points between a cut frame and what is in it."""
_TITLE_ROOM = 220.0
"""Points that a frame which goes on in another row must have before something else may follow it there."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two x of a strip, in points."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Part:
    """A stage, or what stands before, between or behind stages: it goes into one row if it can, else in `pieces`."""

    whole: Piece
    pieces: tuple[Piece, ...]
    is_framed: bool


def find_parts(graph: pygraphviz.AGraph) -> list[Part]:
    """Returns the parts of a strip that is laid out, from left to right."""
    frames = [(frame_box(frame), is_stage(frame)) for frame in frames_of(graph)]
    stages = sorted((Piece(box[0], box[2]) for box, is_stage in frames if is_stage), key=lambda stage: stage.left)
    boxes = {str(node): node_box(node) for node in graph.nodes() if node.attr["pos"]}
    rigid = [Piece(box[0], box[2]) for box in boxes.values()]
    rigid += [Piece(box[0], box[2]) for box, is_stage in frames if not is_stage]
    pieces = merge_pieces(rigid)
    stage_of = [_stage_at(stages, (piece.left + piece.right) / 2) for piece in pieces]
    middles = {name: (box[0] + box[2]) / 2 for name, box in boxes.items()}
    wires = [(str(edge[0]), str(edge[1])) for edge in graph.edges() if edge.attr["style"] != "invis"]
    sources = _sources(pieces, [(src, middles[src], middles[dst]) for src, dst in wires])
    joined = _join(pieces, stage_of, sources)
    return [
        _part(stages, stage, [piece for piece, _stage in group]) for stage, group in groupby(joined, lambda x: x[1])
    ]


def is_stage(frame: pygraphviz.AGraph) -> bool:
    """Whether a frame is that of a stage, which may be cut."""
    return "stage" in (frame.graph_attr["class"] or "").split()


def merge_pieces(pieces: Iterable[Piece]) -> list[Piece]:
    """Joins pieces that stand above each other."""
    merged: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.left):
        if merged and piece.left <= merged[-1].right:
            merged[-1] = Piece(merged[-1].left, max(merged[-1].right, piece.right))
        else:
            merged.append(piece)
    return merged


def _stage_at(stages: Sequence[Piece], x: float) -> int | None:
    at = bisect_right(stages, x, key=lambda stage: stage.left) - 1
    return at if at >= 0 and x <= stages[at].right else None


def _sources(pieces: Sequence[Piece], wires: Sequence[tuple[str, float, float]]) -> list[set[str]]:
    """Returns for each gap between two pieces where the wires over it come from."""
    rights = [piece.right for piece in pieces]
    found: list[set[str]] = [set() for _gap in rights]
    for src, begin, end in wires:
        for gap in range(bisect_left(rights, begin), bisect_left(rights, end)):
            found[gap].add(src)
    return found


def _join(
    pieces: Sequence[Piece], stage_of: Sequence[int | None], sources: Sequence[set[str]]
) -> Iterator[tuple[Piece, int | None]]:
    """Yields pieces with their stages. Within a stage a cut may divide only what comes from one box: between blocks."""
    begin = 0
    for at, (stage, following) in enumerate(pairwise((*stage_of, -1))):
        if stage != following or len(sources[at]) == 1:
            yield Piece(pieces[begin].left, pieces[at].right), stage
            begin = at + 1


def _part(stages: Sequence[Piece], stage: int | None, pieces: Sequence[Piece]) -> Part:
    if stage is None:
        return Part(Piece(pieces[0].left, pieces[-1].right), tuple(pieces), False)
    whole = stages[stage]
    inner = [Piece(piece.left - _MARGIN, piece.right + _MARGIN) for piece in pieces]
    inner[0] = Piece(whole.left, inner[0].right)
    inner[-1] = Piece(inner[-1].left, whole.right)
    return Part(whole, tuple(inner), True)


def fill_rows(parts: Sequence[Part], width: float, lead: float) -> list[Piece]:
    """Returns the rows of a strip, each as full as it can be. What cannot be divided may be wider than the width."""
    if parts[-1].whole.right - parts[0].whole.left <= width:
        return [Piece(parts[0].whole.left, parts[-1].whole.right)]
    room = width - 2 * lead
    rows: list[Piece] = []
    is_open = False
    for part in parts:
        if is_open and part.whole.right - rows[-1].left <= room:
            rows[-1] = Piece(rows[-1].left, part.whole.right)
        elif part.whole.right - part.whole.left <= room:
            rows.append(part.whole)
            is_open = True
        else:
            own = join_pieces(part.pieces, room)
            rows += own
            is_open = not part.is_framed or len(own) == 1 or own[-1].right - own[-1].left >= _TITLE_ROOM
    return rows


def join_pieces(pieces: Iterable[Piece], room: float) -> list[Piece]:
    """Returns pieces joined, in their order, as long as they fit."""
    rows: list[Piece] = []
    for piece in pieces:
        if rows and piece.right - rows[-1].left <= room:
            rows[-1] = Piece(rows[-1].left, piece.right)
        else:
            rows.append(piece)
    return rows
