"""A page with one drawing of several nets, that answers what is done in it: what its browser tests look at.

The address is that of a comparison, `?nets=resnet18~resnet152`; what is done in the drawing is written into it. The
last message stands under the drawing.
"""

from __future__ import annotations

import streamlit as st

from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.components.graph_view import Mark, Message, graph_view, mark_graph
from resnet_viz.views.address.changes import Change
from resnet_viz.views.address.compare import compare_drawing_address, read_compare, write_compare
from resnet_viz.views.address.compare_changes import change_compare, settle_parts

st.set_page_config(page_title="Strips", layout="wide")
st.title("Strips")


def answer(message: Message) -> None:
    st.session_state["turn"] = message.turn
    st.session_state["said"] = [*st.session_state.get("said", []), message]
    view, _notes = read_compare(st.query_params.to_dict())
    if message.name in ("shown", "revealed"):
        view = change_compare(view, Change(message.name, message.id or "", message.level or "folded"), cache.get_trace)
    params = write_compare(view)
    if message.name == "selected":
        params = {key: value for key, value in params.items() if key != "node"}
        params |= {"node": message.id} if message.id else {}
    if message.metric:
        params["shade"] = message.metric
    st.query_params.from_dict(params)


view, _notes = read_compare(st.query_params.to_dict())
graph_view("strips", answer)
address = compare_drawing_address(settle_parts(view, cache.get_trace))
mark_graph("strips", Mark(address, view.node, view.shade, st.session_state.get("turn", 0)))
said = st.session_state.get("said", [])
st.caption(f"strips: {len(said)} messages, last {said[-1] if said else None}")
