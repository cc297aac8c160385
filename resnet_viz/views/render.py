"""DOT becomes SVG, PNG or PDF: the one place that lays out.

Graphviz keeps global state and is not thread-safe, and every session has a thread: one lock, one graph at a time,
one draw per graph.
"""

from __future__ import annotations

from threading import Lock

import pygraphviz
from graphviz import Digraph

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _

FORMATS = ("svg", "png", "pdf", "dot", "json")

_drawing = Lock()


def render_graph(digraph: Digraph, format: str = "svg") -> bytes:
    """The finished drawing as bytes of `svg`, `png`, `pdf`, or laid-out `dot` or `json`. Raises DrawError."""
    if format not in FORMATS:
        raise DrawError(
            _("Format: got “{got}”. Choose one of {allowed}.").format(got=str(format)[:40], allowed=", ".join(FORMATS))
        )
    if not isinstance(digraph, Digraph):
        raise DrawError(_("Got {got} to render. Pass what draw_graph gives.").format(got=type(digraph).__name__))
    try:
        with _drawing:
            graph = pygraphviz.AGraph(string=digraph.source)
            drawn = graph.draw(format=format, prog="dot")
    except (pygraphviz.DotError, OSError, ValueError) as error:
        raise DrawError(_("Graphviz cannot read this graph: {reason}").format(reason=str(error)[:200])) from error
    if not drawn:
        raise DrawError(_("Graphviz could not draw this graph as {format}.").format(format=format))
    return bytes(drawn)
