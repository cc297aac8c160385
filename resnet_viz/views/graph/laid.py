"""Reading and moving a drawing that Graphviz has laid out: extents of boxes and frames, places of words and wires.

Whoever calls these holds `render.GRAPHVIZ`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pygraphviz

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points; y grows upwards."""
Point = tuple[float, float]
WORDS = ("lp", "head_lp")


def frames_of(graph: pygraphviz.AGraph) -> Iterator[pygraphviz.AGraph]:
    """Yields the clusters. Ranks are subgraphs too, and Graphviz gives them the bounding box of their cluster."""
    for part in graph.subgraphs():
        if (part.name or "").startswith("cluster"):
            yield part
        yield from frames_of(part)


def frame_box(graph: pygraphviz.AGraph) -> Box:
    """Returns the box of a frame, or of the whole."""
    left, low, right, high = map(float, graph.graph_attr["bb"].split(","))
    return left, low, right, high


def node_box(node: pygraphviz.Node) -> Box:
    """Returns the box of a node; Graphviz gives its centre, and its size in inches."""
    x, y = map(float, node.attr["pos"].split(","))
    half, tall = 36 * float(node.attr["width"]), 36 * float(node.attr["height"])
    return x - half, y - tall, x + half, y + tall


def move_point(text: str, across: Callable[[float], float], up: float) -> str:
    """Returns a moved point as Graphviz writes it, with the letter before it, if any."""
    *kind, x, y = text.split(",")
    return ",".join((*kind, write_numbers((across(float(x)), float(y) + up))))


def write_numbers(values: Iterable[float]) -> str:
    """Returns numbers as Graphviz reads them."""
    return ",".join(f"{value:.2f}".rstrip("0").rstrip(".") for value in values)


def points_of(text: str) -> list[Point]:
    """Returns the points of a wire, without its arrow's tip."""
    pairs = (point.split(",") for point in text.split() if point[0] not in "es")
    return [(float(x), float(y)) for x, y in pairs]
