"""The server of the browser tests: the app with its own routes, middleware and lifespan, and a page for each component.

Only the script differs from that of `app.py` (`main.py` says how). Nothing of the demos is known to the app.
"""

from __future__ import annotations

import streamlit as st

from resnet_viz.ui.routes import ROUTES
from resnet_viz.ui.server.serving import MIDDLEWARE, lifespan
from tests.browser.demo.channel_tiles import DEMO_TILES

app = st.App("main.py", routes=[DEMO_TILES, *ROUTES], middleware=MIDDLEWARE, lifespan=lifespan)
