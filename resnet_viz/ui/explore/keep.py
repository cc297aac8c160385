"""Download of the drawing: export options, and the button that makes the file."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from dataclasses import replace

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, current_language
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.page import reader
from resnet_viz.views.address.view import View
from resnet_viz.views.export.drawing import (
    EXPORT_FORMATS,
    LEAST_SCALE,
    MIME_TYPES,
    MOST_SCALE,
    ExportOptions,
    check_size,
    drawing_size,
    export_graph,
    file_name,
)
from resnet_viz.views.export.paper import PAGES
from resnet_viz.views.parts.detail import Detail
from resnet_viz.views.style import PALETTES

_USUAL_SCALE = 2.0

W_KEEP_FORMAT = "w_keep_format"
W_KEEP_THEME = "w_keep_theme"
W_KEEP_TRANSPARENT = "w_keep_transparent"
W_KEEP_PAGE = "w_keep_page"
W_KEEP_SCALE = "w_keep_scale"
W_KEEP_FILE = "w_keep_file"


def show_keep(view: View, trace: Trace, detail: Detail) -> None:
    """Shows a popover with the export options and the download button of this view's drawing."""
    try:
        svg = cache.get_drawing(view.spec, detail, view.form, current_language()).svg
    except DrawError:
        return  # Nothing is drawn; the page shows the error.
    with st.popover(_("Download"), icon=":material/download:"):
        options = replace(_choose_options(), shade=view.shade)
        try:
            check_size(drawing_size(svg), options)
        except DrawError as error:
            st.error(str(error), icon=":material/fit_screen:")
        else:
            _show_button(view.form, trace, detail, options)


def _choose_options() -> ExportOptions:
    """Returns the options, asking only for those of the chosen format."""
    kind = st.segmented_control(
        _("Format"),
        EXPORT_FORMATS,
        format_func=str.upper,
        default=EXPORT_FORMATS[0],
        required=True,
        key=W_KEEP_FORMAT,
        help=_("SVG and PDF stay sharp at any size. DOT is for Graphviz; JSON holds every figure of what is drawn."),
    )
    if kind == "json":
        return ExportOptions(kind)
    theme, is_transparent = _choose_look()
    page = _choose_page() if kind == "pdf" else PAGES[0]
    has_scale = kind == "png" or page != PAGES[0]
    return ExportOptions(kind, theme, is_transparent, _choose_scale(kind) if has_scale else 1.0, page)


def _choose_look() -> tuple[str, bool]:
    themes = {"light": _("Light"), "dark": _("Dark")}
    theme = st.segmented_control(
        _("Colours"),
        tuple(PALETTES),
        format_func=lambda theme: themes[theme],
        default=reader.theme(),
        required=True,
        key=W_KEEP_THEME,
    )
    return theme, st.toggle(_("Transparent background"), key=W_KEEP_TRANSPARENT)


def _choose_page() -> str:
    pages = {"content": _("As large as the drawing"), "a4": _("A4"), "letter": _("Letter")}
    page: str = st.segmented_control(
        _("Pages"),
        PAGES,
        format_func=lambda page: pages[page],
        default=PAGES[0],
        required=True,
        key=W_KEEP_PAGE,
        help=_("On A4 and Letter the drawing takes as many pages as it needs; they overlap a little."),
    )
    return page


def _choose_scale(kind: str) -> float:
    # One widget key per format: paper needs another default than the screen.
    return st.number_input(
        _("Scale"),
        min_value=LEAST_SCALE,
        max_value=MOST_SCALE,
        value=_USUAL_SCALE if kind == "png" else 1.0,
        step=0.5,
        key=f"{W_KEEP_SCALE}:{kind}",
    )


def _show_button(form: str, trace: Trace, detail: Detail, options: ExportOptions) -> None:
    name = file_name(trace, detail, options)
    st.download_button(
        _("Download {name}").format(name=name),
        _maker(form, trace, detail, options),
        name,
        MIME_TYPES[options.format],
        key=W_KEEP_FILE,
        on_click="ignore",
        icon=":material/download:",
        type="primary",
        width="stretch",
    )


def _maker(form: str, trace: Trace, detail: Detail, options: ExportOptions) -> Callable[[], bytes]:
    """Returns a callback that makes the file on click, in another thread but in the reader's language."""
    here = copy_context()
    # One copy per click: a context can be entered by one thread at a time.
    return lambda: here.copy().run(export_graph, trace, detail, form, options)
