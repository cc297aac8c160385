"""A drawing on several pages: what is cut by a page's end, and what is not."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from resnet_viz.views.export.drawing import lay_figure, net_subject
from resnet_viz.views.export.options import ExportOptions
from resnet_viz.views.export.paper import PageGrid
from resnet_viz.views.parts.detail import Detail
from tests.views.export.files import exported
from tests.views.graph.dot import traced

DRAWINGS = [("resnet18", "folded", "tall"), ("resnet152", "folded", "tall"), ("resnet50", "block", "tall")]
DRAWINGS += [("resnet152", "block", "strip"), ("resnet18", "op", "strip")]
A4 = ExportOptions("pdf", page="a4", has_legend=True)
NEAR = 0.5


def ends_of(grid: PageGrid) -> tuple[list[float], list[float]]:
    """Where the figure is cut, across and down."""
    return [part[1] for part in grid.columns[:-1]], [part[1] for part in grid.rows[:-1]]


@pytest.mark.parametrize(("net", "level", "form"), DRAWINGS)
def test_no_page_ends_within_a_box_nor_within_a_frame_that_fits_one(net: str, level: str, form: str) -> None:
    figure, grid = lay_figure(net_subject(traced(net), Detail(level), form, A4), A4)
    assert grid is not None
    across, down = ends_of(grid)
    rooms = max(end - begin for begin, end in grid.columns), max(end - begin for begin, end in grid.rows)
    boxes = 0
    for part in figure.extents():
        for cuts, begin, end, room in (
            (across, part.left, part.right, rooms[0]),
            (down, part.top, part.bottom, rooms[1]),
        ):
            if part.is_frame and end - begin > room:
                continue
            boxes += 1
            assert not [cut for cut in cuts if begin + NEAR < cut < end - NEAR], part
    assert boxes > 20
    assert len(grid.columns) == 1, "nothing is to be glued side by side"


@pytest.mark.parametrize("net", ["resnet18", "resnet152"])
@pytest.mark.parametrize("form", ["strip", "tall"])
def test_on_request_all_is_on_one_page(net: str, form: str) -> None:
    options = ExportOptions("pdf", page="a4", is_one_page=True, has_legend=True)
    (page,) = PdfReader(BytesIO(exported(net, "folded", form, options))).pages
    sides = sorted((float(page.mediabox.width), float(page.mediabox.height)))
    assert sides == pytest.approx([210 / 25.4 * 72, 297 / 25.4 * 72], abs=0.5)
