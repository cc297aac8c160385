"""Draws the test patterns in `assets/samples/`: `python assets/draw_patterns.py` writes them anew.

Each is 256×256, so that at a net's usual 224×224 nothing is resampled: the net sees these very pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FOLDER = Path(__file__).parent / "samples"
SIZE = 256


def draw_zone_plate() -> NDArray[np.uint8]:
    """Rings that narrow outwards from their centre: stripes of all directions and widths, uint8 (H, W)."""
    y, x = _coordinates()
    # The phase grows as r², so a period has 2 pixels, the finest there can be, in the corners, at half the diagonal.
    return _grey(np.cos(np.pi * (x**2 + y**2) / np.hypot(SIZE, SIZE)))


def draw_gratings() -> NDArray[np.uint8]:
    """4×4 tiles of stripes: a direction a row (0°, 45°, 90°, 135°), 4, 8, 16, 32 pixels a period, uint8 (H, W)."""
    y, x = _coordinates()
    directions = np.radians((0, 45, 90, 135))
    rows = [np.hstack([_stripes(x, y, direction, period) for period in (4, 8, 16, 32)]) for direction in directions]
    return _grey(np.vstack(rows))


def draw_colours() -> NDArray[np.uint8]:
    """The hues around a circle, grey in its centre and pure at its rim and beyond, uint8 (H, W, 3)."""
    y, x = _coordinates()
    hue, strength = np.arctan2(y, x), np.minimum(np.hypot(x, y) / (SIZE / 2), 1)
    thirds = np.radians((0, 120, 240))
    return np.stack([_grey(strength * np.cos(hue - third)) for third in thirds], axis=-1)


PATTERNS: dict[str, Callable[[], NDArray[np.uint8]]] = {
    "zone_plate": draw_zone_plate,
    "gratings": draw_gratings,
    "colours": draw_colours,
}


def _coordinates() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The y and x of each pixel's centre, seen from the middle of the picture."""
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    return y, x


def _stripes(x: NDArray[np.float64], y: NDArray[np.float64], direction: float, period: int) -> NDArray[np.float64]:
    corner = slice(SIZE // 4)
    along = np.cos(direction) * x[corner, corner] + np.sin(direction) * y[corner, corner]
    waves: NDArray[np.float64] = np.cos(2 * np.pi * along / period)
    return waves


def _grey(waves: NDArray[np.float64]) -> NDArray[np.uint8]:
    """-1 to 1 as 0 to 255."""
    return np.rint((waves + 1) * 127.5).astype(np.uint8)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PATTERNS.items():
        Image.fromarray(draw()).save(FOLDER / f"{name}.png", optimize=True)
