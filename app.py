"""resnet_viz: an interactive ResNet explorer. Start it with `streamlit run app.py`."""

import streamlit as st

from resnet_viz.ui.routes import ROUTES
from resnet_viz.ui.server.serving import MIDDLEWARE, lifespan

app = st.App("resnet_viz/ui/main.py", routes=ROUTES, middleware=MIDDLEWARE, lifespan=lifespan)
