"""The player of the lessons: a text with live figures, next and back, and the views that it is about."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.records import Trace
from resnet_viz.spec import ResNetSpec
from resnet_viz.ui import cache
from resnet_viz.ui import learn_state as state
from resnet_viz.ui.state import plain
from resnet_viz.ui.term_panel import show_terms
from resnet_viz.views.focus import Focus
from resnet_viz.views.learn_address import LearnView
from resnet_viz.views.lesson import Lesson
from resnet_viz.views.lessons import LESSONS, find_lesson, keep_step


def traces_of(focus: Focus, view: LearnView) -> list[Trace]:
    """The Traces that a text is written from: of the nets of its focus, or of those that are shown."""
    specs = tuple(map(ResNetSpec.from_query, focus.nets)) or view.specs
    return [cache.get_trace(spec) for spec in specs]


def show_lessons(view: LearnView) -> None:
    """Which lesson, and its step. Raises TraceError for a lesson that there is not."""
    lesson = find_lesson(view.lesson) if view.lesson else None
    _choose_lesson(lesson)
    if lesson is None:
        st.info(_("Choose a lesson. Each step sets the views below; they stay yours to play with."))
        return
    _show_step(view, lesson, keep_step(lesson, view.step))


def _choose_lesson(lesson: Lesson | None) -> None:
    titles = {own.id: f"{n}. {own.title()}" for n, own in enumerate(LESSONS, start=1)}
    st.session_state[state.W_LESSON] = lesson.id if lesson else None
    st.selectbox(
        _("Lesson"),
        list(titles),
        format_func=lambda name: titles[name],
        key=state.W_LESSON,
        on_change=lambda: go_to(st.session_state[state.W_LESSON], 0),
        placeholder=_("Choose a lesson"),
        label_visibility="collapsed",
    )


def go_to(name: str, step: int) -> None:
    """A step of a lesson, with the views where it says."""
    lesson = find_lesson(name)
    at = keep_step(lesson, step)
    view = replace(state.read_view(), show="lessons", lesson=name, step=at)
    state.show(view.steered(lesson.steps[at].focus))


def _show_step(view: LearnView, lesson: Lesson, at: int) -> None:
    step = lesson.steps[at]
    n = len(lesson.steps)
    text = step.text(traces_of(step.focus, view))
    with st.container(border=True, key="lesson_step"):
        st.header(plain(lesson.title()), anchor=False)
        st.progress((at + 1) / n, _("Step {n} of {total}").format(n=at + 1, total=n))
        st.markdown(_with_code(text))
        st.markdown(f":material/visibility: {_with_code(step.see())}")
        show_terms(text, "lesson")
        _show_moves(view, lesson, at)


def _show_moves(view: LearnView, lesson: Lesson, at: int) -> None:
    last = len(lesson.steps) - 1
    place = [own.id for own in LESSONS].index(lesson.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Back"),
            icon=":material/arrow_back:",
            key="lesson_back",
            disabled=at == 0,
            on_click=go_to,
            args=(lesson.id, at - 1),
        )
        if at < last:
            st.button(
                _("Next"),
                icon=":material/arrow_forward:",
                key="lesson_next",
                type="primary",
                on_click=go_to,
                args=(lesson.id, at + 1),
            )
        elif place + 1 < len(LESSONS):
            after = LESSONS[place + 1]
            st.button(
                _("Next lesson: {title}").format(title=after.title()),
                icon=":material/arrow_forward:",
                key="lesson_next",
                type="primary",
                on_click=go_to,
                args=(after.id, 0),
            )
        if not view.is_steered(lesson.steps[at].focus):
            st.button(
                _("Show this step's view again"),
                icon=":material/center_focus_strong:",
                key="lesson_again",
                on_click=go_to,
                args=(lesson.id, at),
            )


def _with_code(text: str) -> str:
    """Words with names of code in backticks, which stay; all else is as it stands."""
    return "`".join(part if n % 2 else plain(part) for n, part in enumerate(text.split("`")))
