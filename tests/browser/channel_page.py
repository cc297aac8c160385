"""A page of one canvas of channels: what the browser tests of the component look at.

The address says what stands there: `?kind=signed&size=16&order=mean&clip=1&scope=node&chosen=5&field=1&hostile=1`.
What Python knows of it is written under it.
"""

from __future__ import annotations

from io import BytesIO
from unittest.mock import patch

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.records import Field
from resnet_viz.ui.components.channel_view import Looks, channel_view, make_tiles
from resnet_viz.ui.components.channel_view import __name__ as component_name
from resnet_viz.ui.components.channel_view.words import view_words
from resnet_viz.views.channels import channel_order, channel_stats, cut_page
from resnet_viz.views.colours import Colours
from resnet_viz.views.levels import Scaling
from tests.browser.channel_maps import make_maps

HOSTILE = '<img src=x onerror="window.hostile = 1">{n}${1+1}</script>'

st.set_page_config(page_title="Channels", layout="wide")
st.title("Channels")
params = st.query_params
at = int(st.number_input("Page", 0, 99, 0))
maps = make_maps(params.get("kind", "relu"))
stats = channel_stats(maps)
order = channel_order(stats, params.get("order", "index"))
page = cut_page(order, int(params.get("size", "64")), at)
scaling = Scaling(params.get("scope", "channel"), int(params.get("clip", "0")))
looks = None
if "field" in params:
    picture = np.zeros((224, 224, 3), np.uint8)
    picture[..., 0], picture[..., 1] = np.arange(224)[:, None], np.arange(224)
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    size, jump = int(params["field"]), 16
    axis = Field(-(size // 2), size - size // 2 - 1, jump)
    looks = Looks((axis, axis), (224, 224), file.getvalue(), "global" in params)
words = view_words()
if "hostile" in params:
    words = {key: HOSTILE if isinstance(word, str) and key != "language" else word for key, word in words.items()}
    words["figures"] = dict.fromkeys(("mean", "min", "max", "at", "deviation", "zeros", "norm", "bad"), HOSTILE)
chosen = int(params["chosen"]) if "chosen" in params else None
said = st.session_state.setdefault("said", [])
is_gone = st.toggle("No canvas")
with patch(f"{component_name}.view_words", lambda: words), st.container(border=True):
    tiles = make_tiles(
        maps, page.channels, scaling, colours=Colours(is_dark=st.context.theme.type == "dark"), looks=looks
    )
    large = None if is_gone else channel_view("channels", tiles, said.append, chosen)
st.caption(f"large: {large}; said: {said}; page {page.at} of {page.n_pages}")
st.button("Run again")
