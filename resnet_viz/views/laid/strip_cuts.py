"""Where joined strips are cut into rows: between two stages at one place for all nets.

A place that is wider than a row, such as a stage of 36 blocks, is cut between blocks, each net's for itself; then some
nets may have more rows of it than others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, zip_longest

import pygraphviz

from resnet_viz.views.laid.cuts import Piece, is_stage, join_pieces, merge_pieces
from resnet_viz.views.laid.extents import Box, frame_box, frames_of, node_box

MARGIN = 9.0
"""Points between a cut frame and what is in it."""

Row = tuple[Piece | None, ...]
"""What stands in a row of each net."""


@dataclass(frozen=True)
class LaidNet:
    """One net of a drawing, and where its parts stand."""

    frame: pygraphviz.AGraph

    @cached_property
    def boxes(self) -> dict[str, Box]:
        """Its boxes by their DOT names."""
        return {str(node): node_box(node) for node in self.frame.nodes() if node.attr["pos"]}

    @cached_property
    def frames(self) -> list[tuple[pygraphviz.AGraph, Box]]:
        """Its frames, with their places."""
        return [(frame, frame_box(frame)) for frame in frames_of(self.frame)]

    def rigid(self, has_stages: bool) -> list[Piece]:
        """Returns what no cut may go through, from left to right."""
        boxes = [*self.boxes.values(), *(box for frame, box in self.frames if has_stages or not is_stage(frame))]
        return [Piece(box[0], box[2]) for box in boxes]


def fill_rows(nets: Sequence[LaidNet], width: float, lead: float) -> list[Row]:
    """Returns the rows of nets, each as full as it can be; `lead` is what a row takes besides, where there are more."""
    places = merge_pieces(piece for net in nets for piece in net.rigid(has_stages=True))
    if places[-1].right - places[0].left <= width:
        return [_of_all(nets, Piece(places[0].left, places[-1].right))]
    room = width - lead
    rows: list[list[Piece] | Row] = []
    for place in places:
        last = rows[-1] if rows else None
        if isinstance(last, list) and place.right - last[0].left <= room:
            last.append(place)
        elif place.right - place.left <= room:
            rows.append([place])
        else:
            rows += zip_longest(*(join_pieces(_pieces_in(net, place), room) for net in nets))
    return [_of_all(nets, Piece(row[0].left, row[-1].right)) if isinstance(row, list) else row for row in rows]


def _of_all(nets: Sequence[LaidNet], piece: Piece) -> Row:
    return tuple(piece if any(_is_in(box, piece) for box in net.boxes.values()) else None for net in nets)


def _is_in(box: Box, piece: Piece) -> bool:
    return piece.left <= (box[0] + box[2]) / 2 <= piece.right


def _pieces_in(net: LaidNet, place: Piece) -> Iterator[Piece]:
    """Yields the pieces of a net at a place. A cut may divide only what comes from one box: between blocks."""
    pieces = [piece for piece in merge_pieces(net.rigid(has_stages=False)) if place.left <= piece.left < place.right]
    if not pieces:
        return
    wires = [_ends(net, edge) for edge in net.frame.edges() if edge.attr["style"] != "invis"]
    left = place.left
    for one, other in pairwise(pieces):
        if len({src for src, begin, end in wires if begin <= one.right and other.left <= end}) == 1:
            yield Piece(left, one.right + MARGIN)
            left = other.left - MARGIN
    yield Piece(left, max(place.right if place.right - pieces[-1].right < 3 * MARGIN else 0, pieces[-1].right + MARGIN))


def _ends(net: LaidNet, edge: pygraphviz.Edge) -> tuple[str, float, float]:
    src, dst = net.boxes[str(edge[0])], net.boxes[str(edge[1])]
    return str(edge[0]), (src[0] + src[2]) / 2, (dst[0] + dst[2]) / 2
