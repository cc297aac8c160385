"""Choice of the nets to train: two to four, each by depth, shortcut and variants, or by a preset or a link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.refusal import shown
from resnet_viz.spec.checks import NORMS, SHORTCUTS, parse_widths
from resnet_viz.spec.depths import MAX_DEPTH
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.typed import read_whole
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.train.state import ERROR, train
from resnet_viz.views.address.compare import write_net
from resnet_viz.views.address.train import LEAST, MOST, TrainView, small_net
from resnet_viz.views.address.view import net_query
from resnet_viz.views.training.labels import label_nets

W_NET = "w_train_net"
_DEPTHS = (20, 32, 44, 56)
_ATTEMPT = "train_attempt"
"""Counts what was refused."""
_ORDER = ("none", "A", "B", "C")


def choose_nets(view: TrainView) -> None:
    """Shows each net with its controls, and a button for one more."""
    st.caption(
        _(
            "Depth: 6n + 2 layers, or type another. Shortcut: none in a plain net; A is identity, padded with zeros, B "
            "has projections where the shape changes, C everywhere."
        )
    )
    for net, (spec, label) in enumerate(zip(view.nets, label_nets(view.nets), strict=True)):
        with st.container(gap="xsmall"):
            _choose_net(view, net, spec, label)
    if len(view.nets) < MOST:
        st.button(_("Add a net"), icon=":material/add:", key="train_add", on_click=_add, width="stretch")
    if message := st.session_state.get(ERROR):
        st.error(plain(message), icon=":material/error:")


def _choose_net(view: TrainView, net: int, spec: ResNetSpec, label: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{plain(label)}**", width="stretch")
        if len(view.nets) > LEAST:
            name, place = _("Leave out"), f"train_out:{net}"
            st.button(
                "", icon=":material/close:", key=place, type="tertiary", on_click=_leave_out, args=(net,), help=name
            )
    # The value is part of the key: another address gives new widgets, with its values.
    key = partial("{}:{}:{}:{}:{}".format, W_NET, net, write_net(spec), st.session_state.get(_ATTEMPT, 0))
    depths = sorted({*_DEPTHS, spec.depth})
    with st.container(horizontal=True, gap="xsmall"):
        st.selectbox(
            _("Depth of {net}").format(net=label),
            depths,
            depths.index(spec.depth),
            accept_new_options=True,
            key=key("depth"),
            on_change=_set,
            args=(net, key("depth"), _with_depth),
            label_visibility="collapsed",
            width=92,
        )
        with st.popover(_("Vary"), icon=":material/tune:", key=key("vary")):
            _vary(net, spec, key)
    titles = {"none": _("plain"), "A": "A", "B": "B", "C": "C"}
    st.segmented_control(
        _("Shortcut of {net}").format(net=label),
        [name for name in _ORDER if name in SHORTCUTS],
        format_func=lambda name: titles[name],
        default=spec.shortcut,
        required=True,
        key=key("shortcut"),
        on_change=_set,
        args=(net, key("shortcut"), lambda spec, value: replace(spec, shortcut=value)),
        label_visibility="collapsed",
    )


def _vary(net: int, spec: ResNetSpec, key: Callable[[str], str]) -> None:
    st.toggle(
        _("Pre-activation"),
        spec.pre_activation,
        key=key("pre"),
        on_change=_set,
        args=(net, key("pre"), lambda spec, value: replace(spec, pre_activation=value)),
    )
    st.toggle(
        _("Zero-init of the last γ"),
        spec.zero_init_residual,
        key=key("zero"),
        on_change=_set,
        args=(net, key("zero"), lambda spec, value: replace(spec, zero_init_residual=value)),
    )
    titles = {"batch": _("Batch norm"), "group": _("Group norm"), "frozen": _("Frozen"), "none": _("None")}
    st.segmented_control(
        _("Norm"),
        NORMS,
        format_func=lambda name: titles.get(name, name),
        default=spec.norm,
        required=True,
        key=key("norm"),
        on_change=_set,
        args=(net, key("norm"), lambda spec, value: replace(spec, norm=value)),
    )
    st.text_input(
        _("Planes per stage"),
        ", ".join(map(str, spec.widths)),
        key=key("widths"),
        on_change=_set,
        args=(net, key("widths"), lambda spec, value: replace(spec, widths=parse_widths(value))),
    )
    st.text_input(
        _("Preset or link"),
        placeholder="resnet18",
        key=key("link"),
        on_change=_set,
        args=(net, key("link"), _with_link),
        help=_(
            "As in resnet18 or block=basic&layers=2,2. It gets the channels and size of the pictures, and ten outputs."
        ),
    )


def _with_depth(spec: ResNetSpec, value: object) -> ResNetSpec:
    """The net of another depth: of three stages, with what else it has where it has three already."""
    depth = read_whole(str(value))
    if depth is None or depth > MAX_DEPTH:
        raise SpecError(_("Depth: got {got}. Write a whole number, as in 26.").format(got=shown(value)))
    new = small_net(depth, spec.shortcut)
    if spec.stem == "3x3" and spec.block == "basic" and len(spec.layers) == len(new.layers):
        return replace(spec, layers=new.layers)
    return new


def _with_link(spec: ResNetSpec, value: str) -> ResNetSpec:
    text = net_query(value)
    if not text:
        return spec
    return ResNetSpec.from_query(text) if "=" in text else ResNetSpec.preset(text)


def _set(net: int, key: str, change: Callable[[ResNetSpec, object], ResNetSpec]) -> None:
    """Callback: changes one net; what cannot be is told, and the widget shows what is again."""
    view = train.read()
    try:
        changed = view.with_net(net, change(view.nets[net], st.session_state[key]))
    except SpecError as error:
        st.session_state[ERROR] = str(error)
        # The widget shows what it has been given; new ones take its place, with the net's own values.
        st.session_state[_ATTEMPT] = st.session_state.get(_ATTEMPT, 0) + 1
        return
    train.show(changed)
    st.session_state.pop(ERROR, None)


def _add() -> None:
    view = train.read()
    candidates = (small_net(depth, shortcut) for depth in (32, 44, 20, 56) for shortcut in ("A", "none"))
    fitted = (view.with_net(0, spec).nets[0] for spec in candidates)
    train.show(view.with_nets((*view.nets, next(spec for spec in fitted if spec not in view.nets))))


def _leave_out(net: int) -> None:
    view = train.read()
    train.show(view.with_nets((*view.nets[:net], *view.nets[net + 1 :])))
