"""A net's drawing as the browser gets it, with the addresses of its levels."""

from __future__ import annotations

from typing import cast

from resnet_viz.records.trace import Trace
from resnet_viz.spec.shown import ShownNet
from resnet_viz.views.address.view import View, drawing_address
from resnet_viz.views.graph.draw import count_boxes, draw_graph, lay_strip, wrap_strip
from resnet_viz.views.graph.facts import Facts, drawn_facts
from resnet_viz.views.graph.payload import SMALL, DrawingPayload, StripPayload, WholeLevel
from resnet_viz.views.listing.spoken import describe_net
from resnet_viz.views.parts.detail import LEVELS, Detail


def drawing_payload(
    net: ShownNet, trace: Trace, detail: Detail, form: str, facts: Facts, counts: dict[str, int] | None = None
) -> DrawingPayload | StripPayload:
    """Returns the drawing of a net; for rows what `rows_payload` makes it of. Raises DrawError.

    `facts` are its `net_facts`, `counts` its boxes by level.
    """
    from resnet_viz.views.graph.render import render_for_page  # Graphviz, which a drawing that is kept does not need

    view = View(net, form=form)
    counts = counts or count_levels(trace)
    levels: dict[str, WholeLevel] = {
        level: {"address": drawing_address(view, Detail(level)), "boxes": counts[level]} for level in LEVELS
    }
    address, title, shown = drawing_address(view, detail), describe_net(trace), drawn_facts(trace, detail, facts)
    about = {"address": address, "net": net.to_query(), "title": title, "levels": levels, "facts": shown}
    if form == "rows":
        return cast(StripPayload, about | {"laid": lay_strip(trace, detail, has_tips=False)})
    svg = render_for_page(draw_graph(trace, detail, form=form, has_tips=False))
    return cast(DrawingPayload, about | {"svg": svg})


def rows_payload(strip: StripPayload, width: float) -> DrawingPayload:
    """Returns a drawing in rows of so many points. Call it in the reader's language."""
    from resnet_viz.views.graph.render import render_for_page  # as above

    svg = render_for_page(wrap_strip(strip["laid"], width), is_here=len(strip["laid"]) <= SMALL)
    return cast(DrawingPayload, {key: strip[key] for key in strip if key != "laid"} | {"svg": svg})  # type: ignore[literal-required]


def count_levels(trace: Trace) -> dict[str, int]:
    """Returns the number of boxes in the drawing of a net, by level."""
    return {level: count_boxes(trace, level) for level in LEVELS}
