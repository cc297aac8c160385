"""A page without anything, on the way from one to the next: `main.py` lets that one begin with an empty session state.

The address says which visit it comes before: `?visit=7`.
"""

from __future__ import annotations

import streamlit as st

st.session_state["was_blank"] = True
st.set_page_config(page_title="Blank", layout="wide")
st.caption(f"Blank before visit {st.query_params.get('visit')}")
