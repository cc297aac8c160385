"""Options of an export, checked: formats, colours, sizes and pages."""

from __future__ import annotations

from dataclasses import dataclass

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.refusal import check_choice
from resnet_viz.views.export.paper import PAGES
from resnet_viz.views.graph.shade import SHADES
from resnet_viz.views.style import TEXT_SIZE, THEMES

EXPORT_FORMATS = ("svg", "png", "pdf", "dot", "json")
FIGURE_FORMATS = ("pdf", "svg", "png")
"""Those that have a size; the usual one for a paper first."""
MIME_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "dot": "text/vnd.graphviz",
    "json": "application/json",
}
LEAST_SCALE, MOST_SCALE = 0.5, 8.0
COLUMN_WIDTHS = (3.5, 7.0)
"""Inches of one and of two columns of a paper."""
LEAST_WIDTH, MOST_WIDTH = 1.0, 40.0
LEAST_TYPE, MOST_TYPE, USUAL_TYPE = 4.0, 24.0, 7.0
DPI = (300, 600)
_SCREEN_DPI = 96
_TEXT_HEIGHT = 9.0
"""Inches of text from top to bottom on a page of most papers."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Options of an export. Raises DrawError for invalid values.

    format: `svg`, `png`, `pdf`, `dot` (the source, not laid out) or `json` (the drawing as data).
    theme: `light` or `dark`. is_transparent: no background; else the theme's page colour.
    scale: 0.5 to 8, for PNG and PDF. page: for PDF: `content` (one page of the drawing's size), or `a4` and
    `letter` (as many pages as needed, cut between boxes). is_one_page: on `a4` or `letter`, as small as one page takes.
    shade: what the fill encodes, as in `draw_graph`.

    For a paper: width: of the figure in inches, 3.5 for one column and 7 for two; the drawing is wrapped into rows of
    that width. type_size: of the text in points, 7 with a width; it replaces the scale. has_legend: adds what lines,
    signs and colours mean. is_print_safe: black words, and colours that differ in grey. dpi: of a PNG with a width or
    a type size, 300 or 600.
    """

    format: str = "svg"
    theme: str = "light"
    is_transparent: bool = False
    scale: float = 1.0
    page: str = "content"
    shade: str = "stage"
    width: float | None = None
    type_size: float | None = None
    has_legend: bool = False
    is_print_safe: bool = False
    is_one_page: bool = False
    dpi: int = DPI[0]

    def __post_init__(self) -> None:
        check_choice(_("Format"), self.format, EXPORT_FORMATS)
        check_choice(_("Theme"), self.theme, THEMES)
        check_choice(_("Page"), self.page, PAGES)
        check_choice(_("Shade"), self.shade, SHADES)
        _check_number(_("Scale"), self.scale, LEAST_SCALE, MOST_SCALE)
        if self.width is not None:
            _check_number(_("Width in inches"), self.width, LEAST_WIDTH, MOST_WIDTH)
        if self.type_size is not None:
            _check_number(_("Type size in points"), self.type_size, LEAST_TYPE, MOST_TYPE)
        check_choice(_("Dots per inch"), str(self.dpi), tuple(map(str, DPI)))
        self._check_together()

    def _check_together(self) -> None:
        if self.is_print_safe and self.theme != THEMES[0]:
            raise DrawError(
                _("Got the theme “{got}” and print-safe colours, which are for white paper. Leave one out.").format(
                    got=self.theme
                )
            )
        if self.width is not None and self.page != PAGES[0]:
            raise DrawError(
                _("Got a width and the page “{got}”: a figure has the one, a printed page the other.").format(
                    got=self.page
                )
            )
        if self.is_figure and self.format not in FIGURE_FORMATS:
            raise DrawError(
                _("Got the format “{got}”: width, type size and legend are for {allowed}.").format(
                    got=self.format, allowed=", ".join(FIGURE_FORMATS)
                )
            )

    @property
    def palette(self) -> str:
        """The name of the colours, in `PALETTES`."""
        return "print" if self.is_print_safe else self.theme

    @property
    def is_figure(self) -> bool:
        """Whether the file is more than the drawing as it is on the screen."""
        return self.has_legend or self.is_sized

    @property
    def is_sized(self) -> bool:
        """Whether the size of its type is given."""
        return self.width is not None or self.type_size is not None

    @property
    def factor(self) -> float:
        """How much larger than the drawing's own points the file is; its words have 11 of these."""
        if self.is_sized:
            return (self.type_size or USUAL_TYPE) / TEXT_SIZE
        return 1.0 if self.format == "svg" else self.scale

    @property
    def room(self) -> float | None:
        """The width in points of the drawing, if one is given."""
        return None if self.width is None else self.width * 72 / self.factor

    @property
    def density(self) -> float:
        """A PNG's pixels per inch of the file: at scale 1 those of a screen."""
        return self.dpi if self.is_sized else _SCREEN_DPI


def _check_number(name: str, got: object, least: float, most: float) -> None:
    is_number = isinstance(got, int | float) and not isinstance(got, bool)
    if not is_number or not least <= got <= most:  # type: ignore[operator]
        raise DrawError(
            _("{name}: got “{got}”. Choose a number from {least} to {most}.").format(
                name=name, got=str(got)[:40], least=f"{least:g}", most=f"{most:g}"
            )
        )


@dataclass(frozen=True, slots=True)
class FileSize:
    """How large a file is on paper: a figure's sides in inches, its number of pages, and its type in points."""

    width: float
    height: float
    n_pages: int
    type_size: float

    @property
    def is_too_high(self) -> bool:
        """Whether a figure is higher than the text of a page of most papers."""
        return self.height > _TEXT_HEIGHT
