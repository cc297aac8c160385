"""Charts of several nets: location of parameters and MACs, totals along the depth, published accuracy."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache import scene as scenes
from resnet_viz.ui.cache.charts import get_along, get_score_chart, get_shares
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.page.choices import choose_one
from resnet_viz.views.charts.along import QUANTITIES, net_labels
from resnet_viz.views.charts.axes import Chart, quantity_name
from resnet_viz.views.charts.curves import AXES

W_QUANTITY, W_AXIS, W_COST = "w_compare_quantity", "w_compare_axis", "w_compare_cost"
# No mode bar, which hides part of the chart; the legend and the hover texts stay.
_CONFIG = {"displayModeBar": False}


def show_charts(traces: Sequence[Trace]) -> None:
    """Shows all charts of two to four nets."""
    _show_shares(traces)
    _show_along(traces)
    _show_scores(traces)


def _show_shares(traces: Sequence[Trace]) -> None:
    st.subheader(_("Where parameters and multiply-adds sit"), anchor=False)
    for place, quantity in zip(st.columns(2), QUANTITIES[:2], strict=True):
        chart = get_shares(_queries(traces), quantity, reader.theme(), current_language(), traces)
        _draw(place, chart, f"shares_{quantity}")


def _show_along(traces: Sequence[Trace]) -> None:
    st.subheader(_("Along the depth"), anchor=False)
    # A shorter word, to fit the width of a phone.
    names = {key: quantity_name(key) for key in QUANTITIES} | {"memory": _("Memory")}
    axes = {"share": _("Share of the layers"), "layers": _("Layers")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        quantity = choose_one(_("What comes together"), {key: names[key] for key in QUANTITIES}, W_QUANTITY)
        axis = choose_one(_("Depth in"), {key: axes[key] for key in AXES}, W_AXIS)
    chart = get_along(_queries(traces), (quantity, axis), reader.theme(), current_language(), traces)
    _draw(st, chart, "along")


def _show_scores(traces: Sequence[Trace]) -> None:
    st.subheader(_("Published accuracy"), anchor=False)
    cost = choose_one(_("Against"), {key: quantity_name(key) for key in QUANTITIES[1::-1]}, W_COST)
    compared = tuple(_published_as(trace) for trace in traces)
    chart = get_score_chart(tuple(name for name in compared if name), cost, reader.theme(), current_language())
    _draw(st, chart, "scores")
    unknown = [label for label, name in zip(net_labels(traces), compared, strict=True) if name is None]
    words = _("torchvision's own figures for all its ResNet weights: top-1 on ImageNet, one crop of 224×224.")
    if unknown:
        words += " " + _("It publishes none for {nets}.").format(nets=plain(", ".join(unknown)))
    st.caption(words)


def _published_as(trace: Trace) -> str | None:
    """Returns the preset whose published weights fit a net; None if there are none."""
    return trace.spec.preset_name if trace.spec and scenes.get_published(trace.spec) else None


def _draw(place: object, chart: Chart, key: str) -> None:
    figure = reader.for_reader(chart.figure)
    place.plotly_chart(figure, key=f"compare_{key}", alt=chart.alt, config=_CONFIG)  # type: ignore[attr-defined]


def _queries(traces: Sequence[Trace]) -> tuple[str, ...]:
    return tuple(trace.spec.to_query() if trace.spec else trace.name for trace in traces)
