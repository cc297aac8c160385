"""The lessons as cards: number, title, steps and minutes, and a tick on those that were done in this session."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from resnet_viz.i18n import _, n_
from resnet_viz.ui.page.callouts import plain
from resnet_viz.views.teach.lessons import LESSONS
from resnet_viz.views.teach.reading import SECONDS_TO_LOOK, WORDS_A_MINUTE
from resnet_viz.views.teach.taught import Lesson

_DONE = "lessons_done"


def mark_done(lesson: Lesson) -> None:
    """Keeps for this session that a lesson was played to its end."""
    st.session_state[_DONE] = done_lessons() | {lesson.id}


def done_lessons() -> frozenset[str]:
    """Returns the ids of the lessons that were played to their end in this session."""
    done: frozenset[str] = st.session_state.get(_DONE, frozenset())
    return done


def show_cards(go: Callable[[str, int], None], current: str | None = None) -> None:
    """Shows all lessons; `go` is called with the id and the first step of the chosen one. `current` was left last."""
    with st.container(key="lesson_cards"):
        for n, lesson in enumerate(LESSONS, start=1):
            _show_card(n, lesson, go, is_current=lesson.id == current)
    st.caption(
        _(
            "The minutes are those of reading {words} words a minute, and of {seconds} seconds to look at each step. "
            "Ticks are kept until the page is closed."
        ).format(words=WORDS_A_MINUTE, seconds=SECONDS_TO_LOOK)
    )


def _show_card(n: int, lesson: Lesson, go: Callable[[str, int], None], *, is_current: bool) -> None:
    kind = "current" if is_current else "other"
    with st.container(border=True, gap="xxsmall", key=f"lesson_card_{kind}_{lesson.id}"):
        st.button(
            f"{n}. {plain(lesson.title())}",
            key=f"lesson_card:{lesson.id}",
            type="tertiary",
            on_click=go,
            args=(lesson.id, 0),
        )
        steps = n_("{n} step", "{n} steps", len(lesson.steps)).format(n=len(lesson.steps))
        minutes = n_("{n} minute", "{n} minutes", lesson.minutes).format(n=lesson.minutes)
        words = f"{minutes} · {steps}"
        done, begun = _("done"), _("begun")
        if lesson.id in done_lessons():
            words = f":green[:material/check_circle: {done}] · {words}"
        elif is_current:
            words = f":blue[:material/bookmark: {begun}] · {words}"
        st.caption(words)
