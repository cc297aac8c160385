"""A Trace becomes a drawing for Graphviz at one of three levels: folded, block or op.

Every shortcut is there at every level. The spine runs straight through stem, blocks, adds and head; shortcuts leave
it to one side only. Names in the DOT are the ids of the Trace; a run of equal blocks is named `layer3.1..35`.
"""

from __future__ import annotations

from collections.abc import Mapping

from graphviz import Digraph

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.refusal import check_choice
from resnet_viz.views.graph.canvas import Canvas, dot_name
from resnet_viz.views.graph.labels import attribute_text
from resnet_viz.views.graph.net import draw_net
from resnet_viz.views.graph.plan import DrawingPlan
from resnet_viz.views.graph.shade import SHADES
from resnet_viz.views.parts.detail import Detail, make_detail
from resnet_viz.views.style import FONT, PALETTES, TEXT_SIZE

FORMS = ("strip", "tall")
MOST_BOXES = 1_200


def draw_graph(
    trace: Trace,
    level: str | Detail = "folded",
    theme: str = "light",
    form: str = "strip",
    shade: str = "stage",
    has_tips: bool = True,
) -> Digraph:
    """The net as a directed graph.

    level: `folded` (runs of equal blocks as one box), `block` (every block), `op` (every op of the Trace), or a
    Detail, in which parts differ. theme: `light` or `dark`. form: `strip` runs left to right, `tall` top to bottom.
    shade: what a box's fill says, its `stage` or one of its figures: `params`, `macs`, `memory`, `field`.
    has_tips: whether each thing says its facts as a tooltip. Raises DrawError for anything else.
    """
    if not isinstance(trace, Trace):
        raise DrawError(_("Got {got} to draw. Pass a Trace.").format(got=type(trace).__name__))
    detail = level if isinstance(level, Detail) else make_detail(trace, level)
    check_choice("theme", theme, tuple(PALETTES))
    check_choice("form", form, FORMS)
    check_choice("shade", shade, SHADES)
    plan = DrawingPlan(trace, detail, form == "strip", theme, shade, has_tips)
    _check_size(plan)
    return draw_plan(plan)


def draw_plan(plan: DrawingPlan, prefix: str = "", marks: Mapping[str, str] | None = None) -> Digraph:
    """The net as planned; with something before each of its ids, and some boxes and frames marked by kind."""
    dot = Digraph(name=dot_name(plan.trace.name), comment=f"resnet_viz {plan.detail.level}")
    _set_attributes(dot, plan)
    canvas = Canvas(dot, plan, prefix=prefix, marks=marks or {})
    draw_net(canvas)
    canvas.finish()
    return dot


def _set_attributes(dot: Digraph, plan: DrawingPlan) -> None:
    """What holds for the whole drawing."""
    dot.attr(
        "graph",
        rankdir="LR" if plan.is_strip else "TB",
        bgcolor="transparent",
        newrank="true",
        nodesep="0.16",
        ranksep=f"{plan.rank_gap:.2f}",
        pad="0.08",
        fontname=FONT,
        fontsize=str(TEXT_SIZE),
        fontcolor=plan.palette.ink,
        **({"tooltip": attribute_text(plan.trace.name)} if plan.has_tips else {}),
    )
    dot.attr("node", shape="box", style="rounded,filled", fontname=FONT, fontsize=str(TEXT_SIZE), margin="0.065,0.055")
    dot.attr("edge", fontname=FONT, fontsize=str(TEXT_SIZE), fontcolor=plan.palette.muted, arrowsize="0.6")


def count_boxes(trace: Trace, level: str | Detail) -> int:
    """How many boxes a drawing would have, adds included. Raises DrawError."""
    detail = level if isinstance(level, Detail) else make_detail(trace, level)
    return DrawingPlan(trace, detail, is_strip=True).n_boxes


def _check_size(plan: DrawingPlan) -> None:
    """Graphviz's time grows faster than the graph, and one drawing at a time holds up all sessions."""
    if plan.n_boxes > MOST_BOXES:
        raise DrawError(
            _(
                "{name} would be {n} boxes at this level; at most {most} are drawn. Choose the folded level, or look "
                "into the table."
            ).format(name=plan.trace.name, n=f"{plan.n_boxes:,}", most=f"{MOST_BOXES:,}")
        )
