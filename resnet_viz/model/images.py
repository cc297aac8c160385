"""Uploaded bytes to a checked picture, and a picture to the tensor a ResNet takes.

    bytes ──load_image──▶ RGB picture ──crop_preview──▶ what the net sees ──to_input──▶ (1, 3, H, W)
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, TiffImagePlugin, UnidentifiedImageError
from torchvision.transforms import functional as F

from resnet_viz.errors import ImageError
from resnet_viz.i18n import _
from resnet_viz.units import format_bytes, format_count, format_exact

# Nothing else reaches a decoder. EPS above all: PIL would start Ghostscript on what a stranger sent.
FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM")
MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000

# The preprocessing of torchvision's ImageNet weights: `torchvision.transforms._presets.ImageClassification`.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
ENLARGE = 256 / 224

# Our own limit is lower than the one PIL warns at. Set once here: `catch_warnings` at each call is not safe among threads.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def load_image(data: bytes) -> Image.Image:
    """The picture in `data`: RGB, 8 bits, upright, without metadata, and independent of `data`.

    Of several pictures in one file it is the first. Transparency lies on white. Grey of more than 8 bits is scaled
    by its depth; floats, and whole numbers without an agreed white (signed or 32 bits), from least to greatest.
    Colour profiles are not applied, as in torchvision. Nothing is written to disk.

    Raises `ImageError` for what is empty, no picture in one of `FORMATS`, damaged, cut short, of more than
    `MAX_BYTES` bytes or of more than `MAX_PIXELS` pixels (told from its header, before it is decoded).
    """
    _check_length(data)
    with _decoder_errors_told():
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    _check_pixels(picture)
    with _decoder_errors_told():
        # In this order: PIL, asked for EXIF first, may afterwards load half of a damaged PNG without an error.
        picture.load()
    return _turn_upright(_convert_to_rgb(picture), _orientation(picture))


def crop_preview(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """What the net sees of an RGB picture: resized (bilinear, antialiased) and cropped to `size` = (H, W), 1 to 4096 each.

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
        raise ImageError(
            _("The file is empty (0 bytes): choose a picture as {formats}.").format(formats=", ".join(FORMATS))
        )
    if len(data) > MAX_BYTES:
        raise ImageError(
            _("The file has {got}, and at most {limit} are allowed: make the picture smaller, or save it as JPEG.").format(
                got=format_bytes(len(data)), limit=format_bytes(MAX_BYTES)
            )
        )


def _check_pixels(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise ImageError(
            _("The picture has {width}×{height} pixels, and at most {limit} in all are allowed: scale it down.").format(
                width=format_exact(width), height=format_exact(height), limit=format_count(MAX_PIXELS)
            )
        )


@contextmanager
def _decoder_errors_told() -> Iterator[None]:
    """Whatever PIL raises about the bytes becomes an `ImageError`.

    `Exception`, because there is no list: what PIL documents (`OSError`) is a small part of what damaged files bring
    out of its decoders. So nothing stands inside this context but PIL's own open and load.
    """
    try:
        yield
    except UnidentifiedImageError as error:
        raise ImageError(
            _("The file is no picture that can be read here: choose one as {formats}, or convert it to one.").format(
                formats=", ".join(FORMATS)
            )
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(
            _("The picture claims to be huge, and at most {limit} pixels in all are allowed: scale it down.").format(
                limit=format_count(MAX_PIXELS)
            )
        ) from error
    except Exception as error:
        raise ImageError(
            _("The picture is damaged or cut short and cannot be read: save it again as PNG or JPEG and choose that.")
        ) from error


def _convert_to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode[0] in "IF":
        return Image.fromarray(_grey_levels(picture)).convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    rgba = picture.convert("RGBA")
    on_white = Image.new("RGB", picture.size, "white")
    on_white.paste(rgba, mask=rgba)
    return on_white


def _grey_levels(picture: Image.Image) -> NDArray[np.uint8]:
    """A grey picture of more than 8 bits as 0 to 255, (H, W). PIL's own `convert` would clip it to white."""
    values = np.asarray(picture)
    white = _white_value(picture)
    if white is None:
        return _stretch(values)
    levels = np.rint(np.arange(white + 1) * (255 / white)).astype(np.uint8)[values]
    if "transparency" in picture.info:
        levels[values == picture.info["transparency"]] = 255
    return levels


def _white_value(picture: Image.Image) -> int | None:
    """The value that means white, or `None` where there is no agreed one."""
    if picture.mode.startswith("I;16"):
        is_tiff = isinstance(picture, TiffImagePlugin.TiffImageFile)
        return int(2 ** picture.tag_v2[TiffImagePlugin.BITSPERSAMPLE][0] - 1) if is_tiff else 65535
    # PIL reads PGM of more than 8 bits as `I` and scales it to 16.
    return 65535 if picture.format == "PPM" and picture.mode == "I" else None


def _stretch(values: NDArray[np.int32] | NDArray[np.float32]) -> NDArray[np.uint8]:
    """From the least to the greatest finite value, as 0 to 255; what is no number becomes black."""
    halves = values.astype(np.float32) / 2  # so that the span of the largest floats is a float, too
    finite = halves[np.isfinite(halves)]
    low, high = (finite.min(), finite.max()) if finite.size else (np.float32(0), np.float32(0))
    shares = (np.clip(halves, low, high) - low) / (high - low or 1)
    return np.rint(np.nan_to_num(shares) * 255).astype(np.uint8)


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 (upright) where EXIF is missing or broken, as that spoils no pixel."""
    try:
        return picture.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # as above: PIL parses bytes from a stranger here
        return 1


def _turn_upright(picture: Image.Image, orientation: int) -> Image.Image:
    # Other EXIF (a place, say) is dropped: nothing needs it, and PIL fails to write broken EXIF back.
    picture.info = {}
    picture.getexif()[ExifTags.Base.Orientation] = orientation
    return ImageOps.exif_transpose(picture)


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
