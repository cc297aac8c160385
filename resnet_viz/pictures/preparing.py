"""Converts a picture to a ResNet's input, to the bit as torchvision's transforms do.

picture ──crop_preview──▶ what the net sees ──prepare_input──▶ (1, C, H, W)

A `Preparation` says how; a plain size (H, W) stands for the default preparation at that size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resnet_viz.pictures.decoding import MAX_PIXELS
from resnet_viz.records.preparation import COLOURS, Preparation
from resnet_viz.spec.checks import check_input_size

# PIL's filters by the names of `records.preparation.INTERPOLATIONS`. All but `nearest` are antialiased.
FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}

SizeOrPreparation = tuple[int, int] | Preparation
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class PreparedSteps:
    """The steps from a picture to the net's input; all pictures are RGB."""

    scaled: Image.Image
    """The picture, scaled to cover the crop; with a `Preparation.crop`, the picture itself."""
    box: Box
    """Left, top, right and bottom of the crop in pixels of `scaled`."""
    cropped: Image.Image
    """What the net sees, at the input's (H, W)."""
    input: NDArray[np.float32]
    """The input: (1, C, H, W), normalised."""
    seen: Image.Image
    """The input converted back to a picture: equal to `cropped`, or to its grey for an input of one channel."""


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


def prepare_input(image: Image.Image, size_or_preparation: SizeOrPreparation) -> NDArray[np.float32]:
    """Returns the input for an RGB picture: float32 (1, C, H, W), normalised by mean and std, by default ImageNet's.

    The crop is that of `crop_preview`, the channels are those that `Preparation` tells. Source of the rule for three:
    torchvision's `ImageClassification`. Raises SpecError for an invalid size.
    """
    preparation = preparation_of(size_or_preparation)
    return _normalise(crop_preview(image, preparation), preparation)


def prepare_steps(image: Image.Image, size_or_preparation: SizeOrPreparation) -> PreparedSteps:
    """Returns each step from an RGB picture to the net's input, for display. Raises SpecError for an invalid size."""
    preparation = preparation_of(size_or_preparation)
    scaled, box, cropped = _crop_steps(image, preparation)
    values = _normalise(cropped, preparation)
    return PreparedSteps(scaled, box, cropped, values, _to_picture(values, preparation))


def _to_picture(values: NDArray[np.float32], preparation: Preparation) -> Image.Image:
    """Returns an input (1, C, H, W) as an RGB picture, with the normalisation undone.

    One channel is grey; of more the first three are red, green and blue, and a missing blue is 0.
    """
    n_shown = min(values.shape[1], COLOURS)
    mean, std = _for_each(preparation.channel_mean[:n_shown]), _for_each(preparation.channel_std[:n_shown])
    with np.errstate(over="ignore", invalid="ignore"):
        pixels = np.clip(np.rint((values[0, :n_shown] * std + mean) * 255), 0, 255).astype(np.uint8)
    colours = np.zeros((*pixels.shape[1:], COLOURS), np.uint8)
    # One channel fills all three.
    colours[:, :, : COLOURS if n_shown == 1 else n_shown] = pixels.transpose(1, 2, 0)
    return Image.fromarray(colours)


def _crop_steps(image: Image.Image, preparation: Preparation) -> tuple[Image.Image, Box, Image.Image]:
    """Returns the scaled picture, the crop box in it, and the cropped picture."""
    if preparation.crop is not None:
        box = preparation.crop.box(image.height, image.width)
        return image, box, _resize(image.crop(box), preparation.size, preparation)
    scaled = _scale_to_cover(image, preparation)
    box = _centre_box(scaled, preparation.size)
    return scaled, box, scaled.crop(box)


def _normalise(cropped: Image.Image, preparation: Preparation) -> NDArray[np.float32]:
    """Returns an RGB picture as torchvision's `convert_image_dtype` and `normalize` give it, with a first axis of 1.

    Their order of operations, each rounded to float32: divided by 255, the mean subtracted, divided by the deviation.
    """
    values = _channels(cropped, preparation.n_channels).astype(np.float32)
    values /= 255
    # As in torch, what is beyond float32 becomes infinite.
    with np.errstate(over="ignore", invalid="ignore"):
        values -= _for_each(preparation.channel_mean)
        values /= _for_each(preparation.channel_std)
    return values.reshape(1, *values.shape)


def _for_each(numbers: tuple[float, ...]) -> NDArray[np.float32]:
    """Returns one number for each channel as float32 (C, 1, 1)."""
    with np.errstate(over="ignore"):
        return np.array(numbers, np.float32).reshape(-1, 1, 1)


def _channels(cropped: Image.Image, n: int) -> NDArray[np.uint8]:
    """Returns an RGB picture as (n, H, W): grey for one channel, the colours in turn for any other number."""
    pixels = np.atleast_3d(np.asarray(cropped.convert("L") if n == 1 else cropped)).transpose(2, 0, 1)
    # Axis by axis in memory, too, as nets have it.
    return np.ascontiguousarray(pixels if n in (1, COLOURS) else pixels[[i % COLOURS for i in range(n)]])


def _resize(image: Image.Image, size: tuple[int, int], preparation: Preparation) -> Image.Image:
    height, width = size
    return image.resize((width, height), FILTERS[preparation.interpolation])


def _scale_to_cover(image: Image.Image, preparation: Preparation) -> Image.Image:
    bounded = image.crop(_centre_box(image, _bounded_size(image, *preparation.covered)))
    return _resize(bounded, _covering_size(bounded, *preparation.covered), preparation)


def _centre_box(image: Image.Image, size: tuple[int, int]) -> Box:
    """Returns the box that torchvision's `center_crop` uses, with its rounding; `size` is at most the picture's."""
    height, width = size
    top, left = round((image.height - height) / 2), round((image.width - width) / 2)
    return left, top, left + width, top + height


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
