"""A colour key as HTML: the colours as they are used, and what stands at the ends and in the middle."""

from __future__ import annotations

from html import escape

from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.levels import TOP, Scales

_STOPS = 17


def draw_key(colours: Colours, is_centred: bool, low: str, high: str) -> str:
    """Returns a bar of the colours between two texts; zero is told in its middle where it is there."""
    table = colours.table(is_centred)
    stops = (table[round(at * TOP / (_STOPS - 1))] for at in range(_STOPS))
    bar = ", ".join(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in stops)
    texts = (low, "0", high) if is_centred else (low, high)
    numbers = "".join(f"<span>{escape(text)}</span>" for text in texts)
    return (
        f'<div class="colour-key"><div style="background: linear-gradient(to right, {bar})"></div>'
        f"<div>{numbers}</div></div>"
    )


def scale_key(colours: Colours, scales: Scales) -> str:
    """Returns the key of the first of these scales, with its numbers."""
    return draw_key(colours, scales.is_centred, f"{scales.low[0]:.3g}", f"{scales.high[0]:.3g}")
