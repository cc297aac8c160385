"""Explore: one net as headline figures, drawing, table, and feature maps of a picture."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_viz.i18n import _, current_language
from resnet_viz.records.trace import Trace
from resnet_viz.spec.depths import explain_depth
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.scene import Scene, Weights
from resnet_viz.ui.cache.sight import FIRST_NODE
from resnet_viz.ui.explore import net as controls
from resnet_viz.ui.explore.graph import show_graph
from resnet_viz.ui.explore.inspector import show_node
from resnet_viz.ui.explore.maps import show_maps
from resnet_viz.ui.explore.state import explore, go_to_net
from resnet_viz.ui.explore.table import show_table
from resnet_viz.ui.explore.warm import warm_presets
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.picture.device import choose_device
from resnet_viz.ui.picture.panel import show_picture
from resnet_viz.ui.picture.weights import choose_weights
from resnet_viz.ui.picture.weights_file import FileChoice
from resnet_viz.ui.server.engine import is_engine_loaded, load_engine
from resnet_viz.units import format_bytes, format_count, format_exact
from resnet_viz.views.address.view import View
from resnet_viz.views.counting.rules import count
from resnet_viz.views.counting.tools import TOOL_IDS, Tool, find_tool
from resnet_viz.views.listing.snippet import write_snippet
from resnet_viz.views.parts.ids import Chosen, chosen
from resnet_viz.views.parts.words import field_text

_SKELETON_HEIGHT = 250
_TOOL_WIDTH = 190
W_COUNT = "w_count"


def show() -> None:
    """Renders the page from its URL, once per rerun. All that needs torch comes after the first paint."""
    view = explore.read()
    with st.sidebar:
        controls.choose_preset()
        device_place = st.container()
        controls.customise_net(view.spec)
    explore.show_notice()
    st.title(view.spec.name, anchor=False)
    figures_place = st.empty()
    if not is_engine_loaded():
        _show_figures(figures_place, view, None)
    graph_place = st.container(border=True)
    below = st.container()
    with graph_place, st.skeleton(height=_SKELETON_HEIGHT):
        load_engine()
        trace = cache.get_trace(view.spec)
    with device_place:
        device = choose_device()
        of_file = FileChoice(view.part, lambda part: explore.change(part=part), go_to_net)
        weights = choose_weights(
            view.spec, view.weights, device, lambda name: explore.change(weights=name, part=""), of_file
        )
    _show_figures(figures_place, view, trace)
    at = chosen(trace, view.node)
    with graph_place:
        show_graph(view, trace, at)
    _show_below(below, view, trace, at, (device, weights))
    warm_presets(view.form, current_language())


def _show_below(
    place: DeltaGenerator, view: View, trace: Trace, at: Chosen | None, running: tuple[str, Weights]
) -> None:
    device, weights = running
    with place:
        if view.node and at is None:
            words = _("{name} has no node “{got}”. Choose one in the drawing.")
            st.warning(words.format(name=trace.name, got=plain(view.node[:60])))
        left, right = st.columns([1, 2], gap="small")
        with left:
            with st.container(border=True):
                show_node(view, trace, at)
            with st.container(border=True):
                shown = show_picture(weights)
        with right, st.container(border=True):
            scene = Scene(view.spec, device, weights, *shown) if shown else None
            show_maps(view, at or Chosen(trace, FIRST_NODE, trace.nodes[FIRST_NODE]), scene, weights.is_random)
        table_tab, outline_tab, code_tab = st.tabs(
            [_("Table of blocks and ops"), _("Outline in words"), _("The Python that builds this")]
        )
        with table_tab:
            show_table(view, trace, at)
        with outline_tab:
            st.markdown(cache.get_outline(view.spec, current_language()))
        with code_tab:
            st.code(write_snippet(view.spec), language="python")


def _show_figures(place: DeltaGenerator, view: View, trace: Trace | None) -> None:
    """The headline: blocks, input and five figures; without a Trace, placeholders of the figures."""
    spec = view.spec
    blocks = {"basic": _("Basic block"), "bottleneck": _("Bottleneck")}
    with place.container():
        st.caption(f"{blocks[spec.block]} · {'-'.join(map(str, spec.layers))} · {_size_text(spec.input_shape)}")
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            for label, value, help_text in _figures(spec, trace, find_tool(view.count)):
                st.metric(label, value, help=help_text, width="content")
            if trace is not None:
                _choose_tool(view)


def _choose_tool(view: View) -> None:
    # Set in each rerun: the address may have changed.
    st.session_state[W_COUNT] = view.count
    st.selectbox(
        _("MACs counted as"),
        TOOL_IDS,
        format_func=lambda name: find_tool(name).title,
        key=W_COUNT,
        on_change=lambda: explore.change(count=st.session_state[W_COUNT]),
        help=_("Tools count other things: batch norm, ReLU, pooling, biases. Their rules stand on the page Learn."),
        width=_TOOL_WIDTH,
    )


def _figures(spec: ResNetSpec, trace: Trace | None, tool: Tool) -> list[tuple[str, str, str | None]]:
    """Returns (label, value, help text) per figure."""
    labels = [
        _("Parameters"),
        _total_label(spec, tool),
        _("Activations"),
        _("Receptive field"),
    ]
    depth = (_("Depth"), str(spec.depth), explain_depth(spec))
    if trace is None:
        return [depth, *((label, "…", None) for label in labels)]
    memory_help = _("All that the ops newly allocate in one pass; at most {peak} of it is alive at a time.").format(
        peak=format_bytes(trace.peak_bytes)
    )
    values = [
        (format_count(trace.n_params), format_exact(trace.n_params)),
        _total(trace, tool),
        (format_bytes(trace.act_bytes), memory_help),
        (field_text(trace.field), _("Input pixels that one position after the last stage can see, in theory.")),
    ]
    return [depth, *((label, *value) for label, value in zip(labels, values, strict=True))]


def _total_label(spec: ResNetSpec, tool: Tool) -> str:
    if tool.id != TOOL_IDS[0]:
        return tool.title
    return _("MACs at {height}×{width}").format(height=spec.input_size[0], width=spec.input_size[1])


def _total(trace: Trace, tool: Tool) -> tuple[str, str]:
    """Returns the net's total by a tool's rule, and its help text."""
    if tool.id == TOOL_IDS[0]:
        usual = _(
            "{n} multiply-adds of convolutions and linear layers, without bias and batch norm, for one input. "
            "FLOPs are twice as many."
        )
        return trace.macs.amount, usual.format(n=trace.macs.exact)
    total = count(trace, tool.rule)
    other = _("{n} as {tool} counts, for one input; the multiply-adds alone are {macs}.")
    return total.amount, other.format(n=total.exact, tool=tool.name, macs=trace.macs.exact)


def _size_text(shape: tuple[int, ...]) -> str:
    return _("input {shape}").format(shape="×".join(map(str, shape[1:])))


show()
