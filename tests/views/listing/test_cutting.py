"""Nets cut in two: the code is run and compared with a hook's output, the figures with torch's own counters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz import trace_model, trace_named
from resnet_viz.records.trace import Node, Trace
from resnet_viz.spec.named import NamedNet
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.spec.shown import FileNet, ShownNet
from resnet_viz.views.inspect.cut import Cut, find_cut
from resnet_viz.views.listing.cutting import CutCode, write_cuts
from resnet_viz.views.parts.ids import chosen
from tests.nets import NETS, THIN, VARIANTS, in_stage, trace_of

SMALL = (64, 64)
SPECS = {
    "resnet18": replace(PRESETS["resnet18"], input_size=SMALL),
    "resnet50": replace(PRESETS["resnet50"], input_size=SMALL),
    "cifar": NETS["cifar"],
    "v2": replace(NETS["v2"], input_size=SMALL, widths=(32, 64, 96)),
    "se": replace(NETS["se"], input_size=SMALL, widths=(32, 64)),
    "group-norm": replace(VARIANTS["group-norm"], input_size=SMALL),
    "dilated": replace(NETS["dilated"], input_size=SMALL, widths=THIN),
    "plain": replace(NETS["plain"], widths=(32, 64)),
}
PLACES = [
    *(("resnet18", node) for node in ("conv1", "stem", "layer1.0.add", "layer2.0.relu", "layer2.0.downsample")),
    *(("resnet18", node) for node in ("layer2.0.conv2", "layer3.0", "layer3", "avgpool", "flatten", "head")),
    *(("resnet50", node) for node in ("layer3.1..5", "layer4.2.bn2")),
    *(("cifar", node) for node in ("relu", "layer2.0.downsample", "layer2.1..2", "layer3", "fc")),
    *(("v2", node) for node in ("layer1.0.relu", "layer1.0.downsample", "layer2.0", "layer3", "norm_last", "relu")),
    *(("se", node) for node in ("conv1.3", "conv1", "layer1.0.bn2", "layer1.1.se", "layer2.0.downsample.0", "layer2")),
    *(("group-norm", node) for node in ("bn1", "layer2.0")),
    *(("dilated", node) for node in ("layer3.0", "layer4")),
    *(("plain", node) for node in ("layer1.0.relu", "layer1")),
]


def cut_at(net: str, node_id: str) -> tuple[Trace, Node, Cut, tuple[CutCode, ...]]:
    trace = trace_of(SPECS[net])
    at = chosen(trace, node_id)
    assert at is not None
    cut = find_cut(trace, at.thing)
    assert cut is not None
    return trace, trace.nodes[cut.op], cut, write_cuts(trace, SPECS[net], at.thing, cut)


def run_code(code: str) -> dict[str, Any]:
    """What the names in a piece of code stand for after it has run."""
    found: dict[str, Any] = {}
    with torch.no_grad():
        exec(code, found)
    return found


@contextmanager
def heard(model: nn.Module, trace: Trace, op: Node) -> Iterator[list[Tensor]]:
    """What the full net gives at an op, by hooks: an op that is no module is heard by the module that it goes to."""
    values: list[Tensor] = []
    path, call, is_given = str(op.module), op.call, True
    if op.op == "flatten":
        path, call, is_given = "fc", 0, False
    elif op.op == "add" and trace.last_op(trace.nodes[str(op.parent)]).id != op.id:
        path, call, is_given = f"{op.module}.relu", 1, False
    module = model.get_submodule(path)
    hook: Any = (
        module.register_forward_hook(lambda _, args, out: values.append(out.clone()))
        if is_given
        else module.register_forward_pre_hook(lambda _, args: values.append(args[0].clone()))
    )
    yield values
    hook.remove()
    values[:] = values[call : call + 1]


@pytest.mark.parametrize(("net", "node_id"), PLACES)
def test_the_code_cuts_where_the_net_has_this_output(net: str, node_id: str) -> None:
    trace, op, cut, ways = cut_at(net, node_id)
    assert ways[0].code
    for way in ways:
        if not way.code:
            continue
        names = run_code(way.code)
        model, part = names["model"], names["cut"]
        assert tuple(names["out"].shape) == cut.out_shape
        assert way.code.endswith(f"# {tuple(cut.out_shape)}")
        picture = torch.randn(trace.input.shape)
        with torch.no_grad(), heard(model, trace, op) as values:
            model(picture)
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            out = part(picture)
        out = out["out"] if isinstance(out, dict) else out
        assert torch.equal(out, values[0])
        assert sum(param.numel() for param in part.parameters()) == cut.before.n_params
        assert counter.get_total_flops() == 2 * (cut.before.macs.n or 0)


@pytest.mark.parametrize("net", SPECS)
def test_both_sides_add_up_to_the_net(net: str) -> None:
    trace = trace_of(SPECS[net])
    for node in trace.nodes.values():
        cut = find_cut(trace, node)
        if cut is None:
            assert node.kind in ("network", "input")
            continue
        sides = cut.before, cut.behind
        assert sum(side.n_params for side in sides) == trace.n_params
        assert sum(side.macs.known for side in sides) == trace.n_macs
        assert sum(side.act_bytes for side in sides) == trace.act_bytes
        if not cut.is_only_way:
            continue
        up_to = [op for op in trace.ops if op.order <= trace.nodes[cut.op].order]
        assert cut.before.macs.n == sum(op.n_macs or 0 for op in up_to)
        assert cut.before.act_bytes == sum(op.act_bytes for op in up_to)


@pytest.mark.parametrize("net", [*SPECS, "resnet152"])
def test_stride_and_field_chain_at_every_cut_that_all_goes_through(net: str) -> None:
    trace = trace_of(SPECS.get(net, net))
    n_chained = 0
    for node in trace.nodes.values():
        cut = find_cut(trace, node)
        if cut is None or not cut.is_only_way or cut.end is None:
            continue
        n_chained += 1
        end = trace.nodes[cut.end].field
        assert end == trace.field
        for axis in (0, 1):
            assert end
            assert cut.before.stride
            assert cut.before.field
            assert cut.behind.stride
            assert cut.behind.field
            assert cut.before.stride[axis] * cut.behind.stride[axis] == end[axis].jump
            assert cut.before.field[axis] + (cut.behind.field[axis] - 1) * cut.before.stride[axis] == end[axis].size
    assert n_chained > len(trace.blocks)


def test_the_part_behind_is_told_as_by_hand() -> None:
    # ResNet-18 behind layer3: 3×3 /2, 3×3, 3×3, 3×3 see 1 + 2·(1 + 2 + 2 + 2) = 15 of 14 positions a side, every other.
    _trace, _op, cut, _ways = cut_at("resnet18", "layer3")
    assert (cut.before.stride, cut.before.field) == ((16, 16), (211, 211))
    assert (cut.behind.stride, cut.behind.field) == ((2, 2), (15, 15))
    assert 211 + (15 - 1) * 16 == 435


def test_a_branch_sees_through_its_own_windows() -> None:
    # The shortcut of layer2.0 is as wide as what it is added to: a position of it, then three 3×3 and layers 3 and 4.
    _trace, _op, cut, _ways = cut_at("resnet18", "layer2.0.downsample")
    assert (cut.before.field, cut.behind.field) == ((43, 43), (47, 47))
    assert not cut.is_only_way
    assert 43 + (47 - 1) * 8 < 435


@pytest.mark.parametrize(
    ("net", "node_id", "words"),
    [
        ("resnet18", "layer2.0.conv2", "the shortcut of layer2.0 would be lost"),
        ("resnet50", "layer1.0.downsample", "the shortcut of layer1.0 would be lost"),
        ("plain", "layer1.0.conv2", "this is inside of one"),
    ],
)
def test_inside_a_block_there_is_no_sequential(net: str, node_id: str, words: str) -> None:
    *_rest, ways = cut_at(net, node_id)
    assert ways[0].code
    assert not ways[1].code
    assert words in ways[1].note


def test_what_feature_extraction_cannot_name_is_told() -> None:
    *_rest, ways = cut_at("se", "layer1.0.se.fc1")
    assert not any(way.code for way in ways)
    assert "Choose layer1.0.se." in ways[0].note


def test_a_trained_net_is_cut_with_its_weights() -> None:
    trace = trace_of("digits20")
    stage = trace.stages[1]
    cut = find_cut(trace, stage)
    assert cut is not None
    for way in write_cuts(trace, PRESETS["digits20"], stage, cut, "digits:resnet20"):
        assert 'load_weights(model, "digits:resnet20")' in way.code
        assert tuple(run_code(way.code)["out"].shape) == stage.out_shape


# Other people's nets


def test_a_net_of_a_library_is_heard_by_a_hook() -> None:
    net = NamedNet("timm", "resnet26d", SMALL)
    trace = trace_named(net)
    for node_id in ("layer2", "layer3.0", "layer1.0.conv2"):
        (way,), cut = ways_of(trace, net, node_id)
        names = run_code(way.code)
        assert tuple(names["out"].shape) == cut.out_shape == trace.nodes[node_id].out_shape
    (way,), _cut = ways_of(trace, net, next(op.id for op in trace.ops if op.op == "add"))
    assert not way.code
    assert "Choose a group" in way.note


def test_a_trace_file_holds_no_code() -> None:
    model = in_stage(*(nn.Conv2d(8, 8, 3, padding=1) for _ in range(2)))
    trace = trace_model(model, (1, 3, 16, 16))
    (way,), cut = ways_of(trace, FileNet("0" * 32), "conv1")
    assert "a Trace holds no code" in way.code
    found: dict[str, Any] = {"model": model}
    exec(way.code, found)
    assert tuple(found["out"].shape) == cut.out_shape
    assert cut.before.n_params == 3 * 8 * 3 * 3


def ways_of(trace: Trace, net: ShownNet, node_id: str) -> tuple[tuple[CutCode, ...], Cut]:
    cut = find_cut(trace, trace.nodes[node_id])
    assert cut is not None
    return write_cuts(trace, net, trace.nodes[node_id], cut), cut
