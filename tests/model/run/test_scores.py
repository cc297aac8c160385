"""What the last layer means: one output, many labels, probabilities in the net, and outputs beside others."""

from __future__ import annotations

import math
from collections import OrderedDict, namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.model.run.gradients import grad_cam, input_gradient
from resnet_viz.model.run.inputs import to_input
from resnet_viz.model.run.occlusion import occlusion
from resnet_viz.model.run.predict import predict
from resnet_viz.records.findings import LOG_PROBABILITY, LOGIT, PROBABILITY
from tests.model.lively_nets import PICTURE, SIZE, net
from tests.nets import Net, conv

Change = Callable[[Tensor], Any]


def ending(change: Change, n_classes: int = 5) -> Any:
    """A net whose class scores go through `change` at last."""
    torch.manual_seed(3)
    return Net(
        lambda net, x: change(net.fc(net.conv1(x).relu().mean(dim=(2, 3)))),
        conv1=conv(3),
        fc=nn.Linear(8, n_classes),
    ).eval()


def scores_of(model: Any) -> list[float]:
    with torch.no_grad():
        values = model.fc(model.conv1(to_input(PICTURE, SIZE)).relu().mean(dim=(2, 3)))[0].double()
    found: list[float] = values.tolist()
    return found


def sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def softmax(values: list[float]) -> list[float]:
    total = sum(math.exp(value) for value in values)
    return [math.exp(value) / total for value in values]


def by_index(model: Any, **options: Any) -> list[float]:
    found = sorted(predict(model, PICTURE, 99, SIZE, **options), key=lambda prediction: prediction.index)
    return [prediction.probability for prediction in found]


def kinds(model: Any) -> set[str]:
    return {prediction.kind for prediction in predict(model, PICTURE, 99, SIZE)}


# One output, and many labels


@pytest.mark.parametrize("change", [lambda x: x, lambda x: x.squeeze(1), lambda x: x.squeeze(), lambda x: x[:, 0]])
def test_one_output_has_the_probability_of_its_sigmoid(change: Change) -> None:
    model = ending(change, n_classes=1)
    (found,) = predict(model, PICTURE, 5, SIZE)
    (logit,) = scores_of(model)
    assert (found.index, found.kind) == (0, LOGIT)
    assert found.score == pytest.approx(logit, rel=1e-5)
    assert found.probability == pytest.approx(sigmoid(logit), rel=1e-6)
    assert occlusion(model, PICTURE, input_size=SIZE, patch=16).any()
    assert grad_cam(model, PICTURE, "conv1", 0, SIZE).shape == grad_cam(model, PICTURE, "conv1", None, SIZE).shape
    with pytest.raises(TraceError, match="from 0 to 0"):
        grad_cam(model, PICTURE, "conv1", 1, SIZE)


def test_many_labels_have_each_its_own_probability() -> None:
    model = ending(lambda x: x)
    expected = [sigmoid(value) for value in scores_of(model)]
    assert by_index(model, labels="many") == pytest.approx(expected, rel=1e-5)
    assert by_index(model) == pytest.approx(softmax(scores_of(model)), rel=1e-5)
    one, many = (occlusion(model, PICTURE, 2, input_size=SIZE, labels=labels) for labels in ("one", "many"))
    assert not np.allclose(one, many)


@pytest.mark.parametrize("labels", ["all", None, 2, ["one"]])
def test_labels_that_cannot_be(labels: Any) -> None:
    for call in (predict, occlusion):
        with pytest.raises(TraceError, match="Labels: got"):
            call(ending(lambda x: x), PICTURE, input_size=SIZE, labels=labels)


# Probabilities in the net


class Manual(nn.Module):
    """A softmax written out, as a leaf of several functions."""

    def forward(self, x: Tensor) -> Tensor:
        powers = (x - x.amax(dim=1, keepdim=True)).exp()
        return powers / powers.sum(dim=1, keepdim=True)


SOFTMAXES: dict[str, Change] = {
    "module": nn.Softmax(dim=1),
    "function": lambda x: F.softmax(x, dim=-1),
    "method and named argument": lambda x: torch.softmax(input=x, dim=1),
    "taken into another shape": lambda x: x[:, :, None, None].softmax(dim=1).flatten(1),
    "one side less": lambda x: x.softmax(dim=1).squeeze(0),
    "another dtype": lambda x: x.softmax(dim=1).double(),
    "written out": Manual(),
    "of a logarithm": lambda x: x.log_softmax(dim=1).exp(),
    "a mean of two": lambda x: torch.stack([x.softmax(dim=1), x.softmax(dim=1)]).mean(dim=0),
    "beside others": lambda x: {"features": x[:, :, None], "logits": x.softmax(dim=1)},
}


@pytest.mark.parametrize("name", SOFTMAXES)
def test_probabilities_of_the_net_are_left_as_they_are(name: str) -> None:
    model = ending(SOFTMAXES[name])
    assert by_index(model) == by_index(model, labels="many")
    assert by_index(model) == pytest.approx(softmax(scores_of(model)), rel=1e-5)
    assert kinds(model) == {PROBABILITY}
    for found in predict(model, PICTURE, 3, SIZE):
        assert found.score == pytest.approx(found.probability, abs=1e-7)


