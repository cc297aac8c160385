"""Images prepared for display: resized, and with a framed region."""

from __future__ import annotations

from PIL import Image, ImageDraw

_HALO = "#ffffff"
_FEW = 32
"""Pixels of a side up to which a picture is enlarged with its pixels as they are."""
_PENS = {"crop": "#1d4ed8", "field": "#f97316"}


def fit(picture: Image.Image, side: int) -> Image.Image:
    """Returns the image scaled to a longer side of `side` pixels; the shorter one has at least one."""
    scale = side / max(picture.size)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    few = Image.Resampling.NEAREST if max(picture.size) <= _FEW else Image.Resampling.BILINEAR
    return picture.resize((width, height), few if scale > 1 else Image.Resampling.LANCZOS)


def frame_part(
    picture: Image.Image, box: tuple[int, int, int, int], of: tuple[int, int], pen: str = "crop"
) -> Image.Image:
    """Returns a copy with a frame around `box`: left, top, right, bottom on an image of size `of` (width, height).

    A box without area is not drawn.
    """
    left, top, right, bottom = box
    framed = picture.copy()
    if right <= left or bottom <= top:
        return framed
    across, down = picture.width / of[0], picture.height / of[1]
    first = (left * across, top * down)
    last = (max(first[0], right * across - 1), max(first[1], bottom * down - 1))
    line = max(1, max(picture.size) // 150)
    draw = ImageDraw.Draw(framed)
    draw.rectangle((*first, *last), outline=_HALO, width=2 * line)
    draw.rectangle((*first, *last), outline=_PENS[pen], width=line)
    return framed
