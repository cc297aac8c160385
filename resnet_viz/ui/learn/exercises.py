"""Predict, then reveal: exercises about the nets of the table, checked against the nets."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.teaching import get_exercises
from resnet_viz.ui.components.paths import SHEET, route_path
from resnet_viz.ui.learn.state import learn
from resnet_viz.ui.learn.terms import show_terms
from resnet_viz.ui.page.callouts import plain
from resnet_viz.views.address.changes import Change, change_view
from resnet_viz.views.address.learn import LearnView, write_learn
from resnet_viz.views.teach.exercises import exercise_title
from resnet_viz.views.teach.exercises.chance import MOST_SEED_DIGITS
from resnet_viz.views.teach.exercises.exercise import Exercise, score_answers
from resnet_viz.views.teach.focus import Focus

_MANY = 6
_MOST_SEED = 10**MOST_SEED_DIGITS - 1
_MARKS = {"right": ":material/check:", "wrong": ":material/close:"}

ANSWERS = "learn_answers"
HINTS = "learn_hints"
W_EXERCISE = "w_learn_exercise"
W_ANSWER = "w_learn_answer"
W_SHEET = "w_learn_sheet"


def show_exercises(view: LearnView) -> None:
    """Shows a sheet: one exercise at a time, marks on answered ones, the score, and links to print it."""
    exercises = get_exercises(view.specs, view.sheet, current_language())
    answers = _kept(view, ANSWERS)
    _show_sheet(view, exercises, answers)
    at = _choose_exercise(exercises, answers)
    _show_exercise(view, exercises[at], at, len(exercises))


def _kept(view: LearnView, key: str) -> dict[int, object]:
    """Returns the session state of this sheet, empty for a new sheet."""
    sheet = (view.specs, view.sheet)
    kept = st.session_state.get(key)
    if kept is None or kept[0] != sheet:
        kept = st.session_state[key] = (sheet, {})
    found: dict[int, object] = kept[1]
    return found


def _show_sheet(view: LearnView, exercises: Sequence[Exercise], answers: dict[int, object]) -> None:
    score = score_answers(exercises, answers)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"{W_SHEET}:{view.sheet}"
        st.number_input(
            _("Sheet"),
            0,
            _MOST_SEED,
            view.sheet,
            key=key,
            width=170,
            on_change=lambda: _go_to(st.session_state[key]),
            help=_("The same number gives the same exercises, wherever: a class shares it, or the link."),
        )
        st.button(
            _("Another sheet"),
            icon=":material/casino:",
            key="sheet_other",
            on_click=lambda: _go_to(secrets.randbelow(10_000)),
        )
        st.link_button(_("Print the sheet"), _paper(view, is_key=False), icon=":material/print:")
        st.link_button(_("Its key"), _paper(view, is_key=True), icon=":material/key:")
    st.progress(score.n_answered / score.n_asked, f"**{score.text}**")


def _go_to(sheet: int) -> None:
    learn.change(sheet=sheet, show="exercises", node=None, total=None)


def _paper(view: LearnView, *, is_key: bool) -> str:
    """Returns the URL of the sheet or its key to print."""
    pairs = {**write_learn(LearnView(view.specs, sheet=view.sheet)), "lang": current_language()}
    return f"{route_path(SHEET)}?{urlencode(pairs | ({'key': '1'} if is_key else {}))}"


def _choose_exercise(exercises: Sequence[Exercise], answers: dict[int, object]) -> int:
    """Returns the index of the chosen exercise, at first 0."""

    def title(at: int) -> str:
        mark = _MARKS.get(exercises[at].check(answers[at]).outcome, "") if at in answers else ""
        return f"{at + 1} {exercise_title(exercises[at].kind)} {mark}".strip()

    st.session_state[W_EXERCISE] = min(st.session_state.get(W_EXERCISE) or 0, len(exercises) - 1)
    chosen = st.pills(
        _("Exercise"),
        range(len(exercises)),
        format_func=title,
        key=W_EXERCISE,
        label_visibility="collapsed",
        required=True,
    )
    return chosen or 0


def _show_exercise(view: LearnView, exercise: Exercise, at: int, n: int) -> None:
    answers, hints = _kept(view, ANSWERS), _kept(view, HINTS)
    with st.container(border=True, key="exercise"):
        st.header(plain(f"{at + 1}. {exercise_title(exercise.kind)}"), anchor=False)
        st.markdown(plain(exercise.question))
        if exercise.grid is not None:
            heads = list(zip(exercise.grid.headings, zip(*exercise.grid.rows, strict=True), strict=True))
            st.table({plain(head): [plain(text) for text in column] for head, column in heads}, width="content")
        _ask(view, exercise, at)
        show_terms(exercise.question, "exercise")
        n_hints = min(int(str(hints.get(at, 0))), len(exercise.hints))
        for hint in exercise.hints[:n_hints]:
            st.info(plain(hint), icon=":material/lightbulb:")
        _show_verdict(exercise, answers.get(at))
        _show_moves(exercise, at, n, (n_hints, at in answers), hints)


def _ask(view: LearnView, exercise: Exercise, at: int) -> None:
    """A widget for the answer's form, and a submit button."""
    key = f"{W_ANSWER}:{view.sheet}:{at}:{current_language()}"
    names = {choice.key: choice.text for choice in exercise.choices}
    with st.form(f"answer_{at}", border=False):
        if exercise.form == "order":
            st.multiselect(
                _("In this order"), list(names), format_func=lambda name: names[name], key=key, placeholder=_("Choose")
            )
        elif exercise.form == "choice" and len(names) > _MANY:
            st.selectbox(
                _("Answer"), list(names), None, lambda name: names[name], key=key, placeholder=_("Choose an answer")
            )
        elif exercise.form == "choice":
            st.radio(_("Answer"), list(names), None, lambda name: names[name], key=key)
        else:
            st.text_input(_("Answer"), key=key, placeholder=_example(exercise.form), max_chars=200)
        st.form_submit_button(_("Check"), icon=":material/check:", type="primary", on_click=_answer, args=(at, key))


