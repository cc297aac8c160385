"""Choice of the nets to compare: up to four, each a preset and its variations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.spec.checks import SHORTCUTS, STEMS, STRIDES_IN, parse_layers, parse_widths
from resnet_viz.spec.edits import with_layers
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.spec.shown import ShownNet
from resnet_viz.ui.cache.nets import name_of
from resnet_viz.ui.compare.state import compare
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.page.other_net import ask_other
from resnet_viz.views.address.compare import LEAST, MOST, CompareView, write_net

_FLAGS = ("pre_activation", "average_shortcut", "squeeze_excitation")

_ERROR = "compare_error"
W_NET = "w_compare_net"
W_VARY = "w_compare_vary"


def choose_nets(view: CompareView) -> None:
    """Shows a row for each net, and a button for one more."""
    for net, spec in enumerate(view.specs):
        _choose_net(view, net, spec)
    if len(view.specs) < MOST:
        st.button(_("Add a net"), icon=":material/add:", key="compare_add", on_click=_add, width="stretch")
    message = st.session_state.get(_ERROR)
    if message:
        st.error(plain(message), icon=":material/error:")


def _choose_net(view: CompareView, net: int, spec: ShownNet) -> None:
    # The value is part of the widget key: another URL gives a new widget, with its value.
    key = f"{W_NET}:{net}:{write_net(spec)}"
    preset = spec.preset_name if isinstance(spec, ResNetSpec) else None
    names = list(PRESETS) if preset else [write_net(spec), *PRESETS]
    st.selectbox(
        _("Net {letter}").format(letter="ABCD"[net]),
        names,
        names.index(preset or write_net(spec)),
        lambda name: PRESETS[name].name if name in PRESETS else name_of(spec),
        key=key,
        on_change=partial(_pick, net, key),
    )
    with st.container(horizontal=True), st.popover(_("Vary"), icon=":material/tune:", key=f"vary:{net}"):
        if isinstance(spec, ResNetSpec):
            _vary(net, spec)
        title = _("Other net")
        st.markdown(f"**{title}**")
        ask_other(partial(_put, net), f":{net}")
        if len(view.specs) < MOST:
            copy = _("Add a copy of this net")
            st.button(copy, icon=":material/content_copy:", key=f"copy:{net}", on_click=_add_copy, args=(net,))
        if len(view.specs) > LEAST:
            st.button(_("Leave out"), icon=":material/close:", key=f"out:{net}", on_click=_leave_out, args=(net,))


def _vary(net: int, spec: ResNetSpec) -> None:
    """A net's blocks, and the switches of its variants; an invalid combination is reported."""
    _vary_blocks(net, spec)
    titles = {"stride_in": _("Stride in"), "shortcut": _("Shortcut"), "stem": _("Stem")}
    # As where one net is customised.
    names = {
        "stride_in": {"3x3": _("3×3 (v1.5)"), "1x1": _("first 1×1 (v1)")},
        "shortcut": {"A": "A", "B": "B", "C": "C", "none": _("None")},
        "stem": {"7x7": "7×7", "3x3": "3×3", "deep": _("Deep")},
    }
    for name, options in (("stride_in", STRIDES_IN), ("shortcut", SHORTCUTS), ("stem", STEMS)):
        key = f"{W_VARY}:{net}:{name}:{write_net(spec)}"
        st.segmented_control(
            titles[name],
            options,
            format_func=names[name].__getitem__,
            default=getattr(spec, name),
            required=True,
            key=key,
            on_change=partial(_set, net, name, key),
        )
    flags = {
        "pre_activation": _("Pre-activation"),
        "average_shortcut": _("Pool before a projection"),
        "squeeze_excitation": _("Squeeze and excitation"),
    }
    for name in _FLAGS:
        key = f"{W_VARY}:{net}:{name}:{write_net(spec)}"
        st.toggle(flags[name], getattr(spec, name), key=key, on_change=partial(_set, net, name, key))


def _vary_blocks(net: int, spec: ResNetSpec) -> None:
    kinds = {"basic": _("Basic"), "bottleneck": _("Bottleneck")}
    key = f"{W_VARY}:{net}:block:{write_net(spec)}"
    st.segmented_control(
        _("Block"),
        list(kinds),
        format_func=lambda kind: kinds[kind],
        default=spec.block,
        required=True,
        key=key,
        on_change=partial(_set, net, "block", key),
    )
    for name, title in (("layers", _("Blocks per stage")), ("widths", _("Planes per stage"))):
        key = f"{W_VARY}:{net}:{name}:{write_net(spec)}"
        text = _list_text(getattr(spec, name))
        st.text_input(title, text, key=key, on_change=partial(_set_list, net, name, key))


def _list_text(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _set_list(net: int, name: str, key: str) -> None:
    """Callback: applies typed numbers. Another number of stages resets the widths to its defaults."""
    spec = _spec_at(net)
    text = st.session_state[key]
    try:
        if name == "widths":
            changed = replace(spec, widths=parse_widths(text))
        else:
            changed = with_layers(spec, parse_layers(text))
    except SpecError as error:
        st.session_state[_ERROR] = str(error)
        st.session_state[key] = _list_text(getattr(spec, name))
        return
    _put(net, changed)


def _pick(net: int, key: str) -> None:
    name = st.session_state[key]
    if name in PRESETS:
        _put(net, PRESETS[name])


def _set(net: int, name: str, key: str) -> None:
    """Callback: changes a setting of one net; if that is invalid, shows the error instead."""
    spec = _spec_at(net)
    try:
        changed = replace(spec, **{name: st.session_state[key]})
    except SpecError as error:
        st.session_state[_ERROR] = str(error)
        st.session_state[key] = getattr(spec, name)
        return
    _put(net, changed)


def _spec_at(net: int) -> ResNetSpec:
    """Returns a net whose settings are shown."""
    spec = compare.read().specs[net]
    assert isinstance(spec, ResNetSpec)
    return spec


def _put(net: int, spec: ShownNet) -> None:
    st.session_state.pop(_ERROR, None)
    compare.show(compare.read().with_net(net, spec))


def _add() -> None:
    specs = compare.read().specs
    compare.change(specs=(*specs, next(spec for spec in PRESETS.values() if spec not in specs)))


def _add_copy(net: int) -> None:
    """Callback: one's own net once more, to vary it beside itself."""
    specs = compare.read().specs
    compare.change(specs=(*specs, specs[net]))


def _leave_out(net: int) -> None:
    compare.show(compare.read().without_net(net))
