"""Uploaded bytes to a checked picture, and a picture to the tensor a ResNet takes.

bytes ──load_image──▶ RGB picture ──crop_preview──▶ what the net sees ──to_input──▶ (1, 3, H, W)
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps, TiffImagePlugin, UnidentifiedImageError
from torchvision.transforms import functional as F

from resnet_viz.errors import ImageError
from resnet_viz.i18n import _
from resnet_viz.units import format_bytes, format_count, format_exact

# Nothing else reaches a decoder. EPS above all: PIL would start Ghostscript on what a stranger sent.
FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM")
MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000

# What keeps a decoder busy for hours within `MAX_BYTES`, by the decoder's name, with a number no honest file exceeds:
# the scans of a JPEG (each passes over all pixels) and the comments of a text PPM (each copies the text).
COSTLY_MARKS = {"jpeg": (b"\xff\xda\x00", 100), "ppm_plain": (b"#", 1000)}

# The preprocessing of torchvision's ImageNet weights: `torchvision.transforms._presets.ImageClassification`.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
ENLARGE = 256 / 224

# PIL warns at a higher limit than ours. Said once for the process: `catch_warnings` around a call is not thread-safe.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def load_image(data: bytes) -> Image.Image:
    """The picture in `data`: RGB, 8 bits, upright, without metadata, and independent of `data`.

    Of several pictures in one file it is the first. Transparency lies on white. Grey of more than 8 bits is scaled
    by its depth; floats, and whole numbers without an agreed white (signed or 32 bits), from least to greatest.
    Colour profiles are not applied, as in torchvision. Nothing is written to disk.

    Raises `ImageError` for what is empty, no picture in one of `FORMATS`, damaged, cut short, of more than
    `MAX_BYTES` bytes or of more than `MAX_PIXELS` pixels (told from its header, before it is decoded).
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise ImageError(_("Got {got} for a picture. Pass the bytes of its file.").format(got=type(data).__name__))
    _check_length(data)
    with _decoder_errors_told():
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        _check_pixels(picture)
        _check_effort(picture, data)
        # Before EXIF is read: PIL, asked for it first, may then load half of a damaged PNG without an error.
        picture.load()
    # Broken EXIF spoils no pixel. In place, because so PIL turns the picture before it fails to write EXIF back.
    with suppress(Exception):
        ImageOps.exif_transpose(picture, in_place=True)
    rgb = _convert_to_rgb(picture)
    rgb.info = {}  # the place it was taken at, say: nothing needs it
    return rgb


def crop_preview(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """What the net sees of an RGB picture: resized (bilinear, antialiased) and cropped to `size` = (H, W), each ≤ 4096.

    The picture is scaled until it just covers 256/224 of both sides of `size`, then its centre is cropped. For a square
    `size` that is torchvision's rule (the short side becomes 256/224 of the crop), and equal to it bit for bit.

    Only where the scaled picture would exceed `MAX_PIXELS` (10,000×1 pixels, say) its far ends are cut off before.
    """
    height, width = (round(ENLARGE * side) for side in size)
    bounded = F.center_crop(image, _bounded_size(image, height, width))
    resized = F.resize(bounded, _covering_size(bounded, height, width), F.InterpolationMode.BILINEAR, antialias=True)
    cropped: Image.Image = F.center_crop(resized, size)
    return cropped


def to_input(image: Image.Image, size: tuple[int, int]) -> torch.Tensor:
    """The input tensor for an RGB picture: float32 (1, 3, H, W), normalised by the mean and deviation of ImageNet.

    `size` is (H, W); the crop is that of `crop_preview`. Source of the numbers: torchvision's `ImageClassification`.
    """
    pixels = F.convert_image_dtype(F.pil_to_tensor(crop_preview(image, size)), torch.float)
    normalised: torch.Tensor = F.normalize(pixels, IMAGENET_MEAN, IMAGENET_STD)
    return normalised.unsqueeze(0)


def _check_length(data: bytes) -> None:
    if not data:
        text = _("The file is empty (0 bytes): choose a picture as {formats}.")
        raise ImageError(text.format(formats=", ".join(FORMATS)))
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


@contextmanager
def _decoder_errors_told() -> Iterator[None]:
    """Whatever PIL raises about the bytes becomes an `ImageError`.

    `Exception`, because there is no list: PIL documents `OSError`, and damaged files bring out `ValueError`,
    `SyntaxError`, `struct.error` and more. So nothing stands inside but PIL's open and load and checks of the header.
    """
    try:
        yield
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        text = _("The file is no picture that can be read here: choose one as {formats}, or convert it to one.")
        raise ImageError(text.format(formats=", ".join(FORMATS))) from error
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
    """A grey picture of more than 8 bits as 0 to 255, (H, W). PIL's own `convert` would clip it to white."""
    tags = picture.tag_v2 if isinstance(picture, TiffImagePlugin.TiffImageFile) else {}
    values = np.asarray(picture)
    if picture.mode.startswith("I;16"):
        levels = _scale(values, n_bits=tags.get(TiffImagePlugin.BITSPERSAMPLE, (16,))[0])
    elif picture.format == "PPM" and picture.mode == "I":
        levels = _scale(values, n_bits=16)  # PIL has scaled it to 16 bits, whatever the file says is white
    else:
        levels = _stretch(values)
    if "transparency" in picture.info:
        levels[values == picture.info["transparency"]] = 255
    # In some TIFF files the greatest value means black, which PIL heeds for 8 bits only.
    return 255 - levels if tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == 0 else levels


def _scale(values: NDArray[Any], n_bits: int) -> NDArray[np.uint8]:
    white = 2**n_bits - 1
    level_of = np.rint(np.arange(white + 1) * (255 / white)).astype(np.uint8)
    levels: NDArray[np.uint8] = level_of[values]
    return levels


def _stretch(values: NDArray[Any]) -> NDArray[np.uint8]:
    """From the least to the greatest finite value, as 0 to 255; what is no number becomes black."""
    halves = values.astype(np.float32)
    halves /= 2  # so that the span of the largest floats is a float, too
    finite = halves[np.isfinite(halves)]
    low, high = (finite.min(), finite.max()) if finite.size else (0, 0)
    np.clip(halves, low, high, out=halves)
    halves -= low
    halves /= max(high - low, np.finfo(np.float32).tiny)
    return np.rint(np.nan_to_num(halves, copy=False) * 255).astype(np.uint8)


def _bounded_size(image: Image.Image, height: int, width: int) -> tuple[int, int]:
    """The (H, W) of `image` that may stay, so that scaled to cover height × width it has at most `MAX_PIXELS`."""
    if image.width * height >= image.height * width:
        return image.height, min(image.width, MAX_PIXELS * image.height // height**2)
    return min(image.height, MAX_PIXELS * image.width // width**2), image.width


def _covering_size(image: Image.Image, height: int, width: int) -> tuple[int, int]:
    """The least (H, W) of the shape of `image` that covers height × width; rounded down as torchvision does."""
    if image.width * height >= image.height * width:
        return height, image.width * height // image.height
    return image.height * width // image.width, width
