"""PDF export: one page of the drawing's size, or as many A4 or Letter pages as needed.

Lines and text stay vectors. On several pages, each shows a part of the drawing, which the file contains once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from graphviz import Digraph
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, FloatObject, IndirectObject, NameObject

from resnet_viz.i18n import _
from resnet_viz.views.export.paper import MARGIN, OVERLAP, PageGrid, check_pages, cut
from resnet_viz.views.graph.labels import text_label
from resnet_viz.views.graph.render import render_graph
from resnet_viz.views.style import FONT, PALETTES

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points; y points up."""
# Maximum side of a PDF page in user units; larger pages need units longer than a point.
_LONGEST_SIDE = 14_400
# Baseline of the page label in the lower margin, as low as most printers reach.
_LABEL_BOTTOM = 8


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A form XObject: a page that is stored once in the file and shown in part on others."""

    form: IndirectObject
    width: float
    height: float

    @classmethod
    def keep(cls, writer: PdfWriter, pdf: bytes) -> _Sheet:
        page = PdfReader(BytesIO(pdf)).pages[0]
        contents, box = page.get_contents(), page.mediabox
        form = DecodedStreamObject()
        form.set_data(contents.get_data() if contents is not None else b"")
        form[NameObject("/Type")] = NameObject("/XObject")
        form[NameObject("/Subtype")] = NameObject("/Form")
        form[NameObject("/BBox")] = box
        form[NameObject("/Resources")] = page["/Resources"].clone(writer)
        return cls(writer._add_object(form.flate_encode()), float(box.width), float(box.height))

    def show(self, name: str, window: Box, place: tuple[float, float], scale: float) -> str:
        """Returns the content stream operators that show a window of it, its lower left corner at `place`."""
        left, bottom, right, top = window
        x, y = place
        clip = f"{x:.3f} {y:.3f} {(right - left) * scale:.3f} {(top - bottom) * scale:.3f} re W n"
        matrix = f"{scale:g} 0 0 {scale:g} {x - left * scale:.3f} {y - bottom * scale:.3f} cm"
        return f"q {clip} {matrix} /{name} Do Q"


def lay_on_pages(pdf: bytes, page: str, scale: float, title: str) -> bytes:
    """Returns the single page of `pdf` on pages of a kind of `PAGES`. Raises DrawError above `MOST_PAGES` pages."""
    writer = PdfWriter()
    writer.add_metadata({"/Title": title, "/Creator": "resnet_viz"})
    if page == "content":
        _add_whole(writer, PdfReader(BytesIO(pdf)).pages[0], scale)
    else:
        _add_tiles(writer, pdf, page, scale)
    data = BytesIO()
    writer.write(data)
    return data.getvalue()


def _add_whole(writer: PdfWriter, source: PageObject, scale: float) -> None:
    unit = max(1.0, max(source.mediabox.width, source.mediabox.height) * scale / _LONGEST_SIDE)
    page = writer.add_page(source)
    page.scale_by(scale / unit)
    if unit > 1:
        page[NameObject("/UserUnit")] = FloatObject(round(unit, 4))
        writer.pdf_header = "%PDF-1.6"


def _add_tiles(writer: PdfWriter, pdf: bytes, page: str, scale: float) -> None:
    drawing = _Sheet.keep(writer, pdf)
    check_pages((drawing.width, drawing.height), page, scale)
    grid = cut(drawing.width * scale, drawing.height * scale, page)
    for index in range(grid.n_pages):
        steps, sheets = [_show_tile(drawing, grid, index, scale)], {"/Drawing": drawing}
        if grid.n_pages > 1:
            label = sheets["/Label"] = _Sheet.keep(writer, _draw_label(grid, index))
            steps.append(label.show("Label", (0.0, 0.0, label.width, label.height), (MARGIN, _LABEL_BOTTOM), 1.0))
        _add_page(writer, grid, steps, sheets)


def _show_tile(drawing: _Sheet, grid: PageGrid, index: int, scale: float) -> str:
    row, column = divmod(index, grid.n_columns)
    left, right, x = _span(drawing.width, grid.width, column, grid.n_columns, scale)
    # Rows count from the top, PDF's y from the bottom.
    upper, lower, y = _span(drawing.height, grid.height, row, grid.n_rows, scale)
    window = (left, drawing.height - lower, right, drawing.height - upper)
    return drawing.show("Drawing", window, (x, grid.height - y - (lower - upper) * scale), scale)


def _add_page(writer: PdfWriter, grid: PageGrid, steps: Sequence[str], sheets: Mapping[str, _Sheet]) -> None:
    page = writer.add_blank_page(grid.width, grid.height)
    contents = DecodedStreamObject()
    contents.set_data("\n".join(steps).encode())
    forms = DictionaryObject({NameObject(name): sheet.form for name, sheet in sheets.items()})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): forms})
    page[NameObject("/Contents")] = writer._add_object(contents)


def _span(length: float, paper: float, index: int, n: int, scale: float) -> tuple[float, float, float]:
    """Start and end of page `index` of `n` in points of the drawing, and the offset on the paper."""
    room = paper - 2 * MARGIN
    start = index * (room - OVERLAP) / scale
    end = min(length, start + room / scale)
    return start, end, MARGIN if n > 1 else (paper - length * scale) / 2


def _draw_label(grid: PageGrid, index: int) -> bytes:
    """A PDF with the row and column of a page."""
    row, column = divmod(index, grid.n_columns)
    words = _("Row {row} of {rows}, column {column} of {columns}").format(
        row=row + 1, rows=grid.n_rows, column=column + 1, columns=grid.n_columns
    )
    graph = Digraph()
    graph.attr(pad="0", margin="0", bgcolor="transparent")
    graph.node("label", label=text_label([words], PALETTES["light"]), shape="plain", fontname=FONT)
    return render_graph(graph, "pdf")
