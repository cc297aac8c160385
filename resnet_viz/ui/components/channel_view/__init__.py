"""The channels of a node on the page: a canvas of tiles to point at, walk over and choose one from, to see it large.

Python says which tiles are to be shown, by their address, and the browser asks the app's route for them. What is
chosen in the drawing it asks for at once, ahead of Python's word (`js/ask.js`). All the rest happens in the browser;
Python hears which channel is chosen, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from resnet_viz.ui.components.channel_view.words import view_words
from resnet_viz.ui.components.messages import is_count
from resnet_viz.ui.components.paths import TILES

_HERE = Path(__file__).parent
VIEW_FILES = ("dom", "unpack", "numbers", "paint", "large", "field", "point", "walk", "ask", "channel_view")
_MOST_CHANNEL = 10**6

_view = st.components.v2.component(
    "channel_view",
    html='<div class="channel-view"></div>',
    css=(_HERE / "channel_view.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in VIEW_FILES),
)


def channel_view(
    key: str, address: str, on_choice: Callable[[int | None], None] | None = None, chosen: int | None = None
) -> int | None:
    """The canvas of a page of channels; gives the channel that is shown large, whether or not it is on the page.

    `key` is its name, of this one alone on the page. `address` is what the route `TILES` is asked for; its `node` is
    that of the drawing. `on_choice` is called, before the script runs again, with the channel somebody chose (None:
    none). `chosen` is what is to be large: the page's address may say so.
    """

    def answer() -> None:
        if on_choice is not None:
            on_choice(read_channel(st.session_state[key]["selected"]))

    data = {"address": address, "route": TILES, "chosen": chosen, "words": view_words()}
    result = _view(key=key, data=data, default={"selected": chosen}, on_selected_change=answer)
    return read_channel(result["selected"])


def read_channel(value: object) -> int | None:
    """A choice as it came from the browser, checked: what may be a channel, or None."""
    return value if is_count(value) and value < _MOST_CHANNEL else None
