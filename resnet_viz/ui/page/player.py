"""Plays lessons and tours in steps: text, progress, back and next, and a button that restores a step's views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from resnet_viz.i18n import _


@dataclass(frozen=True)
class Played:
    """A step to show. Texts are Markdown."""

    key: str
    """Prefix of the keys of its buttons: `_back`, `_next`, `_again`."""
    title: str
    at: int
    """Index of the step, from 0."""
    n: int
    """Number of steps."""
    text: str
    is_here: bool
    """Whether the views are as the step set them: the reader may change them."""
    go: Callable[[int], None]
    """Callback: goes to a step by its index, and sets its views."""


def show_player(played: Played, show_more: Callable[[], None]) -> None:
    """Shows the step; `show_more` is called within the row of buttons, to add others."""
    at, n = played.at, played.n
    with st.container(border=True, key=f"{played.key}_step"):
        st.header(played.title, anchor=False)
        st.progress((at + 1) / n, _("Step {n} of {total}").format(n=at + 1, total=n))
        # Above the text, whose length varies: so the buttons do not move between steps.
        with st.container(horizontal=True, vertical_alignment="center"):
            _move(_("Back"), "arrow_back", f"{played.key}_back", played.go, at - 1, is_there=at > 0)
            if at + 1 < n:
                _move(_("Next"), "arrow_forward", f"{played.key}_next", played.go, at + 1, is_main=True)
            show_more()
            if not played.is_here:
                words = _("Show this step's view again")
                _move(words, "center_focus_strong", f"{played.key}_again", played.go, at)
        st.markdown(played.text)


def show_moves(
    key: str, go: Callable[[int], None], at: int, n: int, show_next: Callable[[], None] | None = None
) -> None:
    """Shows Back and Next alone, with the keys that `show_player` gives them; `show_next` replaces Next."""
    _move(_("Back"), "arrow_back", f"{key}_back", go, at - 1, is_there=at > 0)
    if show_next is not None:
        show_next()
    else:
        _move(_("Next"), "arrow_forward", f"{key}_next", go, at + 1, is_there=at + 1 < n, is_main=True)


def _move(
    words: str,
    icon: str,
    key: str,
    go: Callable[[int], None],
    step: int,
    *,
    is_there: bool = True,
    is_main: bool = False,
) -> None:
    st.button(
        words,
        icon=f":material/{icon}:",
        key=key,
        type="primary" if is_main else "secondary",
        disabled=not is_there,
        on_click=go,
        args=(step,),
    )
