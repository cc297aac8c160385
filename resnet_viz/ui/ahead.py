"""What the first visitor would wait for, done while the server starts and the browser loads its own scripts."""

from __future__ import annotations

from threading import Thread

from resnet_viz.i18n import SOURCE_LANGUAGE
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.views.graph.draw import FORMS


def start_ahead() -> None:
    """Starts the thread."""
    Thread(target=_go_ahead, name="ahead", daemon=True).start()


def _go_ahead() -> None:
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
    from resnet_viz.views.parts.detail import Detail

    read_ahead(PRESETS["resnet18"], Detail(), FORMS[0], SOURCE_LANGUAGE)
