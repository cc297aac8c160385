"""Gradients: Grad-CAM, saliency and effective fields against plain autograd on nets that write nothing in place."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from resnet_viz.errors import ImageError, SpecError, TraceError
from resnet_viz.model.run import passes
from resnet_viz.model.run.gradients import effective_field, grad_cam, input_gradient
from resnet_viz.model.run.inputs import to_input
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.preparation import Preparation
from tests.model.lively_nets import PICTURE, SIZE, Relu, by_hand, net
from tests.model.snapshots import assert_unchanged, begun_in, snapshot
from tests.nets import Net, conv


def maps_and_logits(model: Any, x: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """Every map with its gradient path, no tensor written twice, and the logits (1, K)."""
    maps = by_hand(model, x)
    maps["avgpool"] = maps["layer4"].mean(dim=(2, 3), keepdim=True)
    return maps, model.fc(maps["avgpool"].flatten(1))


def cams_by_hand(model: Any, node_ids: list[str], class_index: int | None) -> list[np.ndarray]:
    """Selvaraju et al. 2017, eq. 1 and 2; one way back leads to every map."""
    maps, logits = maps_and_logits(model, to_input(PICTURE, SIZE).to(model.fc.weight.dtype).requires_grad_())
    chosen = int(logits.argmax()) if class_index is None else class_index
    gradients = torch.autograd.grad(logits[0, chosen], [maps[node_id] for node_id in node_ids])
    return [
        _weighted(maps[node_id][0].detach().numpy(), gradient[0].numpy())
        for node_id, gradient in zip(node_ids, gradients, strict=True)
    ]


def _weighted(values: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    total = sum(slopes[channel].mean() * values[channel] for channel in range(len(values)))
    return np.asarray(np.maximum(total, 0))


def cam_by_hand(model: Any, node_id: str, class_index: int | None) -> np.ndarray:
    (cam,) = cams_by_hand(model, [node_id], class_index)
    return cam


def assert_close(found: np.ndarray, expected: np.ndarray) -> None:
    """To 1e-5 of the greatest value: the maps' own size has no meaning."""
    assert found.dtype == np.float32
    assert not found.flags.writeable
    assert expected.max() > 0
    np.testing.assert_allclose(found / expected.max(), expected / expected.max(), rtol=0, atol=1e-5)


# Grad-CAM


@pytest.mark.parametrize("block", ["basic", "bottleneck"])
def test_cam_is_that_of_autograd_at_every_map(block: str) -> None:
    model = net(block).double()  # a map may be a small difference of large numbers
    trace = trace_model(model, (1, 3, *SIZE))
    node_ids = ["input", "layer2", "layer2.1", *(op.id for op in trace.ops if len(op.out_shape) == 4)]
    for node_id, expected in zip(node_ids, cams_by_hand(model, node_ids, 3), strict=True):
        found = grad_cam(model, PICTURE, node_id, 3, SIZE)
        assert found.shape == trace.nodes[node_id].out_shape[2:]
        if expected.max() > 0:
            assert_close(found, expected)
        else:
            assert found.max() == 0


def test_the_sum_is_not_what_the_relu_left_of_it() -> None:
    model = net()
    before, after = (grad_cam(model, PICTURE, node_id, 2, SIZE) for node_id in ("layer3.0.add", "layer3.0"))
    assert np.abs(before - after).max() > 1e-3 * after.max()
    assert_close(before, cam_by_hand(model, "layer3.0.add", 2))


def test_without_a_class_it_is_the_likeliest() -> None:
    model = net()
    logits = maps_and_logits(model, to_input(PICTURE, SIZE))[1]
    found = grad_cam(model, PICTURE, "layer1", input_size=SIZE)
    assert np.array_equal(found, grad_cam(model, PICTURE, "layer1", int(logits.argmax()), SIZE))
    assert not np.array_equal(found, grad_cam(model, PICTURE, "layer1", int(logits.argmin()), SIZE))
    assert_close(found, cam_by_hand(model, "layer1", None))


def test_a_preparation_may_stand_for_the_size() -> None:
    prepared = Preparation(size=SIZE, mean=(0.1, 0.2, 0.3))
    found = grad_cam(net(), PICTURE, "layer1", 0, prepared)
    assert found.shape == (16, 24)
    assert not np.array_equal(found, grad_cam(net(), PICTURE, "layer1", 0, SIZE))


