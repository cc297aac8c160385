"""The paper that a drawing is printed on: how many pages it takes, and where it is cut into them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.units import format_exact
from resnet_viz.views.export.extents import Extent, Span, find_cuts, parts_between
from resnet_viz.views.export.figure import Figure

PAGES = ("content", "a4", "letter")
MOST_PAGES = 200
_POINTS_PER_MM = 72 / 25.4
# Short and long side of the paper in points.
_PAPER = {"a4": (210 * _POINTS_PER_MM, 297 * _POINTS_PER_MM), "letter": (612.0, 792.0)}
MARGIN = 10 * _POINTS_PER_MM
# A little smaller is as good to read, where it saves a page that would hold next to nothing.
_SMALLER = (0.97, 0.94, 0.9)
_LEAST_SHARE = 0.02
_HALVINGS = 7


@dataclass(frozen=True, slots=True)
class PageGrid:
    """How a figure is laid on pages: the paper's size in points, the figure's scale, and the parts across and down."""

    width: float
    height: float
    scale: float
    columns: tuple[Span, ...]
    rows: tuple[Span, ...]

    @property
    def n_pages(self) -> int:
        """Total number of pages."""
        return len(self.columns) * len(self.rows)

    def parts(self) -> Iterator[tuple[Span, Span]]:
        """Yields for each page, row by row, the part of the figure on it: across, and from top to bottom."""
        yield from ((column, row) for row in self.rows for column in self.columns)

    def place(self, column: Span, row: Span) -> tuple[float, float]:
        """Returns where a page's part begins, from the left and from the top: in the middle if it is the only one."""
        x = MARGIN if len(self.columns) > 1 else (self.width - (column[1] - column[0]) * self.scale) / 2
        y = MARGIN if len(self.rows) > 1 else (self.height - (row[1] - row[0]) * self.scale) / 2
        return x, y


Maker = Callable[[float], Figure]
"""Returns the figure for a page that takes so many points of it across."""


def choose_pages(make: Maker, page: str, scale: float, is_one: bool) -> tuple[Figure, PageGrid]:
    """Returns a figure and the pages for it. Raises DrawError above `MOST_PAGES` pages.

    It is up to a tenth smaller than `scale` says if that saves a page; if it is to fit one page, as small as it takes.
    """
    figure, grid = _lay(make, page, scale)
    if is_one and grid.n_pages > 1:
        return _on_one(make, page, scale)
    if grid.n_pages > MOST_PAGES:
        raise DrawError(
            _(
                "At scale {scale} the drawing takes {n} pages; at most {most} are made. Choose a smaller scale, a page "
                "of the drawing's own size, or a level with fewer boxes."
            ).format(scale=f"{scale:.2g}", n=format_exact(grid.n_pages), most=MOST_PAGES)
        )
    if grid.n_pages == 1:
        return figure, grid
    smaller = (_lay(make, page, scale * share) for share in _SMALLER)
    return next((found for found in smaller if found[1].n_pages < grid.n_pages), (figure, grid))


def _on_one(make: Maker, page: str, scale: float) -> tuple[Figure, PageGrid]:
    """The largest scale, to one part in a hundred, at which there is one page."""
    low, high = _LEAST_SHARE * scale, scale
    found = _lay(make, page, low)
    for _step in range(_HALVINGS):
        middle = math.sqrt(low * high)
        tried = _lay(make, page, middle)
        if tried[1].n_pages == 1:
            found, low = tried, middle
        else:
            high = middle
    return found


def _lay(make: Maker, page: str, scale: float) -> tuple[Figure, PageGrid]:
    """Portrait or landscape, whichever takes fewer pages."""
    short, long = _PAPER[page]
    tried = []
    for paper in ((short, long), (long, short)):
        figure = make((paper[0] - 2 * MARGIN) / scale)
        tried.append((figure, cut_pages((figure.width, figure.height), list(figure.extents()), paper, scale)))
    return min(tried, key=lambda found: found[1].n_pages)


def cut_pages(
    size: tuple[float, float], extents: Sequence[Extent], paper: tuple[float, float], scale: float
) -> PageGrid:
    """Returns the pages of this paper for a figure of this size in points, cut between its boxes and frames."""
    across, down = ((side - 2 * MARGIN) / scale for side in paper)
    columns = find_cuts(size[0], across, [((part.left, part.right), part.is_frame) for part in extents])
    rows = find_cuts(size[1], down, [((part.top, part.bottom), part.is_frame) for part in extents])
    return PageGrid(*paper, scale, tuple(parts_between(columns)), tuple(parts_between(rows)))
