"""How a picture is prepared for a net: crop, scale, channels and normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from numbers import Integral, Real
from typing import Any

from resnet_viz.errors import ImageError
from resnet_viz.i18n import _

# Of ImageNet's training pictures; all of torchvision's weights expect these.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
COLOURS = 3
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos")
MAX_SIDE = 4_096
# At 1.5 the centre crop discards more than half of the scaled pixels; also bounds the size of the scaled picture.
MAX_ENLARGE = 1.5
# The least float32 above 0: what is below it would divide as 0.
_LEAST_STD = 2.0**-149


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of a picture that is used: left, top, width and height as fractions of the picture, from 0 to 1.

    A crop beyond an edge is shifted inside; one larger than the picture is clipped to it. Raises ImageError for values
    that are not finite numbers, and for a width or height not above 0.
    """

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        shares = (self.left, self.top, self.width, self.height)
        if not all(_is_number(share) for share in shares) or min(self.width, self.height) <= 0:
            raise ImageError(
                _(
                    "Crop: got {got}. It is left, top, width and height as shares of the picture, from 0 to 1, "
                    "with a width and a height above 0."
                ).format(got=str(shares)[:80])
            )
        width, height = min(float(self.width), 1.0), min(float(self.height), 1.0)
        object.__setattr__(self, "width", width)
        object.__setattr__(self, "height", height)
        object.__setattr__(self, "left", min(max(float(self.left), 0.0), 1.0 - width))
        object.__setattr__(self, "top", min(max(float(self.top), 0.0), 1.0 - height))

    def box(self, height: int, width: int) -> tuple[int, int, int, int]:
        """Returns left, top, right and bottom in pixels of a picture of `height` × `width`; at least one pixel."""
        left, right = _span(self.left, self.width, width)
        top, bottom = _span(self.top, self.height, height)
        return left, top, right, bottom

    def shaped(self, size: tuple[int, int], height: int, width: int) -> Crop:
        """Returns a crop with the same centre and area and the aspect ratio of `size` (H, W).

        It is shrunk where it exceeds a picture of `height` × `width`, and shifted inside where it crosses an edge.
        """
        ratio = size[1] / size[0]
        # At least one pixel.
        wide = sqrt(max(1.0, self.width * width * self.height * height) * ratio)
        wide = min(wide, width, height * ratio)
        across, down = wide / width, wide / ratio / height
        return Crop(self.left + (self.width - across) / 2, self.top + (self.height - down) / 2, across, down)


@dataclass(frozen=True, slots=True)
class Preparation:
    """From a picture to an input (1, C, H, W): resize, crop, channels, normalise.

    The picture is scaled (antialiased) to just cover `resize` / `crop_side` times `size`, then centre-cropped: for a
    square `size` of `crop_side` this is torchvision's rule. With a `crop`, that part is scaled to `size` instead.

    An input of 3 channels is red, green and blue. One of 1 channel is the grey of Pillow's mode L: 0.299 red + 0.587
    green + 0.114 blue (ITU-R 601-2). Of any other number, channel i is the colour i mod 3, so 4 channels are red,
    green, blue and red: as timm repeats the kernels of trained weights for such inputs (`adapt_input_conv`).

    Raises ImageError for invalid values.
    """

    size: tuple[int, int] = (224, 224)
    """(H, W) of the input, each from 1 to 4,096 pixels."""
    resize: int = 256
    """Length in pixels that the short side is scaled to for an input of `crop_side`: 256, or 232 for newer weights."""
    crop_side: int = 224
    mean: tuple[float, ...] = IMAGENET_MEAN
    """Subtracted from values of 0 to 1. Three numbers are of red, green and blue: grey takes their mean, more channels
    take them in turn. Any other count is one number for each channel."""
    std: tuple[float, ...] = IMAGENET_STD
    """What the difference is divided by; as many numbers as `mean`."""
    crop: Crop | None = None
    interpolation: str = "bilinear"
    """nearest | bilinear | bicubic | lanczos"""
    channels: int | None = None
    """C of the input; None for as many as the net's first convolution takes, or as `mean` has numbers."""

    def __post_init__(self) -> None:
        _check_size(self.size)
        _check_resize(self.resize, self.crop_side)
        _check_channels(self.channels)
        _check_colours(self.mean, self.std, self.channels)
        _check_interpolation(self.interpolation)
        if not isinstance(self.crop, Crop | None):
            raise ImageError(_("Crop: got {got}. Pass a Crop, or None.").format(got=str(self.crop)[:60]))
        object.__setattr__(self, "size", tuple(int(side) for side in self.size))
        object.__setattr__(self, "mean", tuple(self.mean))
        object.__setattr__(self, "std", tuple(self.std))
        if len(self.mean) != COLOURS:
            object.__setattr__(self, "channels", len(self.mean))

    @property
    def n_channels(self) -> int:
        """`channels`; 3 where it is None."""
        return self.channels or COLOURS

    @property
    def channel_mean(self) -> tuple[float, ...]:
        """`mean` for each channel of the input."""
        return _for_channels(self.mean, self.n_channels)

    @property
    def channel_std(self) -> tuple[float, ...]:
        """`std` for each channel of the input."""
        return _for_channels(self.std, self.n_channels)

    @property
    def covered(self) -> tuple[int, int]:
        """(H, W) in pixels that the scaled picture must cover before the centre crop."""
        height, width = self.size
        return round(height * self.resize / self.crop_side), round(width * self.resize / self.crop_side)

    def middle(self, height: int, width: int) -> Crop:
        """Returns the part of a picture of `height` × `width` that is used without a `crop`."""
        high, wide = self.covered
        scale = max(high / height, wide / width)
        down, across = self.size[0] / (height * scale), self.size[1] / (width * scale)
        return Crop((1 - across) / 2, (1 - down) / 2, across, down)


