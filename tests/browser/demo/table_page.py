"""A page with one structure table: what its browser tests look at.

The address says what stands there: `?nets=resnet18,resnet152&extras=parameters&hidden=conv4_x.1&printed=1&deaf=1`.
What was chosen is lit, unless Python is deaf; what it was told stands under the table.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.spec.edits import edit_cell
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.components.table_view import TableMarks, table_view
from resnet_viz.views.structure.read import structure_table

HOSTILE = '<img src=x onerror="window.hostile = 1">{n}${1+1}</script>'

st.set_page_config(page_title="Table", layout="wide")
st.title("Table")

params = st.query_params.to_dict()
names = params.get("nets", "resnet18,resnet34,resnet50,resnet101,resnet152").split(",")
specs = [PRESETS[name] for name in names]
if "sizes" in params:
    specs[0] = replace(specs[0], input_size=(int(params["sizes"]),) * 2)
blocks = int(st.number_input("Blocks in conv4_x of the last net", 1, 99, specs[-1].layers[2]))
if st.toggle("One net less"):
    specs = specs[:-1]
else:
    specs[-1] = edit_cell(specs[-1], 2, count=blocks)
traces = [cache.get_trace(spec) for spec in specs]
if "hostile" in params:
    traces[0] = replace(traces[0], name=HOSTILE)


def places(name: str) -> tuple[tuple[str, int], ...]:
    pairs = [place.rpartition(".") for place in params.get(name, "").split(",") if place]
    return tuple((row, int(column)) for row, _dot, column in pairs)


def choose(row: str, column: int | None) -> None:
    st.session_state.setdefault("said", []).append((row, column))


said = st.session_state.get("said", [])
elsewhere = st.text_input("Lit from elsewhere")
lit = places("lit")
if elsewhere:
    row, _dot, column = elsewhere.rpartition(".")
    lit = ((row, int(column)),)
elif said and "deaf" not in params:
    lit = () if said[-1][1] is None else (said[-1],)
printed = {("FLOPs", n): f"paper: {value}×10⁹" for n, value in enumerate((1.8, 3.6, 3.8, 7.6, 11.3))}
hidden = () if st.toggle("Show what is hidden") else places("hidden")
marks = TableMarks(lit, hidden, printed if "printed" in params else {})
if "scale" in params:
    st.html(f"<style>:root {{ --type-scale: {float(params['scale'])} }}</style>")
table_view(
    "table", structure_table(traces, [name for name in params.get("extras", "").split(",") if name]), marks, choose
)
st.caption(f"said: {said}")
st.button("Run again")
