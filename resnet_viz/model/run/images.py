"""Uploaded bytes to a checked picture, and a picture to the tensor a ResNet takes.

bytes ──load_image──▶ RGB picture ──crop_preview──▶ what the net sees ──to_input──▶ (1, 3, H, W)

How a picture is prepared is a `Preparation`; a plain size (H, W) stands for one with the rest as it is by default.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps, TiffImagePlugin, UnidentifiedImageError
from torchvision.transforms import functional as F

from resnet_viz.errors import ImageError
from resnet_viz.i18n import _
from resnet_viz.records.preparation import Preparation
from resnet_viz.spec.checks import check_input_size
from resnet_viz.units import format_bytes, format_count, format_exact

# Nothing else reaches a decoder. EPS above all: PIL would start Ghostscript on what a stranger sent.
IMAGE_FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM")
MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000

# What keeps a decoder busy for hours within `MAX_BYTES`, by the decoder's name, with a number no honest file exceeds:
# the scans of a JPEG (each passes over all pixels) and the comments of a text PPM (each copies the text).
COSTLY_MARKS = {"jpeg": (b"\xff\xda\x00", 100), "ppm_plain": (b"#", 1000)}

# PIL warns at a higher limit than ours. Said once for the process: `catch_warnings` around a call is not thread-safe.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


InputSize = tuple[int, int] | Preparation


@dataclass(frozen=True, slots=True)
class PreparedSteps:
    """A picture on its way into the net, step by step; all pictures are RGB."""

    scaled: Image.Image
    """The picture, scaled until it covers what is cropped; with a crop of one's own, the picture as it is."""
    box: tuple[int, int, int, int]
    """Left, top, right and bottom of the crop in pixels of `scaled`."""
    cropped: Image.Image
    """What the net sees, (H, W) of the input."""
    tensor: torch.Tensor
    """What the net is given: float32 (1, 3, H, W), normalised."""
    seen: Image.Image
    """The tensor turned back into a picture: the same as `cropped`."""


def load_image(data: bytes) -> Image.Image:
    """The picture in `data`: RGB, 8 bits, upright, without metadata, and independent of `data`.

    Of several pictures in one file it is the first. Transparency lies on white. Grey of more than 8 bits is scaled
    by its depth; floats, and whole numbers without an agreed white (signed or 32 bits), from least to greatest.
    Colour profiles are not applied, as in torchvision. Nothing is written to disk.

    Raises `ImageError` for what is empty, no picture in one of `IMAGE_FORMATS`, damaged, cut short, of more than
    `MAX_BYTES` bytes or of more than `MAX_PIXELS` pixels (told from its header, before it is decoded).
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise ImageError(_("Got {got} for a picture. Pass the bytes of its file.").format(got=type(data).__name__))
    _check_length(data)
    with _decoder_errors_told():
        picture = Image.open(io.BytesIO(data), formats=IMAGE_FORMATS)
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


def preparation_of(size: InputSize) -> Preparation:
    """The Preparation that an input size (H, W) stands for. Raises SpecError for a size that cannot be."""
    return size if isinstance(size, Preparation) else Preparation(size=check_input_size("input_size", size))


def crop_preview(image: Image.Image, preparation: InputSize) -> Image.Image:
    """What the net sees of an RGB picture: resized (bilinear, antialiased) and cropped to the (H, W) of the input.

    The picture is scaled until it just covers 256/224 of both sides (or what the preparation says), then its centre is
    cropped. For a square that is torchvision's rule (the short side becomes 256 for a crop of 224), and equal to it bit
    for bit. A crop of one's own is cut out in whole pixels and scaled straight to the (H, W) of the input.

    Only where the scaled picture would exceed `MAX_PIXELS` (10,000×1 pixels, say) its far ends are cut off before.
    Raises SpecError for a size that cannot be.
    """
    return _crop_steps(image, preparation_of(preparation))[2]


def to_input(image: Image.Image, preparation: InputSize) -> torch.Tensor:
    """The input tensor for an RGB picture: float32 (1, 3, H, W), normalised by mean and deviation, else ImageNet's.

    The crop is that of `crop_preview`. Source of the rule: torchvision's `ImageClassification`.
    Raises SpecError for a size that cannot be.
    """
    prepared = preparation_of(preparation)
    return _normalise(crop_preview(image, prepared), prepared)


def prepare_steps(image: Image.Image, preparation: InputSize) -> PreparedSteps:
    """Each step from an RGB picture to the net's input, to be looked at. Raises SpecError for a size that cannot be."""
    prepared = preparation_of(preparation)
    scaled, box, cropped = _crop_steps(image, prepared)
    tensor = _normalise(cropped, prepared)
    return PreparedSteps(scaled, box, cropped, tensor, to_picture(tensor, prepared))


def to_picture(tensor: torch.Tensor, preparation: Preparation) -> Image.Image:
    """The RGB picture that an input tensor (1, 3, H, W) shows, its normalisation undone."""
    mean, std = (torch.tensor(values).reshape(3, 1, 1) for values in (preparation.mean, preparation.std))
    pixels = (tensor[0].float().cpu() * std + mean).mul(255).round().clamp(0, 255)
    return Image.fromarray(pixels.to(torch.uint8).permute(1, 2, 0).numpy())


def _crop_steps(
    image: Image.Image, prepared: Preparation
) -> tuple[Image.Image, tuple[int, int, int, int], Image.Image]:
    """The scaled picture, where it is cropped, and what that gives."""
    if prepared.crop is not None:
        box = prepared.crop.box(image.height, image.width)
        return image, box, _resize(image.crop(box), prepared.size)
    scaled = _scale_to_cover(image, prepared.covered)
    return scaled, _centre_box(scaled, prepared.size), F.center_crop(scaled, prepared.size)


def _normalise(cropped: Image.Image, prepared: Preparation) -> torch.Tensor:
    pixels = F.convert_image_dtype(F.pil_to_tensor(cropped), torch.float)
    normalised: torch.Tensor = F.normalize(pixels, list(prepared.mean), list(prepared.std))
    return normalised.unsqueeze(0)


def _resize(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    resized: Image.Image = F.resize(image, size, F.InterpolationMode.BILINEAR, antialias=True)
    return resized


def _scale_to_cover(image: Image.Image, covered: tuple[int, int]) -> Image.Image:
    bounded = F.center_crop(image, _bounded_size(image, *covered))
    return _resize(bounded, _covering_size(bounded, *covered))


def _centre_box(image: Image.Image, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Where torchvision's `center_crop` cuts, with its rounding."""
    height, width = size
    top, left = round((image.height - height) / 2), round((image.width - width) / 2)
    return left, top, left + width, top + height


def _check_length(data: bytes) -> None:
    if not data:
        text = _("The file is empty (0 bytes): choose a picture as {formats}.")
        raise ImageError(text.format(formats=", ".join(IMAGE_FORMATS)))
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
        raise ImageError(text.format(formats=", ".join(IMAGE_FORMATS))) from error
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
