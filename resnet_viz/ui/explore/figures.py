"""The headline of a net: what it is in a line, and its figures, counted as one tool or another counts."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.spec.depths import explain_depth
from resnet_viz.spec.named import NamedNet
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import ShownNet
from resnet_viz.ui.explore.state import explore
from resnet_viz.ui.page.callouts import name_in_markdown, plain
from resnet_viz.units import format_bytes, format_count, format_exact
from resnet_viz.views.address.view import View
from resnet_viz.views.counting.rules import count
from resnet_viz.views.counting.tools import TOOL_IDS, Tool, find_tool
from resnet_viz.views.parts.words import field_text

_Figure = tuple[str, str, str | None]
W_COUNT = "w_count"


def show_head(place: DeltaGenerator, view: View, trace: Trace | None) -> None:
    """Shows the net's name, blocks and input, and its figures in one row; without a Trace, placeholders of them."""
    with place.container(), st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width="content", gap="xxsmall"):
            st.title(name_in_markdown(view.spec), anchor=False)
            st.caption(_caption(view.spec, trace))
        key = "figures" if trace else "figures_to_come"
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key=key):
            for label, value, help_text in _figures(view.spec, trace, find_tool(view.count)):
                st.metric(label, value, help=help_text, width="content")
            with st.popover("", icon=":material/calculate:", help=_("How MACs are counted"), disabled=trace is None):
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
    )


def _caption(net: ShownNet, trace: Trace | None) -> str:
    if isinstance(net, ResNetSpec):
        blocks = {"basic": _("Basic block"), "bottleneck": _("Bottleneck")}
        return f"{blocks[net.block]} · {'-'.join(map(str, net.layers))} · {_size_text(net.input_shape)}"
    if trace is None:
        return "…"
    made = _("of its library, without its weights") if isinstance(net, NamedNet) else _("of a Trace file")
    versions = ", ".join(f"{name} {version}" for name, version in trace.versions.items())
    return plain(" · ".join((made, versions, _size_text(trace.input.shape))))


def _size_text(shape: tuple[int, ...]) -> str:
    return _("input {shape}").format(shape="×".join(map(str, shape[1:])))


def _figures(net: ShownNet, trace: Trace | None, tool: Tool) -> list[_Figure]:
    """Returns (label, value, help text) per figure; the depth of a net of settings only."""
    depth: list[_Figure] = []
    if isinstance(net, ResNetSpec):
        depth = [(_("Depth"), str(net.depth), explain_depth(net))]
    labels = [_("Parameters"), _total_label(net, tool), _("Activations"), _("Receptive field")]
    if trace is None:
        return [*depth, *((label, "…", None) for label in labels)]
    return [*depth, *((label, *value) for label, value in zip(labels, _values(trace, tool), strict=True))]


def _total_label(net: ShownNet, tool: Tool) -> str:
    if tool.id != TOOL_IDS[0]:
        return tool.title
    if isinstance(net, ResNetSpec):
        return _("MACs at {height}×{width}").format(height=net.input_size[0], width=net.input_size[1])
    return _("MACs")


def _values(trace: Trace, tool: Tool) -> list[tuple[str, str]]:
    memory_help = _("All that the ops newly allocate in one pass; at most {peak} of it is alive at a time.").format(
        peak=format_bytes(trace.peak_bytes)
    )
    return [
        (format_count(trace.n_params), format_exact(trace.n_params)),
        _total(trace, tool),
        (format_bytes(trace.act_bytes), memory_help),
        (field_text(trace.field), _("Input pixels that one position after the last stage can see, in theory.")),
    ]


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
