"""What is shown while a job runs long: its place in the queue, how far it is, and a button that ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_viz.i18n import _, n_
from resnet_viz.ui.server.asking import Waiting, telling

_PATIENCE_S = 1.0
"""Seconds until there is something to show."""
_ENDED = "ended_jobs"
W_END, W_RUN = "w_end_job", "w_run_job"


def is_ended(key: Any) -> bool:
    """Whether the reader has ended what `key` names; says so, with a button that runs it after all."""
    if st.session_state.get(_ENDED) != key:
        return False
    st.info(_("It was ended before it was done."), icon=":material/cancel:")
    st.button(_("Run it"), key=W_RUN, icon=":material/play_arrow:", on_click=lambda: st.session_state.pop(_ENDED))
    return True


@contextmanager
def show_waiting(words: Callable[[int, int], str], key: Any = None) -> Iterator[None]:
    """Within this context, jobs of a second and more are shown; `words` are those of so many done, of so many.

    `key` names what is run, for `is_ended`; None where it runs on request only.
    """
    place = st.empty()
    bar = _Bar(place, words, key)
    with telling(Waiting(bar.show_progress, bar.show_place)):
        yield
    place.empty()


class _Bar:
    def __init__(self, place: DeltaGenerator, words: Callable[[int, int], str], key: Any) -> None:
        self._place, self._words, self._key = place, words, key
        self._begun, self._told, self._shown = monotonic(), (0, 0), ""
        self._bar: DeltaGenerator | None = None

    def show_progress(self, done: int, total: int) -> None:
        self._told = (done, total)
        self.show_place(0)

    def show_place(self, n_before: int) -> None:
        """Called at each look: what was told before there was something to show is shown then."""
        done, total = self._told
        if n_before:
            self._show(0.0, n_("{n} comes before.", "{n} come before.", n_before).format(n=n_before))
        else:
            self._show(done / max(total, 1), self._words(done, total) if total else "")

    def _show(self, share: float, words: str) -> None:
        if monotonic() - self._begun < _PATIENCE_S:
            return
        if self._bar is None:
            self._bar = self._make()
        if words != self._shown:
            self._shown = words
            self._bar.progress(min(1.0, share), words, width="stretch")

    def _make(self) -> DeltaGenerator:
        with self._place.container(horizontal=True, vertical_alignment="center"):
            bar = st.empty()  # most jobs cannot say how far they are, but all can be ended
            # A click runs the page anew, and whoever waited is gone.
            st.button(_("Cancel"), key=W_END, on_click=self._end)
        return bar

    def _end(self) -> None:
        if self._key is not None:
            st.session_state[_ENDED] = self._key
