"""A drawing on paper: one PDF page of the drawing's own size, or as many A4 or Letter pages as it takes.

Lines stay lines and text stays text. A page of many holds only what is seen on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BytesIO

from graphviz import Digraph
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.generic import FloatObject, NameObject, RectangleObject

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.units import format_exact
from resnet_viz.views.labels import text_label
from resnet_viz.views.pdf_parts import Box, Part, as_contents, split_page
from resnet_viz.views.render import render_graph
from resnet_viz.views.style import FONT, PALETTES

PAGES = ("content", "a4", "letter")
MOST_PAGES = 200
_POINTS_PER_MM = 72 / 25.4
# Short and long side in points.
_PAPER = {"a4": (210 * _POINTS_PER_MM, 297 * _POINTS_PER_MM), "letter": (612.0, 792.0)}
_MARGIN = 10 * _POINTS_PER_MM
_OVERLAP = 5 * _POINTS_PER_MM
# A PDF's largest page in its units; beyond, a unit is made longer than a point.
_LONGEST_SIDE = 14_400
# Where a page says which one it is: in its lower margin, as low as most printers reach; a line is one label high.
_LABEL_BOTTOM, _LABEL_HEIGHT, _LABEL_WIDTH = 8, 24, 400


@dataclass(frozen=True, slots=True)
class Grid:
    """How a drawing is cut: the paper's sides in points, and how many pages across and down."""

    width: float
    height: float
    n_columns: int
    n_rows: int

    @property
    def n_pages(self) -> int:
        """All of them."""
        return self.n_columns * self.n_rows


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page of which parts are put on other pages, its lines and words taken apart once."""

    page: PageObject
    parts: list[Part]

    @classmethod
    def read(cls, pdf: bytes) -> _Sheet:
        page = PdfReader(BytesIO(pdf)).pages[0]
        return cls(page, split_page(page))

    def put(self, target: PageObject, window: Box, place: tuple[float, float], scale: float) -> None:
        """Show the window (left, bottom, right, top; in points of this sheet) with its lower left corner at a place."""
        self.page[NameObject("/Contents")] = as_contents(self.parts, window)
        self.page.cropbox = RectangleObject(window)  # pypdf clips to it.
        move = Transformation().translate(-window[0], -window[1]).scale(scale).translate(*place)
        target.merge_transformed_page(self.page, move)


def lay_on_pages(pdf: bytes, page: str, scale: float, title: str) -> bytes:
    """The one page of `pdf` on pages of a kind of `PAGES`. Raises DrawError where they are more than `MOST_PAGES`."""
    writer = PdfWriter()
    writer.add_metadata({"/Title": title, "/Creator": "resnet_viz"})
    if page == "content":
        _add_whole(writer, PdfReader(BytesIO(pdf)).pages[0], scale)
    else:
        _add_tiles(writer, _Sheet.read(pdf), page, scale)
    data = BytesIO()
    writer.write(data)
    return data.getvalue()


def cut(width: float, height: float, page: str) -> Grid:
    """The grid for a drawing of this size in points: upright or on its side, whichever takes fewer pages."""
    short, long = _PAPER[page]
    grids = [
        Grid(*paper, _count(width, paper[0]), _count(height, paper[1])) for paper in ((short, long), (long, short))
    ]
    return min(grids, key=lambda grid: grid.n_pages)


def check_pages(size: tuple[float, float], page: str, scale: float) -> None:
    """Raise DrawError where a drawing of this size in points takes more than `MOST_PAGES`."""
    if page == "content":
        return
    grid = cut(size[0] * scale, size[1] * scale, page)
    if grid.n_pages > MOST_PAGES:
        raise DrawError(
            _(
                "At scale {scale} the drawing takes {n} pages; at most {most} are made. Choose a smaller scale, a page "
                "of the drawing's own size, or a level with fewer boxes."
            ).format(scale=f"{scale:g}", n=format_exact(grid.n_pages), most=MOST_PAGES)
        )


def _count(length: float, paper: float) -> int:
    """How many pages a length takes, where each begins with what the one before it ended with."""
    room = paper - 2 * _MARGIN
    return 1 + max(0, math.ceil((length - room) / (room - _OVERLAP)))


def _add_whole(writer: PdfWriter, source: PageObject, scale: float) -> None:
    unit = max(1.0, max(source.mediabox.width, source.mediabox.height) * scale / _LONGEST_SIDE)
    page = writer.add_page(source)
    page.scale_by(scale / unit)
    if unit > 1:
        page[NameObject("/UserUnit")] = FloatObject(round(unit, 4))
        writer.pdf_header = "%PDF-1.6"


def _add_tiles(writer: PdfWriter, drawing: _Sheet, page: str, scale: float) -> None:
    width, height = float(drawing.page.mediabox.width), float(drawing.page.mediabox.height)
    check_pages((width, height), page, scale)
    grid = cut(width * scale, height * scale, page)
    labels = _Sheet.read(_draw_labels(grid)) if grid.n_pages > 1 else None
    for index in range(grid.n_pages):
        row, column = divmod(index, grid.n_columns)
        left, right, x = _span(width, grid.width, column, grid.n_columns, scale)
        # Rows count from the top, a PDF's y from the bottom.
        upper, lower, y = _span(height, grid.height, row, grid.n_rows, scale)
        target = writer.add_blank_page(grid.width, grid.height)
        top = grid.height - y - (lower - upper) * scale
        drawing.put(target, (left, height - lower, right, height - upper), (x, top), scale)
        if labels is not None:
            bottom = float(labels.page.mediabox.height) - (index + 1) * _LABEL_HEIGHT
            window = (0.0, bottom, float(_LABEL_WIDTH), bottom + _LABEL_HEIGHT)
            labels.put(target, window, (_MARGIN, _LABEL_BOTTOM), 1.0)
        target.compress_content_streams()


def _span(length: float, paper: float, index: int, n: int, scale: float) -> tuple[float, float, float]:
    """What of a length is on page `index` of `n`, in points of the drawing, and where it begins on the paper."""
    room = paper - 2 * _MARGIN
    start = index * (room - _OVERLAP) / scale
    end = min(length, start + room / scale)
    return start, end, _MARGIN if n > 1 else (paper - length * scale) / 2


def _draw_labels(grid: Grid) -> bytes:
    """A line per page that says which one it is, one under the other: so they share an embedded font."""
    rows = [
        _("Row {row} of {rows}, column {column} of {columns}").format(
            row=index // grid.n_columns + 1,
            rows=grid.n_rows,
            column=index % grid.n_columns + 1,
            columns=grid.n_columns,
        )
        for index in range(grid.n_pages)
    ]
    graph = Digraph()
    graph.attr(pad="0", margin="0", bgcolor="transparent")
    table = "".join(_label_row(row) for row in rows)
    label = f'<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0">{table}</TABLE>>'
    graph.node("labels", label=label, shape="plain", fontname=FONT)
    return render_graph(graph, "pdf")


def _label_row(text: str) -> str:
    size = f'FIXEDSIZE="TRUE" WIDTH="{_LABEL_WIDTH}" HEIGHT="{_LABEL_HEIGHT}"'
    return f'<TR><TD {size} ALIGN="LEFT">{text_label([text], PALETTES["light"])[1:-1]}</TD></TR>'
