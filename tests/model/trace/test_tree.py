"""The Trace's structure: blocks and their shortcuts, edges, ids, lines of source, memory and receptive fields."""

import inspect
import linecache
import re
from collections import defaultdict
from typing import Any

import pytest
import torch
from torch import nn
from torchvision.models import resnet

from resnet_viz.model.net.build import build_model, build_plan
from resnet_viz.model.trace.plan import trace_model, trace_spec
from resnet_viz.spec.resnet import PRESETS, TORCHVISION, ResNetSpec
from tests.nets import BASIC, VARIANTS, trace_of


@pytest.mark.parametrize("preset", TORCHVISION)
def test_modules_and_ops_are_as_many_as_the_blocks_make(preset: str) -> None:
    trace, spec = trace_of(preset), PRESETS[preset]
    n_blocks, per_block = sum(spec.layers), 2 if spec.block == "basic" else 3
    n_projections = 3 if spec.block == "basic" else 4
    ops = defaultdict(list)
    for op in trace.ops:
        ops[op.op].append(op)
    assert len(ops["conv2d"]) == len(ops["batch_norm"]) == 1 + per_block * n_blocks + n_projections
    assert sum("downsample" in op.id for op in ops["conv2d"]) == n_projections
    assert len(ops["linear"]) == len(ops["max_pool2d"]) == len(ops["adaptive_avg_pool2d"]) == len(ops["flatten"]) == 1
    assert len({op.module for op in ops["relu"]}) == 1 + n_blocks
    assert len(ops["relu"]) == 1 + per_block * n_blocks
    assert len(ops["add"]) == n_blocks
    stem, head = 4, 3  # conv, norm, relu, pool; pool, flatten, linear
    assert len(trace.ops) == stem + (3 * per_block + 1) * n_blocks + 2 * n_projections + head
    assert [(stage.name, stage.paper_name, stage.n_blocks) for stage in trace.stages] == [
        (f"layer{i}", f"conv{i + 1}_x", n) for i, n in enumerate(spec.layers, 1)
    ]


@pytest.mark.parametrize("preset", TORCHVISION)
def test_every_block_has_one_add_with_one_shortcut(preset: str) -> None:
    trace, model = trace_of(preset), build_plan(PRESETS[preset])
    modules = {path: m for path, m in model.named_modules() if isinstance(m, resnet.BasicBlock | resnet.Bottleneck)}
    assert [block.id for block in trace.blocks] == list(modules)
    before: str | None = "maxpool"
    for block in trace.blocks:
        module: Any = modules[block.id]
        adds = [op for op in trace.ops if op.op == "add" and op.id.startswith(f"{block.id}.")]
        arriving = [edge for edge in trace.edges if edge.dst == block.add]
        assert [op.id for op in adds] == [block.add]
        assert block.shortcut == ("identity" if module.downsample is None else "projection")
        assert sorted(edge.role for edge in arriving) == sorted(["main", block.shortcut])
        assert block.block_type == type(module).__name__
        assert block.stride == (module.stride, module.stride)
        bypass = () if module.downsample is None else (f"{block.id}.downsample.0", f"{block.id}.downsample.1")
        assert block.bypass == bypass
        shortcut = next(edge for edge in arriving if edge.role != "main")
        assert shortcut.src == (bypass[-1] if bypass else before)
        assert next(edge.src for edge in arriving if edge.role == "main") == block.residual[-1]
        assert {edge.role for edge in trace.edges if edge.dst in bypass} <= {block.shortcut}
        before = trace.last_op(block).id


@pytest.mark.parametrize("preset", ["resnet18", "resnet152"])
def test_edges_lead_from_an_op_to_a_later_one(preset: str) -> None:
    trace = trace_of(preset)
    for edge in trace.edges:
        src, dst = trace.nodes[edge.src], trace.nodes[edge.dst]
        assert src.kind in ("op", "input")
        assert dst.kind == "op"
        assert src.order < dst.order
        assert dst.inputs[edge.slot] == src.id
        assert edge.tensor == src.outputs[0]
    assert len(trace.edges) == sum(len(op.inputs) for op in trace.ops) == len(trace.ops) + len(trace.blocks)
    assert [op.order for op in trace.ops] == list(range(len(trace.ops)))


def test_ids_are_the_module_paths_and_stay_the_same() -> None:
    spec = PRESETS["resnet50"]
    model = build_model(spec)
    trace = trace_model(model, spec.input_shape)
    paths = {path for path, _ in model.named_modules()}
    for node in trace.nodes.values():
        assert node.id in trace.nodes
        own = node.id in paths or re.sub(r"_\d+$", "", node.id) in paths
        assert own or node.id in ("network", "input", "stem", "head", "flatten") or node.id.endswith(".add")
    assert paths - {""} <= set(trace.nodes)
    assert [id for id in trace.nodes if id.startswith("layer1.0.relu")] == [
        "layer1.0.relu",
        "layer1.0.relu_1",
        "layer1.0.relu_2",
    ]
    assert [trace.nodes[id].call for id in ("layer1.0.relu", "layer1.0.relu_1", "layer1.0.relu_2")] == [0, 1, 2]
    planned = trace_spec(spec)
    assert list(trace.nodes.items()) == list(planned.nodes.items())
    assert trace.edges == planned.edges
    assert (trace.device, planned.device, trace.origin) == ("cpu", "meta", "rule")
    assert trace.warnings == ()
    assert all(op.is_estimated for op in trace.ops)


