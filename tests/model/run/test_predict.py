"""Predictions, occlusion and kernels against arithmetic written out."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from resnet_viz.errors import ImageError, SpecError, TraceError
from resnet_viz.model.net.build import build_model, build_plan
from resnet_viz.model.run import passes
from resnet_viz.model.run.capture import read_kernels
from resnet_viz.model.run.inputs import to_input
from resnet_viz.model.run.occlusion import occlusion
from resnet_viz.model.run.predict import predict
from resnet_viz.records.preparation import Preparation
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from tests.model.lively_nets import PICTURE, SIZE, net
from tests.model.snapshots import assert_unchanged, snapshot
from tests.nets import THIN, Net, conv


def logits_of(values: list[float]) -> Net:
    """A net that gives these, whatever the picture."""
    constants = torch.tensor([values])
    return Net(lambda net, x: net.conv1(x).mean(dim=(1, 2, 3))[:, None] * 0 + constants, conv1=conv(3))


# Predictions


def test_the_likeliest_come_first_with_their_softmax() -> None:
    model = net()
    with torch.no_grad():
        logits = model(to_input(PICTURE, SIZE))[0].tolist()
    total = sum(math.exp(logit) for logit in logits)
    found = predict(model, PICTURE, 3, SIZE)
    assert [prediction.index for prediction in found] == sorted(range(7), key=lambda i: -logits[i])[:3]
    for prediction in found:
        assert prediction.logit == pytest.approx(logits[prediction.index], rel=1e-5)
        assert prediction.probability == pytest.approx(math.exp(logits[prediction.index]) / total, rel=1e-5)


@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=2, max_size=12), st.integers(1, 20))
def test_any_logits_give_shares_of_one(values: list[float], k: int) -> None:
    found = predict(logits_of(values), PICTURE, k, (8, 8))
    assert len(found) == min(k, len(values))
    assert [prediction.index for prediction in found] == sorted(range(len(values)), key=lambda i: -values[i])[:k]
    assert all(0 <= prediction.probability <= 1 for prediction in found)
    if k >= len(values):
        assert math.fsum(prediction.probability for prediction in found) == pytest.approx(1, abs=1e-12)


def test_a_rare_class_keeps_its_share() -> None:
    found = predict(logits_of([0.0, -40.0]), PICTURE, 2, (8, 8))
    assert found[1].probability == pytest.approx(math.exp(-40), rel=1e-9)


@pytest.mark.parametrize("k", [0, -1, 2.5, "5", None, True])
def test_numbers_of_classes_that_cannot_be(k: Any) -> None:
    with pytest.raises(TraceError, match="k: got"):
        predict(net(), PICTURE, k, SIZE)


def test_a_net_without_classes_is_told() -> None:
    for forward in (lambda net, x: net.conv1(x), lambda net, x: (net.conv1(x), x)):
        with pytest.raises(TraceError, match="one value for each class"):
            predict(Net(forward, conv1=conv(3)), PICTURE, 1, SIZE)


# Occlusion


def covered_by_hand(model: Any, class_index: int, patch: int, stride: int) -> np.ndarray:
    """One pass for each place that is there; rows and columns as long as there is something left to cover."""
    x = to_input(PICTURE, SIZE)
    rows = [0, *range(stride, SIZE[0] - patch + stride, stride)]
    columns = [0, *range(stride, SIZE[1] - patch + stride, stride)]

    def share(image: Tensor) -> float:
        with torch.no_grad():
            return float(torch.softmax(model(image)[0].double(), 0)[class_index])

    drops = np.empty((len(rows), len(columns)))
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            image = x.clone()
            image[:, :, top : top + patch, left : left + patch] = 0.0
            drops[i, j] = share(x) - share(image)
    return drops


@pytest.mark.parametrize(("patch", "stride"), [(32, 16), (30, 20), (200, 7), (17, 64)])
def test_the_drop_is_that_of_one_pass_each(patch: int, stride: int) -> None:
    model = net()
    found = occlusion(model, PICTURE, 4, patch=patch, stride=stride, input_size=SIZE)
    expected = covered_by_hand(model, 4, patch, stride)
    assert found.dtype == np.float32
    assert not found.flags.writeable
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert np.abs(expected).max() > 1e-4


@pytest.mark.parametrize("size", [(8, 8), (32, 32), (224, 224)])
def test_the_usual_patch_is_a_quarter_of_the_input_and_moves_by_half_of_that(size: tuple[int, int]) -> None:
    model, side = logits_of([1.0, 2.0]), size[0] // 4
    found = occlusion(model, PICTURE, 0, input_size=size)
    assert found.shape == occlusion(model, PICTURE, 0, patch=side, stride=side // 2, input_size=size).shape == (7, 7)


def test_only_what_is_looked_at_counts() -> None:
    """A net that sees nothing but the upper left quarter."""

    def forward(net: Any, x: Tensor) -> Tensor:
        bright = net.conv1(x[:, :, :32, :32]).abs().mean(dim=(1, 2, 3))
        return torch.stack((bright, torch.zeros_like(bright)), dim=1)

    drops = occlusion(Net(forward, conv1=conv(3)), PICTURE, 0, patch=32, stride=32, input_size=(64, 64))
    assert drops[0, 0] > 0.01
    # A batch may be rounded otherwise than one picture.
    assert np.count_nonzero(np.abs(drops) > 1e-6) == 1


def test_without_a_class_it_is_the_likeliest() -> None:
    model = net()
    (best,) = predict(model, PICTURE, 1, SIZE)
    found = occlusion(model, PICTURE, input_size=SIZE)
    assert np.array_equal(found, occlusion(model, PICTURE, best.index, input_size=SIZE))
    assert found.shape == (5, 7)  # of 64×96, 24 pixels, moved by 12


def test_progress_is_told_and_can_end_it() -> None:
    model, told = net(), []

    def note(done: int, total: int) -> None:
        assert not torch.is_inference_mode_enabled()
        told.append((done, total))

    occlusion(model, PICTURE, 0, patch=16, stride=16, input_size=SIZE, on_progress=note)
    assert told[-1] == (24, 24)
    assert [done for done, _total in told] == sorted({done for done, _total in told})
    assert len(told) > 1

    def stop(done: int, total: int) -> None:
        raise InterruptedError

    model.train()
    before = snapshot(model)
    with pytest.raises(InterruptedError):
        occlusion(model, PICTURE, 0, input_size=SIZE, on_progress=stop)
    assert_unchanged(model, before)


@pytest.mark.parametrize(
    "options", [{"patch": 0}, {"stride": 0}, {"patch": 2.5}, {"stride": "a"}, {"patch": 1, "stride": 1}]
)
def test_patches_that_cannot_be(options: dict[str, Any]) -> None:
    with pytest.raises(TraceError):
        occlusion(net(), PICTURE, 0, input_size=SIZE, **options)
    with pytest.raises(TraceError, match="from 0 to 6"):
        occlusion(net(), PICTURE, 7, input_size=SIZE)


def test_what_does_not_fit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "free_bytes", lambda device: 1000)
    for call in (lambda: predict(net(), PICTURE, 1, SIZE), lambda: occlusion(net(), PICTURE, input_size=SIZE)):
        with pytest.raises(SpecError, match="to give"):
            call()


def test_the_model_is_left_as_it_was() -> None:
    model = net().train()
    before, random = snapshot(model), torch.get_rng_state()
    still = predict(net(), PICTURE, 2, SIZE)
    assert predict(model, PICTURE, 2, Preparation(size=SIZE)) == still
    occlusion(model, PICTURE, input_size=SIZE)
    with pytest.raises(ImageError):
        predict(model, None, 2, SIZE)  # type: ignore[arg-type]
    assert_unchanged(model, before)
    assert torch.equal(torch.get_rng_state(), random)


def test_a_net_that_has_changed_is_planned_anew() -> None:
    """The plan of a net is kept, and must not outlive what it was made of."""
    model = net()
    assert len(predict(model, PICTURE, 9, SIZE)) == 7
    model.layer4 = nn.Sequential()
    model.fc = nn.Linear(THIN[-2], 3)
    assert len(predict(model, PICTURE, 9, SIZE)) == 3
    with passes.open_pass(model, PICTURE, SIZE) as run:
        assert "layer4.0" not in run.trace.nodes
    with passes.open_pass(model.double(), PICTURE, (32, 32)) as run:
        assert (run.trace.input.dtype, run.trace.input.shape) == ("float64", (1, 3, 32, 32))
        assert not any(module.training for module in model.modules())


# Kernels


def test_kernels_are_the_weights() -> None:
    model: Any = build_model(PRESETS["resnext50_32x4d"], seed=0)
    found = read_kernels(model, "layer1.0.conv2")
    assert found.shape == (128, 4, 3, 3)
    assert found.dtype == np.float32
    assert not found.flags.writeable
    assert np.array_equal(found, model.layer1[0].conv2.weight.detach().numpy())
    first = read_kernels(model, "conv1")
    before = first.copy()
    with torch.no_grad():
        model.conv1.weight.zero_()
    assert np.array_equal(first, before)
    assert np.abs(before).max() > 0


def test_a_later_call_has_the_same_kernels() -> None:
    shared = conv(3, 3)
    model = Net(lambda net, x: net.conv(net.conv(x)), conv=shared)
    assert np.array_equal(read_kernels(model, "conv_1"), shared.weight.detach().numpy())


@pytest.mark.parametrize(
    "node_id", ["bn1", "layer1", "layer1.0.add", "fc", "network", "conv1_x", "nothing", "", None, 3]
)
def test_what_has_no_kernels_is_told(node_id: Any) -> None:
    with pytest.raises(TraceError):
        read_kernels(net(), node_id)


def test_a_plan_has_no_values() -> None:
    with pytest.raises(TraceError, match="only planned"):
        read_kernels(build_plan(ResNetSpec("basic", (1, 1, 1, 1))), "conv1")
