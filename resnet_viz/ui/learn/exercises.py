"""Predict, then reveal: a sheet of exercises, checked against the nets; hints first, the answer on request."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.teaching import get_exercises
from resnet_viz.ui.components.paths import SHEET, route_path
from resnet_viz.ui.learn.state import learn
from resnet_viz.ui.learn.terms import show_terms
from resnet_viz.ui.page.callouts import plain
from resnet_viz.views.address.changes import Change, change_view
from resnet_viz.views.address.learn import MOST_NETS, PAPER_NETS, LearnView, write_learn
from resnet_viz.views.teach.exercises import exercise_title
from resnet_viz.views.teach.exercises.chance import MOST_SEED_DIGITS
from resnet_viz.views.teach.exercises.exercise import Exercise
from resnet_viz.views.teach.exercises.sheet import sheet_words
from resnet_viz.views.teach.exercises.tries import UNTRIED, Tries, score_tries
from resnet_viz.views.teach.focus import Focus

_MANY = 6
_MOST_SEED = 10**MOST_SEED_DIGITS - 1
_MARKS = {"right": ":material/check:", "helped": ":material/done_all:", "shown": ":material/visibility:"}

TRIES = "learn_tries"
W_EXERCISE = "w_learn_exercise"
W_ANSWER = "w_learn_answer"
W_SHEET = "w_learn_sheet"


def show_exercises(view: LearnView) -> None:
    """Shows a sheet: one exercise at a time, marks on those that are over, the score, and links to print it."""
    exercises = get_exercises(view.asked, view.sheet, current_language())
    tries = _kept(view)
    with st.container(horizontal=True, vertical_alignment="center", key="sheet_bar"):
        at = _choose_exercise(exercises, tries)
        _choose_sheet(view)
    names = [spec.name for spec in view.asked]
    st.caption(plain(f"{sheet_words(view.sheet, names)} · {score_tries(exercises, tries).text}"))
    _show_exercise(view, exercises[at], at, len(exercises))


def _kept(view: LearnView) -> dict[int, Tries]:
    """Returns the tries at this sheet by exercise, empty for a new sheet."""
    sheet = (view.asked, view.sheet)
    kept = st.session_state.get(TRIES)
    if kept is None or kept[0] != sheet:
        kept = st.session_state[TRIES] = (sheet, {})
    found: dict[int, Tries] = kept[1]
    return found


def _choose_exercise(exercises: Sequence[Exercise], tries: Mapping[int, Tries]) -> int:
    """Returns the index of the chosen exercise, at first 0."""

    def title(at: int) -> str:
        done = tries.get(at, UNTRIED)
        mark = ":material/close:" if done.n_wrong and not done.is_over else _MARKS.get(done.outcome, "")
        return f"{at + 1} {mark}".strip()

    st.session_state[W_EXERCISE] = min(st.session_state.get(W_EXERCISE) or 0, len(exercises) - 1)
    chosen = st.pills(
        _("Exercise"),
        range(len(exercises)),
        format_func=title,
        key=W_EXERCISE,
        label_visibility="collapsed",
        required=True,
        width="content",
    )
    return chosen or 0


def _choose_sheet(view: LearnView) -> None:
    with st.popover(_("Sheet {seed}").format(seed=view.sheet), icon=":material/description:", key="sheet_choice"):
        key = f"{W_SHEET}:{view.sheet}"
        st.number_input(
            _("Number of the sheet"),
            0,
            _MOST_SEED,
            view.sheet,
            key=key,
            on_change=lambda: _go_to(st.session_state[key]),
            help=_("The same number and nets give the same exercises, wherever: a class shares them, or the link."),
        )
        for label, name, nets in (
            (_("About the paper's five nets"), "sheet_paper", PAPER_NETS),
            (_("About the columns of the table"), "sheet_columns", view.specs),
        ):
            st.button(label, key=name, disabled=nets == view.asked, on_click=partial(_go_to, view.sheet, nets))
    st.button(
        _("Another sheet"),
        icon=":material/casino:",
        key="sheet_other",
        on_click=lambda: _go_to(secrets.randbelow(10_000)),
    )
    st.link_button(_("Print the sheet"), _paper(view, is_key=False), icon=":material/print:")
    st.link_button(_("Its key"), _paper(view, is_key=True), icon=":material/key:")


def _go_to(sheet: int, nets: tuple[ResNetSpec, ...] | None = None) -> None:
    """Callback: goes to another sheet, about the same nets unless others are given."""
    asked = learn.read().asked if nets is None else nets
    learn.change(sheet=sheet, asked=asked, show="exercises", node=None, total=None)


def _paper(view: LearnView, *, is_key: bool) -> str:
    """Returns the URL of the sheet or its key to print."""
    pairs = {**write_learn(LearnView(sheet=view.sheet, asked=view.asked)), "lang": current_language()}
    return f"{route_path(SHEET)}?{urlencode(pairs | ({'key': '1'} if is_key else {}))}"


def _show_exercise(view: LearnView, exercise: Exercise, at: int, n: int) -> None:
    """Question at the left; at the right answer, verdict and hints, in sight of each other."""
    tries = _kept(view).get(at, UNTRIED)
    with st.container(border=True, key="exercise"):
        left, right = st.columns([4, 3], gap="medium")
        with left:
            st.header(plain(f"{at + 1}. {exercise_title(exercise.kind)}"), anchor=False)
            st.markdown(plain(exercise.question))
            if exercise.grid is not None:
                heads = list(zip(exercise.grid.headings, zip(*exercise.grid.rows, strict=True), strict=True))
                st.table({plain(head): [plain(text) for text in column] for head, column in heads}, width="content")
            show_terms(exercise.question, "exercise")
        with right:
            _ask(view, exercise, at)
            _show_verdict(exercise, tries)
            for hint in exercise.hints[: tries.n_hints]:
                st.info(plain(hint), icon=":material/lightbulb:")
            _show_moves(exercise, at, n, tries)


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
        st.form_submit_button(
            _("Check"), icon=":material/check:", type="primary", on_click=_answer, args=(exercise, at, key)
        )


def _example(form: str) -> str:
    """An example of the form, of another net, so that it reveals nothing."""
    return {"number": "2,048", "size": "30×30", "shape": "8×30×30", "cell": "[5×5, 8 | 5×5, 8] × 9"}[form]


def _answer(exercise: Exercise, at: int, key: str) -> None:
    """Callback: one more answer, or the last one taken back."""
    _change(at, _tries_at(at).answer(exercise, st.session_state.get(key)))


def _tries_at(at: int) -> Tries:
    return _kept(learn.read()).get(at, UNTRIED)


def _change(at: int, tries: Tries) -> None:
    _kept(learn.read())[at] = tries


def _show_verdict(exercise: Exercise, tries: Tries) -> None:
    """What came of the last answer; the right one only if it was found, or is to be shown."""
    if tries.outcome == "shown":
        words = _("The answer: {answer}. {reason}").format(
            answer=exercise.write(exercise.answer), reason=exercise.reason
        )
        st.info(plain(words), icon=":material/visibility:")
        return
    if tries.given is None:
        return
    verdict = exercise.check(tries.given)
    if verdict.outcome == "unread":
        st.warning(plain(verdict.text), icon=":material/edit:")
    elif verdict.is_right:
        st.success(plain(_("{got} is right. {reason}").format(got=verdict.got, reason=verdict.text)))
    elif tries.n_hints < len(exercise.hints):
        words = _("{got} is not right. Try again, or take a hint.").format(got=verdict.got)
        st.error(plain(words), icon=":material/close:")
    else:
        words = _("{got} is not right. Try again, or have the answer shown.").format(got=verdict.got)
        st.error(plain(words), icon=":material/close:")


def _show_moves(exercise: Exercise, at: int, n: int, tries: Tries) -> None:
    """Buttons for a hint, for the answer, for its place in the net, and for the next exercise."""
    with st.container(horizontal=True):
        if tries.n_hints < len(exercise.hints) and not tries.is_over:
            st.button(
                _("Hint {n} of {total}").format(n=tries.n_hints + 1, total=len(exercise.hints)),
                icon=":material/lightbulb:",
                key="exercise_hint",
                on_click=lambda: _change(at, _tries_at(at).with_hint()),
            )
        if (tries.n_wrong or tries.n_hints) and not tries.is_over:
            st.button(
                _("Show the answer"),
                icon=":material/visibility:",
                key="exercise_reveal",
                on_click=lambda: _change(at, _tries_at(at).shown()),
                help=_("It then counts as shown, not as right."),
            )
        if tries.is_over:
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
    """Callback: sets the views to the answer, and opens the drawing until it is visible.

    The columns of the table stay; the net that the exercise is about comes last if it is none of them.
    """
    view = learn.read()
    spec = view.asked[focus.net]
    specs = view.specs if spec in view.specs else (*view.specs[: MOST_NETS - 1], spec)
    view = replace(view, specs=specs).steered(replace(focus, net=specs.index(spec)))
    if view.node:
        drawn = change_view(view.drawing, Change("revealed", view.node), cache.get_trace)
        view = replace(view, level=drawn.level, parts=drawn.parts)
    learn.show(view)
