"""resnet_viz: an interactive ResNet explorer. Start it with `streamlit run app.py`; installed, with `resnet-viz`."""

import sys
from pathlib import Path

import streamlit as st

from resnet_viz.places import PACKAGE
from resnet_viz.ui.ahead import lifespan
from resnet_viz.ui.routes import ROUTES
from resnet_viz.ui.server.flags import take_flags
from resnet_viz.ui.server.serving import MIDDLEWARE, end_on_request

# What stands behind `--` of `streamlit run app.py`; whoever serves the app in another way has other arguments.
if Path(sys.argv[0]).name == Path(__file__).name:
    take_flags(sys.argv[1:])
end_on_request()
app = st.App(PACKAGE / "ui" / "main.py", routes=ROUTES, middleware=MIDDLEWARE, lifespan=lifespan)
