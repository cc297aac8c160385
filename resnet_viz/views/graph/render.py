"""Renders DOT as SVG, PNG or PDF: the only place that runs Graphviz's layout.

Graphviz keeps global state and is not thread-safe, and every session has a thread: one lock, one graph at a time,
one draw per graph. A server renders in other processes (`use_renderer`).
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
"""Must be held while Graphviz parses or draws."""


Renderer = Callable[[str, str], bytes]
"""(DOT source, format) → rendered bytes."""

# What Graphviz repeats for each element: a title, a comment, and the font on each line of text. Text is escaped, so
# the pattern cannot match inside it.
_NEEDLESS = re.compile(
    rf'<title>[^<]*</title>\n|<!--.*?-->\n| xml:space="preserve"| font-family="{re.escape(escape(FONT))}"'
)
# Coordinates of paths: a screen does not show hundredths of a point.
_SHAPE = re.compile(r"<(?:path|polygon|polyline)[^>]*>")
_HUNDREDTH = re.compile(r"(?<=[\d]\.\d)\d(?=[ ,C\"])")


@dataclass(frozen=True, slots=True)
class Drawn:
    """Contents of a drawing by ids, as in the Trace and `runs.py`: nodes, and edges as (from, to, role)."""

    boxes: tuple[str, ...]
    wires: tuple[tuple[str, str, str], ...]


def render_graph(digraph: Digraph, format: str = "svg") -> bytes:
    """Returns the rendered bytes: `svg`, `png`, `pdf`, or laid-out `dot` or `json`. Raises DrawError."""
    check_choice(_("Format"), format, FORMATS)
    if not isinstance(digraph, Digraph):
        raise DrawError(_("Got {got} to render. Pass what draw_graph gives.").format(got=type(digraph).__name__))
    return _render(digraph, format)


def _render(digraph: Digraph, format: str, is_here: bool = False) -> bytes:
    try:
        drawn = (render_dot if is_here else _renderers[-1])(digraph.source, format)
    except (pygraphviz.DotError, OSError, ValueError) as error:
        raise DrawError(_("Graphviz cannot read this graph: {reason}").format(reason=str(error)[:200])) from error
    if not drawn:
        raise DrawError(_("Graphviz could not draw this graph as {format}.").format(format=format))
    return drawn


def render_dot(source: str, format: str) -> bytes:
    """Returns DOT rendered in this process; empty if Graphviz fails. Raises pygraphviz's errors."""
    with GRAPHVIZ:
        return bytes(pygraphviz.AGraph(string=source).draw(format=format, prog="dot") or b"")


_renderers: list[Renderer] = [render_dot]


def use_renderer(renderer: Renderer) -> Renderer:
    """Sets the renderer for all threads; returns the previous one."""
    before = _renderers[-1]
    _renderers[:] = [renderer]
    return before


def read_graph(digraph: Digraph) -> Drawn:
    """Returns the nodes and edges of a drawing as Graphviz parses its DOT, without titles and invisible edges."""
    with GRAPHVIZ:
        graph = pygraphviz.AGraph(string=digraph.source)
        boxes = tuple(_node_id(node) for node in graph.nodes() if (node.attr["id"] or "").startswith("n:"))
        # An edge's class is `wire` and its role; invisible edges, which only order nodes, have none.
        ends = [(str(edge[0]), str(edge[1]), (edge.attr["class"] or "").split()) for edge in graph.edges()]
        forks = {str(node) for node in graph.nodes() if (node.attr["id"] or "").startswith("f:")}
    # What passes a fork comes from the box before it.
    before = {dst: src for src, dst, _names in ends if dst in forks}
    wires = [
        (_node_id(before.get(src, src)), _node_id(dst), names[1])
        for src, dst, names in ends
        if names[:1] == ["wire"] and dst not in forks
    ]
    return Drawn(boxes, tuple(wires))


def _node_id(dot_name: str) -> str:
    """Inverse of `canvas.dot_name`."""
    return unquote(dot_name.replace("~", "%"))


def render_for_page(digraph: Digraph, is_here: bool = False) -> str:
    """Returns a compact SVG with the font set once, at its root. Raises DrawError.

    is_here: whether this process draws it, whatever `use_renderer` has set: for what is small and laid out.
    """
    svg = _SHAPE.sub(_round_places, _NEEDLESS.sub("", _render(digraph, "svg", is_here).decode()))
    return svg.replace("<g ", f'<g font-family="{escape(FONT)}" ', 1)


def _round_places(shape: re.Match[str]) -> str:
    return _HUNDREDTH.sub("", shape[0])
