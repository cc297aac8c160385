"""How a picture becomes the input of a net that takes other channels, another mean, size or interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torchvision.transforms as T
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from resnet_viz.errors import ImageError
from resnet_viz.pictures.preparing import prepare_input, prepare_steps
from resnet_viz.records.preparation import IMAGENET_MEAN, IMAGENET_STD, Preparation
from tests.model.lively_nets import PICTURE, SIZE

MEAN, STD = np.array(IMAGENET_MEAN), np.array(IMAGENET_STD)


def levels(size: tuple[int, int] = SIZE) -> np.ndarray:
    """What the net sees of the picture, from 0 to 1: (H, W, 3)."""
    return np.asarray(prepare_steps(PICTURE, size).cropped) / 255.0


# Channels


def test_one_channel_is_the_grey_of_the_picture() -> None:
    found = prepare_input(PICTURE, Preparation(SIZE, channels=1))
    grey = levels() @ [0.299, 0.587, 0.114]
    assert found.shape == (1, 1, *SIZE)
    # Pillow rounds to a level of 256.
    np.testing.assert_allclose(found[0, 0], (grey - MEAN.mean()) / STD.mean(), atol=0.6 / 255 / STD.mean())
    steps = prepare_steps(PICTURE, Preparation(SIZE, channels=1))
    assert steps.seen.tobytes() == steps.cropped.convert("L").convert("RGB").tobytes()


@pytest.mark.parametrize("channels", [2, 3, 4, 6, 13])
def test_more_channels_are_the_colours_in_turn(channels: int) -> None:
    steps = prepare_steps(PICTURE, Preparation(SIZE, channels=channels))
    assert steps.input.shape == (1, channels, *SIZE)
    for i, found in enumerate(steps.input[0]):
        np.testing.assert_allclose(found, (levels()[:, :, i % 3] - MEAN[i % 3]) / STD[i % 3], atol=1e-5)
    shown = np.asarray(steps.cropped).copy()
    shown[:, :, channels:] = 0
    assert np.array_equal(np.asarray(steps.seen), shown)


# Mean and deviation


def test_a_mean_may_be_given_for_each_channel() -> None:
    means = tuple(0.05 * i for i in range(13))
    deviations = tuple(0.1 + 0.01 * i for i in range(13))
    prepared = Preparation(SIZE, mean=means, std=deviations)
    assert prepared.channels == prepared.n_channels == 13
    for i, found in enumerate(prepare_input(PICTURE, prepared)[0]):
        np.testing.assert_allclose(found, (levels()[:, :, i % 3] - means[i]) / deviations[i], atol=1e-5)


def test_a_single_mean_is_that_of_grey() -> None:
    prepared = Preparation(SIZE, mean=[0.5], std=[0.25])  # type: ignore[arg-type]
    assert (prepared.channels, prepared.mean, hash(prepared)) == (1, (0.5,), hash(prepared))
    found = prepare_input(PICTURE, prepared)
    plain = prepare_input(PICTURE, Preparation(SIZE, mean=(0, 0, 0), std=(1, 1, 1), channels=1))
    np.testing.assert_allclose(found, (plain - 0.5) / 0.25, atol=1e-6)


@given(st.integers(1, 40))
def test_three_means_do_for_any_number_of_channels(n: int) -> None:
    prepared = Preparation(channels=n)
    assert len(prepared.channel_mean) == len(prepared.channel_std) == n
    assert set(prepared.channel_mean) <= {*IMAGENET_MEAN, sum(IMAGENET_MEAN) / 3}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"channels": 0}, "Channels: got 0"),
        ({"channels": 2.5}, "Channels: got"),
        ({"channels": True}, "Channels: got"),
        ({"channels": 4, "mean": (0.5, 0.5), "std": (1, 1)}, "got 2 numbers for 4 channels"),
        ({"mean": (0.5, 0.5)}, "one for each channel"),
        ({"mean": (), "std": ()}, "one for each channel"),
        ({"mean": 0.5, "std": 1}, "one for each channel"),
        ({"std": (0.2, 0.0, 0.2)}, "above 0"),
        ({"std": (0.2, 1e-50, 0.2)}, "above 0"),
        ({"interpolation": "cubic"}, "nearest, bilinear, bicubic, lanczos"),
        ({"interpolation": None}, "Interpolation: got None"),
    ],
)
def test_preparations_that_cannot_be(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ImageError, match=words):
        Preparation(**options)


# Size and interpolation


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize(("resize", "crop_side"), [(256, 224), (236, 224), (32, 32)])
def test_a_preparation_is_torchvisions_own_of_the_same_settings(
    interpolation: str, resize: int, crop_side: int
) -> None:
    """As timm's and others' weights ask for it: bicubic, a crop of 0.95, half as mean and deviation."""
    half = (0.5, 0.5, 0.5)
    own = T.Compose(
        [
            T.Resize(resize, T.InterpolationMode(interpolation)),
            T.CenterCrop(crop_side),
            T.ToTensor(),
            T.Normalize(half, half),
        ]
    )
    picture = Image.fromarray(np.random.default_rng(1).integers(0, 256, (90, 90, 3), np.uint8))
    prepared = Preparation((crop_side, crop_side), resize, crop_side, half, half, interpolation=interpolation)
    expected: Tensor = own(picture)
    assert np.array_equal(prepare_input(picture, prepared)[0], expected.numpy())
