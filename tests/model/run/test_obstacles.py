"""Nets that keep gradients from coming through, or give NaN: the right maps, or the reason why there is none."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from resnet_viz.errors import TraceError
from resnet_viz.model.run.gradients import effective_field, grad_cam, input_gradient
from resnet_viz.model.run.occlusion import occlusion
from resnet_viz.model.run.predict import predict
from tests.model.lively_nets import PICTURE, SIZE, net
from tests.model.snapshots import assert_unchanged, snapshot
from tests.nets import Net, conv

Asked = Callable[[Any], Any]


class Around(nn.Module):
    """A net around one whose forward is changed."""

    def __init__(self, change: Callable[[Any], Any]) -> None:
        super().__init__()
        self.net = net()
        self.changed = change(self.net.__call__)

    def forward(self, x: Tensor) -> Any:
        return self.changed(x)


class Head(nn.Module):
    """Frozen layers under no_grad, and a classifier above them."""

    def __init__(self, change: Callable[[Any], Any]) -> None:
        super().__init__()
        self.net, self.change = net(), change

    def features(self, x: Tensor) -> Any:
        x = self.net.maxpool(self.net.relu(self.net.bn1(self.net.conv1(x))))
        return self.net.layer4(self.net.layer3(self.net.layer2(self.net.layer1(x))))

    def forward(self, x: Tensor) -> Any:
        return self.net.fc(torch.flatten(self.net.avgpool(self.change(self.features)(x)), 1))


class Saving(nn.Module):
    """Each layer is checkpointed."""

    def __init__(self, use_reentrant: bool) -> None:
        super().__init__()
        self.net, self.use_reentrant = net(), use_reentrant

    def forward(self, x: Tensor) -> Any:
        x = self.net.maxpool(self.net.relu(self.net.bn1(self.net.conv1(x))))
        for layer in (self.net.layer1, self.net.layer2, self.net.layer3, self.net.layer4):
            x = checkpoint(layer, x, use_reentrant=self.use_reentrant)
        return self.net.fc(torch.flatten(self.net.avgpool(x), 1))


def switched_off(function: Any) -> Any:
    with torch.enable_grad():  # The switch alone is already one.
        return torch.set_grad_enabled(False)(function)


def maps(model: Any) -> list[np.ndarray]:
    prefix = "" if hasattr(model, "layer1") else "net."
    nodes = ("conv1", "layer1.0.add", "layer2", "layer4", "layer4.0.relu")
    return [
        *(grad_cam(model, PICTURE, f"{prefix}{node}", 1, SIZE) for node in nodes),
        input_gradient(model, PICTURE, 1, SIZE),
        *(effective_field(model, PICTURE, f"{prefix}{node}", (1, 1), SIZE) for node in nodes),
    ]


def assert_same(found: list[np.ndarray], expected: list[np.ndarray]) -> None:
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5 * max(float(other.max()), 1e-9))


def test_checkpointing_without_reentry_changes_nothing() -> None:
    assert_same(maps(Saving(use_reentrant=False).eval()), maps(net()))


@pytest.mark.parametrize(
    "ask",
    [
        lambda model: grad_cam(model, PICTURE, "net.layer4", 1, SIZE),
        lambda model: grad_cam(model, PICTURE, "net.layer4.0.add", 1, SIZE),
        lambda model: grad_cam(model, PICTURE, "net.layer1.0.add", 1, SIZE),
        lambda model: grad_cam(model, PICTURE, "net.conv1", 1, SIZE),
        lambda model: input_gradient(model, PICTURE, 1, SIZE),
        lambda model: effective_field(model, PICTURE, "net.layer2", (1, 1), SIZE),
        lambda model: effective_field(model, PICTURE, "net.layer1.0.add", (1, 1), SIZE),
    ],
    ids=["last", "in-the-last", "in-the-first", "before", "input", "field", "field-in-the-first"],
)
def test_reentrant_checkpointing_is_right_or_named(ask: Asked) -> None:
    model = Saving(use_reentrant=True).eval()
    before = snapshot(model)
    with pytest.raises(TraceError, match="use_reentrant=True"):
        ask(model)
    assert_unchanged(model, before)


class Swish(torch.autograd.Function):
    """With a way back of its own, as in ports of EfficientNet (Ramachandran et al. 2017: x sigmoid(x))."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        share: Tensor = torch.sigmoid(x)
        return x * share

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        share = torch.sigmoid(x)
        slope: Tensor = slopes[0] * share * (1 + x * (1 - share))
        return slope


