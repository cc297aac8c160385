"""Middleware around Streamlit's server, and background tasks that run as long as it does."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import streamlit as st
from starlette.middleware import Middleware

from resnet_viz.ui.server.discretion import Discretion
from resnet_viz.ui.server.guard import Guard
from resnet_viz.ui.server.layout import laying_out_elsewhere
from resnet_viz.ui.server.uploads import UploadLimit, sweep_uploads

MIDDLEWARE = (Middleware(Guard), Middleware(UploadLimit), Middleware(Discretion))
"""Outermost first."""
_SWITCH_S = 0.001


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Runs the layout processes and the sweep of uploads as long as the server runs."""
    # How many seconds a computing thread may keep the GIL: a response needs it many times.
    sys.setswitchinterval(_SWITCH_S)
    with laying_out_elsewhere():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sweep_uploads)
            yield
            tasks.cancel_scope.cancel()
