"""Figures for a paper, opened by libraries that are not ours: width, type size, legend, colours, resolution."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader

from resnet_viz.errors import DrawError
from resnet_viz.views.export.drawing import export_graph, file_name, measure_subject, net_subject
from resnet_viz.views.export.options import FIGURE_FORMATS, ExportOptions
from resnet_viz.views.graph.shade import pick_fill
from resnet_viz.views.parts.detail import Detail
from resnet_viz.views.style import PALETTES, WIRES
from tests.views.export.files import embedded_fonts, exported, opened_png, pages_of, rgb, sizes_of_type
from tests.views.graph.dot import traced

SVG = "{http://www.w3.org/2000/svg}"
COLUMN = ExportOptions("pdf", width=3.5, type_size=7, has_legend=True, is_print_safe=True)


@pytest.mark.parametrize("net", ["resnet18", "resnet50", "resnet152"])
@pytest.mark.parametrize(("width", "size"), [(3.5, 7.0), (3.5, 6.0), (7.0, 7.0), (7.0, 8.0)])
def test_a_pdf_is_as_wide_as_asked_with_type_of_the_size_asked(net: str, width: float, size: float) -> None:
    data = exported(net, "folded", "strip", ExportOptions("pdf", width=width, type_size=size, has_legend=True))
    (page,) = PdfReader(BytesIO(data)).pages
    assert float(page.mediabox.width) == pytest.approx(72 * width, abs=0.01)
    found = sizes_of_type(data)
    # Words have 11 points of the drawing, titles 13.
    assert set(found) == {size, round(size * 13 / 11, 1)}
    assert "identityshortcut" in found[size]
    assert len(found[size]) > 100
    assert embedded_fonts(data)
    (picture,) = pages_of(data, 2)
    inked = picture.convert("L").point([255 * (grey < 250) for grey in range(256)]).getbbox()
    assert inked is not None
    assert 0 < inked[0] < inked[2] < picture.width
    assert 0 < inked[1] < inked[3] < picture.height


def test_an_svg_says_its_width_in_points() -> None:
    root = ElementTree.fromstring(exported("resnet50", "folded", "strip", ExportOptions("svg", width=7, type_size=8)))
    assert root.get("width") == "504.00pt"
    width, height = (float(number) for number in str(root.get("viewBox")).split()[2:])
    assert 504 / width == pytest.approx(8 / 11, abs=1e-4)
    assert float(str(root.get("height")).removesuffix("pt")) / height == pytest.approx(8 / 11, abs=1e-3)
    ids = [part.get("id") for part in root.iter() if part.get("id")]
    assert len(ids) == len(set(ids))
    assert {"n:fc", "n:layer4.0"} <= set(ids)


@pytest.mark.parametrize("dpi", [300, 600])
def test_a_png_has_its_resolution(dpi: int) -> None:
    data = exported("resnet18", "folded", "strip", ExportOptions("png", width=3.5, dpi=dpi, has_legend=True))
    with Image.open(BytesIO(data)) as picture:
        assert picture.width == 3.5 * dpi
        assert picture.info["dpi"] == pytest.approx((dpi, dpi), abs=0.1)


def test_a_type_size_without_a_width_leaves_the_drawing_as_wide_as_it_is() -> None:
    wide, own = (
        PdfReader(BytesIO(exported("resnet18", "folded", "strip", ExportOptions("pdf", type_size=size)))).pages[0]
        for size in (5.5, None)
    )
    assert float(wide.mediabox.width) == pytest.approx(float(own.mediabox.width) / 2, abs=0.1)


def test_a_row_wider_than_the_figure_is_refused_with_the_type_that_fits() -> None:
    options = ExportOptions("pdf", width=2, type_size=20)
    with pytest.raises(DrawError, match=r"type of 20 pt one row .* 2 in\. Choose type of at most ([\d.]+) pt") as told:
        export_graph(traced("resnet50"), options=options)
    (size,) = re.findall(r"at most ([\d.]+) pt", str(told.value))
    # That is a beginning: with smaller type rows are also cut elsewhere.
    assert 4 <= float(size) < 20
    with pytest.raises(DrawError, match="fold"):
        export_graph(traced("resnet50"), "op", "tall", ExportOptions("pdf", width=1, type_size=24))


# The legend


def words_of(data: bytes) -> str:
    return " ".join(pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range().split())


def test_a_legend_says_what_is_in_the_drawing_and_nothing_else() -> None:
    of_50 = words_of(exported("resnet50", "folded", "strip", COLUMN))
    for words in ("identity shortcut", "projection shortcut", "sum of branch and shortcut", "equal blocks, drawn once"):
        assert words in of_50
    assert "stem, stages from first to last, head" in of_50
    assert "parameter-free" not in of_50
    plain = words_of(exported("plain", "folded", "strip", COLUMN))
    assert "shortcut" not in plain
    assert "stem, stages" in plain
    assert "parameter-free shortcut" in words_of(exported("option A", "folded", "strip", COLUMN))
    assert "shortcut" not in words_of(exported("resnet50", "folded", "strip", ExportOptions("pdf", width=3.5)))


def test_the_legend_of_a_shade_has_its_scale() -> None:
    words = words_of(exported("resnet152", "folded", "strip", ExportOptions("pdf", shade="macs", has_legend=True)))
    # The 35 equal blocks of conv4_x are the most: each 1024·256 + 9·256·256 + 256·1024 products at 14·14 places.
    most = 35 * (1024 * 256 + 9 * 256 * 256 + 256 * 1024) * 14 * 14
    assert f"MACs, from 0 to {most / 1e9:.2f} GMACs" in words
    assert "stages" not in words


@pytest.mark.parametrize("format", FIGURE_FORMATS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_legend_is_on_the_background_of_the_drawing(format: str, theme: str) -> None:
    data = exported("resnet18", "folded", "strip", ExportOptions(format, theme, has_legend=True))
    if format == "svg":
        rect = ElementTree.fromstring(data).find(f"{SVG}rect")
        assert rect is not None
        assert rect.get("fill") == PALETTES[theme].plain
        return
    picture = opened_png(data).convert("RGB") if format == "png" else pages_of(data)[0]
    corners = [picture.getpixel((x, y)) for x in (2, picture.width - 3) for y in (2, picture.height - 3)]
    assert all(corner == pytest.approx(rgb(PALETTES[theme].plain), abs=2) for corner in corners)


# Colours


def lightness(colour: str) -> float:
    """CIE L*: 0 black, 100 white; a grey copy keeps it."""
    parts = [part / 255 for part in rgb(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    light = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 116 * light ** (1 / 3) - 16 if light > 216 / 24389 else light * 24389 / 27


def test_print_safe_fills_differ_in_grey_and_carry_black_words() -> None:
    palette = PALETTES["print"]
    assert (palette.ink, palette.muted) == ("#000000", "#000000")
    fills = [palette.stem.fill, *(paint.fill for paint in palette.stages), palette.head.fill]
    # Six steps of lightness in order, each of which is seen beside the next; black on the darkest has contrast 7.
    assert all(before - after >= 4 for before, after in pairwise(map(lightness, fills)))
    assert all(lightness(fill) > 62 for fill in fills)
    lines = [palette.stem.line, *(paint.line for paint in palette.stages), palette.head.line]
    assert all(lightness(line) < 52 for line in (*lines, palette.identity, palette.projection, palette.wire))
    ramp = [lightness(pick_fill("print", step, 4)) for step in range(5)]
    assert all(before - after >= 6 for before, after in pairwise(ramp))


def test_shortcuts_are_told_apart_without_colours() -> None:
    """By their line style, or by a lightness that differs from the other's."""
    palette = PALETTES["print"]
    for one, other in combinations(("identity", "projection", "parameter-free", "main"), 2):
        looks = [(WIRES[role].style, getattr(palette, WIRES[role].colour)) for role in (one, other)]
        differ = abs(lightness(looks[0][1]) - lightness(looks[1][1]))
        assert looks[0][0] != looks[1][0] or differ > 10, (one, other)


