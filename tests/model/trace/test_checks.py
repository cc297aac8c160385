"""Nets that cannot be listened to, scripted or quantised, are refused with what to pass instead."""

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import torch
import torchvision
from torch import nn
from torch.ao.quantization import get_default_qconfig_mapping, quantize_fx
from torch.distributed.fsdp import FSDPModule
from torchvision.models.detection import retinanet_resnet50_fpn

from resnet_viz.errors import TraceError
from resnet_viz.model.trace.plan import trace_model, trace_spec
from tests.model.lively_nets import RUNS, SIZE
from tests.nets import THIN, whole, with_part

CALLS: dict[str, Callable[[Any], object]] = {
    "trace_model": lambda model: trace_model(model, (1, 3, 64, 64)),
    **RUNS,
}


@pytest.mark.parametrize("got", ["resnet18", None, {"block": "basic"}])
def test_only_a_spec_is_traced_by_its_settings(got: Any) -> None:
    with pytest.raises(TraceError, match=f"Got {type(got).__name__} for a spec. Pass a ResNetSpec"):
        trace_spec(got)


@pytest.mark.parametrize("name", RUNS)
def test_only_a_net_is_run(name: str) -> None:
    with pytest.raises(TraceError, match="Got str for a net"):
        RUNS[name]("resnet18")


# What they tell, they read off the output.
READ_NO_MAPS = {"predict", "occlusion"}


def sharded(model: nn.Module) -> Any:
    """Of the class that `fully_shard` gives a net, without the processes."""
    model.__class__ = type(f"FSDP{type(model).__name__}", (FSDPModule, type(model)), {})
    return model


def sharded_weights(part: Any) -> Any:
    """With a weight of the class that tensor parallelism gives it, without the processes."""
    weight = part.conv1.weight
    kind: Any = type("DTensor", (torch.Tensor,), {})
    part.conv1._parameters["weight"] = weight.detach().as_subclass(kind)
    return part


def exported(model: Any) -> Any:
    return torch.export.export(model, (torch.zeros(1, 3, 64, 64),))


class HalfBuilt(nn.Module):
    def __init__(self) -> None:
        self.__dict__["training"] = False


def swish(x: torch.Tensor) -> torch.Tensor:
    return x * torch.sigmoid(x)


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # that torch would like to be asked otherwise
    scripted_swish: Any = torch.jit.script(swish)


class Swish(nn.Module):
    def forward(self, x: torch.Tensor) -> Any:
        return scripted_swish(x)


def helper(x: torch.Tensor) -> Any:
    return [scripted_swish(part) for part in (x, x)][-1]


class Helped(nn.Module):
    def forward(self, x: torch.Tensor) -> Any:
        return self.activate(x)

    def activate(self, x: torch.Tensor) -> Any:
        return helper(x)


def holding(part: nn.Module) -> nn.Module:
    part.__dict__["activation"] = scripted_swish
    return part


def traced(part: nn.Module, n_channels: int) -> Any:
    return torch.jit.trace(part, torch.zeros(1, n_channels, 8, 8), check_trace=False)


# How each is made, and what the sentence says.
REFUSED: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "scripted": (lambda: torch.jit.script(whole()), ["ResNet is TorchScript", "the Python net"]),
    "scripted part": (lambda: with_part(torch.jit.script), ["layer3.0 is TorchScript"]),
    "jit-traced": (lambda: traced(whole(), 3), ["ResNet is TorchScript", "the Python net"]),
    "frozen": (lambda: torch.jit.freeze(torch.jit.script(whole())), ["ResNet is TorchScript"]),
    "jit-traced part": (lambda: with_part(lambda part: traced(part, THIN[1])), ["layer3.0 is TorchScript"]),
    "a scripted function": (lambda: with_part(lambda _part: Swish()), ["layer3.0 calls swish", "PYTORCH_JIT=0"]),
    "a scripted function that it holds": (lambda: with_part(holding), ["layer3.0 calls swish", "PYTORCH_JIT=0"]),
    "a scripted function in a helper": (lambda: with_part(lambda _part: Helped()), ["layer3.0 calls swish"]),
    "lazy": (lambda: nn.Sequential(nn.Conv2d(3, 8, 1), nn.LazyConv2d(8, 1)), ["1 is lazy", "Run the net once"]),
    "lazy, of linear": (lambda: nn.Sequential(nn.Flatten(), nn.LazyLinear(3)), ["1 is lazy"]),
    "sharded": (lambda: sharded(whole()), ["ResNet is sharded", "the full state dict"]),
    "sharded tensors": (lambda: with_part(sharded_weights), ["ResNet is sharded", "the full state dict"]),
    "exported program": (lambda: exported(whole()), ["ExportedProgram", "Pass"]),
    "a function": (lambda: torch.relu, ["Got builtin_function_or_method", "Pass"]),
    "half-built": (lambda: nn.Sequential(HalfBuilt()), ["Sequential is not complete", "super().__init__()"]),
}


@cache
def quantised() -> Any:
    return torchvision.models.quantization.resnet18(weights=None, quantize=True).eval()


@cache
def dynamically_quantised() -> Any:
    return torch.ao.quantization.quantize_dynamic(whole(), {nn.Linear}).eval()


def converted_graph() -> Any:
    """As by torch's graph mode of quantisation."""
    example = (torch.zeros(1, 3, 64, 64),)
    prepared = quantize_fx.prepare_fx(whole(), get_default_qconfig_mapping("fbgemm"), example)
    prepared(*example)
    return quantize_fx.convert_fx(prepared)