def _example(form: str) -> str:
    """An example of the form, of another net, so that it reveals nothing."""
    return {"number": "2,048", "size": "30×30", "shape": "8×30×30", "cell": "[5×5, 8 | 5×5, 8] × 9"}[form]


def _answer(at: int, key: str) -> None:
    given = st.session_state.get(key)
    answers = _kept(learn.read(), ANSWERS)
    if given in (None, "", []):
        answers.pop(at, None)
    else:
        answers[at] = given


def _show_verdict(exercise: Exercise, answer: object) -> None:
    if answer is None:
        return
    verdict = exercise.check(answer)
    if verdict.outcome == "unread":
        st.warning(plain(verdict.text), icon=":material/edit:")
    elif verdict.is_right:
        st.success(plain(_("{got} is right. {reason}").format(got=verdict.got, reason=verdict.text)))
    else:
        words = _("{got} is not right. It is {answer}. {reason}")
        message = words.format(got=verdict.got, answer=exercise.write(exercise.answer), reason=verdict.text)
        st.error(plain(message), icon=":material/close:")


def _show_moves(exercise: Exercise, at: int, n: int, so_far: tuple[int, bool], hints: dict[int, object]) -> None:
    """Buttons for a hint, for the place in the net, and for the next exercise."""
    n_hints, is_answered = so_far
    with st.container(horizontal=True):
        if n_hints < len(exercise.hints) and not is_answered:
            st.button(
                _("Hint {n} of {total}").format(n=n_hints + 1, total=len(exercise.hints)),
                icon=":material/lightbulb:",
                key="exercise_hint",
                on_click=lambda: hints.update({at: n_hints + 1}),
            )
        if is_answered:
            st.button(
                _("Show it in the net"),
                icon=":material/center_focus_strong:",
                key="exercise_show",
                on_click=_show_in_net,
                args=(exercise.focus,),
            )
        if at + 1 < n:
            st.button(
                _("Next"),
                icon=":material/arrow_forward:",
                key="exercise_next",
                on_click=lambda: st.session_state.update({W_EXERCISE: at + 1}),
            )


def _show_in_net(focus: Focus) -> None:
    """Callback: sets the views to the answer, and opens the drawing until it is visible."""
    view = learn.read().steered(focus)
    if view.node:
        drawn = change_view(view.drawing, Change("revealed", view.node), cache.get_trace)
        view = replace(view, level=drawn.level, parts=drawn.parts)
    learn.show(view)
