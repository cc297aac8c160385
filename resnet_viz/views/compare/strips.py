"""Stacks strips that were laid out separately, with the same stages left-aligned.

Graphviz cannot do that: in one shared layout, frames are as wide as their titles and their widest column, and colliding
stages are moved aside, so that the spines are no longer straight. So each net is laid out alone and then stretched
between its stages, which stay as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import inf
from operator import add

import pygraphviz
from graphviz import Digraph

from resnet_viz.views.graph.render import GRAPHVIZ, render_graph
from resnet_viz.views.laid.extents import frame_box, frames_of, move_point, node_box, write_numbers

_GAP = 14.0
"""Points between two strips."""
_STEM = -1


@dataclass(frozen=True, slots=True)
class Zone:
    """A rigid part of a strip, its left and right end in points: the stem, a stage's frame, the head.

    Parts with equal `place` are aligned.
    """

    place: int
    left: float
    right: float


def align_zones(strips: Sequence[Sequence[Zone]]) -> list[list[float]]:
    """Returns how far each zone of each strip moves to the right, in points, to align the left ends of equal places.

    No two zones of a strip come closer, and no zone moves farther than that takes.
    """
    starts: dict[int, float] = {}
    for place in sorted({zone.place for zones in strips for zone in zones}):
        starts[place] = max(_earliest(zones, place, starts) for zones in strips)
    return [[starts[zone.place] - zone.left for zone in zones] for zones in strips]


def _earliest(zones: Sequence[Zone], place: int, starts: dict[int, float]) -> float:
    """The leftmost start of the zone at a place; 0 if the strip has none there."""
    for before, zone in pairwise((None, *zones)):
        if zone is not None and zone.place == place:
            return zone.left if before is None else starts[before.place] + zone.left - before.left
    return 0.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Maps x in a strip to its new value: shifted within a zone, interpolated between two."""

    zones: Sequence[Zone]
    shifts: Sequence[float]

    def __call__(self, x: float) -> float:
        """Returns the new x of a point."""
        at = self._zone(x)
        if at + 1 == len(self.zones) or x <= self.zones[at].right:
            return x + self.shifts[at]
        left, right = self.zones[at].right, self.zones[at + 1].left
        share = (x - left) / (right - left)
        return x + self.shifts[at] + share * (self.shifts[at + 1] - self.shifts[at])

    def _zone(self, x: float) -> int:
        """The index of the last zone that starts at or before x, at least 0."""
        return max(0, bisect_right(self.zones, x, key=lambda zone: zone.left) - 1)

    def after(self, x: float) -> float:
        """The same for rigid items and edge tails: shifted with the zone that contains or precedes x."""
        return x + self.shifts[self._zone(x)]

    def before(self, x: float) -> float:
        """The same for arrow tips and their labels: shifted with the zone that contains or follows x."""
        at = next((at for at, zone in enumerate(self.zones) if x <= zone.right), -1)
        return x + self.shifts[at]


@dataclass(frozen=True, slots=True)
class Strip:
    """One net's drawing, with a title at its upper left; `frames` are its stages' places and DOT names from left to
    right; `last` is the place of the head.
    """

    digraph: Digraph
    name: str
    """DOT name of the frame around it."""
    frames: tuple[tuple[int, str], ...]
    last: int


def join_strips(strips: Sequence[Strip], whole: Digraph) -> None:
    """Adds the strips, top to bottom, to a drawing that is not laid out again. Raises DrawError."""
    sources = [render_graph(strip.digraph, "dot").decode() for strip in strips]
    with GRAPHVIZ:
        graphs = [pygraphviz.AGraph(string=source) for source in sources]
        zones = [list(_zones(graph, strip)) for graph, strip in zip(graphs, strips, strict=True)]
        stretches = [Stretch(parts, shifts) for parts, shifts in zip(zones, align_zones(zones), strict=True)]
        ends = [stretch(parts[-1].right) for parts, stretch in zip(zones, stretches, strict=True)]
        # A title may be wider than its net.
        right = max(*ends, *(frame_box(graph)[2] for graph in graphs))
        top = 0.0
        for strip, graph, stretch in zip(strips, graphs, stretches, strict=True):
            low, high = frame_box(graph)[1::2]
            _move(graph, stretch, (top - high, right))
            whole.body.append(_as_frame(graph, strip.name))
            top -= high - low + _GAP
    whole.attr("graph", layout="nop2")


def _zones(graph: pygraphviz.AGraph, strip: Strip) -> Iterator[Zone]:
    """Yields stem, stages and head; nodes between two stages belong to the first of them."""
    frames = {frame.name: frame_box(frame) for frame in frames_of(graph)}
    stages = [(place, frames[f"cluster_{name}"]) for place, name in strip.frames]
    end = stages[-1][1][2] if stages else 0.0
    boxes = [node_box(node)[::2] for node in graph.nodes() if node.attr["pos"]]
    starts = [(_STEM, 0.0), *((place, frame[0]) for place, frame in stages)]
    starts += [(strip.last, left) for left in sorted(left for left, _right in boxes if left > end)[:1]]
    for (place, left), (_next, following) in pairwise((*starts, (strip.last, inf))):
        within = [right for begin, right in boxes if left <= begin < following]
        within += [frame[2] for _place, frame in stages if frame[0] == left]
        yield Zone(place, left, min(max(within, default=left), following))


def _move(graph: pygraphviz.AGraph, stretch: Stretch, corner: tuple[float, float]) -> None:
    """Moves a graph in place; `corner` is its shift up, and the right edge of all strips."""
    up, right = corner
    _left, low, _right, high = frame_box(graph)
    for frame in frames_of(graph):
        ends = frame_box(frame)
        shift = stretch.after(ends[0]) - ends[0]
        frame.graph_attr["bb"] = write_numbers((ends[0] + shift, ends[1] + up, ends[2] + shift, ends[3] + up))
        if frame.graph_attr["lp"]:
            frame.graph_attr["lp"] = move_point(frame.graph_attr["lp"], partial(add, shift), up)
    graph.graph_attr["lp"] = move_point(graph.graph_attr["lp"], lambda x: x, up)
    graph.graph_attr["bb"] = write_numbers((0.0, low + up, right, high + up))
    for node in graph.nodes():
        if node.attr["pos"]:
            node.attr["pos"] = move_point(node.attr["pos"], stretch.after, up)
    for edge in graph.edges():
        if edge.attr["pos"]:
            edge.attr["pos"] = _curve(edge.attr["pos"], stretch, up)


def _curve(text: str, stretch: Stretch, up: float) -> str:
    """Returns a moved edge as Graphviz writes it: `e,40,0 0,0 10,0 20,0 30,0`, the arrow's tip first, its base last.

    Each end moves with its box: interpolated, an arrow would come apart, and a line begin or end beside its box.
    """
    tip, points = (
        [point for point in text.split() if point[0] == "e"],
        [point for point in text.split() if point[0] != "e"],
    )
    head = float((tip or points[-1:])[0].split(",")[-2])
    by = stretch.before(head) - head
    ways: list[Callable[[float], float]] = [
        stretch.after,
        stretch.after,
        *([stretch] * (len(points) - 4)),
        partial(add, by),
        partial(add, by),
    ]
    moved = [move_point(point, way, up) for point, way in zip(points, ways, strict=True)]
    return " ".join((*(move_point(point, stretch.before, up) for point in tip), *moved))


def _as_frame(graph: pygraphviz.AGraph, name: str) -> str:
    """Returns a graph's DOT as a cluster of another graph."""
    body = graph.to_string().partition("{")[2]
    return f'subgraph "cluster_{name}" {{{body}'
