"""Graphviz's SVG made small for the page: less to send, and above all less for the browser to read."""

from __future__ import annotations

import re
from html import escape

from graphviz import Digraph

from resnet_viz.views.render import render_graph
from resnet_viz.views.style import FONT

# What Graphviz repeats at each thing: a title, a comment, and at each line of words the font of all of them. Words are
# escaped, so that none of it can be a part of them.
_NEEDLESS = re.compile(
    rf'<title>[^<]*</title>\n|<!--.*?-->\n| xml:space="preserve"| font-family="{re.escape(escape(FONT))}"'
)
# Of the places, a hundredth of a point is more than a screen shows.
_SHAPE = re.compile(r"<(?:path|polygon|polyline)[^>]*>")
_HUNDREDTH = re.compile(r"(?<=[\d]\.\d)\d(?=[ ,C\"])")


def render_for_page(digraph: Digraph) -> str:
    """The drawing as SVG whose font is said once, at its root. Raises DrawError."""
    svg = _SHAPE.sub(_round_places, _NEEDLESS.sub("", render_graph(digraph).decode()))
    return svg.replace("<g ", f'<g font-family="{escape(FONT)}" ', 1)


def _round_places(shape: re.Match[str]) -> str:
    return _HUNDREDTH.sub("", shape[0])
