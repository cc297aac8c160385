"""The channels of a node: a canvas of tiles, with hover, keyboard navigation and one selected tile shown large.

Python passes the query of the tiles, and the browser requests them from the app's route. The tiles of a node selected
in the drawing it requests at once, before the script reruns (`js/ask.js`). Everything else happens in the browser; the
selected channel is the only value that Python receives.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

import streamlit as st

from resnet_viz.ui.components.channel_view.words import ChannelWords, view_words
from resnet_viz.ui.components.joining import BASE, join_modules, join_styles
from resnet_viz.ui.components.messages import is_count, last_message, turn_of
from resnet_viz.ui.components.paths import TILES

_HERE = Path(__file__).parent
_MOST_CHANNEL = 10**6

_view = st.components.v2.component(
    "channel_view",
    html='<div class="channel-view"></div>',
    css=join_styles(BASE, _HERE / "channel_view.css"),
    js=join_modules(_HERE / "js" / "channel_view.js"),
)


class ChannelData(TypedDict):
    """Which tiles are wanted, by the route's name and query; the channel shown large; the browser's last message."""

    address: str
    route: str
    chosen: int | None
    turn: int
    words: ChannelWords


def channel_view(
    key: str, address: str, on_choice: Callable[[int | None], None], chosen: int | None = None
) -> int | None:
    """Shows one page of channels; returns the channel shown large or None, whether or not it is on that page.

    `key` must be unique on the page. `address` is the query of the route `TILES`; its `node` is the selection of the
    drawing. `on_choice` is called before the rerun, with the channel the user selected (None: none). `chosen` is the
    channel to show large, as in the page's address.
    """

    def answer() -> None:
        on_choice(_selected(st.session_state[key]))

    turn = turn_of(last_message(st.session_state.get(key), "selected"))
    data: ChannelData = {
        "address": address,
        "route": TILES,
        "chosen": chosen,
        "turn": turn,
        "words": view_words(),
    }
    default = {"selected": {"channel": chosen, "turn": 0}}
    return _selected(_view(key=key, data=data, default=default, on_selected_change=answer))


def _selected(state: object) -> int | None:
    return read_channel(last_message(state, "selected").get("channel"))


def read_channel(value: object) -> int | None:
    """Returns a value from the browser if it may be a channel, else None."""
    return value if is_count(value) and value < _MOST_CHANNEL else None
