"""The lessons: a text, and beside it the one view that it speaks of, with all of both in sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from resnet_viz.errors import ResnetVizError, TraceError
from resnet_viz.i18n import _, n_
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.learn.blocks import show_blocks
from resnet_viz.ui.learn.cell import show_reading
from resnet_viz.ui.learn.columns import choose_size, show_build
from resnet_viz.ui.learn.graph import show_learn_graph
from resnet_viz.ui.learn.lesson.cards import done_lessons, mark_done, show_cards
from resnet_viz.ui.learn.lesson.code import show_code
from resnet_viz.ui.learn.lesson.own import keep_own, with_own
from resnet_viz.ui.learn.lesson.text import Place, show_text_pane, show_words
from resnet_viz.ui.learn.lesson.trained import show_trained
from resnet_viz.ui.learn.source import show_source
from resnet_viz.ui.learn.state import learn
from resnet_viz.ui.learn.table import show_structure
from resnet_viz.ui.learn.terms import show_terms_in_one
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.callouts import plain, show_error
from resnet_viz.ui.page.leads import show_lead
from resnet_viz.views.address.learn import LearnView, chosen_cells
from resnet_viz.views.charts.errors import chart_errors
from resnet_viz.views.parts.ids import chosen
from resnet_viz.views.structure.quotes import PLAIN_ERRORS, RESIDUAL_ERRORS
from resnet_viz.views.structure.source import find_function
from resnet_viz.views.structure.table import StructureTable
from resnet_viz.views.teach.focus import Focus
from resnet_viz.views.teach.lessons import LESSONS, find_lesson, keep_step, step_at
from resnet_viz.views.teach.taught import VIEWS, Lesson, Step

W_PANE, W_NET = "lesson_pane", "lesson_net"
_ALWAYS = ("table", "drawing", "source", "blocks", "cell")
_FEW = 2
_OF_ONE_NET = ("drawing", "source", "blocks", "cell")


@dataclass(frozen=True)
class _Shown:
    """What the views beside the text are made of."""

    view: LearnView
    table: StructureTable
    device: str
    step: Step | None

    @property
    def trace(self) -> Trace:
        return self.table.traces[self.view.net]

    @property
    def name(self) -> str:
        """The view that is shown, one of VIEWS."""
        usual = self.step.view if self.step else VIEWS[0]
        return self.view.pane if self.view.pane in _tabs(self.step) else usual


def traces_of(focus: Focus, view: LearnView) -> list[Trace]:
    """Returns the Traces that a text is written from: of the focus's nets, else of the shown ones."""
    specs = tuple(map(ResNetSpec.from_query, focus.nets)) or view.specs
    return [cache.get_trace(spec) for spec in specs]


def find_shown(view: LearnView) -> Lesson | None:
    """Returns the lesson of a view; None without one, and for one that is not there, which is told."""
    try:
        return find_lesson(view.lesson) if view.lesson else None
    except TraceError as error:
        show_error(error)
        return None


def show_all_lessons() -> None:
    """Shows the lessons as cards."""
    show_cards(go_to, st.session_state.get(_LEFT))


def show_step(view: LearnView, table: StructureTable, device: str) -> None:
    """Shows the step of a view, and beside it the view that it speaks of."""
    lesson = find_lesson(view.lesson or "")
    step = step_at(lesson, view.step)
    with st.container(horizontal=True, gap="small", key="lesson_panes"):
        _show_text(view, lesson, step)
        with st.container(gap="xsmall", key="lesson_view"):
            _show_pane(_Shown(view, table, device, step))


# Ways


_LEFT = "lesson_left"


def go_to(name: str, step: int) -> None:
    """Callback: goes to a step of a lesson and sets the views to its focus; at its end the reader's columns return."""
    lesson, view = find_lesson(name), learn.read()
    keep_own(view)
    at = keep_step(lesson, step)
    found = step_at(lesson, at)
    if found is None:
        mark_done(lesson)
        learn.show(replace(with_own(view), show="lessons", lesson=name, step=at, pane=None))
        return
    there = replace(view, show="lessons", lesson=name, step=at)
    learn.show(there.steered(found.focus))


def _leave() -> None:
    """Callback: goes to all lessons."""
    view = learn.read()
    keep_own(view)
    st.session_state[_LEFT] = view.lesson
    learn.show(replace(with_own(view), lesson=None, step=0))


def _go_elsewhere(show: str) -> None:
    """Callback: goes to another part of the page, with the reader's columns."""
    view = learn.read()
    st.session_state[_LEFT] = view.lesson
    learn.show(replace(with_own(view), show=show, lesson=None, step=0, node=None, total=None))


# The text


def _show_text(view: LearnView, lesson: Lesson, step: Step | None) -> None:
    at, n = keep_step(lesson, view.step), len(lesson.steps)
    title = f"{LESSONS.index(lesson) + 1}. {lesson.title()}"
    place = Place(title, at, n, partial(go_to, lesson.id), _leave, step is None or view.is_steered(step.focus))
    if step is None:
        show_text_pane(place, partial(_show_end, lesson), partial(_offer_next, lesson))
    else:
        show_text_pane(place, partial(_show_step, view, step))


def _show_step(view: LearnView, step: Step) -> None:
    text = step.text(traces_of(step.focus, view))
    show_words(text, step.see())
    if step.has_size:
        choose_size(view)
    show_lead(step.lead)
    show_terms_in_one(text, "lesson")


