"""How a picture is prepared for a net: which part of it, how far it is scaled, and by what it is normalised."""

from __future__ import annotations

from dataclasses import dataclass

# Of ImageNet's training pictures; torchvision's weights are all made for these.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of a picture that is looked at: left, top, width and height as shares of the picture, from 0 to 1."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Preparation:
    """From a picture to an input (1, 3, H, W): resize, crop, normalise.

    The picture is scaled (bilinear, antialiased) until it just covers `resize` / `crop_side` times `size`, and its
    centre is cropped: for a square `size` of `crop_side` that is torchvision's own rule. With a `crop` of one's own,
    that part is scaled to `size` instead.
    """

    size: tuple[int, int] = (224, 224)
    """Height and width of the input."""
    resize: int = 256
    """What the short side is scaled to where the input's side is `crop_side`: 256, or 232 for newer weights."""
    crop_side: int = 224
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    crop: Crop | None = None
