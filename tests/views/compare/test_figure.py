"""Compare's drawing as a figure of a paper, opened by libraries that are not ours."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from itertools import pairwise

import pypdfium2
import pytest
from pypdf import PdfReader

from resnet_viz.views.compare.differences import differences_of
from resnet_viz.views.compare.export import Compared, comparison_subject, export_comparison, name_comparison
from resnet_viz.views.compare.marks import find_marks
from resnet_viz.views.export.drawing import lay_figure
from resnet_viz.views.export.options import ExportOptions
from resnet_viz.views.parts.detail import Detail
from tests.nets import traces_of
from tests.views.export.files import embedded_fonts, pages_of, sizes_of_type

WIDTHS = [(3.5, 6.0), (7.0, 7.0)]


@cache
def compared() -> Compared:
    traces = tuple(traces_of(("resnet18", "resnet152")))
    return Compared(traces, (Detail(), Detail()), find_marks(differences_of(traces)))


def figure_options(width: float, size: float) -> ExportOptions:
    return ExportOptions("pdf", width=width, type_size=size, has_legend=True, is_print_safe=True)


@pytest.mark.parametrize(("width", "size"), WIDTHS)
def test_it_is_as_wide_as_asked_with_type_of_the_size_asked(width: float, size: float) -> None:
    data = export_comparison(compared(), figure_options(width, size))
    (page,) = PdfReader(BytesIO(data)).pages
    assert float(page.mediabox.width) == pytest.approx(72 * width, abs=0.01)
    found = sizes_of_type(data)
    assert {size, round(size * 13 / 11, 1)} == set(found)
    assert embedded_fonts(data)


@pytest.mark.parametrize(("width", "size"), WIDTHS)
def test_both_nets_all_stages_and_the_legend_are_in_it(width: float, size: float) -> None:
    data = export_comparison(compared(), figure_options(width, size))
    document = pypdfium2.PdfDocument(data)
    text = document[0].get_textpage().get_text_range()
    document.close()
    for words in ("A · ResNet-18", "B · ResNet-152", "identity", "projection", "changed"):
        assert words in text, words
    for stage in ("conv2_x", "conv3_x", "conv4_x", "conv5_x"):
        assert text.count(stage) >= 2, stage


@pytest.mark.parametrize(("width", "size"), WIDTHS)
def test_its_rows_end_between_boxes_and_frames(width: float, size: float) -> None:
    options = figure_options(width, size)
    figure, _grid = lay_figure(comparison_subject(compared(), options), options)
    windows = [window for window in figure.windows if window.sheet == 0]
    assert len(windows) > 1
    for one, other in pairwise(windows):
        assert one.right == pytest.approx(other.left)
        for part in figure.sheets[0].extents:
            is_net = part.is_frame and part.right - part.left > options.room  # type: ignore[operator]
            assert is_net or not part.left + 0.5 < one.right < part.right - 0.5, part


def test_print_safe_it_has_no_colour_that_grey_would_lose() -> None:
    """Printed in grey, the fills still differ from each other and from the paper."""
    (picture,) = pages_of(export_comparison(compared(), figure_options(7.0, 7.0)), 3)
    greys = picture.convert("L").histogram()
    area = picture.width * picture.height
    light = [grey for grey, n in enumerate(greys) if 100 < grey < 255 and n > area / 400]
    assert len(light) >= 4
    assert min(other - one for one, other in pairwise(light)) >= 4


def test_the_name_of_its_file_says_its_width() -> None:
    assert name_comparison(compared(), figure_options(3.5, 6)) == "resnet18-resnet152-folded-print-3-5in.pdf"
