"""Exported files, opened again by libraries that are not ours."""

from __future__ import annotations

import ctypes
import math
from functools import cache, reduce
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image
from pypdf import PdfReader

from resnet_viz.views.export.drawing import export_graph
from resnet_viz.views.export.options import ExportOptions
from tests.views.graph.dot import traced


@cache
def exported(net: str, level: str, form: str, options: ExportOptions) -> bytes:
    return export_graph(traced(net), level, form, options)


def opened_png(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as picture:
        picture.load()
        assert picture.format == "PNG"
        return picture.convert("RGBA")


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def pages_of(data: bytes, scale: float = 1) -> list[Image.Image]:
    """Each page as pdfium paints it, in `scale` pixels per point."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.render(scale=scale).to_pil().convert("RGB") for page in document]
    finally:
        document.close()


def resources_of(page: Any) -> list[Any]:
    """A page's own, and those of the drawings it shows."""
    own = page["/Resources"]
    return [own, *(form.get_object()["/Resources"] for form in own.get("/XObject", {}).values())]


def embedded_fonts(data: bytes) -> set[str]:
    """Names of all fonts, each with its outlines in the file."""
    names = set()
    for resources in (resources for page in PdfReader(BytesIO(data)).pages for resources in resources_of(page)):
        for font in resources.get("/Font", {}).values():
            font = font.get_object()
            descriptor = font.get("/FontDescriptor") or font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert any(key.startswith("/FontFile") for key in descriptor.get_object()), font
            names.add(font["/BaseFont"])
    return names


def n_missing(one: Image.Image, other: Image.Image) -> int:
    """How many pixels of `one` are clearly darker than all that `other` has within two pixels of the place.

    A page begins in the middle of a pixel of the whole, so lines lie a fraction of one aside.
    """
    assert one.size == other.size
    gap = darkest_within(other, 2).astype(np.int16) - np.asarray(one.convert("L"), dtype=np.int16)
    return int((gap > 60).sum())


def darkest_within(picture: Image.Image, distance: int) -> npt.NDArray[np.uint8]:
    """The least grey in the square around each pixel: first along the rows, then along the columns."""
    grey = np.pad(np.asarray(picture.convert("L")), distance, mode="edge")
    steps, (height, width) = range(2 * distance + 1), (picture.height, picture.width)
    rows = reduce(np.minimum, (grey[:, step : step + width] for step in steps))
    return reduce(np.minimum, (rows[step : step + height] for step in steps))


def sizes_of_type(data: bytes) -> dict[float, str]:
    """Text by its size in points on the paper, as pdfium finds it: font size times the text's matrix."""
    found: dict[float, str] = {}
    page = pypdfium2.PdfDocument(data)[0]
    text, matrix = page.get_textpage(), pdfium.FS_MATRIX()
    for at in range(text.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text, at))
        if letter.strip():
            assert pdfium.FPDFText_GetMatrix(text, at, ctypes.byref(matrix))
            size = pdfium.FPDFText_GetFontSize(text, at) * math.hypot(matrix.c, matrix.d)
            found[round(size, 1)] = found.get(round(size, 1), "") + letter
    return found
