"""DOT becomes SVG, PNG or PDF: the one place that lays out.

Graphviz keeps global state and is not thread-safe, and every session has a thread: one lock, one graph at a time,
one draw per graph. A server lets it work in other processes (`use_renderer`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from threading import Lock
from urllib.parse import unquote

import pygraphviz
from graphviz import Digraph

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.refusal import check_choice
from resnet_viz.views.style import FONT

FORMATS = ("svg", "png", "pdf", "dot", "json")

GRAPHVIZ = Lock()
"""Held by whoever lets Graphviz read or draw."""


Renderer = Callable[[str, str], bytes]
"""From DOT and a format to the drawing."""

# What Graphviz repeats at each thing: a title, a comment, and at each line of words the font of all of them. Words are
# escaped, so that none of it can be a part of them.
_NEEDLESS = re.compile(
    rf'<title>[^<]*</title>\n|<!--.*?-->\n| xml:space="preserve"| font-family="{re.escape(escape(FONT))}"'
)
# Of the places, a hundredth of a point is more than a screen shows.
_SHAPE = re.compile(r"<(?:path|polygon|polyline)[^>]*>")
_HUNDREDTH = re.compile(r"(?<=[\d]\.\d)\d(?=[ ,C\"])")


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a drawing shows, by the ids that the Trace and `fold.py` give: boxes, and wires as (from, to, role)."""

    boxes: tuple[str, ...]
    wires: tuple[tuple[str, str, str], ...]


def render_graph(digraph: Digraph, format: str = "svg") -> bytes:
    """The finished drawing as bytes of `svg`, `png`, `pdf`, or laid-out `dot` or `json`. Raises DrawError."""
    check_choice(_("Format"), format, FORMATS)
    if not isinstance(digraph, Digraph):
        raise DrawError(_("Got {got} to render. Pass what draw_graph gives.").format(got=type(digraph).__name__))
    try:
        drawn = _renderers[-1](digraph.source, format)
    except (pygraphviz.DotError, OSError, ValueError) as error:
        raise DrawError(_("Graphviz cannot read this graph: {reason}").format(reason=str(error)[:200])) from error
    if not drawn:
        raise DrawError(_("Graphviz could not draw this graph as {format}.").format(format=format))
    return drawn


def render_dot(source: str, format: str) -> bytes:
    """What Graphviz makes of DOT, in this process; nothing where it fails. Raises what pygraphviz does."""
    with GRAPHVIZ:
        return bytes(pygraphviz.AGraph(string=source).draw(format=format, prog="dot") or b"")


_renderers: list[Renderer] = [render_dot]


def use_renderer(renderer: Renderer) -> Renderer:
    """Let this one draw from now on, in all threads, and give the one before."""
    before = _renderers[-1]
    _renderers[:] = [renderer]
    return before


def read_graph(digraph: Digraph) -> Drawn:
    """The boxes and wires of a drawing, as Graphviz itself reads its DOT; titles and invisible wires are neither."""
    with GRAPHVIZ:
        graph = pygraphviz.AGraph(string=digraph.source)
        boxes = tuple(_node_id(node) for node in graph.nodes() if (node.attr["id"] or "").startswith("n:"))
        # The class of a wire is `wire` and its role; what only keeps boxes in order has none.
        ends = [(edge, (edge.attr["class"] or "").split()) for edge in graph.edges()]
        wires = tuple((_node_id(edge[0]), _node_id(edge[1]), names[1]) for edge, names in ends if names[:1] == ["wire"])
    return Drawn(boxes, wires)


def _node_id(dot_name: str) -> str:
    """The id that `canvas.dot_name` made a name of."""
    return unquote(dot_name.replace("~", "%"))


def render_for_page(digraph: Digraph) -> str:
    """The drawing as SVG whose font is said once, at its root. Raises DrawError."""
    svg = _SHAPE.sub(_round_places, _NEEDLESS.sub("", render_graph(digraph).decode()))
    return svg.replace("<g ", f'<g font-family="{escape(FONT)}" ', 1)


def _round_places(shape: re.Match[str]) -> str:
    return _HUNDREDTH.sub("", shape[0])
