"""The paper that a drawing is printed on: how many pages it takes, and in which rows and columns."""

from __future__ import annotations

import math
from dataclasses import dataclass

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.units import format_exact

PAGES = ("content", "a4", "letter")
MOST_PAGES = 200
_POINTS_PER_MM = 72 / 25.4
# Short and long side of the paper in points.
_PAPER = {"a4": (210 * _POINTS_PER_MM, 297 * _POINTS_PER_MM), "letter": (612.0, 792.0)}
MARGIN = 10 * _POINTS_PER_MM
OVERLAP = 5 * _POINTS_PER_MM


@dataclass(frozen=True, slots=True)
class PageGrid:
    """How a drawing is tiled: the paper's size in points, and the number of pages across and down."""

    width: float
    height: float
    n_columns: int
    n_rows: int

    @property
    def n_pages(self) -> int:
        """Total number of pages."""
        return self.n_columns * self.n_rows


def cut(width: float, height: float, page: str) -> PageGrid:
    """Returns the grid for a drawing of this size in points: portrait or landscape, whichever takes fewer pages."""
    short, long = _PAPER[page]
    grids = [
        PageGrid(*paper, _count(width, paper[0]), _count(height, paper[1])) for paper in ((short, long), (long, short))
    ]
    return min(grids, key=lambda grid: grid.n_pages)


def check_pages(size: tuple[float, float], page: str, scale: float) -> None:
    """Raises DrawError if a drawing of this size in points takes more than `MOST_PAGES` pages."""
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
    """Number of pages for a length, with adjacent pages overlapping."""
    room = paper - 2 * MARGIN
    return 1 + max(0, math.ceil((length - room) / (room - OVERLAP)))
