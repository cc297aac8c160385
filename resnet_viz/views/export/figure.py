"""A figure: a drawing, cut into rows where it is to fit a width, with its legend below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from resnet_viz.views.export.extents import Extent, Sheet, find_cuts, parts_between

_BETWEEN = 8.0
"""Points between two rows, and above the legend."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a sheet, from left to right over its whole height, and where its upper left corner is shown."""

    sheet: int
    left: float
    right: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Figure:
    """Sheets, and the windows that show all of them, in a rectangle of points of the drawing; y points down."""

    sheets: tuple[Sheet, ...]
    windows: tuple[Window, ...]
    width: float
    height: float

    def extents(self) -> Iterator[Extent]:
        """Yields what is drawn, at its places in the figure."""
        for window in self.windows:
            for extent in self.sheets[window.sheet].extents:
                left, right = max(extent.left, window.left), min(extent.right, window.right)
                if left < right:
                    inside = Extent(left, extent.top, right, extent.bottom, extent.is_frame)
                    yield inside.moved(window.x - window.left, window.y)


def cut_rows(sheet: Sheet, width: float | None) -> list[tuple[float, float]]:
    """Returns the left and right end of each row of a drawing that is cut to a width between its frames."""
    if width is None or sheet.width <= width:
        return [(0.0, sheet.width)]
    along = [((extent.left, extent.right), extent.is_frame) for extent in sheet.extents]
    return list(parts_between(find_cuts(sheet.width, width, along)))


def make_figure(sheet: Sheet, rows: Sequence[tuple[float, float]], legend: Sheet | None, width: float | None) -> Figure:
    """Returns the rows of a drawing under each other and the legend under them, in the middle of a width, if given."""
    across = max(right - left for left, right in rows)
    whole = max(across, legend.width if legend else 0.0, width or 0.0)
    margin, y = (whole - across) / 2, 0.0
    windows = []
    for left, right in rows:
        windows.append(Window(0, left, right, margin, y))
        y += sheet.height + _BETWEEN
    if legend is None:
        return Figure((sheet,), tuple(windows), whole, y - _BETWEEN)
    windows.append(Window(1, 0.0, legend.width, min(margin, whole - legend.width), y))
    return Figure((sheet, legend), tuple(windows), whole, y + legend.height)
