"""The script of the browser tests' server: the app's own, and at paths that begin with `/demo_` a page of the demos."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from resnet_viz.ui.pages import PAGES
from tests.places import DEMO, ROOT

APP = ROOT / "resnet_viz/ui/main.py"
DEMOS = ("blank", "channel", "compare", "crop", "graph", "strips", "table")


def run_app() -> None:
    """Runs the app's script as Streamlit does: as the main module, from its file."""
    exec(compile(APP.read_text(encoding="utf-8"), APP, "exec"), {"__name__": "__main__", "__file__": str(APP)})


def run_demo() -> None:
    """Runs the demo that the path names."""
    demos = [st.Page(DEMO / f"{name}_page.py", url_path=f"demo_{name}") for name in DEMOS]
    # A page that is loaded goes to the paths that it knows: from here to the app's, from those to the first of these.
    blank = DEMO / "blank_page.py"
    away = [st.Page(blank, title=page.folder, url_path=page.path, default=not page.path) for page in PAGES]
    st.navigation([*away, *demos], position="hidden").run()


path = urlsplit(st.context.url or "").path
# On the blank page itself late messages of the page before it may still come.
if not path.startswith("/demo_blank") and "was_blank" in st.session_state:
    st.session_state.clear()
if path.startswith("/demo_"):
    run_demo()
else:
    run_app()