def test_ops_name_the_line_that_runs_them() -> None:
    file = inspect.getsourcefile(resnet) or ""
    for op in trace_of("resnet50").ops:
        first = op.source[0]
        line = linecache.getline(file, first.line)
        attribute = re.sub(r"_\d+$", "", op.id.removeprefix(".".join(op.id.split(".")[:2]) + ".")).split(".")[0]
        call = "+=" if op.op == "add" else "torch.flatten(" if op.op == "flatten" else f"self.{attribute}("
        assert call in line, op.id
        assert first.file == "torchvision/models/resnet.py"
        in_block = op.id.startswith("layer")
        assert first.function == ("Bottleneck.forward" if in_block else "ResNet._forward_impl")
        assert op.source[-1].function == "ResNet.forward"
        if in_block:
            outer = linecache.getline(file, op.source[1].line)
            assert f"self.{op.id.split('.')[0]}(" in outer


# Memory


def test_in_place_ops_and_views_share_memory() -> None:
    trace = trace_of("resnet18")
    in_place = {op.id for op in trace.ops if op.is_inplace}
    assert in_place == {op.id for op in trace.ops if op.op in ("relu", "add")}
    assert {op.id for op in trace.ops if op.is_view} == {"flatten"}
    for op in trace.ops:
        shares = op.is_inplace or op.is_view
        assert op.act_bytes == (0 if shares else op.outputs[0].n_bytes)
        assert (op.storage == trace.nodes[op.inputs[0]].storage) is shares
    kept = build_model(BASIC)
    for module in kept.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    assert {op.op for op in trace_model(kept, BASIC.input_shape).ops if op.is_inplace} == {"add"}


@pytest.mark.parametrize("preset", ["resnet18", "resnet50"])
def test_live_memory_is_what_a_step_by_step_count_finds(preset: str) -> None:
    trace = trace_of(preset)
    memory = {"input": "input"}
    for op in trace.ops:
        memory[op.id] = memory[op.inputs[0]] if op.is_inplace or op.is_view else op.id
    last_use = {memory[node_id]: op.id for op in trace.ops for node_id in (*op.inputs, op.id)}
    alive, most = {"input": 3 * 224 * 224 * 4}, 0
    for op in trace.ops:
        n_values = torch.Size(op.out_shape).numel()
        alive.setdefault(memory[op.id], 4 * n_values)
        assert op.live_bytes == sum(alive.values())
        most = max(most, sum(alive.values()))
        alive = {name: size for name, size in alive.items() if last_use[name] != op.id}
    assert trace.peak_bytes == most
    assert alive == {}


# Fields


def written_out_field(spec: ResNetSpec) -> int:
    """1 + sum of (kernel - 1) × step: stem, pool, then two 3×3 convolutions a basic block or one a bottleneck."""
    size, step = 1 + (7 - 1) * 1 + (3 - 1) * 2, 4
    for stage, n_blocks in enumerate(spec.layers):
        size += (3 - 1) * step
        step *= 2 if stage else 1
        size += (3 - 1) * step * (n_blocks * (2 if spec.block == "basic" else 1) - 1)
    return size


@pytest.mark.parametrize(
    ("preset", "size"),
    [("resnet18", 435), ("resnet34", 899), ("resnet50", 427), ("resnet101", 971), ("resnet152", 1451)],
)
def test_field_after_the_last_stage(preset: str, size: int) -> None:
    trace = trace_of(preset)
    assert trace.field == trace.stages[-1].field
    assert trace.field is not None
    assert [axis.size for axis in trace.field] == [size, size]
    assert [axis.jump for axis in trace.field] == [32, 32]
    assert written_out_field(PRESETS[preset]) == size
    whole = trace.nodes["fc"].field
    assert whole is not None
    assert whole[0].jump is None


@pytest.mark.parametrize("variant", ["basic", "bottleneck", "dilated"])
def test_field_is_where_the_gradient_is(variant: str) -> None:
    model: Any = build_model(VARIANTS[variant]).double()
    model.maxpool = nn.AvgPool2d(3, 2, 1)  # A maximum has a gradient at one pixel only.
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.constant_(module.weight, 1 / module.weight[0].numel())
    height, width = 480, 64
    trace = trace_model(model, (1, 3, height, width))
    image = torch.ones(1, 3, height, width, dtype=torch.float64, requires_grad=True)
    maps = model.maxpool(model.relu(model.bn1(model.conv1(image))))
    for stage in trace.stages:
        maps = model.get_submodule(stage.name)(maps)
        assert stage.field is not None
        vertical, horizontal = stage.field
        row, column = maps.shape[2] // 2, maps.shape[3] // 2
        (gradient,) = torch.autograd.grad(maps[0, 0, row, column], image, retain_graph=True)
        seen = gradient[0].sum(0) != 0
        assert vertical.jump is not None
        assert horizontal.jump is not None
        rows = range(vertical.lo + row * vertical.jump, vertical.hi + row * vertical.jump + 1)
        columns = range(horizontal.lo + column * horizontal.jump, horizontal.hi + column * horizontal.jump + 1)
        assert rows.start > 0
        assert rows.stop < height
        assert seen.any(1).nonzero().flatten().tolist() == list(rows)
        assert seen.any(0).nonzero().flatten().tolist() == [x for x in columns if 0 <= x < width]
