"""Starts the app from any folder, as `streamlit run app.py` does from its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.places import TOP
from resnet_viz.ui.server.flags import take_flags


class AppMissing(ResnetVizError):
    """What the app needs is not installed."""


def start(arguments: Sequence[str]) -> None:
    """Serves the app until it is ended; takes its own flags, and Streamlit's, as in `--server.port 8600`.

    Settings are those of `.streamlit/config.toml` beside `app.py`, which Streamlit prefers to the folder's and the
    account's; flags and `STREAMLIT_…` variables go before them. Raises AppMissing without the packages of the app.
    """
    check_installed()
    for_streamlit = take_flags(arguments)
    from streamlit.web.cli import main

    # As the program that it is: Streamlit reads the command line again.
    sys.argv = ["streamlit", "run", str(TOP / "app.py"), *for_streamlit]
    main(prog_name="resnet-viz")


def check_installed() -> None:
    """Raises AppMissing where a package is missing that only the app needs."""
    needed = ("streamlit", "loky", "cachetools", "skimage", "platformdirs")
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        words = _("The app needs {missing}, which is not installed: pip install 'resnet-viz[app]'.")
        raise AppMissing(words.format(missing=", ".join(missing)))
