"""A drawing on any page: its place, how far it is open, and what is done in it, which goes into the page's address."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.components.graph_view import Mark, Message, graph_view, mark_graph
from resnet_viz.ui.page.state import SESSION
from resnet_viz.views.address.changes import Change, change_view
from resnet_viz.views.address.view import View
from resnet_viz.views.graph.shade import SHADES
from resnet_viz.views.parts.detail import LEVELS
from resnet_viz.views.parts.ids import resolve_node


@dataclass(frozen=True)
class DrawnView:
    """Where a page has the view of its drawing: how to read it now, and how to go to another one."""

    read: Callable[[], View]
    show: Callable[[View], None]

    def answer(self, message: Message) -> None:
        """What was done in the drawing of one net, if it makes sense."""
        view = self.read()
        trace = cache.get_trace(view.spec)
        if message.name == "shaded":
            if message.metric in SHADES:
                self.show(replace(view, shade=message.metric))
        elif message.name == "selected":
            if message.id is None or resolve_node(trace, message.id):
                self.show(replace(view, node=message.id))
        else:
            if message.name == "shown":
                view = replace(view, node=message.selected if resolve_node(trace, message.selected) else None)
            change = Change(message.name, message.id or "", message.level or LEVELS[0])
            with suppress(DrawError):  # What a drawing does not offer is not done.
                self.show(change_view(view, change, cache.get_trace))


def place_drawing(
    graph: str,
    shown: tuple[str, str | None, str],
    on_message: Callable[[Message], None],
    ahead: Mapping[str, Sequence[Change]],
) -> None:
    """The drawing of that name; `shown` is its address, what is chosen in it, and the metric that shades it.

    `ahead` is as in `graph_view`.
    """
    turn_key = f"{graph}_turn"

    def answer(message: Message) -> None:
        st.session_state[turn_key] = message.turn
        on_message(message)

    graph_view(graph, answer, ahead=ahead)
    turn = st.session_state.get(turn_key, 0)
    session = st.session_state.setdefault(SESSION, secrets.token_hex(4))
    mark_graph(graph, Mark(*shown, turn, session))


def choose_level(
    key: str, level: str, on_level: Callable[[str], None], counts: Mapping[str, int] | None = None
) -> None:
    """How far the drawing is open; `counts`, how many boxes it would have, stand beside each level."""
    names = {"folded": _("Folded"), "block": _("Blocks"), "op": _("Ops")}
    # The address says what is chosen; a widget that was there before takes it from here.
    st.session_state[key] = level
    st.segmented_control(
        _("Level"),
        LEVELS,
        format_func=lambda name: names[name] if counts is None else f"{names[name]} · {counts[name]:,}",
        key=key,
        required=True,
        on_change=lambda: on_level(st.session_state[key]),
        label_visibility="collapsed",
        help=_("Single parts open in the drawing itself."),
    )


def ahead_levels(level_key: str, fold_key: str | None = None) -> dict[str, list[Change]]:
    """What a click on each level comes to, and on the button that folds all."""
    folded = {fold_key: [Change("level", LEVELS[0])]} if fold_key else {}
    return {level_key: [Change("level", level) for level in LEVELS], **folded}
