"""What lies beside a net in its file: left out and told where it can be no part of it, and refused where it may be."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torchvision.models import resnet18

from resnet_viz.errors import WeightsError
from resnet_viz.model.net.build import build_model
from resnet_viz.model.weights.load import load_weights
from resnet_viz.model.weights.state_dicts import Expected, find_state_dict
from resnet_viz.records.weights import WeightsReport
from resnet_viz.spec.resnet import ResNetSpec
from tests.model.weights.bad_weights import pth
from tests.nets import THIN

SPEC = ResNetSpec("basic", (1, 1, 1, 1), num_classes=10, widths=THIN)
STATE: dict[str, Tensor] = dict(build_model(SPEC, seed=1).state_dict())
OTHER: dict[str, Tensor] = dict(build_model(SPEC, seed=2).state_dict())
DEEPER: dict[str, Tensor] = dict(build_model(replace(SPEC, layers=(2, 1, 1, 1)), seed=3).state_dict())
ONE, TWO = torch.zeros(1), torch.zeros(2)


def under(prefix: str, state: dict[str, Any] = STATE) -> dict[str, Any]:
    return {f"{prefix}{key}": value for key, value in state.items()}


def loaded(content: Any) -> WeightsReport:
    net = build_model(SPEC)
    report = load_weights(net, pth(content))
    assert all(torch.equal(value, STATE[key]) for key, value in net.state_dict().items())
    return report


def refused(content: Any, spec: ResNetSpec = SPEC) -> WeightsError:
    net = build_model(spec)
    before = {key: value.clone() for key, value in net.state_dict().items()}
    with pytest.raises(WeightsError) as caught:
        load_weights(net, pth(content))
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())
    return caught.value


# Left out


@pytest.mark.parametrize(
    ("beside", "prefix"),
    [
        ({"n_averaged": torch.tensor(3)}, "module."),
        ({"criterion.weight": TWO, "criterion.pos_weight": TWO}, "model."),
        ({"arcface.weight": TWO, "train_metric.total": ONE}, "backbone."),
        ({"module.queue": TWO, "module.queue_ptr": ONE}, "module.encoder."),
        ({"module.head.weight": TWO, "fc2.weight": TWO, "layer5.weight": TWO, "conv1.weight": TWO}, "module.backbone."),
        ({"criterion.weight": TWO, "head.fc.weight": TWO, "n_averaged": torch.tensor(3)}, ""),
        ({"total_ops": ONE.double(), "layer1.0.total_params": ONE, "relu.total_ops": ONE}, ""),
        ({"layer1.0.bn1.calls": torch.tensor(3)}, ""),
        ({"epoch": 3, "name": "mine", "layer1.0.note": "text", "fc.nothing": None, "layer9.n": 2.5}, ""),
        ({"layer1.0.conv1": nn.ReLU(), 3: "text"}, ""),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_what_is_no_part_of_the_net_is_left_out_and_told(beside: dict[str, Any], prefix: str, is_first: bool) -> None:
    content = {**beside, **under(prefix)} if is_first else {**under(prefix), **beside}
    report = loaded(content)
    assert report.prefix == prefix
    assert report.left_out == tuple(key if isinstance(key, str) else "int" for key in beside)
    assert (report.ignored, report.filled) == ((), ())


def test_half_characters_are_replaced_where_they_are_told() -> None:
    assert loaded({**STATE, "\ud800": ONE}).left_out == ("?",)


def test_a_real_average_is_loaded() -> None:
    net, saved = build_model(SPEC), build_model(SPEC)
    saved.load_state_dict(STATE)
    report = load_weights(net, pth(AveragedModel(saved).state_dict()))
    assert all(torch.equal(value, STATE[key]) for key, value in net.state_dict().items())
    assert (report.prefix, report.left_out) == ("module.", ("n_averaged",))


def test_a_dict_of_another_name_is_looked_into() -> None:
    report = loaded({"online": STATE, "optimizer": {"state": {0: {"exp": ONE}}}, "epoch": 3})
    assert (report.prefix, report.nest) == ("online.", "")
    assert loaded({"state_dict": {"generator": {"x": ONE}, "trunk": under("net.")}}).prefix == "trunk.net."


def test_what_is_set_aside_is_told() -> None:
    report = loaded({"model": STATE, "args": nn.ReLU()})
    assert report.set_aside == ("torch.nn.modules.activation.ReLU",)
    assert report.left_out == ()


# Refused: it may be a part of a net that this one is not


@pytest.mark.parametrize(
    "key",
    [
        "layer1.1.conv1.weight",
        "layer5.0.conv1.weight",
        "layer.0.weight",
        "fc2.weight",
        "fc1.weight",
        "conv2.weight",
        "conv.weight",
        "bn2.bias",
        "conv1.bias",
        "fc.weight_mask",
        "relu.weight",
        "relu2.weight",
        "layer1.0.se.fc1.weight",
        "layer1.0.gain",  # a learned number on a branch, as some nets have
        "layer1.0.total",
        "layer1.1.total_ops",  # a counter, of a block that this net has not
        "bn1.running_max",
    ],
)
@pytest.mark.parametrize("prefix", ["", "module.", "module.backbone."])
def test_what_may_be_a_part_is_unexpected(key: str, prefix: str) -> None:
    error = refused({**under(prefix), prefix + key: ONE, "criterion.weight": TWO})
    assert error.unexpected == (key,)
    assert (error.missing, error.misshapen, error.invalid) == ((), (), ())


@pytest.mark.parametrize("name", ["weight", "bias", "running_mean", "num_batches_tracked"])
def test_a_whole_number_of_that_name_is_no_counter(name: str) -> None:
    key = f"relu.{name}"
    assert refused({**STATE, key: torch.tensor(3)}).unexpected == (key,)


@pytest.mark.parametrize("prefix", ["", "module.", "model.net."])
def test_a_deeper_nets_file_is_refused(prefix: str) -> None:
    """It holds each key of the smaller with the same shapes."""
    assert STATE.keys() < DEEPER.keys()
    assert all(DEEPER[key].shape == value.shape for key, value in STATE.items())
    error = refused({**under(prefix, DEEPER), "criterion.weight": TWO})
    assert set(error.unexpected) == DEEPER.keys() - STATE.keys()


def test_resnet34_is_no_resnet18() -> None:
    state = build_model(ResNetSpec.preset("resnet34")).state_dict()
    error = refused(under("module.", dict(state)), ResNetSpec.preset("resnet18"))
    assert "layer1.2.conv1.weight" in error.unexpected
    assert resnet18().state_dict().keys() == state.keys() - set(error.unexpected)


def test_tensors_under_keys_that_are_no_text_are_unexpected() -> None:
    assert refused({**STATE, 3: ONE}).unexpected == ("int",)


NORM = ("weight", "bias", "running_mean", "running_var")


def test_without_the_whole_net_all_is_told_as_it_stands() -> None:
    body = {key: value for key, value in STATE.items() if not key.startswith(("fc.", "bn1."))}
    error = refused({**under("backbone.", body), "head.weight": TWO, "n": torch.tensor(1)})
    assert error.missing == (
        *(key for key in STATE if key.startswith("bn1.") and key in error.missing),
        "fc.weight",
        "fc.bias",
    )
    assert error.unexpected == ("head.weight", "n")
    for word in ("fc.weight", "bn1.weight"):
        assert word in str(error)


def test_classes_are_told_beside_a_loss() -> None:
    saved = dict(build_model(replace(SPEC, num_classes=37)).state_dict())
    error = refused({**under("model.", saved), "criterion.weight": TWO})
    assert "for 37 classes and this net has 10" in str(error)
    assert error.unexpected == ()


# Two nets that fit: the one that is usually meant, and the others by name


@pytest.mark.parametrize(
    "names", [("teacher.", "student."), ("encoder_q.", "encoder_k."), ("", "ema."), ("m.", "m.b.")]
)
@pytest.mark.parametrize("is_first", [True, False])
def test_of_two_nets_the_usual_one_is_taken_and_told(names: tuple[str, str], is_first: bool) -> None:
    parts = [under(names[0]), under(names[1], OTHER)]
    content = {**parts[not is_first], **parts[is_first], "criterion.weight": TWO}
    report = loaded(content)
    assert report.prefix == names[0]
    (other,) = {*report.parts} - {report.part}
    net = build_model(SPEC)
    assert load_weights(net, pth(content), other).prefix == names[1]
    assert all(torch.equal(value, OTHER[key]) for key, value in net.state_dict().items())


def test_of_two_dicts_the_usual_one_is_taken() -> None:
    report = loaded({"student": under("module.backbone.", OTHER), "teacher": under("backbone."), "epoch": 3})
    assert (report.nest, report.prefix, report.part) == ("teacher", "backbone.", "teacher")


def test_of_many_nets_the_first_is_taken() -> None:
    report = loaded({key: value for n in range(12) for key, value in under(f"fold{n}.").items()})
    assert (report.prefix, len(report.parts)) == ("fold0.", 12)


def test_a_part_that_is_not_there_is_refused_with_those_that_are() -> None:
    content = {**under("student."), **under("teacher.", OTHER)}
    with pytest.raises(WeightsError, match=r"student.*teacher"):
        load_weights(build_model(SPEC), pth(content), "pupil")


@pytest.mark.parametrize(
    "other",
    [
        DEEPER,
        {**STATE, "fc.weight": torch.zeros(3, THIN[-1])},
        {**STATE, "conv1.bias": TWO},
        {key: value for key, value in STATE.items() if key != "conv1.weight"},
        {**STATE, "fc.weight": "text"},
    ],
)
def test_a_net_that_does_not_fit_is_no_rival(other: dict[str, Any]) -> None:
    """As a teacher that is deeper than its student."""
    for content in ({**under("a.", other), **under("b.")}, {**under("b."), **under("a.", other)}):
        assert loaded(content).prefix == "b."


# How long it takes


def _long_keys() -> dict[str, Tensor]:
    return {f"{'a.' * 100_000}{key}": ONE for key in STATE}


@pytest.mark.parametrize(
    "make",
    [
        lambda: {f"x{n}.conv1.weight": ONE for n in range(100_000)},
        lambda: {f"{'m.' * (n % 300)}b{n}.fc.bias": ONE for n in range(20_000)},
        lambda: {key: ONE for n in range(1_000) for key in under(f"n{n}.")},
        lambda: {key: ONE for n in range(300) for key in under("m." * n, DEEPER)},
        _long_keys,
    ],
)
def test_many_keys_take_no_longer_than_they_must(make: Callable[[], dict[str, Tensor]]) -> None:
    content = {**make(), "criterion.weight": ONE}
    expected = Expected(dict.fromkeys(STATE, ONE), ["", "layer1", "fc"])
    started = time.process_time()
    for _ in range(2):
        with suppress(WeightsError):
            find_state_dict(content, expected)
    assert time.process_time() - started < 10
