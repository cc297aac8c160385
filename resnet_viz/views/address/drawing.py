"""A net's drawing as the browser gets it, with the addresses of its levels."""

from __future__ import annotations

from resnet_viz.records.trace import Trace
from resnet_viz.spec.shown import ShownNet
from resnet_viz.views.address.view import View, drawing_address
from resnet_viz.views.graph.draw import count_boxes, draw_graph
from resnet_viz.views.graph.facts import Facts, drawn_facts
from resnet_viz.views.graph.payload import DrawingPayload, WholeLevel
from resnet_viz.views.listing.spoken import describe_net
from resnet_viz.views.parts.detail import LEVELS, Detail


def drawing_payload(
    net: ShownNet, trace: Trace, detail: Detail, form: str, facts: Facts, counts: dict[str, int] | None = None
) -> DrawingPayload:
    """Returns the drawing of a net. `facts` are its `net_facts`, `counts` its boxes by level. Raises DrawError."""
    from resnet_viz.views.graph.render import render_for_page  # Graphviz, which a drawing that is kept does not need

    view = View(net, form=form)
    counts = counts or count_levels(trace)
    levels: dict[str, WholeLevel] = {
        level: {"address": drawing_address(view, Detail(level)), "boxes": counts[level]} for level in LEVELS
    }
    return {
        "address": drawing_address(view, detail),
        "net": net.to_query(),
        "title": describe_net(trace),
        "levels": levels,
        "svg": render_for_page(draw_graph(trace, detail, form=form, has_tips=False)),
        "facts": drawn_facts(trace, detail, facts),
    }


def count_levels(trace: Trace) -> dict[str, int]:
    """Returns the number of boxes in the drawing of a net, by level."""
    return {level: count_boxes(trace, level) for level in LEVELS}
