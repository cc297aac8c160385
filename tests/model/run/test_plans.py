"""A remembered plan is used again, and dropped as soon as the net was edited in any way that a pass may notice."""

import gc
from collections.abc import Callable
from types import MethodType, SimpleNamespace
from typing import Any
from weakref import ref

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune
from torchvision.models.resnet import ResNet

from resnet_viz.model.run.block_maps import block_changes
from resnet_viz.model.run.capture import capture
from resnet_viz.model.run.plans import cached_plan
from resnet_viz.model.run.predict import predict
from tests.model.lively_nets import PICTURE, RUNS, SIZE, net

SHAPE = (1, 3, *SIZE)


def doubled(module: nn.Module, args: object, output: Tensor) -> Tensor:
    return output * 2


def narrow(model: Any) -> None:
    """As after pruning channels: other weights in the same modules."""
    first, second = model.layer1[0].conv1, model.layer1[0].conv2
    first.weight = nn.Parameter(first.weight[:8].detach())
    second.weight = nn.Parameter(second.weight[:, :8].detach())
    model.layer1[0].bn1 = nn.Identity()


def other_forward(self: Any, x: Tensor) -> Tensor:
    out: Tensor = self.fc(torch.flatten(self.avgpool(self.layer4(self.layer3(self.layer2(self._stem(x))))), 1))
    return out


def with_other_forward(model: Any) -> None:
    model._stem = lambda x: model.layer1(model.maxpool(F.relu(model.bn1(model.conv1(x)))))
    model.forward = MethodType(other_forward, model)


EDITS: dict[str, Callable[[Any], object]] = {
    "forward hook": lambda model: model.layer2.register_forward_hook(doubled),
    "pre-hook": lambda model: model.layer2.register_forward_pre_hook(lambda module, args: (args[0] + 1,)),
    "hook of a leaf": lambda model: model.layer2[0].bn2.register_forward_hook(doubled),
    "stride": lambda model: setattr(model.maxpool, "stride", 1),
    "dilation": lambda model: vars(model.layer1[0].conv2).update(dilation=(2, 2), padding=(2, 2)),
    "slope": lambda model: setattr(model.layer1[0].relu, "inplace", False),
    "layer replaced": lambda model: setattr(model.layer1[0], "relu", nn.SiLU()),
    "layer removed": lambda model: model.layer2.__delitem__(1),
    "shortcut removed": lambda model: setattr(model.layer2[0], "downsample", nn.Conv2d(32, 64, 1, 2)),
    "channels pruned": narrow,
    "parametrisation": lambda model: parametrizations.weight_norm(model.conv1),
    "spectral norm": lambda model: parametrizations.spectral_norm(model.layer1[0].conv1),
    "weight norm by a hook": lambda model: torch.nn.utils.weight_norm(model.conv1),
    "mask": lambda model: prune.l1_unstructured(model.conv1, "weight", 0.5),
    "forward on the instance": with_other_forward,
    "flag": lambda model: setattr(model, "flag", True),
    "list": lambda model: setattr(model, "order", [1, 2]),
}


@pytest.mark.parametrize("edit", EDITS)
def test_the_plan_goes_with_an_edit(edit: str) -> None:
    model = net()
    before = cached_plan(model, SHAPE)
    assert cached_plan(model, SHAPE) is before
    EDITS[edit](model)
    after = cached_plan(model, SHAPE)
    assert after is not before
    assert cached_plan(model, SHAPE) is after


@pytest.mark.parametrize("edit", [edit for edit in EDITS if edit not in ("flag", "list", "layer removed")])
def test_maps_are_those_of_a_net_that_was_always_so(edit: str) -> None:
    model, fresh = net(), net()
    capture(model, PICTURE, "layer2", SIZE)
    for edited in (model, fresh):
        torch.manual_seed(0)
        EDITS[edit](edited)
    found = capture(model, PICTURE, ["layer2", "layer3.0.add"], SIZE)
    expected = capture(fresh, PICTURE, ["layer2", "layer3.0.add"], SIZE)
    for node, value in expected.items():
        np.testing.assert_allclose(found[node], value, rtol=1e-4, atol=1e-5)


