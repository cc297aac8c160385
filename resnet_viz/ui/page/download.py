"""The Download button of a drawing: what it is for, the options of that, and the button that makes the file.

First comes what the file is for: the screen, a paper, or printed pages. Each has few options and sensible defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass

import streamlit as st

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _, n_
from resnet_viz.ui.page import reader
from resnet_viz.views.export.options import (
    COLUMN_WIDTHS,
    DPI,
    EXPORT_FORMATS,
    FIGURE_FORMATS,
    LEAST_SCALE,
    LEAST_TYPE,
    MIME_TYPES,
    MOST_SCALE,
    MOST_TYPE,
    USUAL_TYPE,
    ExportOptions,
    FileSize,
)
from resnet_viz.views.export.paper import PAGES
from resnet_viz.views.style import THEMES

_USUAL_SCALE = 2.0
USES = ("screen", "paper", "pages")

W_KEEP_USE = "w_keep_use"
W_KEEP_FORMAT = "w_keep_format"
W_KEEP_FIGURE = "w_keep_figure"
W_KEEP_WIDTH = "w_keep_width"
W_KEEP_TYPE = "w_keep_type"
W_KEEP_DPI = "w_keep_dpi"
W_KEEP_LEGEND = "w_keep_legend"
W_KEEP_PRINT_SAFE = "w_keep_print_safe"
W_KEEP_THEME = "w_keep_theme"
W_KEEP_TRANSPARENT = "w_keep_transparent"
W_KEEP_PAGE = "w_keep_page"
W_KEEP_ONE_PAGE = "w_keep_one_page"
W_KEEP_SCALE = "w_keep_scale"
W_KEEP_FILE = "w_keep_file"


@dataclass(frozen=True, slots=True)
class Download:
    """A drawing that can be downloaded: its shade, and what options make of it.

    `check` raises DrawError where a file for the screen would be too large; `measure` returns how large a figure or
    its pages are, and raises DrawError where they do not fit; `make` returns the file, `name` its name.
    """

    shade: str
    check: Callable[[ExportOptions], None]
    measure: Callable[[ExportOptions], FileSize]
    make: Callable[[ExportOptions], bytes]
    name: Callable[[ExportOptions], str]


def show_download(download: Download) -> None:
    """Shows a popover with the options and the button that makes the file."""
    with st.popover(_("Download"), icon=":material/download:"):
        use = _choose_use()
        choose = {"screen": _for_screen, "paper": _for_paper, "pages": _for_pages}[use]
        options = choose(download.shade)
        try:
            if use == USES[0]:
                download.check(options)
            else:
                st.caption(_size_words(options, download.measure(options)))
        except DrawError as error:
            st.error(str(error), icon=":material/fit_screen:")
        else:
            _show_button(download, options)


def _choose_use() -> str:
    words = {"screen": _("Screen"), "paper": _("Paper figure"), "pages": _("Printed pages")}
    return _choose(_("For"), USES, words, W_KEEP_USE)


def _choose(label: str, choices: Sequence[str], words: dict[str, str], key: str, help_text: str | None = None) -> str:
    """A segmented control, the first choice first."""
    return st.segmented_control(
        label,
        choices,
        format_func=lambda choice: words[choice],
        default=choices[0],
        required=True,
        key=key,
        help=help_text,
    )


def _for_screen(shade: str) -> ExportOptions:
    """Asks only for the options of the chosen format."""
    kind = _choose(
        _("Format"),
        EXPORT_FORMATS,
        {kind: kind.upper() for kind in EXPORT_FORMATS},
        W_KEEP_FORMAT,
        _("SVG and PDF stay sharp at any size. DOT is for Graphviz; JSON holds every figure of what is drawn."),
    )
    if kind == "json":
        return ExportOptions(kind, shade=shade)
    theme, is_transparent = _choose_look()
    has_legend = kind in FIGURE_FORMATS and st.toggle(_("Legend"), key=f"{W_KEEP_LEGEND}:screen")
    scale = _choose_scale(_USUAL_SCALE, "png") if kind == "png" else 1.0
    return ExportOptions(kind, theme, is_transparent, scale, shade=shade, has_legend=has_legend)


def _for_paper(shade: str) -> ExportOptions:
    column, columns = map(str, COLUMN_WIDTHS)
    widths = {column: _("One column, 3.5 in"), columns: _("Two columns, 7 in")}
    width = float(_choose(_("Width"), (column, columns), widths, W_KEEP_WIDTH))
    kinds = {kind: kind.upper() for kind in FIGURE_FORMATS}
    kind = _choose(_("Format"), FIGURE_FORMATS, kinds, W_KEEP_FIGURE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        size = st.number_input(
            _("Type size in points"),
            min_value=LEAST_TYPE,
            max_value=MOST_TYPE,
            value=USUAL_TYPE,
            step=0.5,
            key=W_KEEP_TYPE,
            help=_("The drawing is wrapped into rows, so that its text has this size in the paper."),
        )
        dpi = int(_choose(_("Dots per inch"), [*map(str, DPI)], _same(DPI), W_KEEP_DPI)) if kind == "png" else DPI[0]
    has_legend, is_print_safe = _choose_print("paper")
    return ExportOptions(
        kind, shade=shade, width=width, type_size=size, dpi=dpi, has_legend=has_legend, is_print_safe=is_print_safe
    )


def _for_pages(shade: str) -> ExportOptions:
    pages = {"a4": _("A4"), "letter": _("Letter")}
    page = _choose(
        _("Paper"),
        PAGES[1:],
        pages,
        W_KEEP_PAGE,
        _("A PDF with as many pages as the drawing takes, cut between its boxes and frames."),
    )
    is_one_page = st.toggle(_("Fit one page"), key=W_KEEP_ONE_PAGE)
    scale = 1.0 if is_one_page else _choose_scale(1.0, "pdf")
    has_legend, is_print_safe = _choose_print("pages")
    return ExportOptions(
        "pdf",
        shade=shade,
        page=page,
        scale=scale,
        has_legend=has_legend,
        is_print_safe=is_print_safe,
        is_one_page=is_one_page,
    )


def _same(values: Sequence[object]) -> dict[str, str]:
    return {str(value): str(value) for value in values}


def _choose_print(use: str) -> tuple[bool, bool]:
    with st.container(horizontal=True):
        has_legend = st.toggle(_("Legend"), value=True, key=f"{W_KEEP_LEGEND}:{use}")
        is_print_safe = st.toggle(
            _("Print-safe colours"),
            value=True,
            key=f"{W_KEEP_PRINT_SAFE}:{use}",
            help=_("Black text, and fills that differ in a grey copy and for colour-blind readers."),
        )
    return has_legend, is_print_safe


def _choose_look() -> tuple[str, bool]:
    themes = {"light": _("Light"), "dark": _("Dark")}
    theme = st.segmented_control(
        _("Colours"),
        THEMES,
        format_func=lambda theme: themes[theme],
        default=reader.theme(),
        required=True,
        key=W_KEEP_THEME,
    )
    return theme, st.toggle(_("Transparent background"), key=W_KEEP_TRANSPARENT)


def _choose_scale(usual: float, kind: str) -> float:
    # One widget key per format: paper needs another default than the screen.
    return st.number_input(
        _("Scale"),
        min_value=LEAST_SCALE,
        max_value=MOST_SCALE,
        value=usual,
        step=0.5,
        key=f"{W_KEEP_SCALE}:{kind}",
    )


def _size_words(options: ExportOptions, size: FileSize) -> str:
    """What comes out: a figure's width and height, or the number of pages, and the size of the type."""
    if options.width is not None:
        words = _("{width} × {height} in, type of {type_size} pt.").format(
            width=f"{options.width:g}",
            height=f"{size.height:.1f}",
            type_size=f"{size.type_size:g}",
        )
        tall = _("That is higher than a page of most papers: choose two columns, or smaller type.")
        return f"{words} {tall}" if size.is_too_high else words
    return n_("{n} page, type of {type_size} pt.", "{n} pages, type of {type_size} pt.", size.n_pages).format(
        n=size.n_pages, type_size=f"{size.type_size:.1f}"
    )


def _show_button(download: Download, options: ExportOptions) -> None:
    name = download.name(options)
    st.download_button(
        _("Download {name}").format(name=name),
        make_later(download.make, options),
        name,
        MIME_TYPES[options.format],
        key=W_KEEP_FILE,
        on_click="ignore",
        icon=":material/download:",
        type="primary",
        width="stretch",
    )


def make_later(make: Callable[[ExportOptions], bytes], options: ExportOptions) -> Callable[[], bytes]:
    """Returns a callback that makes the file on click, in another thread but in the reader's language."""
    here = copy_context()
    # One copy per click: a context can be entered by one thread at a time.
    return lambda: here.copy().run(make, options)
