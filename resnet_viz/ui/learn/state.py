"""Learn's page state."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.spec.shown import ShownNet, are_specs
from resnet_viz.ui.page.state import PageState
from resnet_viz.views.address.compare import NETS
from resnet_viz.views.address.learn import (
    COLUMN,
    FUNCTION,
    LEVEL,
    NODE,
    PAPER_NETS,
    TOTAL,
    LearnView,
    read_learn,
    write_learn,
)

ERROR = "learn_error"

_SET = frozenset((NETS, COLUMN, NODE, TOTAL, LEVEL, FUNCTION))
"""What an address says of the views that a lesson's step sets."""


def _read(params: Mapping[str, str]) -> tuple[LearnView, list[str]]:
    """Reads an address; one that names a step and no views, as people write them, has those that the step means."""
    view, notes = read_learn(params)
    if view.show == "lessons" and view.lesson and not _SET & params.keys():
        from resnet_viz.ui.learn.lesson.own import taught_focus  # not at the top: only lessons need it

        if focus := taught_focus(view):
            view = replace(view.steered(focus), pane=view.pane)
    return view, notes


learn = PageState("learn", _read, write_learn, forget=(ERROR,))

W_SHOW = "w_learn_show"


def nets_of(view: LearnView) -> tuple[tuple[ShownNet, ...], int]:
    """Returns the nets of a view of this page, and the index of the one with the selection."""
    return view.specs, view.specs.index(view.spec)


def panel_names() -> dict[str, str]:
    """Returns the names of the teaching panels, by their words in the address."""
    return {
        "table": _("Table"),
        "lessons": _("Lessons"),
        "exercises": _("Exercises"),
        "beliefs": _("False beliefs"),
        "glossary": _("Glossary"),
    }


def head_of(view: LearnView) -> str:
    """Returns what a view is called: its lesson or its panel; nothing for the table alone."""
    if view.show == "lessons" and view.lesson:
        from resnet_viz.views.teach.lessons import LESSONS, find_lesson  # not at the top: only this panel needs them

        with suppress(TraceError):  # which the panel shows
            lesson = find_lesson(view.lesson)
            return _("Lesson {n}: {title}").format(n=LESSONS.index(lesson) + 1, title=lesson.title())
    return "" if view.show == "table" else panel_names()[view.show]


def about(nets: tuple[ShownNet, ...], chosen: int) -> dict[str, str]:
    """Returns this page's query parameters for several nets, or for one, among the paper's or after them."""
    if not are_specs(nets):
        return {}
    if len(nets) == 1:
        columns = PAPER_NETS if nets[0] in PAPER_NETS else (*PAPER_NETS, nets[0])
        return write_learn(LearnView(columns, net=columns.index(nets[0])))
    return write_learn(LearnView(nets, net=chosen))


def choose_node(node: str | None) -> None:
    """Callback: selects a node, or nothing, in place of a row of totals."""
    learn.change(node=node, total=None)


def choose_block(net: int, block: str) -> None:
    """Callback: selects a block of the net of one column."""
    learn.change(net=net, node=block, total=None)