def _span(start: float, share: float, side: int) -> tuple[int, int]:
    first, end = round(start * side), min(round((start + share) * side), side)
    if first >= end:  # Less than a pixel: use the pixel that contains its centre.
        first = min(int((start + share / 2) * side), side - 1)
        end = first + 1
    return first, end


def _check_size(size: Any) -> None:
    is_pair = isinstance(size, Sequence) and not isinstance(size, str | bytes) and len(size) == 2
    if not is_pair or not all(_is_whole(side) and 1 <= side <= MAX_SIDE for side in size):
        raise ImageError(
            _(
                "Size of the input: got {got}. It is a height and a width, each a whole number from 1 to {most}, "
                "for example (224, 224)."
            ).format(got=str(size)[:60], most=f"{MAX_SIDE:,}")
        )


def _check_resize(resize: Any, crop_side: Any) -> None:
    are_whole = _is_whole(resize) and _is_whole(crop_side)
    if not are_whole or not 1 <= crop_side <= resize <= MAX_ENLARGE * crop_side:
        raise ImageError(
            _(
                "Resize: got {resize} for a crop of {crop_side}. Both are whole numbers of pixels, and the first is "
                "at least the second and at most {most} times as much, as in 256 and 224."
            ).format(resize=str(resize)[:40], crop_side=str(crop_side)[:40], most=MAX_ENLARGE)
        )


def _for_channels(values: tuple[float, ...], n: int) -> tuple[float, ...]:
    if len(values) != COLOURS:
        return values
    return (sum(values) / COLOURS,) if n == 1 else tuple(values[i % COLOURS] for i in range(n))


def _check_channels(channels: Any) -> None:
    if channels is not None and not (_is_whole(channels) and channels >= 1):
        raise ImageError(
            _("Channels: got {got}. Pass how many the net takes, at least 1, or None to take it from the net.").format(
                got=str(channels)[:40]
            )
        )


def _check_colours(mean: Any, std: Any, channels: int | None) -> None:
    for values in (mean, std):
        are_numbers = isinstance(values, Sequence) and len(values) > 0 and all(_is_number(value) for value in values)
        if not are_numbers or len(values) != len(mean) or (values is std and min(values) < _LEAST_STD):
            raise ImageError(
                _(
                    "Mean and deviation: got {mean} and {std}. Each is three numbers, for red, green and blue, or one "
                    "for each channel, and those of the deviation are above 0."
                ).format(mean=str(mean)[:60], std=str(std)[:60])
            )
    if channels is not None and len(mean) not in (COLOURS, channels):
        raise ImageError(
            _("Mean and deviation: got {got} numbers for {n} channels. Pass three, or one for each channel.").format(
                got=len(mean), n=channels
            )
        )


def _check_interpolation(interpolation: Any) -> None:
    if interpolation not in INTERPOLATIONS:
        raise ImageError(
            _("Interpolation: got {got}. Choose one of {allowed}.").format(
                got=str(interpolation)[:40], allowed=", ".join(INTERPOLATIONS)
            )
        )


def _is_whole(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Integral)


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real) and isfinite(value)
