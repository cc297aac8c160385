"""Decodes uploaded bytes to a checked picture, and converts a picture to a ResNet's input tensor.

bytes ──load_image──▶ RGB picture ──crop_preview──▶ what the net sees ──to_input──▶ (1, C, H, W)

A `Preparation` says how; a plain size (H, W) stands for the default preparation at that size.
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
from resnet_viz.records.preparation import COLOURS, Preparation
from resnet_viz.spec.checks import check_input_size
from resnet_viz.units import format_bytes, format_count, format_exact

# No other decoder is used. EPS above all: PIL would run Ghostscript on untrusted data.
IMAGE_FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP", "PPM")
MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000

# What makes a decoder take hours within `MAX_BYTES`, by PIL's decoder name, with a limit no regular file exceeds:
# the scans of a JPEG (each passes over all pixels) and the comments of a text PPM (each copies the text).
COSTLY_MARKS = {"jpeg": (b"\xff\xda\x00", 100), "ppm_plain": (b"#", 1000)}

# PIL warns at a higher limit than ours. Set for the process: `catch_warnings` around a call is not thread-safe.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


SizeOrPreparation = tuple[int, int] | Preparation


@dataclass(frozen=True, slots=True)
class PreparedSteps:
    """The steps from a picture to the net's input; all pictures are RGB."""

    scaled: Image.Image
    """The picture, scaled to cover the crop; with a `Preparation.crop`, the picture itself."""
    box: tuple[int, int, int, int]
    """Left, top, right and bottom of the crop in pixels of `scaled`."""
    cropped: Image.Image
    """What the net sees, at the input's (H, W)."""
    tensor: torch.Tensor
    """The input: float32 (1, C, H, W), normalised."""
    seen: Image.Image
    """The tensor converted back to a picture: equal to `cropped`, or to its grey for an input of one channel."""