def classifier(forward: Any, **modules: nn.Module) -> Any:
    return Net(
        lambda net, x: net.fc(forward(net, x).mean(dim=(2, 3))),
        **modules,
        fc=nn.Linear(8, 4),
    )


def test_a_leaf_of_several_functions_is_taken_at_what_it_returns() -> None:
    model = classifier(lambda net, x: net.last(net.act(net.conv1(x))), conv1=conv(3), act=Relu(), last=conv())
    with torch.no_grad():
        value = model.act(model.conv1(to_input(PICTURE, SIZE)))
    value.requires_grad_()
    (gradient,) = torch.autograd.grad(model.fc(model.last(value).mean(dim=(2, 3)))[0, 1], value)
    expected = (gradient.mean(dim=(2, 3), keepdim=True) * value).sum(dim=1)[0].relu().detach().numpy()
    found = grad_cam(model, PICTURE, "act", 1, SIZE)
    np.testing.assert_allclose(found, expected, atol=1e-5 * max(expected.max(), 1e-3))


def test_a_net_that_does_not_use_what_relu_returns() -> None:
    """It writes in place and goes on with the tensor it had: the map before the ReLU is still the ReLU's input."""

    def forward(net: Any, x: Tensor) -> Tensor:
        x = net.conv1(x)
        F.relu_(x)
        return x

    model = classifier(forward, conv1=conv(3))
    with torch.no_grad():
        value = model.conv1(to_input(PICTURE, SIZE))
    value.requires_grad_()
    (gradient,) = torch.autograd.grad(model.fc(F.relu(value).mean(dim=(2, 3)))[0, 1], value)
    expected = (gradient.mean(dim=(2, 3), keepdim=True) * value).sum(dim=1)[0].relu().detach().numpy()
    assert_close(grad_cam(model, PICTURE, "conv1", 1, SIZE), expected)


def test_what_the_class_does_not_gain_from_has_no_evidence() -> None:
    model = classifier(lambda net, x: net.conv1(x) + 0 * net.idle(x), conv1=conv(3), idle=conv(3))
    assert grad_cam(model, PICTURE, "idle", 0, SIZE).max() == 0


# The input


def test_the_input_gradient_is_that_of_autograd() -> None:
    model = net("bottleneck")
    pixels = to_input(PICTURE, SIZE).requires_grad_()
    (gradient,) = torch.autograd.grad(maps_and_logits(model, pixels)[1][0, 5], pixels)
    found = input_gradient(model, PICTURE, 5, SIZE)
    assert found.shape == SIZE
    assert_close(found, gradient[0].abs().numpy().max(axis=0))


def test_the_input_gradient_is_the_slope_of_the_logit() -> None:
    """By two passes a little apart, without autograd."""
    model = net().double()
    x = to_input(PICTURE, SIZE).double()
    row, column, step = 30, 40, 1e-6
    slopes = []
    with torch.no_grad():
        for channel in range(3):
            moved = x.clone()
            moved[0, channel, row, column] += step
            slopes.append(((model(moved) - model(x))[0, 2] / step).abs().item())
    found = input_gradient(model, PICTURE, 2, SIZE)
    assert found[row, column] == pytest.approx(max(slopes), rel=1e-3)


def test_a_net_that_writes_into_its_input() -> None:
    model = classifier(lambda net, x: net.conv1(x.mul_(2)), conv1=conv(3))
    other = classifier(lambda net, x: net.conv1(x * 2), conv1=model.conv1)
    other.fc = model.fc
    found, expected = (input_gradient(each, PICTURE, 1, SIZE) for each in (model, other))
    assert np.array_equal(found, expected)
    found, expected = (effective_field(each, PICTURE, "conv1", (3, 3), SIZE) for each in (model, other))
    assert np.array_equal(found, expected)


# Effective fields


