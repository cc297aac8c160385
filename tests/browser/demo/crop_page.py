"""A page of one picture with its frame: what the browser tests of the component look at.

The address says what stands there: `?size=200x400&input=100x100` (heights and widths). What Python knows of it is
written under it, and how often the script ran.
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
import streamlit as st
from PIL import Image

from resnet_viz.records.preparation import Preparation
from resnet_viz.ui.components.crop_view import Framing, crop_view


def read_size(name: str, default: str) -> tuple[int, int]:
    height, width = st.query_params.get(name, default).split("x")
    return int(height), int(width)


st.set_page_config(page_title="Crop", layout="wide")
st.title("Crop")
size, shape = read_size("size", "200x400"), read_size("input", "100x100")
if st.toggle("Wide input"):
    shape = (100, 200)
picture = np.zeros((*size, 3), np.uint8)
picture[..., 0] = np.linspace(0, 255, size[0])[:, None]
picture[..., 1] = np.linspace(0, 255, size[1])
small = Image.fromarray(picture)
small.thumbnail((480, 480))
file = BytesIO()
small.save(file, "JPEG")
name = st.radio("Picture", ["one", "two"])
is_gone = st.toggle("No frame")
if not is_gone:
    with st.container(border=True):
        crop = crop_view(f"crop_{name}", Framing(file.getvalue(), size, shape, Preparation(shape).middle(*size)))
    shares = crop and [crop.left, crop.top, crop.width, crop.height]
    st.caption("crop: " + (" ".join(f"{share:.4f}" for share in shares) if shares else "None"))
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.caption(f"runs: {st.session_state.runs}")
st.button("Run again")
