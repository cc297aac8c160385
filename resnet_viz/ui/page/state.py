"""A page's state, kept in its address: what is shown can be linked, bookmarked and undone with the browser's Back.

Widgets' callbacks write to the address. The reader's settings are in the address as well, but no part of this
(`reader.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import streamlit as st

from resnet_viz.ui.page import reader
from resnet_viz.ui.page.callouts import show_notice

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

V = TypeVar("V", bound="DataclassInstance")
Params = Mapping[str, str]
_SESSION = "graph_session"


class PageState(Generic[V]):
    """A page's view and its address, each made from the other.

    `page` is the prefix of its keys in the session state. `read` returns the view of an address and sentences on what
    is wrong in it; `write` returns the address of a view. `seed` is called with a view that did not come from `show`:
    from a link, or Back. `forget` are keys of the session state that hold for one view only, such as an error.
    """

    def __init__(
        self,
        page: str,
        read: Callable[[Params], tuple[V, list[str]]],
        write: Callable[[V], dict[str, str]],
        *,
        seed: Callable[[V], None] | None = None,
        forget: Sequence[str] = (),
    ) -> None:
        self.parse, self._write, self._seed, self._forget = read, write, seed, forget
        self._seen, self._notice, self._kept = f"{page}_seen", f"{page}_notice", f"{page}_view"

    def read(self) -> V:
        """Returns the view of the current address, which is parsed once: the session state keeps both.

        Invalid parts are replaced by defaults, and reported by `show_notice`.
        """
        session, params = st.session_state, reader.page_params()
        kept: tuple[Params, V] | None = session.get(self._kept)
        if kept is None or kept[0] != params:
            view, notes = self.parse(params)
            kept = session[self._kept] = (params, view)
            if session.get(self._seen) != params:
                session[self._notice] = " ".join(notes) or None
        if session.get(self._seen) != params:
            self._take(params)
            if self._seed is not None:
                self._seed(kept[1])
        return kept[1]

    def show(self, view: V) -> None:
        """Goes to another view: one new entry in the browser's history.

        `seed` is not called: the change came from a widget, and text being typed, with its error message, must stay.
        """
        params = self._write(view)
        self._take(params)
        reader.show_params(params)

    def change(self, **changes: Any) -> None:
        """Goes to the current view with some of its fields changed."""
        self.show(replace(self.read(), **changes))

    def is_bare(self) -> bool:
        """Whether the address says nothing of what is shown."""
        return not reader.page_params()

    def show_notice(self) -> None:
        """Shows what was wrong in the address, once."""
        if notice := st.session_state.pop(self._notice, None):
            show_notice(notice)

    def _take(self, params: Params) -> None:
        st.session_state[self._seen] = params
        for key in self._forget:
            st.session_state.pop(key, None)


def session_name() -> str:
    """Returns a random name of this session, by which the browser recognises a restarted server's marks."""
    name: str = st.session_state.setdefault(_SESSION, secrets.token_hex(4))
    return name
