"""The prepared picture as a tensor: what torchvision's transforms give for it, in memory of its own."""

from __future__ import annotations

import torch
from torchvision.transforms._presets import ImageClassification

from resnet_viz.model.run.inputs import to_input
from resnet_viz.pictures.preparing import prepare_input
from tests.model.lively_nets import PICTURE, SIZE


def test_the_tensor_is_that_of_torchvision() -> None:
    expected = ImageClassification(crop_size=64, resize_size=73)(PICTURE)
    found = to_input(PICTURE, (64, 64))
    assert (found.dtype, found.device, found.is_contiguous()) == (torch.float32, torch.device("cpu"), True)
    assert torch.equal(found, expected.unsqueeze(0))


def test_the_tensor_is_nobody_elses_to_write_to() -> None:
    found = to_input(PICTURE, SIZE)
    found.zero_()
    assert torch.equal(to_input(PICTURE, SIZE), torch.from_numpy(prepare_input(PICTURE, SIZE)))
