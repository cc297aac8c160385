"""The width of rows as a browser asks for it: few widths, so that few drawings are made."""

from __future__ import annotations

from resnet_viz.views.address.params import parse_number
from resnet_viz.views.graph.draw import ROW_WIDTH

WIDE = "wide"
STEP, LEAST, MOST = 40, 320, 2400
"""Points. The browser's script rounds alike (`graph_view/js/asking/width.js`)."""


def read_wide(text: str | None) -> int:
    """Returns a width in points, rounded down to a step and within bounds; the usual one for what is no number."""
    number = None if text is None else parse_number(text)
    return ROW_WIDTH if number is None else min(MOST, max(LEAST, number // STEP * STEP))