@pytest.mark.parametrize(
    "node_id", ["conv1", "bn1", "relu", "layer1.0.add", "layer1.0", "layer2.0.downsample", "layer3"]
)
def test_the_effective_field_is_that_of_autograd(node_id: str) -> None:
    model = net()
    pixels = to_input(PICTURE, SIZE).requires_grad_()
    value = maps_and_logits(model, pixels)[0][node_id]
    row, column = value.shape[2] // 2, value.shape[3] // 3
    (gradient,) = torch.autograd.grad(value[0, :, row, column].mean(), pixels)
    found = effective_field(model, PICTURE, node_id, (row, column), SIZE)
    assert_close(found, np.sqrt((gradient[0].numpy() ** 2).sum(axis=0)))


@pytest.mark.parametrize("position", [(0, 0), (3, 5), (7, 11)])
def test_nothing_beyond_the_theoretical_field_is_seen(position: tuple[int, int]) -> None:
    model = net()
    fields = trace_model(model, (1, 3, *SIZE)).nodes["layer2.0.conv1"].field
    assert fields is not None
    found = effective_field(model, PICTURE, "layer2.0.conv1", position, SIZE)
    for axis, (field, index) in enumerate(zip(fields, position, strict=True)):
        seen = np.flatnonzero(found.max(axis=1 - axis))
        assert seen.min() >= field.lo + index * (field.jump or 0)
        assert seen.max() <= field.hi + index * (field.jump or 0)


def test_a_pixel_of_the_input_sees_itself() -> None:
    found = effective_field(net(), PICTURE, "input", (5, 6), SIZE)
    assert np.argwhere(found).tolist() == [[5, 6]]
    assert found[5, 6] == pytest.approx(3**-0.5)


# What is left behind


def asked(model: Any) -> list[np.ndarray]:
    return [
        grad_cam(model, PICTURE, "layer2.0.add", 1, SIZE),
        input_gradient(model, PICTURE, 1, SIZE),
        effective_field(model, PICTURE, "layer2", (2, 2), SIZE),
    ]


@pytest.mark.parametrize("trains", [(), ("",), ("layer1.0.bn1",)])
def test_the_model_is_left_as_it_was(trains: tuple[str, ...]) -> None:
    model = net()
    for path in trains:
        model.get_submodule(path).train()
    model.conv1.weight.requires_grad_(False)
    model.fc.weight.grad = torch.ones_like(model.fc.weight)
    before, random = snapshot(model), torch.get_rng_state()
    wanted = [parameter.requires_grad for parameter in model.parameters()]
    asked(model)
    with pytest.raises(TraceError):
        grad_cam(model, PICTURE, "layer1", 99, SIZE)
    with pytest.raises(TraceError):
        effective_field(model, PICTURE, "layer1", (99, 0), SIZE)
    with pytest.raises(TraceError):
        input_gradient(model, PICTURE, -1, SIZE)
    assert torch.equal(model.fc.weight.grad, torch.ones_like(model.fc.weight))
    assert_unchanged(model, before)
    assert [parameter.requires_grad for parameter in model.parameters()] == wanted
    assert torch.equal(torch.get_rng_state(), random)


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad, torch.enable_grad])
def test_the_callers_mode_makes_no_difference(mode: Any) -> None:
    model = net()
    expected = asked(model)
    with mode():
        found, is_on = asked(model), torch.is_grad_enabled()
        assert is_on is (mode is torch.enable_grad)
        assert torch.is_inference_mode_enabled() is (mode is torch.inference_mode)
    assert all(np.array_equal(*pair) for pair in zip(found, expected, strict=True))


def test_frozen_parameters_are_no_obstacle() -> None:
    model = net()
    expected = asked(model)
    found = asked(model.requires_grad_(False))
    assert all(np.array_equal(*pair) for pair in zip(found, expected, strict=True))


def test_threads_share_a_model() -> None:
    model = net()
    alone = asked(model)
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda _number: asked(model), range(3)))
    for found in together:
        for one, other in zip(found, alone, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5 * other.max())


def looking(net: Any, x: Tensor) -> Any:
    """Takes another way for a dark picture, so that no plan tells what runs."""
    return net.conv2(net.conv1(x)) if x.max() > 0 else net.conv1(x)


def test_a_net_that_looks_at_values_is_followed_to_the_node_and_from_it() -> None:
    plainly = classifier(lambda net, x: net.conv2(net.conv1(x)), conv1=conv(3), conv2=conv())
    model = classifier(looking, conv1=conv(3), conv2=conv())
    model.load_state_dict(plainly.state_dict())
    assert trace_model(model, (1, 3, *SIZE)).origin == "run"
    for node_id in ("conv1", "conv2"):
        for ask, more in ((grad_cam, 1), (effective_field, (5, 7))):
            found, expected = (ask(net, PICTURE, node_id, more, SIZE) for net in (model, plainly))  # type: ignore[arg-type]
            assert_close(found, expected)


