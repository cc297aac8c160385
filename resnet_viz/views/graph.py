"""A Trace becomes a drawing for Graphviz at one of three levels: folded, block or op.

Every shortcut is there at every level. The spine runs straight through stem, blocks, adds and head; shortcuts leave
it to one side only. Names in the DOT are the ids of the Trace; a run of equal blocks is named `layer3.1..35`.
"""

from __future__ import annotations

from collections.abc import Sequence

from graphviz import Digraph

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.records import Trace
from resnet_viz.units import format_shape
from resnet_viz.views.canvas import Canvas, dot_name
from resnet_viz.views.detail import LEVELS
from resnet_viz.views.graph_blocks import draw_blocks
from resnet_viz.views.graph_ops import draw_ops
from resnet_viz.views.labels import attribute_text
from resnet_viz.views.style import FONT, PALETTES, TEXT_SIZE

FORMS = ("strip", "tall")
MOST_BOXES = 1_200


def draw_graph(trace: Trace, level: str = "folded", theme: str = "light", form: str = "strip") -> Digraph:
    """The net as a directed graph.

    level: `folded` (runs of equal blocks as one box), `block` (every block) or `op` (every op of the Trace).
    theme: `light` or `dark`. form: `strip` runs left to right, `tall` top to bottom.
    Raises DrawError for anything else.
    """
    if not isinstance(trace, Trace):
        raise DrawError(_("Got {got} to draw. Pass a Trace.").format(got=type(trace).__name__))
    _check("level", level, LEVELS)
    _check("theme", theme, tuple(PALETTES))
    _check("form", form, FORMS)
    _check_size(trace, level)
    palette = PALETTES[theme]
    dot = Digraph(name=dot_name(trace.name), comment=f"resnet_viz {level}")
    dot.attr(
        "graph",
        rankdir="LR" if form == "strip" else "TB",
        bgcolor="transparent",
        newrank="true",
        nodesep="0.16",
        ranksep=_rank_gap(trace, level, form),
        pad="0.08",
        fontname=FONT,
        fontsize=str(TEXT_SIZE),
        fontcolor=palette.ink,
        tooltip=attribute_text(trace.name),
    )
    dot.attr("node", shape="box", style="rounded,filled", fontname=FONT, fontsize=str(TEXT_SIZE), margin="0.065,0.055")
    dot.attr("edge", fontname=FONT, fontsize=str(TEXT_SIZE), fontcolor=palette.muted, arrowsize="0.6")
    canvas = Canvas(dot, trace, palette, is_strip=form == "strip", has_shortcuts_below=level == "op")
    if level == "op":
        draw_ops(canvas)
    else:
        draw_blocks(canvas, is_folded=level == "folded")
    canvas.finish()
    return dot


def _rank_gap(trace: Trace, level: str, form: str) -> str:
    """Inches between one box and the next; in a strip, a shape stands between them."""
    if level == "folded":
        return "0.17" if form == "strip" else "0.24"
    longest = max((len(format_shape(edge.tensor.shape)) for edge in trace.edges), default=0)
    return f"{0.09 * longest:.2f}" if form == "strip" else "0.36"


def _check_size(trace: Trace, level: str) -> None:
    """Graphviz's time grows faster than the graph, and one drawing at a time holds up all sessions."""
    n_boxes = len(trace.ops) if level == "op" else 2 * len(trace.blocks)
    if level != "folded" and n_boxes > MOST_BOXES:
        raise DrawError(
            _(
                "{name} would be {n} boxes at this level; at most {most} are drawn. Choose the folded level, or look "
                "into the table."
            ).format(name=trace.name, n=f"{n_boxes:,}", most=f"{MOST_BOXES:,}")
        )


def _check(name: str, got: str, allowed: Sequence[str]) -> None:
    if got not in allowed:
        raise DrawError(
            _("{name}: got “{got}”. Choose one of {allowed}.").format(
                name=name, got=str(got)[:40], allowed=", ".join(allowed)
            )
        )
