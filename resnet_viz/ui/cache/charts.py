"""Charts, cached by theme and language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from resnet_viz.i18n import _, use_language
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import TORCHVISION
from resnet_viz.ui.cache import scene as scenes
from resnet_viz.ui.cache.kept import FINDS
from resnet_viz.ui.cache.scene import Scene
from resnet_viz.ui.cache.sight import NodeMaps
from resnet_viz.units import format_exact
from resnet_viz.views.charts.axes import Chart
from resnet_viz.views.charts.curves import chart_along
from resnet_viz.views.charts.maps import chart_histogram
from resnet_viz.views.charts.scores import ImageNetScore, chart_scores
from resnet_viz.views.charts.shares import chart_shares
from resnet_viz.views.maps.channels import value_histogram


@st.cache_resource(max_entries=32, show_spinner=False)
def get_shares(queries: tuple[str, ...], quantity: str, theme: str, language: str, _traces: Sequence[Trace]) -> Chart:
    """Returns the chart of where parameters or multiply-adds sit; `queries` identify the nets."""
    use_language(language)
    return chart_shares(_traces, quantity, theme)


@st.cache_resource(max_entries=32, show_spinner=False)
def get_along(
    queries: tuple[str, ...], chosen: tuple[str, str], theme: str, language: str, _traces: Sequence[Trace]
) -> Chart:
    """Returns the chart of a quantity accumulated along the depth; `chosen`: quantity and axis."""
    use_language(language)
    return chart_along(_traces, chosen[0], theme, chosen[1])


@st.cache_resource(max_entries=32, show_spinner=False)
def get_score_chart(compared: tuple[str, ...], quantity: str, theme: str, language: str) -> Chart:
    """Returns the chart of published accuracy against a cost, with the compared presets marked."""
    use_language(language)
    return chart_scores(get_scores(), compared, quantity, theme)


@st.cache_resource(show_spinner=False)
def get_scores() -> tuple[ImageNetScore, ...]:
    """Returns all scores that torchvision publishes for ResNets, from its metadata."""
    return tuple(
        ImageNetScore(preset, spec.name, found.name, found.top1, found.num_params, found.n_macs)
        for preset, spec in TORCHVISION.items()
        for found in scenes.get_published(spec)
    )


# Most reruns show the same chart again.
def get_histogram(scene: Scene, node_id: str, language: str, found: NodeMaps) -> tuple[Any, str]:
    """Returns the histogram of a node's values, and its title."""

    def make() -> tuple[Any, str]:
        use_language(language)
        histogram = value_histogram(found.maps)
        title = _("All values but {n} zeros").format(n=format_exact(histogram.n_zeros))
        return chart_histogram(histogram, title), title

    return FINDS.get(("histogram", scene.key, node_id, language), make)