@pytest.mark.parametrize("change", [nn.Sigmoid(), torch.sigmoid, lambda x: x.sigmoid_(), lambda x: x.sigmoid().clone()])
@pytest.mark.parametrize("n_classes", [1, 5])
def test_a_sigmoid_in_the_net_is_not_taken_twice(change: Change, n_classes: int) -> None:
    model = ending(change, n_classes)
    assert by_index(model) == pytest.approx([sigmoid(value) for value in scores_of(model)], rel=1e-5)
    assert kinds(model) == {PROBABILITY}


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.softmax(dim=1)[:, 1],
        lambda x: x.softmax(dim=1)[:, 1:],
        lambda x: x.sigmoid().narrow(1, 0, 3),
        lambda x: torch.stack([x.sigmoid(), (x / 2).sigmoid()]).mean(dim=0),
        lambda x: 1 - x.sigmoid(),
        lambda x: 1 / (1 + torch.exp(-x)),
        lambda x: (1 + (-x).exp()).reciprocal(),
        lambda x: (x.sigmoid() + (x / 2).sigmoid()) / 2,
        lambda x: sum(part.sigmoid() for part in (x, x / 2, x / 4)) / 3,
        lambda x: 0.25 * x.sigmoid() + (x / 2).sigmoid() * 0.75,
        lambda x: x.sigmoid().chunk(2, dim=1)[0],
        lambda x: F.adaptive_avg_pool2d(x[:, :, None, None].expand(-1, -1, 2, 2).sigmoid(), 1).flatten(1),
        lambda x: torch.stack([x, x / 2], dim=2).sigmoid().max(dim=2).values,
        lambda x: torch.maximum(x.sigmoid(), (x / 2).sigmoid()),
    ],
    ids=[
        "one class",
        "all but one",
        "some labels",
        "the mean of two",
        "the complement",
        "written out",
        "an inverse",
        "half a sum",
        "a third of a sum",
        "a weighted mean",
        "the first of parts",
        "pooled",
        "the largest",
        "the larger",
    ],
)
def test_a_part_or_a_mean_of_probabilities_is_left_as_it_is(change: Change) -> None:
    model = ending(change)
    with torch.no_grad():
        given = model(to_input(PICTURE, SIZE)).flatten().tolist()
    assert by_index(model, labels="many") == pytest.approx(given, rel=1e-6)
    assert kinds(model) == {PROBABILITY}


def test_heads_of_one_label_each_may_be_joined() -> None:
    model = ending(lambda x: torch.cat([x[:, :2].sigmoid(), x[:, 2:].sigmoid()], dim=1))
    assert by_index(model) == pytest.approx([sigmoid(value) for value in scores_of(model)], rel=1e-5)


@pytest.mark.parametrize("change", [nn.LogSoftmax(dim=1), lambda x: x.softmax(dim=1).log()])
def test_logarithms_of_probabilities_are_told(change: Change) -> None:
    model = ending(change)
    assert by_index(model) == pytest.approx(softmax(scores_of(model)), rel=1e-5)
    assert kinds(model) == {LOG_PROBABILITY}


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x,
        lambda x: 2 * x.sigmoid(),
        lambda x: 2 * x.sigmoid() - 1 * (x / 2).sigmoid(),
        lambda x: 2 * x.sigmoid() + -1 * (x / 2).sigmoid(),
        lambda x: (p := x.sigmoid(), p.view(-1).mul_(20))[0],
        lambda x: (p := x.sigmoid(), p.__setitem__(slice(None), x))[0],
        lambda x: 1 - 2 * x.sigmoid(),
        lambda x: 1 + x.exp(),
        lambda x: x.sigmoid() + (x / 2).sigmoid(),
        lambda x: x * x.sigmoid(),
        lambda x: x.softmax(dim=1) * 20,
        lambda x: x.softmax(dim=1).mul_(20),
        lambda x: x + torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0]).softmax(dim=0),
        lambda x: (x, x.softmax(dim=1)),
    ],
)
def test_what_only_passes_a_softmax_stays_a_logit(change: Change) -> None:
    assert kinds(ending(change)) == {LOGIT}


@pytest.mark.parametrize(
    "change", [nn.Softmax(dim=1), nn.LogSoftmax(dim=1), lambda x: x.softmax(dim=1).squeeze(0), lambda x: x]
)
def test_evidence_is_that_of_the_logit_before_a_softmax(change: Change) -> None:
    """A probability of nearly 1 has hardly a gradient; the logit's is the same with and without a softmax."""
    plain, model = ending(lambda x: x), ending(change)
    for one in (plain, model):
        with torch.no_grad():
            one.fc.bias[2] += 60
    expected = input_gradient(plain, PICTURE, 2, SIZE)
    assert expected.any()
    np.testing.assert_allclose(input_gradient(model, PICTURE, 2, SIZE), expected, rtol=1e-4)
    np.testing.assert_allclose(
        grad_cam(model, PICTURE, "conv1", 2, SIZE), grad_cam(plain, PICTURE, "conv1", 2, SIZE), rtol=1e-4
    )


