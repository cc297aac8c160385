"""Decodes uploaded bytes to a checked picture: whatever they are, it ends in an RGB picture or in an ImageError."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps, TiffImagePlugin, UnidentifiedImageError
from pillow_heif import register_heif_opener

from resnet_viz.errors import ImageError
from resnet_viz.i18n import _
from resnet_viz.units import format_bytes, format_count, format_exact

# No other decoder is used. EPS above all: PIL would run Ghostscript on untrusted data.
IMAGE_FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM", "HEIF")
MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000

# What makes a decoder take hours within `MAX_BYTES`, by PIL's decoder name, with a limit no regular file exceeds:
# the scans of a JPEG (each passes over all pixels) and the comments of a text PPM (each copies the text).
COSTLY_MARKS = {"jpeg": (b"\xff\xda\x00", 100), "ppm_plain": (b"#", 1000)}

# The pictures of phones. The primary one is read; its decoder holds each picture in the file to the size in its header.
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

# PIL warns at a higher limit than ours. Set for the process: `catch_warnings` around a call is not thread-safe.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def load_image(data: bytes) -> Image.Image:
    """Returns the picture in `data`: RGB, 8 bits, EXIF orientation applied, no metadata, independent of `data`.

    Of a file with several pictures, the first; of HEIF, the primary one. Transparency is composited on white. Grey of
    more than 8 bits is scaled by its bit depth; floats, and integers without a defined white (signed or 32 bits), from
    minimum to maximum. Colour profiles are not applied, as in torchvision. Nothing is written to disk.

    Raises ImageError for data that is empty, no picture in one of `IMAGE_FORMATS`, damaged, truncated, larger than
    `MAX_BYTES` bytes or than `MAX_PIXELS` pixels (by its header, before decoding).
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise ImageError(_("Got {got} for a picture. Pass the bytes of its file.").format(got=type(data).__name__))
    _check_length(data)
    with _decoder_errors_wrapped():
        picture = Image.open(io.BytesIO(data), formats=IMAGE_FORMATS)
        _check_pixels(picture)
        _check_effort(picture, data)
        # Before EXIF is read: otherwise PIL may load half of a damaged PNG without an error.
        picture.load()
    # Broken EXIF affects no pixel. In place, so that PIL rotates the picture before it fails to write EXIF back.
    with suppress(Exception):
        ImageOps.exif_transpose(picture, in_place=True)
    rgb = _convert_to_rgb(picture)
    rgb.info = {}  # drop metadata such as the GPS position
    return rgb


def _check_length(data: bytes) -> None:
    if not data:
        text = _("The file is empty (0 bytes): choose a picture as {formats}.")
        raise ImageError(text.format(formats=_format_names()))
    if len(data) > MAX_BYTES:
        text = _("The file has {got}, and at most {limit} are allowed: make the picture smaller, or save it as JPEG.")
        raise ImageError(text.format(got=format_bytes(len(data)), limit=format_bytes(MAX_BYTES)))


def _check_pixels(picture: ImageFile.ImageFile) -> None:
    tags = picture.tag_v2 if isinstance(picture, TiffImagePlugin.TiffImageFile) else {}
    # One tile of a TIFF can be larger than its picture, and is decoded whole.
    tile = (tags.get(TiffImagePlugin.TILEWIDTH, 0), tags.get(TiffImagePlugin.TILELENGTH, 0))
    for width, height in (picture.size, tile):
        if width * height > MAX_PIXELS:
            text = _("The picture has {got} pixels, and at most {limit} in all are allowed: scale it down.")
            got = f"{format_exact(width)}×{format_exact(height)}"
            raise ImageError(text.format(got=got, limit=format_count(MAX_PIXELS)))


def _check_effort(picture: ImageFile.ImageFile, data: bytes) -> None:
    marks = [COSTLY_MARKS[tile[0]] for tile in picture.tile if tile[0] in COSTLY_MARKS]
    if any(data.count(mark) > limit for mark, limit in marks):
        raise ImageError(_("The picture has too many scans or comments to be read in time: save it again as PNG."))


def _format_names() -> str:
    """The formats as people know them: a HEIF file of a phone ends in .heic."""
    return ", ".join("HEIC" if name == "HEIF" else name for name in IMAGE_FORMATS)


@contextmanager
def _decoder_errors_wrapped() -> Iterator[None]:
    """Converts PIL's exceptions about the data to ImageError.

    Catches `Exception`, because there is no complete list: PIL documents OSError, and damaged files also raise
    ValueError, SyntaxError, struct.error and more. So wrap nothing but PIL's open and load and header checks.
    """
    try:
        yield
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        text = _("The file is no picture that can be read here: choose one as {formats}, or convert it to one.")
        raise ImageError(text.format(formats=_format_names())) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        text = _("The picture claims to be huge, and at most {limit} pixels in all are allowed: scale it down.")
        raise ImageError(text.format(limit=format_count(MAX_PIXELS))) from error
    except Exception as error:
        text = _("The picture is damaged or cut short and cannot be read: save it again as PNG, or choose another.")
        raise ImageError(text) from error


def _convert_to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode[0] in "IF":
        return Image.fromarray(_grey_levels(picture)).convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    # PIL cannot go from grey with premultiplied transparency to colours in one step.
    rgba = (picture.convert("LA") if picture.mode == "La" else picture).convert("RGBA")
    on_white = Image.new("RGB", picture.size, "white")
    on_white.paste(rgba, mask=rgba)
    return on_white


def _grey_levels(picture: Image.Image) -> NDArray[np.uint8]:
    """Returns a grey picture of more than 8 bits as uint8 (H, W). PIL's own `convert` would clip it to white."""
    tags = picture.tag_v2 if isinstance(picture, TiffImagePlugin.TiffImageFile) else {}
    values = np.asarray(picture)
    if picture.mode.startswith("I;16"):
        levels = _scale(values, n_bits=tags.get(TiffImagePlugin.BITSPERSAMPLE, (16,))[0])
    elif picture.format == "PPM" and picture.mode == "I":
        levels = _scale(values, n_bits=16)  # PIL has already scaled it to 16 bits, whatever the file's maximum
    else:
        levels = _stretch(values)
    if "transparency" in picture.info:
        levels[values == picture.info["transparency"]] = 255
    # In some TIFF files the maximum means black, which PIL handles for 8 bits only.
    return 255 - levels if tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == 0 else levels


def _scale(values: NDArray[Any], n_bits: int) -> NDArray[np.uint8]:
    white = 2**n_bits - 1
    level_of = np.rint(np.arange(white + 1) * (255 / white)).astype(np.uint8)
    levels: NDArray[np.uint8] = level_of[values]
    return levels


def _stretch(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Maps the range of finite values to 0…255; NaN becomes black."""
    halves = values.astype(np.float32)
    halves /= 2  # so that the range of the largest floats does not overflow
    finite = halves[np.isfinite(halves)]
    low, high = (finite.min(), finite.max()) if finite.size else (0, 0)
    np.clip(halves, low, high, out=halves)
    halves -= low
    halves /= max(high - low, np.finfo(np.float32).tiny)
    return np.rint(np.nan_to_num(halves, copy=False) * 255).astype(np.uint8)
