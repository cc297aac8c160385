"""The Trace of torchvision's nets against published figures, other counters, real passes and written-out arithmetic."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import torch
import torchinfo
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import get_model_weights

from resnet_viz.errors import TraceError
from resnet_viz.model.net.build import build_model, build_plan
from resnet_viz.model.trace.plan import trace_model, trace_spec
from resnet_viz.spec.resnet import PRESETS, TORCHVISION, ResNetSpec
from tests.model.snapshots import assert_unchanged, snapshot
from tests.nets import BASIC, VARIANTS, trace_of

# Sums


@pytest.mark.parametrize("preset", TORCHVISION)
def test_figures_are_the_published_ones(preset: str) -> None:
    for weights in get_model_weights(preset):
        (side,) = weights.transforms().crop_size
        trace = trace_spec(replace(PRESETS[preset], input_size=(side, side)))
        assert trace.n_params == weights.meta["num_params"]
        assert round(trace.macs.known / 1e9, 3) == weights.meta["_ops"]


@pytest.mark.parametrize("preset", TORCHVISION)
def test_parameters_are_torchinfos(preset: str) -> None:
    assert trace_of(preset).n_params == torchinfo.summary(build_plan(PRESETS[preset]), verbose=0).total_params


@pytest.mark.parametrize("spec", [PRESETS["resnet18"], PRESETS["resnext50_32x4d"], *VARIANTS.values()])
def test_macs_are_half_of_torchs_flops(spec: ResNetSpec) -> None:
    plan = build_plan(spec)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        plan(torch.empty(2, *spec.input_shape[1:], device="meta"))
    assert 2 * trace_model(plan, (2, *spec.input_shape[1:])).macs.known == counter.get_total_flops()


def test_macs_of_single_layers_are_those_of_the_arithmetic() -> None:
    small, grouped = trace_of("resnet18").nodes, trace_of("resnext50_32x4d").nodes
    assert small["conv1"].n_macs == 64 * 3 * 7 * 7 * 112 * 112
    assert small["layer1.0.conv1"].n_macs == 64 * 64 * 3 * 3 * 56 * 56
    assert small["layer2.0.conv1"].n_macs == 128 * 64 * 3 * 3 * 28 * 28
    assert small["layer2.0.downsample.0"].n_macs == 128 * 64 * 28 * 28
    assert small["fc"].n_macs == 512 * 1000
    assert small["bn1"].n_macs == small["maxpool"].n_macs == small["layer1.0.add"].n_macs == 0
    assert grouped["layer1.0.conv2"].n_macs == 128 * (128 // 32) * 3 * 3 * 56 * 56
    assert small["fc"].n_params == 512 * 1000 + 1000
    assert small["bn1"].n_params == 2 * 64
    assert grouped["layer1.0.conv2"].n_params == 128 * (128 // 32) * 3 * 3


@pytest.mark.parametrize("preset", ["resnet18", "resnet50"])
def test_groups_are_the_sums_of_what_they_hold(preset: str) -> None:
    trace = trace_of(preset)
    for node in trace.nodes.values():
        children = [trace.nodes[child] for child in node.children]
        assert all(child.parent == node.id for child in children)
        if node.kind not in ("op", "input"):
            ops = [child for child in children if child.kind != "input"]
            assert node.n_params == sum(child.n_params for child in ops)
            assert node.macs.known == sum(child.macs.known for child in ops)
            assert node.act_bytes == sum(child.act_bytes for child in ops)
            assert node.live_bytes == max(child.live_bytes for child in ops)
    model = build_plan(PRESETS[preset])
    assert {op.id: op.n_params for op in trace.ops if op.n_params} == {
        path: sum(weight.numel() for weight in module.parameters())
        for path, module in model.named_modules()
        if next(module.parameters(recurse=False), None) is not None
    }
    assert trace.weight_bytes == sum(tensor.nbytes for tensor in model.state_dict().values())


@pytest.mark.parametrize("preset", TORCHVISION)
def test_every_tensor_is_known_by_its_key(preset: str) -> None:
    model = build_plan(PRESETS[preset])
    params = [param for node in trace_of(preset).nodes.values() for param in node.params]
    assert {param.name: param.shape for param in params} == {
        key: tuple(value.shape) for key, value in model.state_dict().items()
    }
    assert len(params) == len(model.state_dict())
    assert {param.name for param in params if param.is_buffer} == {name for name, _ in model.named_buffers()}
    assert all(param.is_trainable != param.is_buffer and param.same_as is None for param in params)
    assert sum(param.size for param in params if not param.is_buffer) == trace_of(preset).n_params


# Variants, modes and safety


@pytest.mark.parametrize("variant", VARIANTS)
def test_shapes_are_those_of_a_real_pass(variant: str) -> None:
    spec = replace(VARIANTS[variant], input_size=(64, 96))
    model = build_model(spec)
    shape = (2, spec.in_channels, 64, 96)
    trace = trace_model(model, shape, spec)
    real: dict[str, tuple[int, ...]] = {}
    paths = {module: path for path, module in model.named_modules()}

    def listen(module: nn.Module, _: Any, output: torch.Tensor) -> None:
        n = sum(path == paths[module] or path.startswith(f"{paths[module]}_") for path in real)
        real[f"{paths[module]}_{n}" if n else paths[module]] = tuple(output.shape)

    # A module that does nothing has no node.
    for module in (module for module in model.modules() if not isinstance(module, nn.Identity)):
        module.register_forward_hook(listen)
    with torch.inference_mode():
        model(torch.randn(shape))
    real["network"] = real.pop("")
    assert {node_id: trace.nodes[node_id].out_shape for node_id in real} == real
    rest = {op.id for op in trace.ops} - set(real)
    assert rest == {"flatten"} | {f"{block.id}.add" for block in trace.blocks}
    assert all(trace.nodes[block.id].out_shape == trace.nodes[f"{block.id}.add"].out_shape for block in trace.blocks)
    assert trace.in_shape(trace.nodes["conv1"]) == shape
    assert trace.spec == spec
    assert trace.name == spec.name


def test_statistics_make_what_follows_global() -> None:
    model = build_model(BASIC)
    still = trace_model(model, BASIC.input_shape)
    assert still.mode == "eval"
    assert not any(op.is_global for op in still.ops)
    training = trace_model(model.train(), BASIC.input_shape)
    grouped = trace_spec(VARIANTS["group-norm"])
    assert training.mode == "train"
    for trace in (training, grouped):
        assert [op.id for op in trace.ops if not op.is_global] == ["conv1"]
    assert [op.field for op in training.ops] == [op.field for op in still.ops]
    assert not any(op.is_global for op in trace_spec(VARIANTS["frozen-norm"]).ops)


@pytest.mark.parametrize("is_training", [False, True])
def test_a_trace_leaves_the_model_as_it_was(is_training: bool) -> None:
    model = build_model(BASIC).train(is_training)
    before = snapshot(model)
    trace_model(model, BASIC.input_shape)
    assert_unchanged(model, before)
    with pytest.raises(TraceError):
        trace_model(model, (1, 4, 64, 64))
    assert_unchanged(model, before)
    model.fc = nn.Linear(5, 7)
    before = snapshot(model)
    with pytest.raises(TraceError):
        trace_model(model, BASIC.input_shape)
    assert_unchanged(model, before)


def test_threads_trace_one_model_alike() -> None:
    model = build_model(PRESETS["resnet50"]).train()
    alone = trace_model(model, (1, 3, 64, 64))
    with ThreadPoolExecutor(4) as pool:
        traces = list(pool.map(lambda _: trace_model(model, (1, 3, 64, 64)), range(8)))
    assert all(trace == alone for trace in traces)


@pytest.mark.parametrize(
    "shape",
    [(3, 64, 64), (1, 3, 0, 5), (1, 3, -1, 5), (1, 3, True, 5), (1, 3, 2.0, 2), "abcd", None, 7, (1, 3, 10**6, 10**6)],
)
def test_shapes_that_cannot_be_are_refused(shape: Any) -> None:
    with pytest.raises(TraceError, match=r"\(N, C, H, W\)") as caught:
        trace_model(build_plan(BASIC), shape)
    assert str(shape) in str(caught.value)
    assert shape != (1, 3, 10**6, 10**6) or f"{2**32:,}" in str(caught.value)


def test_a_net_that_does_nothing_is_refused() -> None:
    with pytest.raises(TraceError, match="Sequential does nothing with its input"):
        trace_model(nn.Sequential(), (1, 3, 8, 8))


def test_what_the_net_cannot_take_is_told_in_torchs_words() -> None:
    with pytest.raises(TraceError, match=r"1×4×64×64. torch says: .*channel"):
        trace_model(build_plan(BASIC), (1, 4, 64, 64))
    with pytest.raises(TraceError, match=r"torch\.nn\.Module"):
        trace_model("resnet18", (1, 3, 64, 64))  # type: ignore[arg-type]
