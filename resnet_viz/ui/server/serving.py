"""Middleware around Streamlit's server, and background tasks that run as long as it does."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import anyio
import streamlit as st
import uvicorn
from starlette.middleware import Middleware

from resnet_viz.memory import memory_limit
from resnet_viz.ui.server.asking import is_session_there, use_workers
from resnet_viz.ui.server.delivery import Delivery
from resnet_viz.ui.server.discretion import Discretion
from resnet_viz.ui.server.engine import EXIT_STATUS, note_engine
from resnet_viz.ui.server.flags import PARENT, RAY, memory_share
from resnet_viz.ui.server.guard import Guard
from resnet_viz.ui.server.layout import laying_out_elsewhere
from resnet_viz.ui.server.tidying import share_arenas
from resnet_viz.ui.server.uploads import UploadLimit, sweep_uploads
from resnet_viz.workers.cluster import ClusterWorkers
from resnet_viz.workers.failures import WorkerLost
from resnet_viz.workers.interface import Workers
from resnet_viz.workers.pool import LocalWorkers

MIDDLEWARE = (Middleware(Guard), Middleware(UploadLimit), Middleware(Discretion), Middleware(Delivery))
"""Outermost first."""
_SWITCH_S = 0.001
_PARENT_S = 1.0
_log = logging.getLogger("resnet_viz")


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Runs the workers, the layout processes and the sweep of uploads as long as the server runs."""
    # How many seconds a computing thread may keep the GIL: a response needs it many times.
    sys.setswitchinterval(_SWITCH_S)
    share_arenas()
    with laying_out_elsewhere(), _working_elsewhere():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sweep_uploads)
            tasks.start_soon(_end_with_parent)
            yield
            tasks.cancel_scope.cancel()


def end_on_request() -> None:
    """Has the process exit with status 0 on SIGTERM, once the server has shut down.

    uvicorn's own handler has the server shut down, too, and then raises the signal again, which reports a kill.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    if isinstance(server, uvicorn.Server):
        signal.signal(signal.SIGTERM, lambda *_signal: setattr(server, "should_exit", True))


@contextmanager
def _working_elsewhere() -> Iterator[None]:
    """Within this context, processes of this machine do what needs torch."""
    workers = _make_workers()
    before = use_workers(workers)
    try:
        yield
    finally:
        use_workers(before)
        workers.close()


def _make_workers() -> Workers:
    """Returns this machine's workers, and those of a cluster where one is named; ends the server if it is not there."""
    local = LocalWorkers(int(memory_share() * memory_limit()), is_session_there, note_engine)
    address = os.environ.get(RAY, "")
    if not address:
        return local
    try:
        return ClusterWorkers(local, address)
    except WorkerLost as error:
        local.close()
        _log.critical("%s", error)
        os._exit(EXIT_STATUS)  # in Streamlit's loop, SystemExit would be one error of many


async def _end_with_parent() -> None:
    """Ends the server when the process that it was started for has gone, even if that was killed."""
    parent = os.environ.get(PARENT, "")
    if not parent or sys.platform == "win32":  # where the parent of a process is never another one
        return
    while os.getppid() == int(parent):
        await anyio.sleep(_PARENT_S)
    os.kill(os.getpid(), signal.SIGTERM)
