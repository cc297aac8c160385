"""A page without anything, where a test begins: of the demo before it neither an element nor a word is left.

The address says how many visits there were before: `?visit=7`.
"""

from __future__ import annotations

import streamlit as st

st.session_state.clear()
st.set_page_config(page_title="Blank", layout="wide")
st.caption(f"Blank before visit {st.query_params.get('visit')}")
