"""The drawing on any page: its level of detail, and its messages, which change the page's address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Generic, TypeVar

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.components.graph_view import Mark, Message, graph_view, mark_graph
from resnet_viz.ui.components.graph_view.words import level_names
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.page.state import session_name
from resnet_viz.views.address.changes import Change, change_view
from resnet_viz.views.address.compare import CompareView
from resnet_viz.views.address.compare_changes import change_compare
from resnet_viz.views.address.view import View, drawing_address
from resnet_viz.views.graph.shade import SHADES
from resnet_viz.views.parts.detail import LEVELS, Detail
from resnet_viz.views.parts.ids import Chosen, chosen, chosen_among

D = TypeVar("D", View, CompareView)
"""View of one net, or of several: both have a level, parts, a node and a shade."""
_NONE_AHEAD: Mapping[str, Sequence[Change]] = MappingProxyType({})


@dataclass(frozen=True)
class DrawingPanel(Generic[D]):
    """The drawing of a page: the keys of its widgets, and callbacks that read and write the page's view.

    `has_node` returns whether the drawing of a view has a node of this id; `after` returns the view after parts were
    opened, folded or revealed, and raises DrawError if the drawing does not allow it.
    """

    key: str
    level_key: str
    fold_key: str | None
    """None: no button that folds all."""
    read: Callable[[], D]
    show: Callable[[D], None]
    has_node: Callable[[D, str | None], bool]
    after: Callable[[D, Message], D]
    is_slim: bool = False
    """Whether the page shows the figures of what is selected beside the drawing."""

    def show_levels(
        self, level: str, is_folded: bool, counts: Mapping[str, int] | None = None, fold_help: str | None = None
    ) -> None:
        """Shows the control of the level, and the button that folds all, if there is one.

        `counts`, the number of boxes by level, are shown beside each level; the first one says what they count.
        """
        _choose_level(self.level_key, level, self._set_level, counts)
        if self.fold_key:
            st.button(
                _("Fold all"),
                icon=":material/unfold_less:",
                key=self.fold_key,
                disabled=is_folded,
                on_click=lambda: self._set_level(LEVELS[0]),
                help=fold_help,
            )

    def show_drawing(
        self,
        view: D,
        at: Chosen | None,
        address: str,
        draw: Callable[[], object],
        ahead: Mapping[str, Sequence[Change]] = _NONE_AHEAD,
    ) -> None:
        """Shows the drawing at `address`, with what is chosen marked; shows the DrawError that `draw` raises instead.

        `ahead` holds, by the keys of the page's widgets, the changes that clicks on them make, as in `graph_view`.
        """
        try:
            draw()
        except DrawError as error:
            st.warning(plain(str(error)), icon=":material/fit_screen:")
            return
        turn_key = f"{self.key}_turn"

        def answer(message: Message) -> None:
            st.session_state[turn_key] = message.turn
            self.answer(message)

        graph_view(self.key, answer, {**ahead, **self._ahead()}, self.is_slim)
        turn = st.session_state.get(turn_key, 0)
        mark_graph(self.key, Mark(address, view.node if at else None, view.shade, turn, session_name()))

    def answer(self, message: Message) -> None:
        """Applies a message from the drawing to the address; ignores one that does not fit the view."""
        view = self.read()
        if message.name == "shaded":
            if message.metric in SHADES:
                self.show(replace(view, shade=message.metric))
        elif message.name == "selected":
            if message.id is None or self.has_node(view, message.id):
                self.show(replace(view, node=message.id))
        else:
            with suppress(DrawError):  # a message that the drawing does not allow is ignored
                self.show(self.after(view, message))

    def _set_level(self, level: str) -> None:
        self.show(replace(self.read(), level=level, parts=()))

    def _ahead(self) -> dict[str, Sequence[Change]]:
        """Returns the changes that clicks on the levels and on the button that folds all make."""
        folded = {self.fold_key: [Change("level", LEVELS[0])]} if self.fold_key else {}
        return {self.level_key: [Change("level", level) for level in LEVELS], **folded}


def net_panel(
    keys: tuple[str, str, str | None],
    read: Callable[[], View],
    show: Callable[[View], None],
    *,
    is_slim: bool = False,
) -> DrawingPanel[View]:
    """Returns the panel of one net; `keys` are those of the drawing, its level and the button that folds all."""
    return DrawingPanel(*keys, read, show, _has_node, _net_after, is_slim)


def nets_panel(
    keys: tuple[str, str, str | None], read: Callable[[], CompareView], show: Callable[[CompareView], None]
) -> DrawingPanel[CompareView]:
    """Returns the panel of several nets in one drawing; `keys` as in `net_panel`."""
    return DrawingPanel(*keys, read, show, _has_node_of_any, _nets_after)


def show_net(
    panel: DrawingPanel[View],
    view: View,
    at: Chosen | None,
    detail: Detail,
    ahead: Mapping[str, Sequence[Change]] = _NONE_AHEAD,
) -> None:
    """Shows the drawing of one net at a level of detail, and marks what is chosen."""
    address = drawing_address(view, detail)
    language = current_language()
    panel.show_drawing(view, at, address, lambda: cache.lay_out_drawing(view.spec, detail, view.form, language), ahead)


def change_of(message: Message) -> Change:
    """Returns a message about parts of a drawing as a change of its view."""
    return Change(message.name, message.id or "", message.level or LEVELS[0])


def _has_node(view: View, text: str | None) -> bool:
    return chosen(cache.get_trace(view.spec), text) is not None


def _net_after(view: View, message: Message) -> View:
    if message.name == "shown":  # Opening a part can change the selection: the message carries it.
        view = replace(view, node=message.selected if _has_node(view, message.selected) else None)
    return change_view(view, change_of(message), cache.get_trace)


def _has_node_of_any(view: CompareView, text: str | None) -> bool:
    return chosen_among([cache.get_trace(spec) for spec in view.specs], text) is not None


def _nets_after(view: CompareView, message: Message) -> CompareView:
    return change_compare(view, change_of(message), cache.get_trace)


def _choose_level(
    key: str, level: str, on_level: Callable[[str], None], counts: Mapping[str, int] | None = None
) -> None:
    names = level_names()

    def word(name: str) -> str:
        return names[name] if counts is None else _sized(names[name], counts[name], name == LEVELS[0])

    # The address determines the value; an existing widget takes it from the session state.
    st.session_state[key] = level
    st.segmented_control(
        _("Level"),
        LEVELS,
        format_func=word,
        key=key,
        required=True,
        on_change=lambda: on_level(st.session_state[key]),
        label_visibility="collapsed",
        help=_("Single parts open in the drawing itself."),
    )


def _sized(name: str, n: int, is_first: bool) -> str:
    words = _("{level} · {n} boxes") if is_first else "{level} · {n}"
    return words.format(level=name, n=f"{n:,}")
