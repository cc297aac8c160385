"""The reader's settings for all pages, language and projector mode, kept in the address beside the page's parameters.

So a link opens in its language, Back undoes a change, and pages need no code for it: a page reads its query parameters
with `page_params` and writes them with `show_params`, never with `st.query_params`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_viz.i18n import SOURCE_LANGUAGE, ask_for_language, match_language, use_language
from resnet_viz.ui.components.page_root import screen
from resnet_viz.views.address.view import READER_KEYS

if TYPE_CHECKING:
    import plotly.graph_objects as go

KEYS = LANGUAGE, PROJECTOR = READER_KEYS
_ON = "1"
_SPOKEN = "spoken_language"
_WRITTEN = "addresses_written"
_MANY_CLICKS = 16
"""More than anybody clicks before the browser has heard of the first one."""


def page_params() -> dict[str, str]:
    """Returns the page's query parameters."""
    return {key: value for key, value in _address().items() if key not in KEYS}


def reader_params() -> dict[str, str]:
    """Returns the reader's query parameters, which every link between pages carries."""
    return {key: value for key, value in _address().items() if key in KEYS}


def show_params(params: Mapping[str, str]) -> None:
    """Sets the page's query parameters; a change is one new entry in the browser's history."""
    if page_params() != params:
        _write({**params, **reader_params()})


def language() -> str:
    """Returns the language of the address; if it names none, the browser's if it has a catalogue; else English."""
    return match_language(_address().get(LANGUAGE, "")) or _usual_language()


def apply_language() -> None:
    """Sets the language of this script run; call it before the first message. Other threads resolve theirs themselves.

    The browser identifies a widget's options by their labels, which change with the language: so all values are set
    anew after a change.
    """
    spoken, session = language(), st.session_state
    use_language(spoken)
    if session.get(_SPOKEN, spoken) != spoken:
        for key, value in session.to_dict().items():
            # Values of buttons, uploads and components cannot be set.
            if isinstance(value, str | int | float | list) and not isinstance(value, bool):
                session[key] = value
    session[_SPOKEN] = spoken


def choose_language(chosen: str) -> None:
    """Switches the language. The address names it only if it differs from the browser's default."""
    _set_param(LANGUAGE, None if chosen == _usual_language() else chosen)


def is_projector() -> bool:
    """Whether projector mode is on, for the lecture hall: large type, and only the subject."""
    return _address().get(PROJECTOR) == _ON


def is_dark() -> bool:
    """Whether the reader's theme is dark."""
    return st.context.theme.type == "dark"


def theme() -> str:
    """Returns the reader's theme: `dark` or `light`."""
    return "dark" if is_dark() else "light"


def for_reader(figure: go.Figure) -> go.Figure:
    """Returns a chart, enlarged in projector mode; every chart of a page goes through here.

    The style sheet enlarges everything else.
    """
    if not is_projector():
        return figure
    from resnet_viz.views.charts.axes import enlarge_chart  # not at the top: it imports Plotly

    return enlarge_chart(figure, screen().scale)


def choose_projector(is_on: bool) -> None:
    """Switches projector mode on or off."""
    _set_param(PROJECTOR, _ON if is_on else None)


def _set_param(key: str, value: str | None) -> None:
    others = {name: text for name, text in reader_params().items() if name != key}
    _write({**page_params(), **others, **({key: value} if value else {})})


def _address() -> dict[str, str]:
    """Returns all query parameters.

    What is clicked just after another click leaves the browser before it has heard of the address that the first one
    wrote, and comes with the address before it. So a callback that finds an address which callbacks have replaced since
    the last run without one goes on from theirs; else the first click would be undone. Back is no callback.
    """
    sent, ctx = st.query_params.to_dict(), get_script_run_ctx(suppress_warning=True)
    written: list[tuple[str, dict[str, str]]] = st.session_state.get(_WRITTEN, [])
    if not written or ctx is None or (ctx.page_script_hash, sent) == written[-1]:
        return sent
    is_callback = not ctx.has_script_started and not ctx.is_history_navigation
    if not is_callback or (ctx.page_script_hash, sent) not in written:
        del st.session_state[_WRITTEN]
        return sent
    st.query_params.from_dict(written[-1][1])
    return written[-1][1]


def _write(params: dict[str, str]) -> None:
    before, ctx = _address(), get_script_run_ctx(suppress_warning=True)
    page = ctx.page_script_hash if ctx else ""
    written = st.session_state.get(_WRITTEN, [(page, before)])
    st.session_state[_WRITTEN] = [*written, (page, params)][-_MANY_CLICKS:]
    st.query_params.from_dict(params)


def _usual_language() -> str:
    return match_language(st.context.locale or "") or SOURCE_LANGUAGE


def _language_of_run() -> str | None:
    """None in a thread without a session."""
    return language() if get_script_run_ctx(suppress_warning=True) else None


ask_for_language(_language_of_run)
