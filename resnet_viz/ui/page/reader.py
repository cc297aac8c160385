"""What the reader chose for all pages: the language, and large type. It stands in the address beside the page's own.

So a link opens in its language, Back undoes it, and no page has to know: a page reads its part of the address with
`page_params` and writes it with `show_params`, never with `st.query_params`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_viz.i18n import SOURCE_LANGUAGE, ask_for_language, match_language, use_language

if TYPE_CHECKING:
    import plotly.graph_objects as go

LANGUAGE, PROJECTOR = "lang", "projector"
KEYS = (LANGUAGE, PROJECTOR)
CHART_SCALE = 1.4
"""How much larger the type of a chart is in the projector mode; all else is enlarged by the style sheet."""
_ON = "1"
_SPOKEN = "spoken_language"


def page_params() -> dict[str, str]:
    """What the address says of the page."""
    return {key: value for key, value in st.query_params.to_dict().items() if key not in KEYS}


def reader_params() -> dict[str, str]:
    """What the address says of the reader: what every link to a page of the app takes along."""
    return {key: value for key, value in st.query_params.to_dict().items() if key in KEYS}


def show_params(params: Mapping[str, str]) -> None:
    """Let the address say this of the page: one new entry in the browser's history, if it is news."""
    if page_params() != params:
        st.query_params.from_dict({**params, **reader_params()})


def language() -> str:
    """The language of the address; where it names none, the browser's, if there is a catalogue; else English."""
    return match_language(st.query_params.get(LANGUAGE, "")) or _usual_language()


def speak() -> None:
    """Use the language for this run, before its first word; what runs without the script asks by itself.

    The browser knows the choices of a widget by their words, which are others now: so each is told its choice anew.
    """
    spoken, session = language(), st.session_state
    use_language(spoken)
    if session.get(_SPOKEN, spoken) != spoken:
        for key, value in session.to_dict().items():
            # No button's, file's or component's, which cannot be told.
            if isinstance(value, str | int | float | list) and not isinstance(value, bool):
                session[key] = value
    session[_SPOKEN] = spoken


def choose_language(chosen: str) -> None:
    """Go on in another language. The address names it where it is not the one that this browser gets anyway."""
    _set_param(LANGUAGE, None if chosen == _usual_language() else chosen)


def is_projector() -> bool:
    """Whether the page is shown to a lecture hall: in large type, and nothing but the subject."""
    return st.query_params.get(PROJECTOR) == _ON


def is_dark() -> bool:
    """Whether the reader's theme is dark."""
    return st.context.theme.type == "dark"


def theme() -> str:
    """The reader's theme: `dark` or `light`."""
    return "dark" if is_dark() else "light"


def for_reader(figure: go.Figure) -> go.Figure:
    """A chart as the reader wants it: every chart of a page goes through here."""
    if not is_projector():
        return figure
    from resnet_viz.views.charts.axes import enlarge_chart  # with Plotly, which is there when there is a chart

    return enlarge_chart(figure, CHART_SCALE)


def choose_projector(is_on: bool) -> None:
    """Into the projector mode, or out of it."""
    _set_param(PROJECTOR, _ON if is_on else None)


def _set_param(key: str, value: str | None) -> None:
    others = {name: text for name, text in reader_params().items() if name != key}
    st.query_params.from_dict({**page_params(), **others, **({key: value} if value else {})})


def _usual_language() -> str:
    return match_language(st.context.locale or "") or SOURCE_LANGUAGE


def _language_of_run() -> str | None:
    """None in a thread that belongs to no reader."""
    return language() if get_script_run_ctx(suppress_warning=True) else None


ask_for_language(_language_of_run)
