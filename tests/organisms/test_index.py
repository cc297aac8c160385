"""The nets that come trained: that the files are what their index says, and that they can be made anew."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from sklearn import datasets
from torch import Tensor, nn

from resnet_viz import build_model, load_weights, predict
from resnet_viz.errors import WeightsError
from resnet_viz.organisms import index
from resnet_viz.organisms.index import FOLDER, find_organism, organism_of, organisms
from resnet_viz.organisms.preparing import prepare_for_digits
from resnet_viz.pictures.preparing import prepare_input
from resnet_viz.pictures.samples import DIGITS as SAMPLES
from resnet_viz.pictures.samples import sample_image
from resnet_viz.spec.resnet import DIGITS, PRESETS, ResNetSpec
from resnet_viz.views.listing.snippet import write_snippet
from tools.make_organisms import MOST_BYTES, PLANS, make_organism

NAMES = [f"digits:{name}" for name in PLANS]
HELD_OUT = 297


@cache
def trained(name: str) -> nn.Module:
    model = build_model(organisms()[name].spec, seed=1)
    load_weights(model, name)
    return model


@cache
def held_out(size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Digits as scikit-learn has them, brought to a size by torch alone."""
    library = datasets.load_digits()
    images = torch.tensor(library.images[-HELD_OUT:] / 16, dtype=torch.float32)[:, None]
    scaled = nn.functional.interpolate(images, size, mode="bilinear", antialias=True)
    return scaled, torch.tensor(library.target[-HELD_OUT:])


def test_the_index_is_of_the_plans_and_the_files_are_small() -> None:
    assert [*organisms()] == NAMES
    assert [organism.plan for organism in organisms().values()] == [*PLANS.values()]
    assert [organism.spec for organism in organisms().values()] == list(DIGITS.values())
    files = {path.name: path.stat().st_size for path in FOLDER.glob("*.safetensors")}
    assert files == {organism.file: organism.n_bytes for organism in organisms().values()}
    assert sum(files.values()) <= MOST_BYTES
    four = [plan for plan in PLANS.values() if plan.spec.input_size == (8, 8)]
    assert len({(plan.steps, plan.seed, plan.recipe) for plan in four}) == 1
    assert "CC BY 4.0" in (FOLDER / "CREDIT.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_shipped_weights_have_the_accuracy_of_the_index(name: str) -> None:
    organism = organisms()[name]
    images, labels = held_out(organism.spec.input_size)
    with torch.no_grad():
        wrong = int((trained(name)(images).argmax(1) != labels).sum())
    assert organism.n_held == len(labels) == HELD_OUT
    assert abs(wrong - organism.held_error * HELD_OUT) <= 1.5  # a sum's order may turn one answer


def test_depth_helps_no_plain_net_and_the_larger_net_is_good() -> None:
    plain20, plain56, resnet56 = (organisms()[f"digits:{name}"] for name in ("plain20", "plain56", "resnet56"))
    assert plain56.loss > 1 > 0.1 > plain20.loss > resnet56.loss
    assert organisms()["digits:resnet14"].accuracy >= 96
    assert resnet56.accuracy > plain20.accuracy > 80 > 40 > plain56.accuracy


def test_a_net_is_made_anew_with_the_same_bits() -> None:
    plan = replace(PLANS["resnet20"], steps=2)
    (first, data), (second, again) = (make_organism("resnet20", plan) for _ in range(2))
    assert (first, data) == (second, again)
    assert data != (FOLDER / "digits_resnet20.safetensors").read_bytes()


def test_a_sample_is_prepared_as_the_digits_were_in_training() -> None:
    spec = PRESETS["digits20"]
    library = datasets.load_digits()
    for sample in SAMPLES:
        place = list(library.target[-HELD_OUT:]).index(sample.digit)
        given = prepare_input(sample_image(sample.key), prepare_for_digits(spec))
        np.testing.assert_allclose(given[0, 0], library.images[-HELD_OUT:][place] / 16, atol=0.5 / 255 + 1e-6)
    found = predict(trained("digits:resnet20"), sample_image("digit3"), 1, prepare_for_digits(spec))
    assert (found[0].index, found[0].probability > 0.5) == (3, True)


@pytest.mark.parametrize(
    ("name", "net"),
    [
        ("digits:resnet20", "net=digits_plain20"),  # whose tensors have the same names and shapes
        ("digits:plain20", "net=digits20"),
        ("digits:resnet20", "net=digits56"),
        ("digits:resnet20", "net=digits20&in_channels=3"),
        ("digits:resnet20", "net=digits20&norm=group"),
    ],
)
def test_weights_are_refused_by_another_net_which_stays_as_it_is(name: str, net: str) -> None:
    spec = ResNetSpec.from_query(net.replace("norm=group", "norm=group&widths=32,32,32"))
    model = build_model(spec)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    theirs = organisms()[name].spec
    with pytest.raises(WeightsError) as caught:
        load_weights(model, name)
    assert f"{name} are weights of {theirs.name}" in str(caught.value)
    assert f'ResNetSpec.preset("{theirs.preset_name}")' in str(caught.value)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert organism_of(spec) != organisms()[name]


def test_weights_fit_any_size_and_frozen_norm() -> None:
    spec = replace(PRESETS["digits20"], input_size=(16, 24), norm="frozen")
    model = build_model(spec)
    report = load_weights(model, "digits:resnet20")
    assert (report.format, report.title) == ("safetensors", "digits:resnet20")
    images, _labels = held_out((8, 8))
    with torch.no_grad():
        torch.testing.assert_close(model(images), trained("digits:resnet20")(images), atol=1e-4, rtol=1e-4)


def test_the_shown_code_builds_the_trained_net() -> None:
    names: dict[str, Any] = {}
    exec(write_snippet(PRESETS["digits20"], "digits:resnet20"), names)
    mine, theirs = (dict(net.state_dict()) for net in (names["model"], trained("digits:resnet20")))
    assert all(torch.equal(value, theirs[key]) for key, value in mine.items())


def test_unknown_names_other_modules_and_damaged_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WeightsError, match=r"digits:resnet9.*digits:resnet14, digits:resnet20"):
        find_organism("digits:resnet9", PRESETS["digits20"])
    with pytest.raises(WeightsError, match=r"are weights of ResNet-20 \(digits\)"):
        load_weights(nn.Conv2d(1, 8, 3), "digits:resnet20")
    model = build_model(PRESETS["digits20"])
    monkeypatch.setattr(index, "FOLDER", FOLDER / "nowhere")
    with pytest.raises(WeightsError, match="missing or damaged"):
        load_weights(model, "digits:resnet20")
