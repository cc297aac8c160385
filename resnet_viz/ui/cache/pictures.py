"""Decoded pictures, cached: uploads, camera frames, drawings and samples."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.i18n import _, use_language
from resnet_viz.pictures.decoding import load_image
from resnet_viz.pictures.samples import DIGITS, sample_image
from resnet_viz.ui.cache.kept import FINDS

if TYPE_CHECKING:
    from PIL.Image import Image

_SMALL = 440
_FEW = 64
"""Pixels of a side up to which a picture is enlarged for the page, with its pixels as they are."""
_CAMERA_SERIES, _DRAWN_SERIES = "camera", "drawing"


@dataclass(frozen=True)
class Picture:
    """A picture: its pixels, a small copy for the page, a cache key and a caption."""

    image: Image
    small: bytes
    """The small copy, as a JPEG file."""
    key: str
    caption: str
    series: str
    """Equal for pictures that replace each other, such as camera frames: a crop chosen by hand stays chosen."""


def get_upload(file_id: str, language: str, data: bytes) -> Picture:
    """Returns an uploaded picture, decoded and kept in memory for its session at most. Raises ImageError."""

    def make() -> Picture:
        use_language(language)
        image = load_image(data)
        key = _key_of(image)
        return Picture(image, _small_copy(image), key, _caption_of(image), key[:6])

    return FINDS.get(("upload", file_id, language), make)


def get_frame(digest: str, language: str, data: bytes) -> Picture:
    """Returns a camera frame, decoded and checked like an upload. Raises ImageError."""
    return _get_of_series(_CAMERA_SERIES, digest, language, data)


def get_drawing(digest: str, language: str, data: bytes) -> Picture:
    """Returns what was drawn by hand, decoded and checked like an upload. Raises ImageError."""
    return _get_of_series(_DRAWN_SERIES, digest, language, data)


def _get_of_series(series: str, digest: str, language: str, data: bytes) -> Picture:
    def make() -> Picture:
        use_language(language)
        image = load_image(data)
        return Picture(image, _small_copy(image), _key_of(image), _caption_of(image), series)

    return FINDS.get((series, digest, language), make)


@st.cache_resource(max_entries=24, show_spinner=False)
def get_sample(key: str, credit: str) -> Picture:
    """Returns a sample picture, shared between sessions."""
    image = sample_image(key)
    return Picture(image, _small_copy(image), f"sample:{key}", credit, key)


def get_digit(digit: int) -> Picture:
    """Returns the sample picture of a digit that no net here was trained with."""
    sample = next(sample for sample in DIGITS if sample.digit == digit)
    return get_sample(sample.key, sample.credit)


def _key_of(image: Image) -> str:
    return hashlib.blake2b(repr(image.size).encode() + image.tobytes(), digest_size=12).hexdigest()


def _caption_of(image: Image) -> str:
    note = _("{width}×{height} pixels. It stays in memory for this session and is never written.")
    return note.format(width=f"{image.width:,}", height=f"{image.height:,}")


def _small_copy(image: Image) -> bytes:
    """Returns a small JPEG to show: a photograph of 50 million pixels is not sent back to the browser."""
    if max(image.size) <= _FEW:
        times = _SMALL // max(image.size)
        small = image.resize((image.width * times, image.height * times), 0)
    else:
        small = image.copy()
        small.thumbnail((_SMALL, _SMALL))
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
