"""What steps back in the drawing while a block is selected stays legible, on a projector, too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import resnet_viz.ui.components.graph_view as graph_view
from resnet_viz.views.style import PALETTES, THEMES

LEAST = 4.5
"""The ratio that WCAG asks for between words and what they stand on."""
Colour = tuple[float, ...]


def opacity_of(child: str) -> float:
    """The opacity that the style sheet gives to faded boxes' shapes, or to their words."""
    sheet = (Path(graph_view.__file__).parent / "graph_view.css").read_text(encoding="utf-8")
    (found,) = re.findall(
        rf"\.following:not\(\.shaded\)\s+:is\(\.node[^{{]*?> {re.escape(child)} \{{\s*opacity: ([\d.]+);", sheet
    )
    return float(found)


def colour(text: str) -> Colour:
    return tuple(int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))


def over(above: Colour, below: Colour, opacity: float) -> Colour:
    return tuple(opacity * one + (1 - opacity) * other for one, other in zip(above, below, strict=True))


def light(shown: Colour) -> float:
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shown)
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: Colour, other: Colour) -> float:
    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_faded_words_keep_their_contrast(theme: str) -> None:
    palette = PALETTES[theme]
    shape, words = opacity_of(":is(path, polygon, ellipse, polyline)"), opacity_of("text")
    assert 0 < shape < 1
    for fill in (palette.plain, palette.stem.fill, palette.head.fill, *(stage.fill for stage in palette.stages)):
        ground = over(colour(fill), colour(palette.plain), shape)
        for ink in (palette.ink, palette.muted):
            assert contrast(over(colour(ink), ground, words), ground) >= LEAST, (fill, ink)
