"""Norms of gradients and signals, beside torch's own backward pass on a copy of the net; and that no net is changed."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations

import resnet_viz
from resnet_viz import ResNetSpec, build_model, gradient_norms, signal_norms
from resnet_viz.errors import TraceError
from resnet_viz.model.run.inputs import to_input
from resnet_viz.model.run.norms import find_places, measure_norms
from resnet_viz.model.trace.plan import trace_spec
from resnet_viz.pictures.samples import sample_image
from resnet_viz.records.findings import HALF_MOST, MODES
from tests.fingerprint import changes, fingerprint
from tests.model.lively_nets import PICTURE, lively
from tests.nets import BASIC, BOTTLENECK, thin_net

SIZE = (64, 64)


def norm_of(values: Any) -> float:
    return float(torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(value) for value in values])))


def by_torch(model: Any, mode: str, target: int) -> tuple[dict[str, float], dict[str, float], float]:
    """Gradient and signal of each block of a torchvision net, and the loss: a hook, `backward` and `.grad`."""
    model, signals = deepcopy(model).train(mode == "train"), {}
    blocks = {f"layer{n}.{at}": block for n in range(1, 5) for at, block in enumerate(getattr(model, f"layer{n}"))}
    for name, block in blocks.items():
        block.register_forward_hook(
            lambda _module, _args, out, name=name: signals.update({name: out.detach().pow(2).mean().sqrt().item()})
        )
    loss = F.cross_entropy(model(to_input(PICTURE, SIZE)), torch.tensor([target]))
    loss.backward()
    gradients = {name: norm_of([value.grad for value in block.parameters()]) for name, block in blocks.items()}
    return gradients, signals, loss.item()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("spec", [BASIC, BOTTLENECK], ids=lambda spec: spec.block)
def test_they_are_those_of_a_step_of_training(spec: ResNetSpec, mode: str) -> None:
    model = lively(thin_net(spec))
    gradients, signals, loss = by_torch(model, mode, 3)
    assert gradient_norms(model, PICTURE, 3, mode, SIZE) == pytest.approx(gradients, rel=1e-4)
    assert signal_norms(model, PICTURE, mode, SIZE) == pytest.approx(signals, rel=1e-5)
    found = measure_norms(model, PICTURE, 3, mode, SIZE)
    assert found.loss == pytest.approx(loss, rel=1e-5)
    assert [place.node for place in found.places] == ["stem", *gradients, "head"]


def test_each_parameter_is_in_one_place_and_a_frozen_one_in_none() -> None:
    model = lively(thin_net(BASIC))
    everything = by_torch_all(model)
    found = measure_norms(model, PICTURE, 3, "train", SIZE)
    assert sum((place.gradient or 0) ** 2 for place in found.places) == pytest.approx(everything**2, rel=1e-4)
    model.layer2.requires_grad_(False)
    assert [
        place.node for place in measure_norms(model, PICTURE, 3, "train", SIZE).places if place.gradient is None
    ] == [*("layer2.0", "layer2.1")]
    with pytest.raises(TraceError, match="requires_grad=False"):
        gradient_norms(model.requires_grad_(False), PICTURE, 3, "train", SIZE)


def by_torch_all(model: nn.Module) -> float:
    own = deepcopy(model).train()
    F.cross_entropy(own(to_input(PICTURE, SIZE)), torch.tensor([3])).backward()
    return norm_of([value.grad for value in own.parameters()])


@pytest.mark.parametrize(("layers", "least", "most"), [("plain34", 100, 3_000), ("resnet34", 5, 100)])
def test_the_first_layer_has_the_larger_gradient_in_train_mode_alone(layers: str, least: float, most: float) -> None:
    """First over last convolution, a photograph at 64×64: about 570 and 43 in train mode, below 1 in eval mode."""
    model, picture = build_model(ResNetSpec.preset(layers)), sample_image("cat")
    ratios = [measure_norms(model, picture, 0, mode, SIZE).ratio or 0.0 for mode in MODES]
    assert least < ratios[0] < most
    assert 0 < ratios[1] < 1


def test_the_op_where_half_precision_ends() -> None:
    model = thin_net(BASIC)
    assert measure_norms(model, PICTURE, 0, "eval", SIZE).overflow is None
    with torch.no_grad():
        model.layer2[1].conv2.weight.mul_(1e6)
    found, largest = measure_norms(model, PICTURE, 0, "eval", SIZE), list[tuple[float, str]]()

    def note(name: str, _module: nn.Module, _args: Any, out: Tensor) -> None:
        largest.append((float(out.abs().max()), name))

    for name, module in model.named_modules():
        if not module._modules:
            module.register_forward_hook(partial(note, name))
    with torch.no_grad():
        model(to_input(PICTURE, SIZE))
    first = next(name for most, name in largest if most > HALF_MOST)
    assert (found.overflow, found.overflow_place) == (first, "layer2.1") == ("layer2.1.conv2", "layer2.1")
    assert found.largest >= max(largest)[0]


class Dropping(nn.Module):
    """A net of somebody else: random in train mode, with a softmax at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.net, self.drop, self.p = thin_net(BASIC), nn.Dropout(0.3), nn.Parameter(torch.ones(()))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.net(self.drop(x) * self.p).softmax(1)
        return out


