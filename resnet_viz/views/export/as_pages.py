"""PDF export: one page of the figure's size, or as many A4 or Letter pages as needed.

Lines and text stay vectors. On several pages, each shows a part of the drawing, which the file contains once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from graphviz import Digraph
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, FloatObject, IndirectObject, NameObject

from resnet_viz.i18n import _
from resnet_viz.views.export.extents import Span
from resnet_viz.views.export.figure import Figure, Window
from resnet_viz.views.export.paper import MARGIN, PageGrid
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
class _Form:
    """A form XObject: a page that is stored once in the file and shown in part on others."""

    form: IndirectObject
    width: float
    height: float

    @classmethod
    def keep(cls, writer: PdfWriter, pdf: bytes) -> _Form:
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
        matrix = f"{scale:.6f} 0 0 {scale:.6f} {x - left * scale:.3f} {y - bottom * scale:.3f} cm"
        return f"q {clip} {matrix} /{name} Do Q"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A figure in a file that is being written: its sheets' forms, and the colour behind it, "" for none."""

    figure: Figure
    forms: tuple[_Form, ...]
    background: str

    @classmethod
    def keep(cls, writer: PdfWriter, figure: Figure, background: str) -> _Shown:
        return cls(figure, tuple(_Form.keep(writer, _render(sheet.graph)) for sheet in figure.sheets), background)

    def part(self, column: Span, row: Span, corner: tuple[float, float], scale: float) -> Iterator[str]:
        """Yields the operators that show a part, its upper left corner at a place of the page with y pointing up."""
        x, y = corner
        if self.background:
            colour = " ".join(f"{part / 255:.4f}" for part in bytes.fromhex(self.background.removeprefix("#")))
            width, height = (column[1] - column[0]) * scale, (row[1] - row[0]) * scale
            yield f"q {colour} rg {x:.3f} {y - height:.3f} {width:.3f} {height:.3f} re f Q"
        for window in self.figure.windows:
            yield from self._window(window, column, row, (x - column[0] * scale, y + row[0] * scale), scale)

    def _window(
        self, window: Window, column: Span, row: Span, origin: tuple[float, float], scale: float
    ) -> Iterator[str]:
        """What of a window is within a part; `origin` is where the figure's upper left corner would be."""
        form, sheet = self.forms[window.sheet], self.figure.sheets[window.sheet]
        left = max(column[0], window.x)
        right = min(column[1], window.x + window.right - window.left)
        top, bottom = max(row[0], window.y), min(row[1], window.y + sheet.height)
        if left < right and top < bottom:
            across, high = window.left - window.x, form.height + window.y
            box = (left + across, high - bottom, right + across, high - top)
            place = (origin[0] + left * scale, origin[1] - bottom * scale)
            yield form.show(f"Sheet{window.sheet}", box, place, scale)

    def resources(self) -> dict[str, _Form]:
        return {f"Sheet{at}": form for at, form in enumerate(self.forms)}


def write_page(figure: Figure, scale: float, title: str, background: str) -> bytes:
    """Returns a PDF with one page of a figure's size times the scale."""
    writer = _open(title)
    shown = _Shown.keep(writer, figure, background)
    unit = max(1.0, max(figure.width, figure.height) * scale / _LONGEST_SIDE)
    own = scale / unit
    size = figure.width * own, figure.height * own
    page = _add_page(
        writer,
        size,
        list(shown.part((0.0, figure.width), (0.0, figure.height), (0.0, size[1]), own)),
        shown.resources(),
    )
    if unit > 1:
        page[NameObject("/UserUnit")] = FloatObject(round(unit, 4))
        writer.pdf_header = "%PDF-1.6"
    return _close(writer)


def write_pages(figure: Figure, grid: PageGrid, title: str, background: str) -> bytes:
    """Returns a PDF with a figure on the pages of a grid; where there are several, each says which it is."""
    writer = _open(title)
    shown = _Shown.keep(writer, figure, background)
    for index, (column, row) in enumerate(grid.parts()):
        x, y = grid.place(column, row)
        steps = list(shown.part(column, row, (x, grid.height - y), grid.scale))
        forms = shown.resources()
        if grid.n_pages > 1:
            label = forms["Label"] = _Form.keep(writer, _draw_label(grid, index))
            steps.append(label.show("Label", (0.0, 0.0, label.width, label.height), (MARGIN, _LABEL_BOTTOM), 1.0))
        _add_page(writer, (grid.width, grid.height), steps, forms)
    return _close(writer)


def _open(title: str) -> PdfWriter:
    writer = PdfWriter()
    writer.add_metadata({"/Title": title, "/Creator": "resnet_viz"})
    return writer


def _close(writer: PdfWriter) -> bytes:
    data = BytesIO()
    writer.write(data)
    return data.getvalue()


def _render(graph: Digraph) -> bytes:
    graph = graph.copy()
    graph.attr(margin="0")  # Graphviz's half inch all around would enlarge a page of the drawing's size
    return render_graph(graph, "pdf")


def _add_page(
    writer: PdfWriter, size: tuple[float, float], steps: Sequence[str], forms: dict[str, _Form]
) -> DictionaryObject:
    page = writer.add_blank_page(*size)
    contents = DecodedStreamObject()
    contents.set_data("\n".join(steps).encode())
    shown = DictionaryObject({NameObject(f"/{name}"): form.form for name, form in forms.items()})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): shown})
    page[NameObject("/Contents")] = writer._add_object(contents)
    return page


def _draw_label(grid: PageGrid, index: int) -> bytes:
    """A PDF with the row and column of a page."""
    row, column = divmod(index, len(grid.columns))
    words = _("Row {row} of {rows}, column {column} of {columns}").format(
        row=row + 1, rows=len(grid.rows), column=column + 1, columns=len(grid.columns)
    )
    graph = Digraph()
    graph.attr(pad="0", margin="0", bgcolor="transparent")
    graph.node("label", label=text_label([words], PALETTES["light"]), shape="plain", fontname=FONT)
    return render_graph(graph, "pdf")
