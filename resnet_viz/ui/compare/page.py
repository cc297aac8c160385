"""Compare: two to four nets as strips, in words, in a table, in charts, and at work on the same picture."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.records.trace import Trace
from resnet_viz.spec.named import Net
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.comparisons import get_compared, get_differences
from resnet_viz.ui.cache.scene import are_run, random_weights
from resnet_viz.ui.compare.charts import show_charts
from resnet_viz.ui.compare.nets import choose_nets
from resnet_viz.ui.compare.same_picture import make_scenes, show_same_picture
from resnet_viz.ui.compare.state import W_SAME, compare
from resnet_viz.ui.compare.strips import show_strips
from resnet_viz.ui.compare.table import show_compare_table, show_differences
from resnet_viz.ui.page.callouts import name_in_markdown, plain
from resnet_viz.ui.picture.device import choose_device
from resnet_viz.ui.picture.panel import show_picture
from resnet_viz.ui.picture.weights import choose_weights_here
from resnet_viz.views.address.compare import CompareView
from resnet_viz.views.charts.along import net_labels
from resnet_viz.views.compare.sentences import describe_shortly

_SKELETON_HEIGHT = 500


def show() -> None:
    """Renders the page from its URL, once per rerun. What has to be made comes after the first paint."""
    view = compare.read()
    with st.sidebar:
        choose_nets(view)
        device_place = st.container()
    compare.show_notice()
    head = st.container(key="compare_head", gap="xxsmall")
    head.title(_title([name_in_markdown(spec) for spec in view.specs]), anchor=False)
    body = st.container()
    with body, st.skeleton(height=_SKELETON_HEIGHT):
        traces = tuple(cache.get_trace(spec) for spec in view.specs)
    comparison = get_compared(view.specs, current_language())
    differences = get_differences(view.specs, current_language())
    with body:
        lead, more = describe_shortly(comparison)
        head.markdown(plain(lead))
        show_strips(view, traces)
        st.container(key="compare_more").markdown(plain(more))
        show_compare_table(comparison)
        show_differences(traces, differences)
        show_charts(traces)
        if are_run(view.specs):
            with device_place:
                device = choose_device()
            _show_same(view, view.specs, traces, device)
        else:
            st.caption(_("The same picture is run through nets that are built here and take one: not all of these do."))


def _title(names: list[str]) -> str:
    return _("{nets} and {last}").format(nets=", ".join(names[:-1]), last=names[-1])


def _show_same(view: CompareView, specs: tuple[Net, ...], traces: tuple[Trace, ...], device: str) -> None:
    """Runs each net on the same picture, on request."""
    st.session_state[W_SAME] = view.same
    if not st.toggle(
        _("The same picture through each net"),
        key=W_SAME,
        on_change=lambda: compare.change(same=st.session_state[W_SAME]),
    ):
        return
    left, right = st.columns([1, 2], gap="small")
    with left, st.container(border=True):
        shown = show_picture(random_weights(specs[0]))
    with right, st.container(border=True):
        names = [view.weights_of(net) for net in range(len(traces))]
        weights = choose_weights_here(specs, net_labels(traces), names, lambda net, name: _set_weights({net: name}))
        if shown is not None:
            picture, preparation = shown
            scenes = make_scenes(specs, weights, device, (picture, preparation))
            show_same_picture(scenes, traces, _set_weights)


def _set_weights(names: Mapping[int, str]) -> None:
    """Callback: sets the weights of nets, by their index."""
    view = compare.read()
    compare.change(weights=tuple(names.get(at, view.weights_of(at)) for at in range(len(view.specs))))


show()
