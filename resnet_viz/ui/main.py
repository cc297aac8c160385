"""The script of all pages, run once per rerun: page configuration, navigation, and the one error boundary."""

import logging

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.places import PACKAGE
from resnet_viz.ui.links import show_links
from resnet_viz.ui.page import reader
from resnet_viz.ui.pages import PAGES, tab_title
from resnet_viz.ui.projector import show_bar
from resnet_viz.ui.server.wanted import Abandoned
from resnet_viz.ui.switches import set_root, show_reader
from resnet_viz.workers.failures import EngineFailed

UI = PACKAGE / "ui"
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="#15803d" stroke-width="2">'
    '<circle cx="8" cy="8" r="6.5"/><path d="M8 1.5v13M1.5 8h13"/></svg>'
)
"""The sum of a residual block; as a sign of text it would be taken for a file's name."""

reader.apply_language()
# Before the navigation, which would fetch its own icon of the page from elsewhere.
st.set_page_config(page_icon=_ICON, layout="wide")
pages = [
    st.Page(
        UI / page.folder / "page.py",
        title=page.title(),
        icon=f":material/{page.icon}:",
        url_path=page.path or None,
        default=not page.path,
    )
    for page in PAGES
]
page = st.navigation(pages, position="hidden")
st.set_page_config(page_title=tab_title(page.url_path))
with st.sidebar:
    st.markdown("## resnet:green[⊕]viz")
    with st.container(horizontal=True, key="pages"):
        show_links(pages, page)
    show_reader()
set_root()
if reader.is_projector():
    show_bar(pages, page)

# An error that a user can cause is shown as its sentence; any other is logged, and the page stays usable.
try:
    page.run()
except ResnetVizError as error:
    st.error(str(error), icon=":material/error:")
except EngineFailed as error:
    st.error(str(error), icon=":material/power_off:")
except Abandoned:
    pass  # the session has disconnected during the run
except Exception:
    logging.getLogger("resnet_viz").exception("The page failed")
    st.error(
        _("Something went wrong here; the server's log tells what. Pick another net, or reload the page."),
        icon=":material/bug_report:",
    )
