"""Two to four nets in one drawing: stacked strips, each stage aligned with the same stage of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graphviz import Digraph

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.refusal import check_choice
from resnet_viz.views.compare.marks import drawn_marks, own_marks
from resnet_viz.views.compare.strips import Strip, join_strips
from resnet_viz.views.graph.canvas import dot_name
from resnet_viz.views.graph.draw import MOST_BOXES, as_digraph, draw_plan
from resnet_viz.views.graph.labels import attribute_text, title_label
from resnet_viz.views.graph.plan import DrawingPlan
from resnet_viz.views.graph.render import GRAPHVIZ
from resnet_viz.views.graph.shade import SHADES
from resnet_viz.views.laid.strip_rows import wrap_strips
from resnet_viz.views.parts.detail import Detail
from resnet_viz.views.parts.ids import LETTERS, join_id, net_prefix
from resnet_viz.views.parts.words import cost_lines
from resnet_viz.views.style import PALETTES, SIGNS

LEAST = 2


def draw_comparison(
    traces: Sequence[Trace],
    details: Sequence[Detail],
    *,
    theme: str = "light",
    shade: str = "stage",
    marks: Mapping[str, str] | None = None,
    has_tips: bool = True,
) -> Digraph:
    """Returns two to four nets as strips, top to bottom in the given order, already laid out.

    Ids are those of `draw_graph` after the net's letter (`views/parts/ids.py`). details: one per net. theme, shade,
    has_tips: as there; a shade has one scale for all nets. marks: nodes or runs that differ, by such an id, each as
    `added`, `removed` or `changed`; the box that shows a marked node is marked. Raises DrawError.
    """
    _check(traces, details)
    check_choice("theme", theme, tuple(PALETTES))
    check_choice("shade", shade, SHADES)
    for kind in (marks or {}).values():
        check_choice("mark", kind, tuple(SIGNS))
    plans = [
        DrawingPlan(trace, detail, is_strip=True, theme=theme, shade=shade, has_tips=has_tips)
        for trace, detail in zip(traces, details, strict=True)
    ]
    check_boxes(sum(plan.n_boxes for plan in plans))
    most = max(plan.most for plan in plans)
    shared = [replace(plan, scale=most) for plan in plans]
    name = dot_name(" · ".join(trace.name for trace in traces))
    whole = Digraph(name=name, graph_attr={"bgcolor": "transparent", "pad": "0.08"})
    last = max(len(trace.stages) for trace in traces)
    join_strips([_strip(plan, net, last, own_marks(marks or {}, net)) for net, plan in enumerate(shared)], whole)
    return whole


def wrap_comparison(laid: str, width: float) -> Digraph:
    """Returns the source of `draw_comparison` as a drawing in rows of at most so many points, if parts are no wider.

    In each row the same stages of all nets stand under each other. Call it in the reader's language.
    """
    with GRAPHVIZ:
        return as_digraph(wrap_strips(laid, width))


def net_title(trace: Trace, net: int) -> str:
    """Returns a net's title in a comparison, as in `B · ResNet-152`."""
    return f"{LETTERS[net]} · {trace.name}"


def check_boxes(n_boxes: int) -> None:
    """Raises DrawError if a comparison has more than MOST_BOXES boxes."""
    if n_boxes > MOST_BOXES:
        raise DrawError(
            _(
                "These nets would be {n} boxes together; at most {most} are drawn. Choose the folded level, or compare "
                "fewer nets."
            ).format(n=f"{n_boxes:,}", most=f"{MOST_BOXES:,}")
        )


def _check(traces: Sequence[Trace], details: Sequence[Detail]) -> None:
    if not all(isinstance(trace, Trace) for trace in traces):
        raise DrawError(_("Got something else than a Trace to compare. Pass Traces."))
    if not LEAST <= len(traces) <= len(LETTERS):
        raise DrawError(
            _("Got {n} nets to compare. Compare {least} to {most}.").format(
                n=len(traces), least=LEAST, most=len(LETTERS)
            )
        )
    if len(details) != len(traces):
        raise DrawError(
            _("Got {n} Details for {nets} nets. Pass one for each net.").format(n=len(details), nets=len(traces))
        )


def _strip(plan: DrawingPlan, net: int, last: int, marks: Mapping[str, str]) -> Strip:
    """Returns one net's drawing, to be stacked with others; `last` is the place of the heads."""
    network = plan.trace.network
    net_id = join_id(net, network.id)
    dot = draw_plan(plan, net_prefix(net), drawn_marks(plan, marks))
    figures = " · ".join(cost_lines(network.n_params, network.macs))
    dot.attr(
        "graph",
        label=title_label(net_title(plan.trace, net), figures, plan.palette),
        labeljust="l",
        labelloc="t",
        id=attribute_text(f"c:{net_id}"),
        pencolor="transparent",
        **{"class": "network"},
    )
    frames = [(place, dot_name(join_id(net, stage.id))) for place, stage in enumerate(plan.trace.stages)]
    return Strip(dot, dot_name(net_id), tuple(frames), last)
