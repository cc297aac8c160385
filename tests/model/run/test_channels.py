"""How a picture becomes the input of a net that takes other channels, another mean, size or interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import torchvision.transforms as T
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor, nn

from resnet_viz.errors import ImageError, TraceError
from resnet_viz.model.net.build import build_model
from resnet_viz.model.run.capture import capture
from resnet_viz.model.run.images import prepare_steps, to_input
from resnet_viz.model.run.predict import predict
from resnet_viz.records.preparation import IMAGENET_MEAN, IMAGENET_STD, Preparation
from resnet_viz.spec.resnet import ResNetSpec
from tests.model.lively_nets import PICTURE, RUNS, SIZE, lively
from tests.nets import THIN, Net, conv

MEAN, STD = np.array(IMAGENET_MEAN), np.array(IMAGENET_STD)


def levels(size: tuple[int, int] = SIZE) -> np.ndarray:
    """What the net sees of the picture, from 0 to 1: (H, W, 3)."""
    return np.asarray(prepare_steps(PICTURE, size).cropped) / 255.0


# Channels


def test_one_channel_is_the_grey_of_the_picture() -> None:
    found = to_input(PICTURE, Preparation(SIZE, channels=1)).numpy()
    grey = levels() @ [0.299, 0.587, 0.114]
    assert found.shape == (1, 1, *SIZE)
    # Pillow rounds to a level of 256.
    np.testing.assert_allclose(found[0, 0], (grey - MEAN.mean()) / STD.mean(), atol=0.6 / 255 / STD.mean())
    steps = prepare_steps(PICTURE, Preparation(SIZE, channels=1))
    assert steps.seen.tobytes() == steps.cropped.convert("L").convert("RGB").tobytes()


@pytest.mark.parametrize("channels", [2, 3, 4, 6, 13])
def test_more_channels_are_the_colours_in_turn(channels: int) -> None:
    steps = prepare_steps(PICTURE, Preparation(SIZE, channels=channels))
    assert steps.tensor.shape == (1, channels, *SIZE)
    for i, found in enumerate(steps.tensor[0].numpy()):
        np.testing.assert_allclose(found, (levels()[:, :, i % 3] - MEAN[i % 3]) / STD[i % 3], atol=1e-5)
    shown = np.asarray(steps.cropped).copy()
    shown[:, :, channels:] = 0
    assert np.array_equal(np.asarray(steps.seen), shown)


def test_kernels_repeated_as_timm_does_give_the_same_map() -> None:
    """Its rule for weights of three channels in a net of 13 (`adapt_input_conv`), which this rule is made for."""
    weight = torch.randn(8, 3, 3, 3, generator=torch.Generator().manual_seed(0))
    n = 12  # whole repeats: of 13 the last would weigh more
    repeated = weight.repeat(1, n // 3, 1, 1) * (3 / n)
    found = torch.conv2d(to_input(PICTURE, Preparation(SIZE, channels=n)), repeated)
    assert torch.allclose(found, torch.conv2d(to_input(PICTURE, SIZE), weight), atol=1e-4)


@pytest.mark.parametrize("channels", [1, 2, 4, 13])
def test_every_run_takes_the_channels_of_the_net(channels: int) -> None:
    spec = ResNetSpec("basic", (1, 2, 1, 1), num_classes=7, widths=THIN, in_channels=channels)
    model = lively(build_model(spec, seed=0))
    maps = capture(model, PICTURE, ["input", "layer1"], SIZE)
    assert np.array_equal(maps["input"], to_input(PICTURE, Preparation(SIZE, channels=channels))[0].numpy())
    for call in RUNS.values():
        call(model)
    assert predict(model, PICTURE, 3, SIZE) == predict(model, PICTURE.convert("RGBA"), 3, SIZE)
    grey = PICTURE.convert("L")
    assert predict(model, grey, 3, SIZE) == predict(model, grey.convert("RGB"), 3, SIZE)


def test_a_layer_before_the_first_convolution_may_make_channels() -> None:
    """Its 48 channels are made of the picture's 3; what the net takes may also be said."""
    model = Net(
        lambda net, x: net.fc(net.conv1(net.fold(x)).mean(dim=(2, 3))),
        fold=nn.PixelUnshuffle(4),
        conv1=conv(48),
        fc=nn.Linear(8, 4),
    )
    assert capture(model, PICTURE, "input", SIZE)["input"].shape == (3, *SIZE)
    told = capture(model, PICTURE, "input", Preparation(SIZE, channels=3))["input"]
    assert np.array_equal(told, capture(model, PICTURE, "input", SIZE)["input"])
    with pytest.raises(TraceError, match="cannot take an input of 1×1×64×96"):
        capture(model, PICTURE, "input", Preparation(SIZE, channels=1))


def test_channels_that_the_net_does_not_take_are_told() -> None:
    model = build_model(ResNetSpec("basic", (1, 1, 1, 1), in_channels=4))
    for channels in (1, 3, 5):
        with pytest.raises(TraceError, match="first convolution takes 4 channels"):
            predict(model, PICTURE, 1, Preparation(SIZE, channels=channels))


def test_the_first_convolution_need_not_be_called_first() -> None:
    """Modules stand in the order in which they were made; where that is another, the channels are said."""
    model = Net(lambda net, x: net.early(net.grey(x)), early=conv(8), grey=conv(1))
    prepared = Preparation(SIZE, channels=1)
    assert capture(model, PICTURE, "input", prepared)["input"].shape == (1, *SIZE)


# Mean and deviation


def test_a_mean_may_be_given_for_each_channel() -> None:
    means = tuple(0.05 * i for i in range(13))
    deviations = tuple(0.1 + 0.01 * i for i in range(13))
    prepared = Preparation(SIZE, mean=means, std=deviations)
    assert prepared.channels == prepared.n_channels == 13
    for i, found in enumerate(to_input(PICTURE, prepared)[0].numpy()):
        np.testing.assert_allclose(found, (levels()[:, :, i % 3] - means[i]) / deviations[i], atol=1e-5)


def test_a_single_mean_is_that_of_grey() -> None:
    prepared = Preparation(SIZE, mean=[0.5], std=[0.25])  # type: ignore[arg-type]
    assert (prepared.channels, prepared.mean, hash(prepared)) == (1, (0.5,), hash(prepared))
    found = to_input(PICTURE, prepared)
    plain = to_input(PICTURE, Preparation(SIZE, mean=(0, 0, 0), std=(1, 1, 1), channels=1))
    assert torch.allclose(found, (plain - 0.5) / 0.25, atol=1e-6)


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
    assert torch.equal(to_input(picture, prepared)[0], expected)


@pytest.mark.parametrize("n_channels", [1, 4, 13])
def test_the_number_of_channels_is_found_where_a_head_is_written_above_its_body(n_channels: int) -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        return net.head(net.body(x)).mean((2, 3))  # type: ignore[no-any-return]

    model = Net(forward, head=nn.Conv2d(8, 5, 1), body=nn.Conv2d(n_channels, 8, 3)).eval()
    assert capture(model, PICTURE, ["input"], SIZE)["input"].shape == (n_channels, *SIZE)
    assert len(predict(model, PICTURE, 5, SIZE)) == 5
