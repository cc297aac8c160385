"""Middleware around Streamlit's server, and background tasks that run as long as it does."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import streamlit as st
from starlette.middleware import Middleware

from resnet_viz.ui.server.discretion import Discretion
from resnet_viz.ui.server.flags import PARENT
from resnet_viz.ui.server.guard import Guard
from resnet_viz.ui.server.layout import laying_out_elsewhere
from resnet_viz.ui.server.uploads import UploadLimit, sweep_uploads

MIDDLEWARE = (Middleware(Guard), Middleware(UploadLimit), Middleware(Discretion))
"""Outermost first."""
_SWITCH_S = 0.001
_PARENT_S = 1.0


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Runs the layout processes and the sweep of uploads as long as the server runs."""
    # How many seconds a computing thread may keep the GIL: a response needs it many times.
    sys.setswitchinterval(_SWITCH_S)
    with laying_out_elsewhere():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sweep_uploads)
            tasks.start_soon(_end_with_parent)
            yield
            tasks.cancel_scope.cancel()


async def _end_with_parent() -> None:
    """Ends the server when the process that it was started for has gone, even if that was killed."""
    parent = os.environ.get(PARENT, "")
    if not parent or sys.platform == "win32":  # where the parent of a process is never another one
        return
    while os.getppid() == int(parent):
        await anyio.sleep(_PARENT_S)
    os.kill(os.getpid(), signal.SIGTERM)