class Swishing(nn.Module):
    """A module that calls it."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


def swishing(function: Callable[[Tensor], Tensor]) -> Any:
    """The net with another activation in its second stage."""
    model = net()
    model.layer2[0].relu = Swishing(function)
    return model.eval()


@pytest.mark.parametrize("node", ["layer2.0", "layer2.0.conv1", "layer1"])
def test_a_function_with_its_own_way_back_is_as_torchs(node: str) -> None:
    models = [swishing(function) for function in (Swish.apply, F.silu)]
    cams = [grad_cam(model, PICTURE, node, 1, SIZE) for model in models]
    np.testing.assert_allclose(cams[0], cams[1], rtol=1e-4, atol=1e-6)
    assert cams[0].any()
    fields = [effective_field(model, PICTURE, node, (2, 2), SIZE) for model in models]
    np.testing.assert_allclose(fields[0], fields[1], rtol=1e-4, atol=1e-6)


def test_an_op_inside_of_such_a_function_is_told() -> None:
    class Long(Swish):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            return Swish.forward(ctx, x) + 0

    model = classifier(lambda net, x: Long.apply(net.conv1(x)), conv1=conv(3))
    assert grad_cam(model, PICTURE, "add", 1, SIZE).shape == SIZE
    with pytest.raises(TraceError, match=r"autograd\.Function"):
        grad_cam(model, PICTURE, "sigmoid", 1, SIZE)


def test_a_value_that_such_a_function_overwrites_is_told() -> None:
    """The last op works in place, so the tensor is the one that the function gives, with other values."""

    class Rectified(Swish):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            return Swish.forward(ctx, x).relu_()

    model = classifier(lambda net, x: Rectified.apply(net.conv1(x)), conv1=conv(3))
    assert grad_cam(model, PICTURE, "relu", 1, SIZE).shape == SIZE
    for ask in (partial(grad_cam, class_index=1), partial(effective_field, position=(0, 0))):
        with pytest.raises(TraceError, match=r"autograd\.Function"):
            ask(model, PICTURE, "mul", input_size=SIZE)


def test_what_lies_behind_a_checkpoint_is_right() -> None:
    model = Saving(use_reentrant=True).eval()
    assert_same([grad_cam(model, PICTURE, "net.avgpool", 1, SIZE)], [grad_cam(net(), PICTURE, "avgpool", 1, SIZE)])


@pytest.mark.parametrize(
    ("wrap", "reason"),
    [
        (torch.no_grad(), r"Around runs under torch\.no_grad\(\)"),
        (switched_off, r"Around runs under torch\.no_grad\(\)"),
        (torch.inference_mode(), r"under torch\.inference_mode\(\)"),
    ],
    ids=["no_grad", "set_grad_enabled", "inference"],
)
def test_a_net_that_forbids_gradients_is_refused_with_the_reason(wrap: Any, reason: str) -> None:
    model = Around(wrap).eval()
    with pytest.raises(TraceError, match=f"forbids gradients: .*{reason}"):
        input_gradient(model, PICTURE, 1, SIZE)
    with pytest.raises(TraceError, match=f"forbids gradients: .*{reason}"):
        effective_field(model, PICTURE, "net.layer2", (1, 1), SIZE)


def test_grad_cam_looks_behind_no_grad() -> None:
    """Only what lies behind the node needs gradients, and there they are switched on."""
    nodes = ("conv1", "layer1.0.add", "layer4")
    expected = [grad_cam(net(), PICTURE, node, 1, SIZE) for node in nodes]
    for model in (Around(torch.no_grad()).eval(), Head(torch.no_grad()).eval()):
        assert_same([grad_cam(model, PICTURE, f"net.{node}", 1, SIZE) for node in nodes], expected)
        assert not torch.is_inference_mode_enabled()
        assert torch.is_grad_enabled()


def test_grad_cam_in_inference_mode_is_refused_with_the_reason() -> None:
    with pytest.raises(TraceError, match="inference_mode"):
        grad_cam(Around(torch.inference_mode()).eval(), PICTURE, "net.layer4", 1, SIZE)


def test_frozen_layers_below_a_head_are_told() -> None:
    with pytest.raises(TraceError, match=r"Head runs under torch\.no_grad"):
        input_gradient(Head(torch.no_grad()).eval(), PICTURE, 1, SIZE)


def classifier(forward: Any, **modules: nn.Module) -> Any:
    layers = {"conv1": conv(3), "fc": nn.Linear(8, 4), **modules}
    return Net(lambda net, x: net.fc(forward(net, x).mean((2, 3))), **layers).eval()


@pytest.mark.parametrize(
    "cut", [lambda x: x.detach(), lambda x: x.data, lambda x: torch.detach(x)], ids=["method", "data", "function"]
)
def test_a_detached_value_is_told(cut: Any) -> None:
    model = classifier(lambda net, x: cut(net.conv1(x)))
    with pytest.raises(TraceError, match="detaches its values"):
        grad_cam(model, PICTURE, "conv1", 1, SIZE)
    with pytest.raises(TraceError, match="detaches its values"):
        input_gradient(model, PICTURE, 1, SIZE)


def test_a_value_that_nothing_depends_on_is_told() -> None:
    def forward(net: Any, x: Tensor) -> Any:
        net.idle(x)
        return net.conv1(x) * 1

    with pytest.raises(TraceError, match="does not depend on it"):
        grad_cam(classifier(forward, idle=conv(3)), PICTURE, "idle", 1, SIZE)


def test_steps_without_a_gradient_are_told() -> None:
    def forward(net: Any, x: Tensor) -> Any:
        return F.one_hot(net.conv1(x).argmax(1), 8).permute(0, 3, 1, 2).float()

    model = classifier(forward)
    with pytest.raises(TraceError, match="steps without a gradient"):
        input_gradient(model, PICTURE, 1, SIZE)


def test_a_part_that_is_stopped_is_left_out_as_autograd_does() -> None:
    model = classifier(lambda net, x: net.conv1(x) + net.other(x).detach(), other=conv(3))
    plain = classifier(lambda net, x: net.conv1(x), conv1=model.conv1, fc=model.fc)
    assert_same([input_gradient(model, PICTURE, 1, SIZE)], [input_gradient(plain, PICTURE, 1, SIZE)])


def test_a_map_that_is_zero_is_a_result() -> None:
    model = classifier(lambda net, x: F.relu(net.conv1(x) - 1e6))
    assert grad_cam(model, PICTURE, "conv1", 1, SIZE).max() == 0
    assert input_gradient(model, PICTURE, 1, SIZE).max() == 0
    assert effective_field(model, PICTURE, "relu", (1, 1), SIZE).max() == 0


def test_a_map_of_one_value_is_that_value() -> None:
    model = classifier(lambda net, x: torch.ones_like(net.conv1(x)) + 0 * net.conv1(x))
    nn.init.constant_(model.fc.weight, 1.0)
    found = grad_cam(model, PICTURE, "add", 1, SIZE)
    assert found.min() == found.max() > 0


# NaN


ASKED: dict[str, Asked] = {
    "predict": lambda model: predict(model, PICTURE, 3, SIZE),
    "grad_cam": lambda model: grad_cam(model, PICTURE, "layer4", None, SIZE),
    "input_gradient": lambda model: input_gradient(model, PICTURE, None, SIZE),
    "occlusion": lambda model: occlusion(model, PICTURE, None, patch=64, stride=64, input_size=SIZE),
}


@pytest.mark.parametrize("name", ASKED)
def test_nan_is_told_with_the_op_where_it_begins(name: str) -> None:
    model = net()
    with torch.no_grad():
        model.layer2[0].bn2.weight.fill_(float("nan"))
    with pytest.raises(TraceError, match=r"NaN .* from layer2\.0\.bn2 on"):
        ASKED[name](model)


@pytest.mark.parametrize("name", ASKED)
def test_what_overflows_is_told_with_both_ops(name: str) -> None:
    model = net()
    with torch.no_grad():
        for bn in (model.layer1[0].bn1, model.layer1[0].bn2):
            bn.weight.fill_(1e38)
    with pytest.raises(TraceError, match=r"infinite from layer1\.0\.\w+ on"):
        ASKED[name](model)


def test_nan_in_a_field() -> None:
    model = net()
    with torch.no_grad():
        model.bn1.weight.fill_(float("nan"))
    with pytest.raises(TraceError, match=r"NaN .* from bn1 on"):
        effective_field(model, PICTURE, "layer1", (1, 1), SIZE)


def test_a_gradient_alone_may_be_nan() -> None:
    model = classifier(lambda net, x: torch.sqrt(net.conv1(x) * 0))
    with pytest.raises(TraceError, match="gradient of Net there is NaN"):
        input_gradient(model, PICTURE, 1, SIZE)


def test_classes_ruled_out_by_minus_infinity_are_no_fault() -> None:
    model = net()
    with torch.no_grad():
        model.fc.bias[2:] = -float("inf")
    assert [found.probability for found in predict(model, PICTURE, 7, SIZE)][2:] == [0] * 5
    assert grad_cam(model, PICTURE, "layer4", 1, SIZE).shape
