"""resnet_viz: an interactive ResNet explorer. Start it with `streamlit run app.py`."""

import logging
from pathlib import Path

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _

st.set_page_config(page_title="resnet_viz", page_icon="⊕", layout="wide")
st.html(Path(__file__).parent / "assets" / "style.css")

page = st.navigation(
    [st.Page("resnet_viz/ui/pages/explore.py", title=_("Explore"), icon=":material/account_tree:", default=True)],
    position="hidden",
)

# The one error boundary: a user's error is a sentence, a fault of ours is logged and leaves the page usable.
try:
    page.run()
except ResnetVizError as error:
    st.error(str(error), icon=":material/error:")
except Exception:
    logging.getLogger("resnet_viz").exception("The page failed")
    st.error(
        _("Something went wrong here; the server's log tells what. Pick another net, or reload the page."),
        icon=":material/bug_report:",
    )