class Clamping(nn.Module):
    """Writes into a weight of its own, in train mode alone."""

    def __init__(self) -> None:
        super().__init__()
        self.net = thin_net(BASIC)

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            with torch.no_grad():
                self.net.fc.weight.clamp_(-0.01, 0.01)
        out: Tensor = self.net(x)
        return out


def spectral() -> Any:
    model: Any = thin_net(BASIC)
    parametrizations.spectral_norm(model.conv1)
    return model.train()


@pytest.mark.parametrize("make", [Dropping, Clamping, spectral], ids=["dropping", "clamping", "spectral"])
@pytest.mark.parametrize("mode", MODES)
def test_nothing_of_a_net_is_changed(make: Callable[[], nn.Module], mode: str) -> None:
    model = make()
    for value in model.parameters():
        value.grad = torch.full_like(value, 0.5)
    before = fingerprint(model)
    gradient_norms(model, PICTURE, 1, mode, SIZE)
    signal_norms(model, PICTURE, mode, SIZE)
    assert changes(before, fingerprint(model)) == []

    def fail(_module: nn.Module, _args: object) -> None:
        raise LookupError("in the middle")

    middle = next(module for path, module in model.named_modules() if path.endswith("layer3"))
    middle.register_forward_pre_hook(fail)
    before = fingerprint(model)
    with pytest.raises(TraceError, match="in the middle"):
        gradient_norms(model, PICTURE, 1, mode, SIZE)
    assert changes(before, fingerprint(model)) == []


def test_a_net_that_gives_probabilities() -> None:
    model = Dropping().eval()
    found = gradient_norms(model, PICTURE, 2, "eval", SIZE)
    own = by_torch(model.net, "eval", 2)[0]
    assert found == pytest.approx({f"net.{block}": value for block, value in own.items()}, rel=1e-4)


def test_what_cannot_be_measured_is_told() -> None:
    model = thin_net(BASIC)
    with pytest.raises(TraceError, match=r"“test”.*train, eval"):
        gradient_norms(model, PICTURE, 0, "test", SIZE)
    with pytest.raises(TraceError, match="from 0 to 6"):
        gradient_norms(model, PICTURE, 7, "train", SIZE)
    with pytest.raises(TraceError, match=r"single value.*larger input, or eval mode"):
        gradient_norms(model, PICTURE, 0, "train", (32, 32))
    no_blocks = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 62 * 62, 2))
    with pytest.raises(TraceError, match="no residual blocks"):
        gradient_norms(no_blocks, PICTURE, 0, "train", SIZE)
    assert len(measure_norms(no_blocks, PICTURE, 0, "train", SIZE).places) >= 2
    one = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 62 * 62, 1))
    with pytest.raises(TraceError, match="one output"):
        measure_norms(one, PICTURE, 0, "train", SIZE)


def test_places_are_blocks_between_stem_and_head() -> None:
    places = [place.id for place in find_places(trace_spec(resnet_viz.PRESETS["cifar20"]))]
    assert places == ["stem", *(f"layer{n}.{at}" for n in (1, 2, 3) for at in range(3)), "head"]
