"""What the first visitor would wait for, done once the server listens, while the browser loads its own scripts."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

import streamlit as st

import resnet_viz.ui.cache.stored  # noqa: F401, for what is stored goes by the sources as they are at the start
from resnet_viz.i18n import SOURCE_LANGUAGE
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.server import serving


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Serves, and starts the thread: before the server is there, it would only delay it."""
    async with serving.lifespan(app):
        Thread(target=_go_ahead, name="ahead", daemon=True).start()
        yield


def _go_ahead() -> None:
    _keep_out_of_collections()
    # Streamlit imports it for the first component that is given data, which here is the drawing.
    import pandas  # noqa: F401

    # The parts of the page that is opened first; the page itself would run.
    import resnet_viz.ui.explore.figures
    import resnet_viz.ui.explore.graph
    import resnet_viz.ui.explore.inspector
    import resnet_viz.ui.explore.maps
    import resnet_viz.ui.explore.table
    import resnet_viz.ui.explore.warm
    import resnet_viz.ui.picture.panel
    import resnet_viz.ui.picture.weights  # noqa: F401
    from resnet_viz.ui.cache.nets import read_ahead
    from resnet_viz.views.graph.draw import FORMS
    from resnet_viz.views.parts.detail import Detail

    read_ahead(PRESETS["resnet18"], Detail(), FORMS[0], SOURCE_LANGUAGE)
    _keep_out_of_collections()


def _keep_out_of_collections() -> None:
    """Imported modules stay: a collection that visits all of Streamlit's takes a tenth of a second."""
    gc.freeze()
