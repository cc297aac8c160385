"""Colour tables of levels: perceptually uniform, sequential from dark to bright, or diverging around zero."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from resnet_viz.i18n import _
from resnet_viz.refusal import check_choice
from resnet_viz.views.maps.levels import EMPTY
from resnet_viz.views.style import PALETTES

SEQUENTIAL = ("Viridis", "Cividis", "Inferno")
DIVERGING = ("balance", "RdBu_r")


@dataclass(frozen=True, slots=True)
class Colours:
    """The colour maps for values without and with negative ones, and the theme. Raises DrawError."""

    sequential: str = "Viridis"
    diverging: str = "balance"
    is_dark: bool = False

    def __post_init__(self) -> None:
        check_choice(_("Colour map"), self.sequential, SEQUENTIAL)
        check_choice(_("Colour map around zero"), self.diverging, DIVERGING)

    def table(self, is_centred: bool) -> npt.NDArray[np.uint8]:
        """Returns RGB by level, uint8 (256, 3); EMPTY has the page's background colour."""
        return _table(self.diverging if is_centred else self.sequential, self.is_dark)


@cache
def _table(name: str, is_dark: bool) -> npt.NDArray[np.uint8]:
    from plotly.colors import sample_colorscale  # lazy, since the first paint does not need it

    colours = sample_colorscale(name, np.linspace(0, 1, EMPTY), colortype="tuple")
    page = PALETTES["dark" if is_dark else "light"].plain
    table = np.empty((256, 3), np.uint8)
    table[:EMPTY] = np.round(255 * np.array(colours))
    table[EMPTY] = [int(page[at : at + 2], 16) for at in (1, 3, 5)]
    table.flags.writeable = False
    return table