def _show_end(lesson: Lesson) -> None:
    """What comes after a lesson."""
    st.markdown(_(":green[:material/check_circle:] You have done **{title}**.").format(title=plain(lesson.title())))
    n = len(done_lessons())
    words = n_("{n} of {total} lessons is done.", "{n} of {total} lessons are done.", n)
    st.markdown(words.format(n=n, total=len(LESSONS)))
    st.markdown(_("Try what you know, or look at your own columns, which are back in the table."))
    _way(_("To the exercises"), "quiz", "lesson_exercises", partial(_go_elsewhere, "exercises"))
    _way(_("To the table"), "table", "lesson_table", partial(_go_elsewhere, "table"))
    _way(_("All lessons"), "apps", "lesson_cards_again", _leave)


def _way(words: str, icon: str, key: str, go: Callable[[], None]) -> None:
    st.button(words, icon=f":material/{icon}:", key=key, width="stretch", on_click=go)


def _offer_next(lesson: Lesson) -> None:
    """At the end of a lesson, the next one."""
    place = LESSONS.index(lesson) + 1
    if place == len(LESSONS):
        return
    st.button(
        _("Next lesson"),
        icon=":material/arrow_forward:",
        key="lesson_next",
        type="primary",
        on_click=go_to,
        args=(LESSONS[place].id, 0),
        help=plain(LESSONS[place].title()),
    )


# The view beside it


def _tabs(step: Step | None) -> tuple[str, ...]:
    own = (step.view,) if step and step.view not in _ALWAYS else ()
    return (*own, *_ALWAYS)


def _show_pane(shown: _Shown) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="xsmall", key="lesson_choices"):
        _choose_view(shown)
        if shown.name in _OF_ONE_NET and len(shown.view.specs) > 1:
            _choose_net(shown)
    with st.container(key=f"lesson_stage_{shown.name}", gap="xsmall"):
        try:
            _VIEWS[shown.name](shown)
        except ResnetVizError as error:
            show_error(error)


def _choose_view(shown: _Shown) -> None:
    names = {
        "table": _("Table"),
        "drawing": _("Drawing"),
        "source": _("Source"),
        "blocks": _("Blocks"),
        "cell": _("In words"),
        "maps": _("Feature maps"),
        "errors": _("Errors"),
    }
    st.session_state[W_PANE] = shown.name
    st.segmented_control(
        _("View"),
        _tabs(shown.step),
        format_func=lambda name: names[name],
        key=W_PANE,
        required=True,
        on_change=_set_pane,
        label_visibility="collapsed",
    )


def _set_pane() -> None:
    """Callback: the view that the step speaks of is not named in the address."""
    view, pane = learn.read(), st.session_state[W_PANE]
    lesson = find_lesson(view.lesson) if view.lesson else None
    step = step_at(lesson, view.step) if lesson else None
    usual = step.view if step else VIEWS[0]
    learn.change(pane=None if pane == usual else pane)


def _choose_net(shown: _Shown) -> None:
    """Which of the nets is shown, where a view has one at a time; what is chosen stays chosen."""
    st.session_state[W_NET] = shown.view.net
    st.segmented_control(
        _("Net"),
        range(len(shown.view.specs)),
        format_func=lambda net: plain(shown.table.traces[net].name),
        key=W_NET,
        required=True,
        on_change=lambda: learn.change(net=st.session_state[W_NET], parts=()),
        label_visibility="collapsed",
    )


def _show_table(shown: _Shown) -> None:
    size = "few" if len(shown.view.specs) <= _FEW else "many"
    with st.container(key=f"lesson_table_{size}"):
        show_structure(shown.view, shown.table)


def _show_drawing(shown: _Shown) -> None:
    show_learn_graph(shown.view, shown.trace, chosen(shown.trace, shown.view.node))


def _show_source(shown: _Shown) -> None:
    part = find_function(shown.view.function) if shown.view.function else None
    if part is not None:
        show_code(part, shown.step.focus.code if shown.step else "")
    else:
        show_source(shown.view, shown.table, chosen_cells(shown.view, shown.table))


def _show_blocks(shown: _Shown) -> None:
    cells = chosen_cells(shown.view, shown.table)
    show_blocks(shown.view, shown.table, cells, chosen(shown.trace, shown.view.node))


def _show_cell(shown: _Shown) -> None:
    cells = chosen_cells(shown.view, shown.table)
    show_reading(shown.table, cells)
    show_build(shown.view, shown.trace, next((cell for cell in cells if cell.place is not None), None))


def _show_maps(shown: _Shown) -> None:
    if shown.step is not None and shown.step.maps is not None:
        show_trained(shown.view.specs, shown.step.maps, shown.step.focus.node or "", shown.device)


def _show_errors(_shown: _Shown) -> None:
    """Shows the errors that the paper prints, as a chart."""
    source = next(iter(PLAIN_ERRORS.values())).source
    plain_nets = {depth: quote.text for depth, quote in PLAIN_ERRORS.items()}
    residual = {depth: quote.text for depth, quote in RESIDUAL_ERRORS.items()}
    chart = chart_errors(plain_nets, residual, source, reader.theme())
    st.plotly_chart(reader.for_reader(chart.figure), key="lesson_errors", alt=chart.alt)


_VIEWS: Mapping[str, Callable[[_Shown], None]] = {
    "table": _show_table,
    "drawing": _show_drawing,
    "source": _show_source,
    "blocks": _show_blocks,
    "cell": _show_cell,
    "maps": _show_maps,
    "errors": _show_errors,
}