def load_image(data: bytes) -> Image.Image:
    """Returns the picture in `data`: RGB, 8 bits, EXIF orientation applied, no metadata, independent of `data`.

    Of a file with several pictures, the first. Transparency is composited on white. Grey of more than 8 bits is scaled
    by its bit depth; floats, and integers without a defined white (signed or 32 bits), from minimum to maximum. Colour
    profiles are not applied, as in torchvision. Nothing is written to disk.

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


def preparation_of(size_or_preparation: SizeOrPreparation) -> Preparation:
    """Returns the Preparation for an input size (H, W), or the one given. Raises SpecError for an invalid size."""
    if isinstance(size_or_preparation, Preparation):
        return size_or_preparation
    return Preparation(size=check_input_size("input_size", size_or_preparation))


def crop_preview(image: Image.Image, size_or_preparation: SizeOrPreparation) -> Image.Image:
    """Returns what the net sees of an RGB picture: resized (antialiased) and cropped to the input's (H, W).

    The picture is scaled to just cover 256/224 of both sides (or the preparation's ratio), then centre-cropped. For a
    square this is torchvision's rule (the short side becomes 256 for a crop of 224), bit for bit. A `Preparation.crop`
    is cut out in whole pixels and scaled directly to the input's (H, W).

    A picture so elongated that the scaled one would exceed `MAX_PIXELS` (10,000×1 pixels, say) is first cropped at its
    far ends. Raises SpecError for an invalid size.
    """
    return _crop_steps(image, preparation_of(size_or_preparation))[2]


def to_input(image: Image.Image, size_or_preparation: SizeOrPreparation) -> torch.Tensor:
    """Returns the input for an RGB picture: float32 (1, C, H, W), normalised by mean and std, by default ImageNet's.

    The crop is that of `crop_preview`, the channels are those that `Preparation` tells. Source of the rule for three:
    torchvision's `ImageClassification`. Raises SpecError for an
    invalid size.
    """
    preparation = preparation_of(size_or_preparation)
    return _normalise(crop_preview(image, preparation), preparation)


def prepare_steps(image: Image.Image, size_or_preparation: SizeOrPreparation) -> PreparedSteps:
    """Returns each step from an RGB picture to the net's input, for display. Raises SpecError for an invalid size."""
    preparation = preparation_of(size_or_preparation)
    scaled, box, cropped = _crop_steps(image, preparation)
    tensor = _normalise(cropped, preparation)
    return PreparedSteps(scaled, box, cropped, tensor, to_picture(tensor, preparation))


def to_picture(tensor: torch.Tensor, preparation: Preparation) -> Image.Image:
    """Returns an input tensor (1, C, H, W) as an RGB picture, with the normalisation undone.

    One channel is grey; of more the first three are red, green and blue, and a missing blue is 0.
    """
    values, n_shown = tensor[0].float().cpu(), min(len(tensor[0]), COLOURS)
    mean, std = (
        torch.tensor(numbers[:n_shown]).reshape(-1, 1, 1)
        for numbers in (preparation.channel_mean, preparation.channel_std)
    )
    pixels = (values[:n_shown] * std + mean).mul(255).round().clamp(0, 255)
    missing = pixels.new_zeros(COLOURS - n_shown, *pixels.shape[1:])
    colours = pixels.expand(COLOURS, -1, -1) if n_shown == 1 else torch.cat([pixels, missing])
    return Image.fromarray(colours.to(torch.uint8).permute(1, 2, 0).numpy())


def _crop_steps(
    image: Image.Image, preparation: Preparation
) -> tuple[Image.Image, tuple[int, int, int, int], Image.Image]:
    """Returns the scaled picture, the crop box in it, and the cropped picture."""
    if preparation.crop is not None:
        box = preparation.crop.box(image.height, image.width)
        return image, box, _resize(image.crop(box), preparation.size, preparation)
    scaled = _scale_to_cover(image, preparation)
    return scaled, _centre_box(scaled, preparation.size), F.center_crop(scaled, preparation.size)


def _normalise(cropped: Image.Image, preparation: Preparation) -> torch.Tensor:
    pixels = F.convert_image_dtype(_channels(cropped, preparation.n_channels), torch.float)
    normalised: torch.Tensor = F.normalize(pixels, list(preparation.channel_mean), list(preparation.channel_std))
    return normalised.unsqueeze(0)


def _channels(cropped: Image.Image, n: int) -> torch.Tensor:
    """Returns an RGB picture as uint8 (n, H, W): grey for one channel, the colours in turn for any other number."""
    pixels: torch.Tensor = F.pil_to_tensor(cropped.convert("L") if n == 1 else cropped)
    return pixels if n in (1, COLOURS) else pixels[[i % COLOURS for i in range(n)]]


def _resize(image: Image.Image, size: tuple[int, int], preparation: Preparation) -> Image.Image:
    mode = F.InterpolationMode(preparation.interpolation)
    resized: Image.Image = F.resize(image, size, mode, antialias=True)
    return resized


def _scale_to_cover(image: Image.Image, preparation: Preparation) -> Image.Image:
    bounded = F.center_crop(image, _bounded_size(image, *preparation.covered))
    return _resize(bounded, _covering_size(bounded, *preparation.covered), preparation)


def _centre_box(image: Image.Image, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Returns the box that torchvision's `center_crop` uses, with its rounding."""
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


def _bounded_size(image: Image.Image, height: int, width: int) -> tuple[int, int]:
    """Returns the (H, W) of `image` to keep, so that scaled to cover height × width it has at most `MAX_PIXELS`."""
    if image.width * height >= image.height * width:
        return image.height, min(image.width, MAX_PIXELS * image.height // height**2)
    return min(image.height, MAX_PIXELS * image.width // width**2), image.width


def _covering_size(image: Image.Image, height: int, width: int) -> tuple[int, int]:
    """Returns the smallest (H, W) with `image`'s aspect ratio that covers height × width, rounded like torchvision."""
    if image.width * height >= image.height * width:
        return height, image.width * height // image.height
    return image.height * width // image.width, width