pytestmark = pytest.mark.filterwarnings("ignore")  # torch's own, on how it would like to quantise and script


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_listened_to_is_refused(kind: str) -> None:
    make, words = REFUSED[kind]
    model = make()
    for call in CALLS.values():
        with pytest.raises(TraceError) as refused:
            call(model)
        assert all(word in str(refused.value) for word in words)


@pytest.mark.parametrize("make", [quantised, dynamically_quantised])
@pytest.mark.parametrize("name", sorted(set(RUNS) - READ_NO_MAPS))
def test_the_maps_of_a_quantised_net_are_refused(make: Callable[[], Any], name: str) -> None:
    with pytest.raises(TraceError, match=r"is quantised.* Pass the float net"):
        RUNS[name](make())


@pytest.mark.parametrize("name", sorted(READ_NO_MAPS))
def test_what_leaves_a_quantised_net_is_there_or_refused(name: str) -> None:
    assert RUNS[name](quantised()) is not None
    assert RUNS[name](dynamically_quantised()) is not None


def test_a_quantised_nets_weights_and_arithmetic_are_counted() -> None:
    trace = trace_model(quantised(), (1, 3, 64, 64))
    plain = trace_model(torchvision.models.resnet18(), (2, 3, 64, 64))
    assert len(trace.ops) > 30
    assert trace.n_params == 11_684_712  # the batch norms are folded, and leave a bias to each convolution
    assert trace.n_macs is not None
    assert 2 * trace.n_macs == plain.n_macs
    assert trace.nodes["conv1"].params[0].dtype == "qint8"
    dynamic = trace_model(dynamically_quantised(), (1, 3, 64, 64))
    assert (dynamic.n_params, dynamic.n_macs) == (
        trace_model(whole(), (1, 3, 64, 64)).n_params,
        trace_model(whole(), (1, 3, 64, 64)).n_macs,
    )
    converted = trace_model(converted_graph(), (1, 3, 64, 64))
    assert converted.n_macs == trace_model(whole(), (1, 3, 64, 64)).n_macs
    assert converted.n_params > 0.9 * trace_model(whole(), (1, 3, 64, 64)).n_params


def test_a_net_that_may_be_quantised_is_an_ordinary_one() -> None:
    model = torchvision.models.quantization.resnet18(weights=None, quantize=False).eval()
    assert all(call(model) is not None for call in CALLS.values())


def test_an_exported_net_is_traced_flat() -> None:
    model = exported(whole()).module()
    trace = trace_model(model, (1, 3, 64, 64))
    plain = trace_model(whole(), (1, 3, 64, 64))
    assert (trace.n_params, trace.n_macs) == (plain.n_params, plain.n_macs)
    assert [op.op for op in trace.ops][:3] == ["conv2d", "batch_norm", "relu"]
    assert len(RUNS["predict"](exported_at(SIZE))) == 3  # type: ignore[arg-type]


def exported_at(size: tuple[int, int]) -> Any:
    return torch.export.export(whole(), (torch.zeros(1, 3, *size),)).module()


def test_a_net_as_a_graph_is_traced_like_its_original() -> None:
    graph, plain = trace_model(torch.fx.symbolic_trace(whole()), (1, 3, 64, 64)), trace_model(whole(), (1, 3, 64, 64))
    assert (graph.n_params, graph.n_macs, len(graph.ops)) == (plain.n_params, plain.n_macs, len(plain.ops))


def test_what_was_lazy_is_an_ordinary_net() -> None:
    model = nn.Sequential(nn.LazyConv2d(8, 1), nn.Flatten(), nn.LazyLinear(3)).eval()
    with pytest.raises(TraceError, match="0 is lazy"):
        trace_model(model, (1, 3, 8, 8))
    assert type(model[0]) is nn.LazyConv2d
    model(torch.zeros(1, 3, 8, 8))
    assert len(trace_model(model, (1, 3, 8, 8)).ops) == 3


@pytest.mark.parametrize("name", sorted(RUNS))
def test_a_plan_has_no_values_to_run_on(name: str) -> None:
    with pytest.raises(TraceError, match="ResNet has no values yet"):
        RUNS[name](whole().to("meta"))


class Failing(nn.Module):
    """The identity in a plan; on values an error of a kind of its own."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not x.is_meta:
            raise self.error
        return x


@pytest.mark.parametrize("name", sorted(RUNS))
@pytest.mark.parametrize("error", [AttributeError("nothing"), AssertionError(), RuntimeError("shapes"), KeyError(3)])
def test_no_error_of_the_net_leaves_raw(name: str, error: Exception) -> None:
    model = whole()
    model.layer1.insert(0, Failing(error))
    said = str(error) or "AssertionError"
    with pytest.raises(TraceError) as refused:
        RUNS[name](model)
    assert said in str(refused.value)
    assert refused.value.__cause__ is error


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda: torchvision.models.resnet18(), (1, 3, 32, 32)),
        (lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.BatchNorm2d(8)), (1, 3, 9, 9)),
        (lambda: retinanet_resnet50_fpn(weights_backbone=None, min_size=64), (1, 3, 64, 64)),
    ],
)
def test_train_mode_is_traced_or_refused_with_the_remedy(make: Callable[[], Any], shape: tuple[int, ...]) -> None:
    model = make()
    with pytest.raises(TraceError, match=r"in train mode: model\.eval\(\)"):
        trace_model(model, shape)
    assert trace_model(model.eval(), shape).mode == "eval"
    if isinstance(model, torchvision.models.ResNet):
        assert trace_model(model.train(), (2, *shape[1:])).mode == "train"


def test_a_norm_that_eval_mode_does_not_help_is_refused_without_it() -> None:
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.GroupNorm(8, 8))
    with pytest.raises(TraceError) as refused:
        trace_model(model, (1, 3, 9, 9))
    assert "eval()" not in str(refused.value)
