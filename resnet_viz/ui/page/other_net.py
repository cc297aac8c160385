"""Other people's nets: by their name in a library, or as a Trace file; both without their weights."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.spec.shown import ShownNet
from resnet_viz.ui.cache.nets import find_named
from resnet_viz.ui.cache.trace_files import MOST_MEGABYTES, keep_trace
from resnet_viz.ui.page.callouts import plain

W_NAME, W_TRACE = "w_other_name", "w_other_trace"
_ERROR = "other_net_error"


def ask_other(go: Callable[[ShownNet], None], which: str = "") -> None:
    """Shows a field for a name and an uploader for a Trace file; `which` tells several of them on a page apart."""
    name, file = W_NAME + which, W_TRACE + which
    st.text_input(
        _("Name in a library"),
        placeholder="timm:resnet26d",
        key=name,
        on_change=_take_name,
        args=(name, go, which),
        help=_(
            "As in timm:resnet26d, torchvision:fcn_resnet50 or hf:resnet-50: the names of timm.list_models() and "
            "torchvision.models.list_models(), and some of transformers. The net is built without weights."
        ),
    )
    st.file_uploader(
        _("Trace file"),
        max_upload_size=MOST_MEGABYTES,
        key=file,
        on_change=_take_file,
        args=(file, go, which),
        help=_(
            'A net traced elsewhere: resnet_viz.trace_model(model, (1, 3, 224, 224)).save("mine.trace.json"). It holds '
            "shapes and figures, no weights and no code."
        ),
    )
    if message := st.session_state.get(_ERROR + which):
        st.error(plain(message), icon=":material/error:")


def _take_name(key: str, go: Callable[[ShownNet], None], which: str) -> None:
    """Callback: goes to the net of what was typed, or shows what is wrong with it."""
    text = st.session_state[key].strip()
    _try(lambda: find_named(text), go, which, is_empty=not text)


def _take_file(key: str, go: Callable[[ShownNet], None], which: str) -> None:
    """Callback: goes to the net of a file that has just come, or shows what is wrong with it."""
    sent = st.session_state[key]
    _try(lambda: keep_trace(sent.getvalue()), go, which, is_empty=sent is None)


def _try(find: Callable[[], ShownNet], go: Callable[[ShownNet], None], which: str, is_empty: bool) -> None:
    st.session_state.pop(_ERROR + which, None)
    if is_empty:
        return
    try:
        go(find())
    except ResnetVizError as error:
        st.session_state[_ERROR + which] = str(error)