def test_an_edit_undone_is_seen_as_well() -> None:
    model = net()
    before = capture(model, PICTURE, "layer2", SIZE)["layer2"]
    handle = model.layer2.register_forward_hook(doubled)
    np.testing.assert_array_equal(capture(model, PICTURE, "layer2", SIZE)["layer2"], 2 * before)
    handle.remove()
    np.testing.assert_array_equal(capture(model, PICTURE, "layer2", SIZE)["layer2"], before)


def test_one_hook_in_the_place_of_another_is_seen() -> None:
    model = net()
    model.layer2.register_forward_hook(doubled).remove()
    for factor in (2, 3, 4):
        handle = model.layer2.register_forward_hook(lambda module, args, output, by=factor: output * by)
        plan = cached_plan(model, SHAPE)
        handle.remove()
        assert cached_plan(model, SHAPE) is not plan


def test_one_forward_in_the_place_of_another_is_seen() -> None:
    """The new one may have the old one's address."""
    model: Any = nn.Sequential(nn.Conv2d(3, 8, 3)).eval()
    seen = []
    for factor in (2, 3, 4):
        model[0].forward = lambda x, by=factor: x * by
        seen.append(id(cached_plan(model, SHAPE).trace))
        del model[0].forward
    assert len({*seen}) == 3 or cached_plan(model, SHAPE).trace.ops[0].op == "conv2d"


def test_a_forward_replaced_on_the_class_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    model = net()
    before = cached_plan(model, SHAPE)
    monkeypatch.setattr(ResNet, "_forward_impl", lambda self, x: self.layer1(self.maxpool(self.conv1(x))))
    assert len(cached_plan(model, SHAPE).trace.ops) < len(before.trace.ops)


class Switched(nn.Module):
    """Branches on settings that are no attribute of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.settings = SimpleNamespace(steps=1, more={"acts": [F.relu]})
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(self.settings.steps):
            x = self.conv(x)
        for act in self.settings.more["acts"]:
            x = act(x)
        return x


def test_settings_in_objects_and_lists_are_seen() -> None:
    model = Switched()
    assert len(cached_plan(model, SHAPE).trace.ops) == 2
    model.settings.steps = 3
    assert len(cached_plan(model, SHAPE).trace.ops) == 4
    model.settings.more["acts"].append(F.silu)
    assert len(cached_plan(model, SHAPE).trace.ops) == 5
    model.settings.more["acts"][:] = [F.silu, F.silu]
    assert [op.op for op in cached_plan(model, SHAPE).trace.ops][-2:] == ["silu", "silu"]


def test_runs_and_training_leave_the_plan() -> None:
    model = net()
    before = cached_plan(model, SHAPE)
    for call in RUNS.values():
        call(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.01)
    model.load_state_dict(model.state_dict())
    assert cached_plan(model, SHAPE) is before


def test_a_remembered_plan_keeps_no_net_alive() -> None:
    model = net()
    with_other_forward(model)
    model.layer2.register_forward_hook(lambda module, args, output, kept=model: output)
    predict(model, PICTURE, 1, SIZE)
    gone = ref(model)
    del model
    gc.collect()
    assert gone() is None


class Skipping(nn.Module):
    """Leaves out blocks whose value is 0, as a net does that is trained to be shallower."""

    def __init__(self, gates: Any) -> None:
        super().__init__()
        self.gates, self.blocks = gates, nn.ModuleList(nn.Conv2d(3, 3, 3, padding=1) for _ in range(3))
        self.fc = nn.Linear(3, 4)

    def forward(self, x: Tensor) -> Tensor:
        for gate, block in zip(self.gates, self.blocks, strict=True):
            if float(gate):
                x = x + block(x)
        return self.fc(x.mean((2, 3)))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "make", [lambda: torch.ones(3), lambda: nn.Parameter(torch.ones(3)), lambda: np.ones(3)],
    ids=["tensor", "parameter", "array"],
)  # fmt: skip
def test_values_that_steer_the_pass_are_seen(make: Callable[[], Any]) -> None:
    model = Skipping(make()).eval()
    assert [change.block for change in block_changes(model, PICTURE, SIZE)] == ["block", "block_1", "block_2"]
    with torch.no_grad():
        model.gates[1] = 0
    fresh = Skipping(make()).eval()
    fresh.load_state_dict(model.state_dict())
    fresh.gates = model.gates
    assert block_changes(model, PICTURE, SIZE) == block_changes(fresh, PICTURE, SIZE)
    assert len(block_changes(model, PICTURE, SIZE)) == 2
