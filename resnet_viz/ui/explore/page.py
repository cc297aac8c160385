"""Explore: one net as drawing with the facts of what is chosen, feature maps of a picture, and table.

The first screen holds the net's name and figures, the drawing, and beside it the inspector; below, a picture with what
runs it on its left, and what the net makes of it on its right.
"""

from __future__ import annotations

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.organisms.index import organism_of
from resnet_viz.records.macs import Macs
from resnet_viz.records.trace import Trace
from resnet_viz.spec.named import NamedNet, Net
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import FileNet
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.scene import MOST_MACS, Scene, Weights, are_run, random_weights
from resnet_viz.ui.cache.sight import first_node
from resnet_viz.ui.cache.trace_files import own_net
from resnet_viz.ui.explore import net as controls
from resnet_viz.ui.explore.figures import show_head
from resnet_viz.ui.explore.graph import show_graph
from resnet_viz.ui.explore.inspector import show_node
from resnet_viz.ui.explore.maps import show_maps
from resnet_viz.ui.explore.state import explore, go_to_net
from resnet_viz.ui.explore.table import show_table
from resnet_viz.ui.explore.warm import warm_presets
from resnet_viz.ui.explore.welcome import RUNNING, show_welcome
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.picture.device import choose_device
from resnet_viz.ui.picture.panel import show_picture
from resnet_viz.ui.picture.weights import choose_weights
from resnet_viz.ui.picture.weights_file import FileChoice
from resnet_viz.ui.server.engine import is_engine_loaded
from resnet_viz.views.address.view import View
from resnet_viz.views.listing.snippet import write_named_snippet, write_snippet
from resnet_viz.views.parts.ids import Chosen, chosen

Running = tuple[Net, str, Weights]

_OWN_SHOWN = "own_net_shown"
_SKELETON_HEIGHT = 565


def show() -> None:
    """Renders the page from its URL, once per rerun. What has to be made comes after the first paint."""
    _go_to_own_net()
    view = explore.read()
    with st.sidebar:
        controls.choose_preset()
        controls.customise_net(view.spec)
        controls.choose_other_net(view.spec)
    explore.show_notice()
    with st.container(key="head"):
        head = st.empty()
    if isinstance(view.spec, FileNet):
        cache.get_trace(view.spec)  # a file that is not here is asked for before anything else is shown
    if not is_engine_loaded():
        show_head(head, view, None)
    show_welcome()
    with st.container(border=True, key="net"):
        drawing, facts = st.columns([5, 2], gap="small")
        with drawing:
            graph_place = st.container(key="drawing_pane")
        with facts:
            facts_place = st.container(key="inspector_pane")
    below = st.container()
    with graph_place, st.skeleton(height=_SKELETON_HEIGHT):
        trace = cache.get_trace(view.spec)
    show_head(head, view, trace)
    at = chosen(trace, view.node)
    with graph_place:
        show_graph(view, trace, at)
    with facts_place:
        show_node(view, trace, at)
    # All that needs torch comes after the drawing, which mostly needs none.
    with below:
        _show_below(view, trace, at)
    warm_presets(view.form, current_language())


def _go_to_own_net() -> None:
    """Goes to the file that the server was started with, once in a session whose address names no net."""
    own = None if st.session_state.setdefault(_OWN_SHOWN, False) else own_net()
    st.session_state[_OWN_SHOWN] = True
    if own is not None and explore.is_bare():
        explore.show(View(own))


def _choose_running(view: View) -> Running:
    """Returns the net, and the device and the weights that it is to run with."""
    (spec,) = _nets(view)
    device = choose_device()
    if isinstance(spec, NamedNet):
        return spec, device, random_weights(spec)
    of_file = FileChoice(view.part, lambda part: explore.change(part=part), go_to_net)
    weights = choose_weights(spec, view.weights, device, lambda name: explore.change(weights=name, part=""), of_file)
    return spec, device, weights


def _nets(view: View) -> tuple[Net, ...]:
    """Returns the net; none if it is not run."""
    nets = (view.spec,)
    return nets if are_run(nets) else ()


def _show_below(view: View, trace: Trace, at: Chosen | None) -> None:
    if view.node and at is None:
        words = _("{name} has no node “{got}”. Choose one in the drawing.")
        st.warning(words.format(name=plain(trace.name), got=plain(view.node[:60])))
    if _nets(view):
        _show_running(view, at or _first(trace))
    else:
        st.info(
            _(
                "Maps and predictions are of nets that are built here, take one picture and have at most {most} in "
                "a pass. Of this one, the drawing and the figures are shown."
            ).format(most=Macs(MOST_MACS).text),
            icon=":material/info:",
        )
    _show_lists(view, trace, at)


def _first(trace: Trace) -> Chosen:
    node = first_node(trace)
    return Chosen(trace, node.id, node)


def _show_running(view: View, at: Chosen) -> None:
    """Shows the picture with the weights and the device, and beside it what the net makes of it."""
    left, right = st.columns([1, 2], gap="small")
    with left, st.container(border=True, key=RUNNING):
        picture_place = st.container()
        with st.container(key="weights_pane"):
            spec, device, weights = _choose_running(view)
        with picture_place:
            shown = show_picture(weights)
    with right, st.container(border=True):
        scene = Scene(spec, device, weights, *shown) if shown else None
        show_maps(view, at, scene, weights.is_random)


def _show_lists(view: View, trace: Trace, at: Chosen | None) -> None:
    table_tab, outline_tab, code_tab = st.tabs(
        [_("Table of blocks and ops"), _("Outline in words"), _("The Python that builds this")]
    )
    with table_tab:
        show_table(view, trace, at)
    with outline_tab:
        st.markdown(cache.get_outline(view.spec, current_language()))
    with code_tab:
        if isinstance(view.spec, ResNetSpec):
            own = organism_of(view.spec)
            is_trained = own is not None and own.name == view.weights
            st.code(write_snippet(view.spec, view.weights if is_trained else ""), language="python")
        elif isinstance(view.spec, NamedNet):
            st.code(write_named_snippet(view.spec), language="python")
        else:
            st.caption(_("A Trace file does not hold the code of its net."))


show()
