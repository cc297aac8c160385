"""The lessons: texts with live figures, and the views that they set."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.learn.state import learn
from resnet_viz.ui.learn.terms import show_terms
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.page.leads import show_lead
from resnet_viz.ui.page.player import Played, show_player
from resnet_viz.views.address.learn import LearnView
from resnet_viz.views.charts.errors import chart_errors
from resnet_viz.views.structure.quotes import PLAIN_ERRORS, RESIDUAL_ERRORS
from resnet_viz.views.teach.focus import Focus
from resnet_viz.views.teach.lessons import LESSONS, find_lesson, keep_step
from resnet_viz.views.teach.taught import Lesson

W_LESSON = "w_learn_lesson"


def traces_of(focus: Focus, view: LearnView) -> list[Trace]:
    """Returns the Traces that a text is written from: of the focus's nets, else of the shown ones."""
    specs = tuple(map(ResNetSpec.from_query, focus.nets)) or view.specs
    return [cache.get_trace(spec) for spec in specs]


def show_lessons(view: LearnView) -> None:
    """Shows the choice of a lesson, and its step. Raises TraceError for an unknown lesson."""
    lesson = find_lesson(view.lesson) if view.lesson else None
    _choose_lesson(lesson)
    if lesson is None:
        st.info(_("Choose a lesson. Each step sets the views below; they stay yours to play with."))
        return
    _show_step(view, lesson, keep_step(lesson, view.step))


def _choose_lesson(lesson: Lesson | None) -> None:
    titles = {entry.id: f"{n}. {entry.title()}" for n, entry in enumerate(LESSONS, start=1)}
    st.session_state[W_LESSON] = lesson.id if lesson else None
    st.selectbox(
        _("Lesson"),
        list(titles),
        format_func=lambda name: titles[name],
        key=W_LESSON,
        on_change=lambda: go_to(st.session_state[W_LESSON], 0),
        placeholder=_("Choose a lesson"),
        label_visibility="collapsed",
    )


def go_to(name: str, step: int) -> None:
    """Callback: goes to a step of a lesson and sets the views to its focus."""
    lesson = find_lesson(name)
    at = keep_step(lesson, step)
    view = replace(learn.read(), show="lessons", lesson=name, step=at)
    learn.show(view.steered(lesson.steps[at].focus))


def _show_step(view: LearnView, lesson: Lesson, at: int) -> None:
    step = lesson.steps[at]
    text = step.text(traces_of(step.focus, view))
    see = f":material/visibility: {_with_code(step.see())}"
    played = Played(
        key="lesson",
        title=plain(lesson.title()),
        at=at,
        n=len(lesson.steps),
        text=f"{_with_code(text)}\n\n{see}",
        is_here=view.is_steered(step.focus),
        go=partial(go_to, lesson.id),
    )
    show_player(played, partial(_offer_next, lesson, at))
    show_lead(step.lead)
    if step.has_errors:
        _show_errors()
    show_terms(text, "lesson")


def _show_errors() -> None:
    """Shows the errors that the paper prints, as a chart."""
    source = next(iter(PLAIN_ERRORS.values())).source
    plain_nets = {depth: quote.text for depth, quote in PLAIN_ERRORS.items()}
    residual = {depth: quote.text for depth, quote in RESIDUAL_ERRORS.items()}
    chart = chart_errors(plain_nets, residual, source, reader.theme())
    st.plotly_chart(reader.for_reader(chart.figure), key="lesson_errors", alt=chart.alt)


def _offer_next(lesson: Lesson, at: int) -> None:
    """At the end of a lesson, a button for the next one."""
    place = LESSONS.index(lesson)
    if at + 1 < len(lesson.steps) or place + 1 == len(LESSONS):
        return
    after = LESSONS[place + 1]
    st.button(
        _("Next lesson: {title}").format(title=after.title()),
        icon=":material/arrow_forward:",
        key="lesson_next",
        type="primary",
        on_click=go_to,
        args=(after.id, 0),
    )


def _with_code(text: str) -> str:
    """Escapes Markdown outside of code spans in backticks."""
    return "`".join(part if n % 2 else plain(part) for n, part in enumerate(text.split("`")))
