"""The kernels of a convolution: as images if its input is the picture, and their statistics."""

from __future__ import annotations

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.records.preparation import COLOURS
from resnet_viz.ui.cache.finds import get_kernels
from resnet_viz.ui.cache.scene import Scene
from resnet_viz.ui.explore.ways.way import Way
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.pictures import picture_url
from resnet_viz.ui.page.state import PageState
from resnet_viz.units import format_exact
from resnet_viz.views.address.view import View
from resnet_viz.views.charts.maps import chart_distribution, chart_values
from resnet_viz.views.maps.kernels import draw_colour_kernels, kernel_norms
from resnet_viz.views.parts.ids import Chosen


def show_kernels(scene: Scene, at: Chosen, page: PageState[View]) -> None:
    """Shows the kernels of the selected convolution, else of the net's first."""
    chosen = at.node if at.node.op == "conv2d" else next(op for op in at.trace.ops if op.op == "conv2d")
    st.header(_("Kernels of {node}").format(node=f"`{chosen.id}`"), anchor=False)
    kernels = get_kernels(scene, chosen.id)
    n_out, n_in, height, width = kernels.shape
    st.caption(
        _("{out} kernels of {ins}×{height}×{width}. A click on a convolution in the drawing chooses it.").format(
            out=format_exact(n_out), ins=format_exact(n_in), height=height, width=width
        )
    )
    if n_in in (1, COLOURS) and at.trace.nodes[chosen.inputs[0]].kind == "input":
        words = _("The kernels as colours: grey is zero") if n_in == COLOURS else _("The kernels: grey is zero")
        st.image(picture_url(draw_colour_kernels(kernels)), caption=words, width="stretch", alt=words)
    left, right = st.columns(2)
    with left:
        title = _("Weights")
        chart = chart_distribution(kernels, title, _("weight"))
        st.plotly_chart(reader.for_reader(chart), key="weights_chart", alt=title)
    with right:
        title = _("Norm of each output channel")
        chart = chart_values(kernel_norms(kernels), title, _("channel"), _("norm"))
        st.plotly_chart(reader.for_reader(chart), key="norms_chart", alt=title)


WAY = Way("kernels", lambda: _("Kernels"), show_kernels)
