"""The app of the browser tests of the component: a page of its own, and the drawings from the app's own route."""

import streamlit as st

from resnet_viz.ui.routes import ROUTES

app = st.App("graph_page.py", routes=ROUTES)