def test_a_node_that_this_picture_does_not_reach_is_told() -> None:
    model, dark = classifier(looking, conv1=conv(3), conv2=conv()), Image.new("RGB", (9, 9))
    with pytest.raises(TraceError, match="does not come to conv2 with this picture"):
        grad_cam(model, dark, "conv2", 0, SIZE)
    with pytest.raises(TraceError, match="does not come to conv2 with this picture"):
        effective_field(model, dark, "conv2", (0, 0), SIZE)


def test_where_nothing_depends_on_the_pixels_there_is_no_gradient() -> None:
    model = classifier(lambda net, x: net.conv1(x).detach(), conv1=conv(3)).requires_grad_(False)
    with pytest.raises(TraceError, match=r"detach\(\)"):
        input_gradient(model, PICTURE, 1, SIZE)


def test_nothing_behind_the_node_runs_for_an_effective_field() -> None:
    model = net()
    begun = begun_in(model, lambda: effective_field(model, PICTURE, "layer2.0.add", (0, 0), SIZE))
    assert "layer2.0.bn2" in begun
    assert not {"layer2.1", "layer3", "fc"} & begun


# What is refused


@pytest.mark.parametrize("node_id", ["fc", "flatten", "head", "network", "layer9", "", None])
def test_what_gives_no_map_is_told(node_id: Any) -> None:
    with pytest.raises(TraceError):
        grad_cam(net(), PICTURE, node_id, 0, SIZE)
    with pytest.raises(TraceError):
        effective_field(net(), PICTURE, node_id, (0, 0), SIZE)


@pytest.mark.parametrize("class_index", [-1, 7, 2.5, "3", True])
def test_classes_that_are_not_there(class_index: Any) -> None:
    with pytest.raises(TraceError, match="from 0 to 6"):
        grad_cam(net(), PICTURE, "layer4", class_index, SIZE)
    with pytest.raises(TraceError, match="from 0 to 6"):
        input_gradient(net(), PICTURE, class_index, SIZE)


@pytest.mark.parametrize("position", [(-1, 0), (0, 24), (16, 0), (1,), 3, "ab", (0.5, 1), None])
def test_positions_outside_the_map(position: Any) -> None:
    with pytest.raises(TraceError):
        effective_field(net(), PICTURE, "layer1", position, SIZE)


def test_a_view_is_no_value_of_its_own() -> None:
    model = classifier(lambda net, x: net.conv1(x)[:, :, ::2, ::2], conv1=conv(3))
    view = next(op.id for op in trace_model(model, (1, 3, *SIZE)).ops if op.is_view)
    with pytest.raises(TraceError, match="Choose conv1 instead"):
        grad_cam(model, PICTURE, view, 0, SIZE)


def test_a_net_without_classes_is_told() -> None:
    model = Net(lambda net, x: net.conv1(x), conv1=conv(3))
    with pytest.raises(TraceError, match="1×8×64×96"):
        input_gradient(model, PICTURE, 0, SIZE)


def test_what_torch_cannot_differentiate_is_told() -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        x = net.conv1(x)
        root = torch.sqrt(x.abs() + 1)
        return root * root.mul_(2)  # writes over what the way back of the root needs

    model = classifier(forward, conv1=conv(3))
    with pytest.raises(TraceError, match="torch says"):
        grad_cam(model, PICTURE, "conv1", 0, SIZE)


def test_what_does_not_fit_and_what_is_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImageError):
        input_gradient(net(), None)  # type: ignore[arg-type]
    monkeypatch.setattr(passes, "free_bytes", lambda device: 1000)
    with pytest.raises(SpecError, match="to give"):
        grad_cam(net(), PICTURE, "layer1", 0, SIZE)
    with pytest.raises(SpecError, match="to give"):
        input_gradient(net(), PICTURE, 0, SIZE)
    with pytest.raises(SpecError, match="to give"):
        effective_field(net(), PICTURE, "layer1", (0, 0), SIZE)
