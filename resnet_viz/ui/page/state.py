"""A page's state lives in its address: what is shown can be linked, bookmarked and undone with the browser's Back.

Widgets write to the address when they are used. What the reader chose for all pages stands in the address as well, and
is no part of this (`reader.py`).
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

    `page` names what the session holds of it. `read` returns the view of an address and, in sentences, what the address
    says wrongly; `write` returns the address of a view. `seed` is called with a view that came from elsewhere: a link,
    or Back. `forget` are keys of the session that hold for one view only, such as an error.
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
        """The view of the current address, which is parsed once: the view is kept beside the address it was read from.

        What the address says wrongly is replaced, and shown by `show_notice`.
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
        """Go to another view: one new entry in the browser's history.

        The widgets know of this change. Only one that comes from elsewhere seeds them, so that what somebody is typing,
        and what is said about it, stays.
        """
        params = self._write(view)
        self._take(params)
        reader.show_params(params)

    def change(self, **changes: Any) -> None:
        """Go to the present view with some of its fields changed."""
        self.show(replace(self.read(), **changes))

    def show_notice(self) -> None:
        """What was wrong with the address, once."""
        if notice := st.session_state.pop(self._notice, None):
            show_notice(notice)

    def _take(self, params: Params) -> None:
        st.session_state[self._seen] = params
        for key in self._forget:
            st.session_state.pop(key, None)


def session_name() -> str:
    """A name for this session, by which the browser tells its own marks from those of a server started anew."""
    name: str = st.session_state.setdefault(_SESSION, secrets.token_hex(4))
    return name
