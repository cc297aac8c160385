"""The app of the browser tests of several nets in one drawing: a page of its own, and the app's own route."""

import streamlit as st

from resnet_viz.ui.routes import ROUTES

app = st.App("strips_page.py", routes=ROUTES)
