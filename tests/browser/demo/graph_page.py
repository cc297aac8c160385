"""A page of drawings that answers what is done in them: what the browser tests of the component look at.

The address says what stands there: `?nets=resnet18,resnet50&level=folded&form=strip&node=layer1.0`, and which net
the first drawing can change to, `&other=resnet34`. Each drawing's last message is written under it.
"""

from __future__ import annotations

import streamlit as st

from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.components.graph_view import Mark, Message, graph_view, mark_graph
from resnet_viz.views.address.view import View, drawing_address
from resnet_viz.views.parts.detail import change_part, make_detail, reveal

st.set_page_config(page_title="Drawings", layout="wide")
st.title("Drawings")


def answer(graph: str, trace: Trace, message: Message) -> None:
    state = st.session_state[f"state_{graph}"]
    state["turn"] = message.turn
    state["said"] = [*state["said"], message]
    if message.name in ("selected", "revealed"):
        state["node"] = message.id
    if message.name == "shown" and message.id and message.level:
        state["node"] = message.selected  # what was chosen a moment before is told by this message alone
        state["detail"] = change_part(trace, state["detail"], message.id, message.level)
    if message.name == "revealed" and message.id:
        state["detail"] = reveal(trace, state["detail"], message.id)
    if message.metric:
        state["shade"] = message.metric


def show(graph: str, net: str) -> None:
    params = st.query_params
    trace = cache.get_trace(PRESETS[net])
    key = f"state_{graph}"
    if st.session_state.get(f"net_{graph}") != net:
        st.session_state[f"net_{graph}"] = net
        st.session_state[key] = {
            "detail": make_detail(trace, params.get("level", "folded")),
            "node": params.get("node"),
            "shade": "stage",
            "turn": st.session_state.get(key, {}).get("turn", 0),
            "said": [],
        }
    state = st.session_state[key]
    address = drawing_address(View(PRESETS[net], form=st.session_state.get("form", "strip")), state["detail"])
    graph_view(graph, lambda message: answer(graph, trace, message))
    mark_graph(graph, Mark(address, state["node"], state["shade"], state["turn"]))
    last = state["said"][-1] if state["said"] else None
    st.caption(f"{graph}: {len(state['said'])} messages, last {last}")


nets = st.query_params.get("nets", "resnet18").split(",")
if st.session_state.get("swapped"):
    nets = [st.query_params.get("other", "resnet152"), *nets[1:]]
with st.container(horizontal=True):
    st.toggle("Another net", key="swapped")
    st.toggle("No drawing", key="gone")
    st.segmented_control("Direction", ["strip", "tall"], key="form", default=st.query_params.get("form", "strip"))
    st.button("Run again")
    if st.button("Select fc in Python"):
        st.session_state["state_graph0"]["node"] = "fc"
if not st.session_state.get("gone"):
    for index, name in enumerate(nets):
        with st.container(border=True):
            show(f"graph{index}", name)
st.markdown("The page goes on below." + "\n\n&nbsp;" * 30)