def test_print_safe_words_are_black() -> None:
    svg = exported("resnet50", "block", "strip", ExportOptions("svg", is_print_safe=True))
    assert {text.get("fill") for text in ElementTree.fromstring(svg).iter(f"{SVG}text")} == {"#000000"}


# Names and sizes


def test_file_names_say_what_a_figure_is() -> None:
    trace = traced("resnet50")
    assert file_name(trace, "folded", COLUMN) == "resnet50-folded-print-3-5in.pdf"
    assert file_name(trace, "op", ExportOptions("png", width=7, shade="macs")) == "resnet50-op-macs-7in.png"


def test_the_size_of_a_figure_is_known_before_it_is_made() -> None:
    size = measure_subject(net_subject(traced("resnet50"), Detail(), "strip", COLUMN), COLUMN)
    page = PdfReader(BytesIO(exported("resnet50", "folded", "strip", COLUMN))).pages[0]
    assert (72 * size.width, 72 * size.height) == pytest.approx(tuple(map(float, page.mediabox[2:])), abs=0.1)
    assert (size.n_pages, size.is_too_high) == (1, False)
    assert size.type_size == pytest.approx(7)
    tall = net_subject(traced("resnet152"), Detail("block"), "strip", COLUMN)
    assert measure_subject(tall, COLUMN).is_too_high
