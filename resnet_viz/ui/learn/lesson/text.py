"""The pane of a lesson's text: title and steps above, the text with what to look for, Back and Next below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.page.callouts import plain, prose
from resnet_viz.ui.page.player import show_moves

W_STEPS = "lesson_steps"
_END = "✓"


@dataclass(frozen=True)
class Place:
    """Where a lesson is: `at` is the index of its step, and `n`, their number, for the card at the end."""

    title: str
    at: int
    n: int
    go: Callable[[int], None]
    """Callback: goes to a step by its index."""
    leave: Callable[[], None]
    """Callback: goes to all lessons."""
    is_here: bool
    """Whether the views are as the step set them: the reader may change them."""


def show_text_pane(place: Place, show_text: Callable[[], None], show_next: Callable[[], None] | None = None) -> None:
    """Shows the pane; `show_text` fills its middle, and `show_next` stands for Next at the end."""
    with st.container(border=True, gap="xsmall", key="lesson_step"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="lesson_head"):
            st.header(plain(place.title), anchor=False)
            st.button(
                "",
                icon=":material/apps:",
                key="lesson_all",
                type="tertiary",
                help=_("All lessons"),
                on_click=place.leave,
            )
        _show_steps(place)
        with st.container(gap="small", key="lesson_text"):
            show_text()
        with st.container(horizontal=True, horizontal_alignment="distribute", key="lesson_moves"):
            show_moves("lesson", place.go, place.at, place.n + 1, show_next)
            if not place.is_here:
                _offer_again(place)


def _offer_again(place: Place) -> None:
    st.button(
        _("Restore the view"),
        icon=":material/center_focus_strong:",
        key="lesson_again",
        type="tertiary",
        on_click=place.go,
        args=(place.at,),
        help=_("The nets and the view that this step set"),
    )


def _show_steps(place: Place) -> None:
    st.session_state[W_STEPS] = place.at
    st.segmented_control(
        _("Step"),
        range(place.n + 1),
        format_func=lambda step: str(step + 1) if step < place.n else _END,
        key=W_STEPS,
        required=True,
        on_change=lambda: place.go(st.session_state[W_STEPS]),
        label_visibility="collapsed",
    )


def show_words(text: str, see: str) -> None:
    """Shows a step's text, and what to look for."""
    st.markdown(prose(text))
    st.markdown(f":material/visibility: {prose(see)}")
