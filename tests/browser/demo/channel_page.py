"""A page of one canvas of channels: what the browser tests of the component look at.

The address says what stands there: `?kind=signed&size=16&order=mean&clip=1&scope=node&chosen=5&field=1&hostile=1`.
What Python knows of it is written under it.
"""

from __future__ import annotations

from contextlib import nullcontext
from unittest.mock import patch
from urllib.parse import urlencode

import streamlit as st

from resnet_viz.ui.components.channel_view import __name__ as component_name
from resnet_viz.ui.components.channel_view import channel_view
from resnet_viz.ui.components.channel_view.words import view_words

HOSTILE = '<img src=x onerror="window.hostile = 1">{n}${1+1}</script>'

st.set_page_config(page_title="Channels", layout="wide")
st.title("Channels")
params = st.query_params.to_dict()
at = int(st.number_input("Page", 0, 99, 0))
node = st.text_input("Node")
address = urlencode({**params, "demo": 1, "node": node, "at": at, "dark": int(st.context.theme.type == "dark")})
words: dict[str, object] = {**view_words()}
if "hostile" in params:
    words = {key: HOSTILE if isinstance(word, str) and key != "language" else word for key, word in words.items()}
    words["figures"] = dict.fromkeys(("mean", "min", "max", "at", "deviation", "zeros", "norm", "bad"), HOSTILE)
# Other sessions of this server are not to see these words.
hostile = patch(f"{component_name}.view_words", lambda: words) if "hostile" in params else nullcontext()
chosen = int(params["chosen"]) if "chosen" in params else None
said = st.session_state.setdefault("said", [])
is_gone = st.toggle("No canvas")
with hostile, st.container(border=True):
    large = None if is_gone else channel_view("channels", address, said.append, chosen)
st.caption(f"large: {large}; said: {said}; page {at}")
st.button("Run again")
