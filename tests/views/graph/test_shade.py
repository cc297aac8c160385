"""The colours of the shade: words stand on them."""

from __future__ import annotations

import pytest

from resnet_viz.views.graph.shade import ramp as shades
from resnet_viz.views.style import PALETTES


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_can_be_read_on_every_shade(theme: str) -> None:
    """WCAG: a contrast of 4.5 at least; and more is always further from the page's own colour."""
    ramp = [luminance(colour) for colour in shades(theme)]
    ink = luminance(PALETTES[theme].ink)
    assert all((max(ink, shade) + 0.05) / (min(ink, shade) + 0.05) >= 4.5 for shade in ramp)
    assert ramp == sorted(ramp, reverse=theme == "light")


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
