"""A net, and torch itself, are after every call as they were before: also after an error anywhere on the way."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from resnet_viz.errors import ResnetVizError, TraceError
from resnet_viz.model.net.build import build_model
from resnet_viz.model.run.block_maps import block_changes, capture_block
from resnet_viz.model.run.capture import capture, read_kernels
from resnet_viz.model.run.gradients import effective_field, grad_cam, input_gradient
from resnet_viz.model.run.occlusion import occlusion
from resnet_viz.model.run.predict import predict
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from tests.model.lively_nets import PICTURE, RUNS, SIZE, Call, lively, net
from tests.model.snapshots import assert_unchanged, snapshot
from tests.nets import Net, conv, filled

CALLS: dict[str, Call] = {
    **RUNS,
    "read_kernels": lambda model: read_kernels(model, "conv1"),
    "trace_model": lambda model: trace_model(model, (2, 3, *SIZE)),
}
REFUSED: dict[str, Call] = {
    "capture": lambda model: capture(model, PICTURE, ["conv1", "layer9"], SIZE),
    "capture_block": lambda model: capture_block(model, PICTURE, "layer2", SIZE),
    "block_changes": lambda model: block_changes(model, PICTURE, (0, 0)),
    "predict": lambda model: predict(model, PICTURE, 0, SIZE),
    "grad_cam": lambda model: grad_cam(model, PICTURE, "layer3", 10**6, SIZE),
    "input_gradient": lambda model: input_gradient(model, PICTURE, -1, SIZE),
    "effective_field": lambda model: effective_field(model, PICTURE, "layer2", (10**6, 0), SIZE),
    "occlusion": lambda model: occlusion(model, PICTURE, -1, input_size=SIZE),
    "read_kernels": lambda model: read_kernels(model, "bn1"),
    "trace_model": lambda model: trace_model(model, (2, 5, *SIZE)),
}
ASKED = pytest.mark.parametrize("name", CALLS)


class Stopped(BaseException):
    """Like a KeyboardInterrupt: no Exception."""


def unusual(model: Any) -> Any:
    """In a state that nobody would bring about by chance: modes mixed, some frozen, some with gradients, a hook."""
    model.train()
    model.layer1.eval()
    model.layer2[0].bn1.eval()
    model.conv1.weight.requires_grad_(False)
    generator = torch.Generator().manual_seed(5)
    for parameter in (model.fc.weight, model.bn1.weight):
        parameter.grad = torch.randn(parameter.shape, generator=generator)
    model.layer4.register_forward_hook(lambda module, args, output: None)
    return model


@ASKED
@pytest.mark.parametrize("norm", ["batch", "group", "frozen"])
def test_every_call_leaves_the_net_as_it_was(name: str, norm: str) -> None:
    model = unusual(net("bottleneck", norm))
    before = snapshot(model)
    CALLS[name](model)
    assert_unchanged(model, before)


@pytest.mark.parametrize("preset", ["resnet18", "resnet152", "resnext50_32x4d", "wide_resnet50_2"])
def test_whole_presets_are_left_as_they_were(preset: str) -> None:
    model = unusual(lively(filled(PRESETS[preset], seed=1)))
    before = snapshot(model)
    for call in CALLS.values():
        call(model)
    assert_unchanged(model, before)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_leaves_the_net_as_it_was(name: str) -> None:
    model = unusual(net())
    before = snapshot(model)
    with pytest.raises(ResnetVizError):
        REFUSED[name](model)
    assert_unchanged(model, before)


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("path", ["conv1", "layer1.0.bn2", "layer2.0.conv1"])
@pytest.mark.parametrize("error", [KeyError, Stopped], ids=["error", "interrupt"])
def test_an_error_in_the_middle_leaves_the_net_as_it_was(name: str, path: str, error: type[BaseException]) -> None:
    model = unusual(net())
    still = CALLS["predict"](model)

    def fail(module: nn.Module, args: tuple[Tensor, ...]) -> None:
        if not args[0].is_meta:  # the plan gets through, and the run does not
            raise error("on the way")

    handle = model.get_submodule(path).register_forward_pre_hook(fail)
    before = snapshot(model)
    with pytest.raises(TraceError if error is KeyError else error):
        RUNS[name](model)
    assert_unchanged(model, before)
    handle.remove()
    assert CALLS["predict"](model) == still


@pytest.mark.parametrize("name", [name for name in CALLS if name != "read_kernels"])
def test_an_interrupt_of_the_plan_leaves_the_net_as_it_was(name: str) -> None:
    model = unusual(net())

    def fail(module: nn.Module, args: tuple[Tensor, ...]) -> None:
        raise Stopped("on the way")

    model.layer2.register_forward_pre_hook(fail)
    before = snapshot(model)
    with pytest.raises(Stopped):
        CALLS[name](model)
    assert_unchanged(model, before)


class _NoWayBack(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.clone()

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> Any:
        raise KeyError("on the way back")


class NoWayBack(nn.Module):
    """The identity; a gradient through it is an error."""

    def forward(self, x: Tensor) -> Any:
        return x if x.is_meta else _NoWayBack.apply(x)


@pytest.mark.parametrize("name", ["grad_cam", "grad_cam of the input", "input_gradient"])
def test_an_error_on_the_way_back_leaves_the_net_as_it_was(name: str) -> None:
    model = net()
    model.layer4.append(NoWayBack())
    before = snapshot(unusual(model))
    with pytest.raises(TraceError, match="on the way back"):
        RUNS[name](model)
    assert_unchanged(model, before)


class Counting(nn.Module):
    """Counts its passes in place, and keeps a mean in an ever new buffer, in eval mode as well."""

    n: Tensor
    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("n", torch.zeros((), dtype=torch.long))
        self.register_buffer("mean", torch.zeros(8), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        self.n.add_(1)
        self.mean = 0.9 * self.mean + 0.1 * x.detach().mean(dim=(0, 2, 3))
        return x - self.mean[:, None, None]


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize(
    "call",
    [
        lambda model: capture(model, PICTURE, ["count", "fc"], SIZE),
        lambda model: predict(model, PICTURE, 1, SIZE),
        lambda model: grad_cam(model, PICTURE, "conv1", 0, SIZE),
        lambda model: input_gradient(model, PICTURE, 0, SIZE),
        lambda model: effective_field(model, PICTURE, "count", (1, 1), SIZE),
        lambda model: occlusion(model, PICTURE, 0, input_size=SIZE),
    ],
    ids=["capture", "predict", "grad_cam", "input_gradient", "effective_field", "occlusion"],
)
def test_what_layers_count_in_eval_mode_is_put_back(call: Call, fails: bool) -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        x = net.count(net.conv1(x))
        if fails and not x.is_meta:
            raise KeyError
        logits: Tensor = net.fc(x.mean(dim=(2, 3)))
        return logits

    model: Any = Net(forward, conv1=conv(3), count=Counting(), fc=nn.Linear(8, 4))
    if not fails:
        with torch.no_grad():
            model(torch.ones(1, 3, *SIZE))
        assert model.count.n == 1  # it does count
    before = snapshot(model)
    for _ in range(2):
        try:
            call(model)
        except TraceError:
            assert fails
    assert_unchanged(model, before)


def test_a_callers_own_graph_outlives_a_call() -> None:
    """What it has saved for its way back is not written to, not even by the values that are there."""
    model: Any = Net(
        lambda net, x: net.fc(net.conv1(x * net.scale).mean(dim=(2, 3))), conv1=conv(3), fc=nn.Linear(8, 4)
    )
    model.register_buffer("scale", torch.full((3, 1, 1), 2.0))
    image = torch.ones(1, 3, *SIZE, requires_grad=True)
    total = model(image).sum()
    capture(model, PICTURE, "fc", SIZE)
    grad_cam(model, PICTURE, "conv1", 0, SIZE)
    total.backward()
    assert image.grad is not None
    assert image.grad.abs().max() > 0


def test_a_net_learns_on_after_a_call() -> None:
    """The next step of training is that of a net that was never looked at."""
    steps = []
    for is_shown in (False, True):
        model = build_model(ResNetSpec("basic", (1, 1, 1, 1), num_classes=3), seed=3).train()
        if is_shown:
            for name in ("capture", "block_changes", "grad_cam of the input", "effective_field", "occlusion"):
                RUNS[name](model)
        image = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
        model(image).square().sum().backward()
        steps.append([parameter.grad.numpy() for parameter in model.parameters() if parameter.grad is not None])
    assert len(steps[0]) == len(steps[1]) > 0
    for found, expected in zip(*steps, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["capture", "grad_cam", "predict"])
def test_a_net_that_keeps_gradients_for_itself_is_run(name: str) -> None:
    """As in many a Grad-CAM written by hand: it hangs a hook on its map, which only gradients call."""
    called: list[Any] = []

    def forward(net: Any, x: Tensor) -> Tensor:
        maps = net.conv(x)
        maps.register_hook(called.append)
        maps.retain_grad()
        return net.fc(maps.mean((2, 3)))  # type: ignore[no-any-return]

    model = Net(forward, conv=conv(3), fc=nn.Linear(8, 3)).eval()
    calls: dict[str, Call] = {
        "capture": lambda net: capture(net, PICTURE, ["conv"], SIZE),
        "predict": lambda net: predict(net, PICTURE, 1, SIZE),
        "grad_cam": lambda net: grad_cam(net, PICTURE, "conv", 1, SIZE),
    }
    calls[name](model)
    model(torch.randn(1, 3, *SIZE)).sum().backward()
    assert called


def test_a_module_that_lets_nobody_change_it_is_put_into_eval_mode_and_back() -> None:
    class Closed(nn.Conv2d):
        def __setattr__(self, name: str, value: Any) -> None:
            if "_is_closed" in self.__dict__ and name != "_is_closed":
                raise AttributeError("closed")
            super().__setattr__(name, value)

    layer = Closed(3, 8, 3)
    model = nn.Sequential(layer, nn.BatchNorm2d(8), nn.AdaptiveAvgPool2d(1), nn.Flatten()).train()
    layer.__dict__["_is_closed"] = True
    predict(model, PICTURE, 1, SIZE)
    assert [module.training for module in model.modules()] == [True] * 5


def test_a_net_that_pools_over_its_batch_is_not_asked_for_each_picture() -> None:
    model = Net(lambda net, x: net.conv(x).mean((0, 2, 3))[None], conv=conv(3)).eval()
    assert len(predict(model, PICTURE, 3, SIZE)) == 3
    with pytest.raises(TraceError, match="1 answers for a batch of"):
        occlusion(model, PICTURE, 1, input_size=SIZE)