# Outputs beside others


@dataclass
class Output:
    """As libraries of transformers give it."""

    loss: Tensor | None
    logits: Tensor


Aux = namedtuple("Aux", ["logits", "aux_logits2", "aux_logits1"])
BESIDE: dict[str, Change] = {
    "object": lambda x: Output(None, x),
    "object without fields": lambda x: SimpleNamespace(logits=x, hidden=x[:, :2]),
    "named tuple": lambda x: Aux(x, x[:, :2], None),
    "dictionary": lambda x: {"aux": 2 * x[:, :3], "logits": x},
    "out": lambda x: OrderedDict(out=x, aux=2 * x),
    "auxiliary heads": lambda x: (x, 2 * x, 3 * x),
    "maps first": lambda x: [x[:, :, None, None], x],
    "a single one": lambda x: (x,),
    "another name": lambda x: {"scores": x, "maps": [x, x]},
}


@pytest.mark.parametrize("name", BESIDE)
def test_the_scores_are_found_beside_other_outputs(name: str) -> None:
    model, plain = ending(BESIDE[name]), ending(lambda x: x)
    assert predict(model, PICTURE, 3, SIZE) == predict(plain, PICTURE, 3, SIZE)
    calls: list[Callable[[Any], Any]] = [
        lambda net: grad_cam(net, PICTURE, "conv1", 1, SIZE),
        lambda net: input_gradient(net, PICTURE, None, SIZE),
        lambda net: occlusion(net, PICTURE, 1, input_size=SIZE),
    ]
    for call in calls:
        assert np.array_equal(call(model), call(plain))


def test_a_classifier_of_transformers_is_looked_at() -> None:
    """Its output is an object with `logits`, and its head a Sequential of flatten and linear."""
    transformers: Any = pytest.importorskip("transformers")
    config = transformers.ResNetConfig(
        embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic", num_labels=5
    )
    model = transformers.ResNetForImageClassification(config).eval()
    with torch.no_grad():
        expected = softmax(model(to_input(PICTURE, SIZE)).logits[0].double().tolist())
    assert by_index(model) == pytest.approx(expected, rel=1e-5)
    last = "resnet.encoder.stages.1.layers.0.activation"
    assert grad_cam(model, PICTURE, last, 2, SIZE).any()
    assert occlusion(model, PICTURE, 2, input_size=SIZE).any()


@pytest.mark.parametrize(
    ("change", "got"),
    [
        (lambda x: (x[:, :2], x), "tuple (0: 1×2, 1: 1×5)"),
        (lambda x: {"colour": x[:, :2], "make": x}, "dict (colour: 1×2, make: 1×5)"),
        (lambda x: {"out": x[:, :, None, None]}, "dict (out: 1×5×1×1)"),
        (lambda x: Output(None, x[:, :, None]), "Output (logits: 1×5×1)"),
        (lambda x: x[:, :, None], "1×5×1"),
        (lambda x: x > 0, "1×5"),
        (lambda x: (x > 0, "yes"), "tuple (0: 1×5, 1: str)"),
        (lambda x: None, "NoneType"),
        (lambda x: (), "tuple"),
    ],
)
def test_outputs_that_cannot_be_told_apart_are_named(change: Change, got: str) -> None:
    model = ending(change)
    for call in (
        lambda: predict(model, PICTURE, 1, SIZE),
        lambda: grad_cam(model, PICTURE, "conv1", 0, SIZE),
        lambda: occlusion(model, PICTURE, 0, input_size=SIZE),
    ):
        with pytest.raises(TraceError, match="one value for each class") as told:
            call()
        assert f"The net gives {got}." in str(told.value)
        assert "forward returns only" in str(told.value)


def test_the_scores_of_a_batch_may_lack_a_side() -> None:
    """Occlusion runs many pictures at once, and a net of one output may give one number for each."""
    model, plain = ending(lambda x: x.squeeze(1), 1), ending(lambda x: x, 1)
    found = occlusion(model, PICTURE, patch=16, stride=16, input_size=SIZE)
    assert np.array_equal(found, occlusion(plain, PICTURE, patch=16, stride=16, input_size=SIZE))


def test_a_residual_net_with_a_softmax_has_its_maps() -> None:
    plain, model = net(), net()
    model.fc = nn.Sequential(model.fc, nn.Softmax(dim=1))
    np.testing.assert_allclose(
        grad_cam(model, PICTURE, "layer4", 3, SIZE), grad_cam(plain, PICTURE, "layer4", 3, SIZE), rtol=1e-4, atol=1e-7
    )
    assert occlusion(model, PICTURE, 3, input_size=SIZE) == pytest.approx(
        occlusion(plain, PICTURE, 3, input_size=SIZE), abs=1e-6
    )
