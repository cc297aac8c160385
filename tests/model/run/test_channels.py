"""Runs of nets that take other channels than three."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.model.net.build import build_model
from resnet_viz.model.run.capture import capture
from resnet_viz.model.run.inputs import to_input
from resnet_viz.model.run.predict import predict
from resnet_viz.records.preparation import Preparation
from resnet_viz.spec.resnet import ResNetSpec
from tests.model.lively_nets import PICTURE, RUNS, SIZE, lively
from tests.nets import THIN, Net, conv


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


@pytest.mark.parametrize("n_channels", [1, 4, 13])
def test_the_number_of_channels_is_found_where_a_head_is_written_above_its_body(n_channels: int) -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        return net.head(net.body(x)).mean((2, 3))  # type: ignore[no-any-return]

    model = Net(forward, head=nn.Conv2d(8, 5, 1), body=nn.Conv2d(n_channels, 8, 3)).eval()
    assert capture(model, PICTURE, ["input"], SIZE)["input"].shape == (n_channels, *SIZE)
    assert len(predict(model, PICTURE, 5, SIZE)) == 5
