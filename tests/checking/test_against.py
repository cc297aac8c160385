"""A net is compared with its trace file: the same is the same, and what changed is told where and how."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from resnet_viz.checking.against import check
from resnet_viz.errors import TraceError, TraceFileError
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.trace_files.write import write_trace
from tests.nets import HOSTILE, NETS, SHAPE, VARIANTS, Net, conv, hostile_trace, in_stage, trace_of

SMALL = (1, 3, 64, 64)


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    path = tmp_path / "resnet18.trace.json"
    trace_model(resnet18().eval(), SMALL).save(path)
    return path


def net(change: Callable[[Any], object] = lambda net: None) -> nn.Module:
    model: nn.Module = resnet18().eval()
    change(model)
    return model


def renamed(model: Any, old: str, new: str) -> nn.Module:
    """A net whose forward is the same, with another name for one of its layers."""

    class Renamed(type(model)):  # type: ignore[misc]
        def __getattr__(self, name: str) -> Any:
            return super().__getattr__(new if name == old else name)

    model.__class__ = Renamed
    model._modules = {new if name == old else name: module for name, module in model._modules.items()}
    return nn.Module.eval(model)  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", [*PRESETS, *NETS, *VARIANTS])
def test_every_net_is_itself(name: str) -> None:
    trace = trace_of({**NETS, **VARIANTS}.get(name, name))
    found = check(trace, write_trace(trace))
    assert (found.is_same, found.lines) == (True, ())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_net_of_any_names_is_itself(name: str) -> None:
    assert check(hostile_trace(name), write_trace(hostile_trace(name))).is_same


def test_a_module_a_trace_and_a_file_are_compared_alike(reference: Path) -> None:
    model = net()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    for same in (model, trace_model(model, SMALL), reference, str(reference), reference.read_bytes()):
        assert check(same, reference).is_same
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_where_it_was_built_makes_no_difference() -> None:
    assert check(net(), trace_of("resnet18")).is_same
    assert trace_of("resnet18").device != trace_model(net(), SMALL).device


CHANGES: dict[str, tuple[Callable[[Any], object], list[tuple[str, str]]]] = {
    "another head": (
        lambda model: setattr(model, "fc", nn.Linear(512, 10)),
        [("argument", "fc.out_features: 10 instead of 1000"), ("total", "11,181,642 instead of 11,689,512")],
    ),
    "a stride": (
        lambda model: setattr(model.conv1, "stride", (1, 1)),
        [("argument", "conv1.stride: (1, 1) instead of (2, 2)")],
    ),
    "an epsilon": (
        lambda model: setattr(model.bn1, "eps", 1e-3),
        [("argument", "bn1.eps: 0.001 instead of 1e-05")],
    ),
    "a frozen layer": (
        lambda model: model.conv1.requires_grad_(False),
        [("parameters", "Parameters of conv1: weight 64×3×7×7 float32 frozen instead of weight 64×3×7×7 float32")],
    ),
    "another precision": (
        lambda model: model.half(),
        [("input", "The input: 1×3×64×64 float16 instead of 1×3×64×64 float32")],
    ),
    "train mode": (lambda model: model.train(), [("mode", "The mode: train instead of eval")]),
    "a block less": (
        lambda model: model.layer3.__delitem__(1),
        [("structure", "2+2+1+2 instead of 2+2+2+2"), ("removed", "layer3.1.conv1"), ("total", "10,508,840")],
    ),
    "a block more": (
        lambda model: model.layer1.append(type(model.layer1[0])(64, 64)),
        [("structure", "3+2+2+2 instead of 2+2+2+2"), ("added", "layer1.2.conv1 (conv2d (3, 3) (1, 1)) is new")],
    ),
    "another activation": (
        lambda model: setattr(model, "relu", nn.GELU()),
        [("argument", "relu: gelu instead of relu")],
    ),
    "a parameter of the net": (
        lambda model: model.register_parameter("scale", nn.Parameter(torch.ones(2))),
        [("parameters", "scale: 2 float32 instead of none")],
    ),
}


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_what_changed_is_told(
    reference: Path, change: Callable[[Any], object], expected: list[tuple[str, str]]
) -> None:
    found = check(net(change).eval() if change is not CHANGES["train mode"][0] else net(change), reference)
    assert not found.is_same
    for kind, text in expected:
        assert [each for each in found.deviations if each.kind == kind and text in each.text], found.lines
    assert len(found.lines) <= 20


def test_the_first_line_is_the_most_important(reference: Path) -> None:
    assert check(net(), reference, input_shape=(1, 3, 96, 96)).lines[0].startswith("The input: 1×3×96×96")
    assert check(trace_of("resnet34"), trace_of("resnet18")).lines[0].startswith("Blocks per stage: 3+4+6+3")


@pytest.mark.parametrize(("old", "new"), [("layer3", "stage3"), ("fc", "classifier"), ("conv1", "stem_conv")])
def test_a_renamed_layer_is_told_as_renamed(reference: Path, old: str, new: str) -> None:
    found = check(renamed(net(), old, new), reference)
    assert [each.kind for each in found.deviations] == ["name"]
    assert found.lines[0].startswith(f"{old} is named {new} now (")


def test_all_is_told_of_layers_that_changed_places() -> None:
    def turned(net: Any, x: torch.Tensor) -> Any:
        y = net.b(x)
        return net.a(x) + y

    first = Net(lambda net, x: net.a(x) + net.b(x), a=conv(3), b=conv(3))
    second = Net(turned, a=conv(3), b=conv(3))
    found = check(second, trace_model(first, SHAPE))
    assert [(each.kind, each.node) for each in found.deviations] == [("order", "b")]


def test_a_net_of_several_inputs_is_traced_with_all_of_them() -> None:
    model = Net(lambda net, x, y: net.conv1(x) + y, conv1=conv(3))
    assert check(model, trace_model(model, [SHAPE, (1, 8, 16, 16)])).is_same


def test_a_changed_number_of_macs_is_told_where_nothing_explains_it() -> None:
    trace = trace_of("resnet18")
    op = replace(trace.nodes["conv1"], n_macs=1)
    found = check(replace(trace, nodes={**trace.nodes, "conv1": op}), trace)
    assert [(each.kind, each.node) for each in found.deviations] == [("macs", "conv1")]


def test_the_check_is_plain_values(reference: Path) -> None:
    found = check(in_stage(conv()), reference)
    record = json.loads(json.dumps(found.as_json()))
    assert (record["net"], record["reference"], record["is_same"]) == ("Net", "ResNet", False)
    assert [each["text"] for each in record["differences"]] == list(found.lines)


def test_bad_input_is_told(reference: Path, tmp_path: Path) -> None:
    with pytest.raises(TraceFileError, match="cannot be opened"):
        check(net(), tmp_path / "nothing.trace.json")
    with pytest.raises(TraceError, match="Got int to trace"):
        check(7, reference)
    with pytest.raises(TraceError, match="cannot take an input"):
        check(nn.Linear(3, 4), reference, input_shape=(1, 3, 8, 8))
