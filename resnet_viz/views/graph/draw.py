"""Builds the Graphviz graph of a Trace at one of three levels: folded, block or op.

Every level shows every shortcut. The main path runs straight through stem, blocks, adds and head; shortcuts leave
it to one side only. DOT names are the ids of the Trace; a run of equal blocks is named `layer3.1..35`.
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

FORMS = ("rows", "strip", "tall")
ROW_WIDTH = 700
"""Points of a row where nobody says how wide it is to be."""
MOST_BOXES = 1_200


def draw_graph(
    trace: Trace,
    level: str | Detail = "folded",
    theme: str = "light",
    form: str | None = None,
    shade: str = "stage",
    has_tips: bool = True,
    width: float | None = None,
) -> Digraph:
    """Returns the network as a directed graph.

    level: `folded` (runs of equal blocks as one node), `block` (every block), `op` (every op of the Trace), or a
    Detail with levels per part. theme: `light` or `dark`. form: `strip` runs left to right, `tall` top to bottom,
    `rows` is the strip wrapped into rows of `width` points and already laid out; by default `rows` with a width, and
    `strip` without. shade: what the fill encodes, the `stage` or a metric: `params`, `macs`, `memory`, `field`.
    has_tips: whether tooltips are added. Raises DrawError for any other value and for too many nodes.
    """
    form = ("strip" if width is None else "rows") if form is None else form
    plan = _make_plan(trace, level, theme, form, shade, has_tips)
    if form != "rows":
        return draw_plan(plan)
    return wrap_strip(_lay_out(plan), ROW_WIDTH if width is None else width)


def lay_strip(trace: Trace, level: str | Detail = "folded", has_tips: bool = True) -> str:
    """Returns the strip of a net as laid out DOT, for `wrap_strip`, in the light theme. Raises DrawError."""
    return _lay_out(_make_plan(trace, level, "light", "rows", "stage", has_tips))


def wrap_strip(laid: str, width: float) -> Digraph:
    """Returns a strip that is laid out in rows of at most so many points, where its parts are no wider."""
    from resnet_viz.views.graph.render import GRAPHVIZ  # Graphviz, which other forms need only once they are rendered
    from resnet_viz.views.laid.rows import wrap_rows

    if not width > 0:
        raise DrawError(_("Width: got “{got}”. Give a number of points above 0.").format(got=str(width)[:40]))
    with GRAPHVIZ:
        return as_digraph(wrap_rows(laid, width))


def as_digraph(laid: str) -> Digraph:
    """Returns the DOT of a drawing that is laid out as a graph that is written as it is."""
    head, _brace, body = laid.partition("{")
    whole = Digraph(name=head.strip().removeprefix("digraph").strip().strip('"'))
    whole.body.append(body.rpartition("}")[0])
    return whole


def _lay_out(plan: DrawingPlan) -> str:
    """Returns a strip as Graphviz has laid it out, with its arcs, which are not laid out, at the end."""
    from resnet_viz.views.graph.render import render_graph

    arcs = Digraph()
    laid = render_graph(draw_plan(plan, arcs=arcs), "dot").decode()
    return f"{laid.rpartition('}')[0]}{''.join(arcs.body)}}}\n"


def _make_plan(trace: Trace, level: str | Detail, theme: str, form: str, shade: str, has_tips: bool) -> DrawingPlan:
    if not isinstance(trace, Trace):
        raise DrawError(_("Got {got} to draw. Pass a Trace.").format(got=type(trace).__name__))
    detail = level if isinstance(level, Detail) else make_detail(trace, level)
    check_choice("theme", theme, tuple(PALETTES))
    check_choice("form", form, FORMS)
    check_choice("shade", shade, SHADES)
    plan = DrawingPlan(trace, detail, form != "tall", theme, shade, has_tips, has_own_arcs=form == "rows")
    _check_size(plan)
    return plan


def draw_plan(
    plan: DrawingPlan, prefix: str = "", marks: Mapping[str, str] | None = None, arcs: Digraph | None = None
) -> Digraph:
    """Returns the planned graph, its ids prefixed with `prefix`, and the nodes and frames in `marks` marked by kind.

    arcs: receives the arcs of a plan that has its own.
    """
    dot = Digraph(name=dot_name(plan.trace.name), comment=f"resnet_viz {plan.detail.level}")
    _set_attributes(dot, plan)
    canvas = Canvas(dot, plan, prefix=prefix, marks=marks or {})
    draw_net(canvas)
    canvas.finish()
    if arcs is not None:
        for arc in canvas.arcs:
            arcs.edge(**arc)
    return dot


def _set_attributes(dot: Digraph, plan: DrawingPlan) -> None:
    """Sets the graph-wide attributes."""
    dot.attr(
        "graph",
        rankdir="LR" if plan.is_strip else "TB",
        **{"class": "strip" if plan.is_strip else "tall"},
        bgcolor="transparent",
        newrank="true",
        nodesep="0.14",
        ranksep=f"{plan.rank_gap:.2f}",
        pad="0.08",
        fontname=FONT,
        fontsize=str(TEXT_SIZE),
        fontcolor=plan.palette.ink,
        **({"tooltip": attribute_text(plan.trace.name)} if plan.has_tips else {}),
    )
    dot.attr(
        "node",
        shape="box",
        style="rounded,filled",
        fontname=FONT,
        fontsize=str(TEXT_SIZE),
        margin="0.065,0.055",
        height="0.3",
        label=r"\N",  # Graphviz's own default, which it writes into what it has laid out, or does not
    )
    dot.attr("edge", fontname=FONT, fontsize=str(TEXT_SIZE), fontcolor=plan.palette.muted, arrowsize="0.6")


def count_boxes(trace: Trace, level: str | Detail) -> int:
    """Returns the number of nodes in a drawing, including adds. Raises DrawError."""
    detail = level if isinstance(level, Detail) else make_detail(trace, level)
    return DrawingPlan(trace, detail, is_strip=True).n_boxes


def _check_size(plan: DrawingPlan) -> None:
    """Limits the size, since layout time is superlinear and one drawing at a time blocks all sessions."""
    if plan.n_boxes > MOST_BOXES:
        raise DrawError(
            _(
                "{name} would be {n} boxes at this level; at most {most} are drawn. Choose the folded level, or look "
                "into the table."
            ).format(name=plan.trace.name, n=f"{plan.n_boxes:,}", most=f"{MOST_BOXES:,}")
        )
