"""Nets that cannot be listened to, scripted or quantised, are refused with what to pass instead."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import torch
import torchvision
from torch import nn

from resnet_viz.errors import TraceError
from resnet_viz.model.trace.plan import trace_model, trace_spec
from resnet_viz.spec.resnet import ResNetSpec
from tests.model.run.lively_nets import RUNS
from tests.nets import THIN, thin_net

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


def whole() -> Any:
    return thin_net(ResNetSpec("basic", (1, 1, 1, 1), num_classes=3))


def with_part(change: Callable[[Any], Any]) -> Any:
    model = whole()
    model.layer3[0] = change(model.layer3[0])
    return model


def traced(part: nn.Module, n_channels: int) -> Any:
    return torch.jit.trace(part, torch.zeros(1, n_channels, 8, 8), check_trace=False)


# How each is made, and what the sentence says.
REFUSED: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "scripted": (lambda: torch.jit.script(whole()), ["ResNet is TorchScript", "the Python net"]),
    "scripted part": (lambda: with_part(torch.jit.script), ["layer3.0 is TorchScript"]),
    "jit-traced": (lambda: traced(whole(), 3), ["ResNet is TorchScript", "the Python net"]),
    "jit-traced part": (lambda: with_part(lambda part: traced(part, THIN[1])), ["layer3.0 is TorchScript"]),
}


@cache
def quantised() -> Any:
    return torchvision.models.quantization.resnet18(weights=None, quantize=True).eval()


@cache
def dynamically_quantised() -> Any:
    return torch.ao.quantization.quantize_dynamic(whole(), {nn.Linear}).eval()


pytestmark = pytest.mark.filterwarnings("ignore")  # torch's own, on how it would like to quantise and script


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_listened_to_is_refused(kind: str) -> None:
    make, words = REFUSED[kind]
    model = make().eval()
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
    RUNS[name](quantised())
    with pytest.raises(TraceError):
        RUNS[name](dynamically_quantised())


def test_a_quantised_net_has_a_trace() -> None:
    assert len(trace_model(quantised(), (1, 3, 64, 64)).ops) > 30


def test_a_net_that_may_be_quantised_is_an_ordinary_one() -> None:
    model = torchvision.models.quantization.resnet18(weights=None, quantize=False).eval()
    for call in CALLS.values():
        call(model)
