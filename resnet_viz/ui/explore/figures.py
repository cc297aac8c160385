"""The headline of a net: what it is in a line, and its figures."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.spec.depths import explain_depth
from resnet_viz.spec.named import NamedNet
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import ShownNet
from resnet_viz.ui.page.callouts import plain
from resnet_viz.units import format_bytes, format_count, format_exact
from resnet_viz.views.parts.words import field_text

_Figure = tuple[str, str, str | None]


def show_figures(place: DeltaGenerator, net: ShownNet, trace: Trace | None) -> None:
    """Shows blocks, input and five figures; without a Trace, placeholders of the figures."""
    with place.container():
        st.caption(_caption(net, trace))
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            for label, value, help_text in _figures(net, trace):
                st.metric(label, value, help=help_text, width="content")


def _caption(net: ShownNet, trace: Trace | None) -> str:
    if isinstance(net, ResNetSpec):
        blocks = {"basic": _("Basic block"), "bottleneck": _("Bottleneck")}
        return f"{blocks[net.block]} · {'-'.join(map(str, net.layers))} · {_size_text(net.input_shape)}"
    if trace is None:
        return "…"
    made = _("of a Trace file") if not isinstance(net, NamedNet) else _("built without weights")
    versions = ", ".join(f"{name} {version}" for name, version in trace.versions.items())
    return plain(" · ".join((made, versions, _size_text(trace.input.shape))))


def _size_text(shape: tuple[int, ...]) -> str:
    return _("input {shape}").format(shape="×".join(map(str, shape[1:])))


def _figures(net: ShownNet, trace: Trace | None) -> list[_Figure]:
    """Returns (label, value, help text) per figure; the depth of a net of settings only."""
    depth: list[_Figure] = []
    if isinstance(net, ResNetSpec):
        depth = [(_("Depth"), str(net.depth), explain_depth(net))]
    size = net.input_size if isinstance(net, ResNetSpec) else trace.input.shape[2:] if trace else ()
    labels = [
        _("Parameters"),
        _("MACs at {size}").format(size="×".join(map(str, size))) if size else _("MACs"),
        _("Activations"),
        _("Receptive field"),
    ]
    if trace is None:
        return [*depth, *((label, "…", None) for label in labels)]
    return [*depth, *((label, *value) for label, value in zip(labels, _values(trace), strict=True))]


def _values(trace: Trace) -> list[tuple[str, str]]:
    macs_help = _(
        "{n} multiply-adds of convolutions and linear layers, without bias and batch norm, for one input. "
        "FLOPs are twice as many."
    ).format(n=trace.macs.exact)
    memory_help = _("All that the ops newly allocate in one pass; at most {peak} of it is alive at a time.").format(
        peak=format_bytes(trace.peak_bytes)
    )
    return [
        (format_count(trace.n_params), format_exact(trace.n_params)),
        (trace.macs.amount, macs_help),
        (format_bytes(trace.act_bytes), memory_help),
        (field_text(trace.field), _("Input pixels that one position after the last stage can see, in theory.")),
    ]
