"""Choice of the net to walk through, and of one beside it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.ui.walk.state import go_to_net, walk
from resnet_viz.views.address.compare import write_net
from resnet_viz.views.address.walk import WalkView

W_NET = "w_walk_net"
W_OTHER = "w_walk_other"


def choose_nets(view: WalkView) -> None:
    """Shows select boxes for the net, a preset or the URL's own, and for another one, or none."""
    _choose_net(W_NET, _("Network"), view.spec, go_to_net)
    with st.container():
        _choose_net(W_OTHER, _("The same line in"), view.other, lambda spec: walk.change(other=spec))


def _choose_net(name: str, title: str, chosen: ResNetSpec | None, pick: Callable[[ResNetSpec], None]) -> None:
    current = write_net(chosen) if chosen else None
    names = list(PRESETS) if current is None or current in PRESETS else [current, *PRESETS]
    # The value is part of the widget key: another URL gives a new widget, with its value.
    key = f"{name}:{current}"
    is_optional = name == W_OTHER
    if is_optional and current is not None:
        st.session_state[key] = current  # not as `index`, with which the box could not be emptied

    def apply() -> None:
        got = st.session_state[key]
        if got is None:
            walk.change(other=None)
        elif got in PRESETS:
            pick(PRESETS[got])

    st.selectbox(
        title,
        names,
        index=None if is_optional or current is None else names.index(current),
        format_func=lambda net: PRESETS[net].name if net in PRESETS or chosen is None else chosen.name,
        key=key,
        on_change=apply,
        placeholder=_("Another net …") if is_optional else None,
        help=_("Its line stands beside, with its own values.") if is_optional else None,
    )
