"""Records cross from one process to another: each is the same afterwards, and brings no module of torch with it."""

from __future__ import annotations

import pickle
from pickletools import genops

import numpy as np
import pytest

from resnet_viz.records.devices import Device
from resnet_viz.records.findings import BlockChange, BlockMaps, Prediction
from resnet_viz.records.preparation import Crop, Preparation
from resnet_viz.records.weights import PublishedWeights, WeightsReport

PREPARATION = Preparation((32, 48), resize=232, crop=Crop(0.1, 0.2, 0.3, 0.4), interpolation="bicubic")
PUBLISHED = PublishedWeights(
    name="IMAGENET1K_V1",
    title="ResNet18_Weights.IMAGENET1K_V1",
    url="https://example.org/resnet18-f37072fd.pth",
    size=46_827_520,
    top1=69.758,
    top5=89.078,
    recipe="https://example.org/recipe",
    num_params=11_689_512,
    n_macs=1_814_000_000,
    file_name="resnet18-f37072fd.pth",
    hash_prefix="f37072fd",
    categories=("tench", "goldfish"),
    preparation=PREPARATION,
)
RECORDS = (
    PREPARATION,
    PUBLISHED,
    WeightsReport("pth", "cat.pth", 62, 11_689_512, filled=("bn1.num_batches_tracked",), prefix="module."),
    Device("cuda:0", "CUDA 0 · of some name"),
    Prediction(7, 1.5, 0.25),
    BlockChange("layer1.0", 1.0, 2.0, 3.0, ratio=2.0, cosine=None),
)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_is_the_same_in_another_process(record: object) -> None:
    assert pickle.loads(pickle.dumps(record)) == record


def test_the_maps_of_a_block_are_the_same_and_one_array_stays_one() -> None:
    x, residual = (np.full((2, 3, 4), value, np.float32) for value in (1, 2))
    maps = BlockMaps("layer1.0", x, residual, x, x + residual, x + residual)
    data = pickle.dumps(maps)
    found = pickle.loads(data)
    assert found.block == maps.block
    assert found.x is found.shortcut
    for name in ("x", "residual", "shortcut", "sum", "output"):
        np.testing.assert_array_equal(getattr(found, name), getattr(maps, name), strict=True)
    named = {str(value) for op, value, _at in genops(data) if op.name in ("SHORT_BINUNICODE", "GLOBAL")}
    assert not any(name.startswith("torch") for name in named)
