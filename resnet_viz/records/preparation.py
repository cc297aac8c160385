"""How a picture is prepared for a net: which part of it, how far it is scaled, and by what it is normalised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from numbers import Integral, Real
from typing import Any

from resnet_viz.errors import ImageError
from resnet_viz.i18n import _

# Of ImageNet's training pictures; torchvision's weights are all made for these.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
MAX_SIDE = 4_096
# At one and a half, more than half of what is scaled is cut away; it also bounds how large the scaled picture gets.
MAX_ENLARGE = 1.5


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of a picture that is looked at: left, top, width and height as shares of the picture, from 0 to 1.

    One that reaches beyond an edge is pushed back to it; one that is larger than the picture is the picture.
    Raises ImageError for what is no number, and for a part without width or height.
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
        """Left, top, right and bottom in whole pixels of a picture of `height` × `width`; at least one pixel."""
        left, right = _span(self.left, self.width, width)
        top, bottom = _span(self.top, self.height, height)
        return left, top, right, bottom

    def shaped(self, size: tuple[int, int], height: int, width: int) -> Crop:
        """The part around the same middle and of the same area that has the shape of `size`, a height and a width.

        It is smaller where a picture of `height` × `width` has no room for it, and pushed back where it would reach
        beyond an edge.
        """
        ratio = size[1] / size[0]
        # A part of less than a pixel is one.
        wide = sqrt(max(1.0, self.width * width * self.height * height) * ratio)
        wide = min(wide, width, height * ratio)
        across, down = wide / width, wide / ratio / height
        return Crop(self.left + (self.width - across) / 2, self.top + (self.height - down) / 2, across, down)


@dataclass(frozen=True, slots=True)
class Preparation:
    """From a picture to an input (1, 3, H, W): resize, crop, normalise.

    The picture is scaled (bilinear, antialiased) until it just covers `resize` / `crop_side` times `size`, and its
    centre is cropped: for a square `size` of `crop_side` that is torchvision's own rule. With a `crop` of one's own,
    that part is scaled to `size` instead.
    Raises ImageError for a value that cannot be.
    """

    size: tuple[int, int] = (224, 224)
    """Height and width of the input, each from 1 to 4,096."""
    resize: int = 256
    """What the short side is scaled to where the input's side is `crop_side`: 256, or 232 for newer weights."""
    crop_side: int = 224
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    crop: Crop | None = None

    def __post_init__(self) -> None:
        _check_size(self.size)
        _check_resize(self.resize, self.crop_side)
        _check_colours(self.mean, self.std)
        if not isinstance(self.crop, Crop | None):
            raise ImageError(_("Crop: got {got}. Pass a Crop, or None.").format(got=str(self.crop)[:60]))
        object.__setattr__(self, "size", tuple(int(side) for side in self.size))

    @property
    def covered(self) -> tuple[int, int]:
        """Height and width that the scaled picture must cover before its centre is cropped."""
        height, width = self.size
        return round(height * self.resize / self.crop_side), round(width * self.resize / self.crop_side)

    def middle(self, height: int, width: int) -> Crop:
        """The part of a picture of `height` × `width` that is looked at where there is no `crop` of one's own."""
        high, wide = self.covered
        scale = max(high / height, wide / width)
        down, across = self.size[0] / (height * scale), self.size[1] / (width * scale)
        return Crop((1 - across) / 2, (1 - down) / 2, across, down)


def _span(start: float, share: float, side: int) -> tuple[int, int]:
    first, end = round(start * side), min(round((start + share) * side), side)
    if first >= end:  # Less than a pixel: the one that its middle lies in.
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


def _check_colours(mean: Any, std: Any) -> None:
    for values in (mean, std):
        is_triple = isinstance(values, Sequence) and len(values) == 3 and all(_is_number(value) for value in values)
        if not is_triple or (values is std and min(values) <= 0):
            raise ImageError(
                _(
                    "Mean and deviation: got {mean} and {std}. Each is three numbers, for red, green and blue, "
                    "and those of the deviation are above 0."
                ).format(mean=str(mean)[:60], std=str(std)[:60])
            )


def _is_whole(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Integral)


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real) and isfinite(value)
