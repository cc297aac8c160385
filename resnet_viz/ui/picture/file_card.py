"""The card of a weights file: which net it is of, whose names it has, what was left out, and what it cannot tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.recognition.found import Recognition
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.page.callouts import plain
from resnet_viz.views.inspect.names import system_text
from resnet_viz.views.listing.recognised import difference_text, question_text

W_PART, W_TAKE_NET, W_OTHER_STRIDE = "w_weights_part", "w_take_net", "w_other_stride"
# How weights began, which those of a trained net no longer show, nor does it matter.
_OF_THE_START = "zero_init_residual"


def show_card(found: Recognition, spec: ResNetSpec, on_net: Callable[[ResNetSpec], None]) -> None:
    """Shows what a file was recognised as; `spec` is the net that its weights were loaded into."""
    st.markdown(f"**{plain(found.description)}**")
    st.caption(plain(" ".join(_origin(found))))
    if not found.has_head:
        st.warning(
            _("The file has no last layer: here it is random, so what the net predicts says nothing."),
            icon=":material/content_cut:",
        )
    _show_open(found, spec, on_net)


def show_unknown(found: Recognition) -> None:
    """Shows what a file is of that is of none of the nets here, and what it is near to."""
    lines = [_("The file is of none of the nets here: {description}.").format(description=plain(found.description))]
    near = [f"- **{plain(near.spec.name)}**: {plain(difference_text(near) or '–')}" for near in found.candidates]
    st.error("\n".join([*lines, *([_("Nearest:"), *near] if near else [])]), icon=":material/error:")


def choose_part(found: Recognition, on_part: Callable[[str], None]) -> None:
    """Asks which net of a file that holds several is meant."""
    if len(found.parts) < 2:
        return
    # The current choice is part of the key: another address makes a new widget, which starts with its value.
    key = f"{W_PART}:{found.part}"
    st.selectbox(
        _("The file holds {n} nets; this one is taken").format(n=len(found.parts)),
        found.parts,
        found.parts.index(found.part),
        key=key,
        on_change=lambda: on_part(st.session_state[key]),
    )


def _origin(found: Recognition) -> list[str]:
    words = [_("Recognised by the names and shapes in the file: blocks {layers}.").format(layers=_layers(found))]
    if found.names:
        words.append(_("The names are those of {library}.").format(library=system_text(found.names)))
    if found.left_out:
        words.append(_("Beside the net: {kinds}.").format(kinds=_left_out(found)))
    return words


def _left_out(found: Recognition) -> str:
    """Returns of what kinds the keys are that are no part of the net, and how many."""
    titles = {
        "head": _("heads"),
        "queue": _("queue"),
        "momentum": _("momentum copy"),
        "average": _("average"),
        "loss": _("loss"),
        "counter": _("counters"),
        "optimiser": _("optimiser"),
        "net": _("another net"),
        "other": _("other"),
    }
    return ", ".join(f"{titles[kind]} {n}" for kind, n in Counter(found.left_out_kinds).items())


def _layers(found: Recognition) -> str:
    return "-".join(map(str, found.spec.layers)) if found.spec else ""


def _show_open(found: Recognition, spec: ResNetSpec, on_net: Callable[[ResNetSpec], None]) -> None:
    """Lists what names and shapes do not show, and offers the other place of the stride."""
    told = [question_text(question) for question in found.open_questions if question != _OF_THE_START]
    if not told:
        return
    with st.popover(_("What the file cannot tell"), icon=":material/help:", width="stretch"):
        st.markdown("\n".join(f"- {text}" for text in told))
        if "stride_in" in found.open_questions:
            other = "1x1" if spec.stride_in == "3x3" else "3x3"
            label = {
                "1x1": _("Take it for v1: stride in the first 1×1"),
                "3x3": _("Take it for v1.5: stride in the 3×3"),
            }
            st.button(
                label[other],
                key=W_OTHER_STRIDE,
                on_click=lambda: on_net(replace(spec, stride_in=other)),
                disabled=any(spec.replace_stride_with_dilation or ()),
            )
