"""Weights that come with the package, on the pages: chosen, offered where weights are random, kept with their net."""

from __future__ import annotations

import pytest

from resnet_viz import build_model, load_weights, predict
from resnet_viz.organisms.index import organisms, read_organism
from resnet_viz.organisms.preparing import prepare_for_digits
from resnet_viz.pictures.samples import sample_image
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.explore.state import W_DIGITS, W_PRESET
from resnet_viz.ui.page.trained import W_TRAINED
from resnet_viz.ui.picture.source import W_DIGIT, W_SAMPLE
from resnet_viz.ui.picture.weights import W_WEIGHTS
from tests.pages import badges, errors, open_compare, open_page, open_walk, query, run, send_weights, warnings


def test_a_net_of_the_box_is_chosen_trained_and_reads_a_digit() -> None:
    page = open_page("net=resnet18&look=prediction", {"w_source": "upload"})
    page.session_state["w_source"] = "sample"
    run(page.pills(key=W_DIGITS).set_value("digits20"))
    assert query(page) == {"net": "digits20", "weights": "digits:resnet20", "look": "prediction"}
    accuracy = organisms()["digits:resnet20"].accuracy
    assert f"digits:resnet20 · {accuracy:.1f} %" in page.selectbox(key=W_WEIGHTS).options
    assert page.selectbox(key=W_DIGIT).value == "digit3"
    assert "Random weights" not in badges(page)
    model = build_model(PRESETS["digits20"])
    load_weights(model, "digits:resnet20")
    wanted = predict(model, sample_image("digit3"), 5, prepare_for_digits(PRESETS["digits20"]))
    table = next(frame.value for frame in page.dataframe if "probability" in frame.value)
    assert table["name"].tolist() == [str(found.index) for found in wanted]
    assert table["probability"].tolist() == pytest.approx([found.probability for found in wanted], abs=1e-5)
    assert not errors(page)
    run(page.pills(key=W_PRESET).set_value("resnet18"))
    assert query(page) == {"net": "resnet18", "look": "prediction"}
    assert (page.selectbox(key=W_SAMPLE).value, warnings(page)) == ("cat", [])


def test_random_weights_offer_the_nets_own_and_only_those() -> None:
    page = open_page("net=digits14")
    assert "Random weights" in badges(page)
    assert page.selectbox(key=W_DIGIT).value == "digit3"
    run(page.button(key=W_TRAINED).click())
    assert query(page) == {"net": "digits14", "weights": "digits:resnet14"}
    assert "Random weights" not in badges(page)
    assert W_TRAINED not in [button.key for button in page.button]
    other = open_page("net=cifar20")
    assert W_TRAINED not in [button.key for button in other.button]
    assert "[See a trained net](./?net=digits14&weights=digits%3Aresnet14&look=prediction)" in badges(other)


def test_compare_and_walk_offer_them_and_a_link_keeps_them() -> None:
    page = open_compare("nets=digits_plain20~digits20~cifar20&weights=random~digits:resnet20&same=1")
    assert "Random weights: Plain-20 (digits), ResNet-20 (CIFAR)." in badges(page).replace("\\", "")
    run(page.button(key=W_TRAINED).click())
    assert query(page)["weights"] == "digits:plain20~digits:resnet20~random"
    assert "Random weights: ResNet-20 (CIFAR)." in badges(page).replace("\\", "")
    walk = open_walk("net=digits20&walk=forward")
    assert "Random weights" in badges(walk)
    run(walk.button(key=W_TRAINED).click())
    assert query(walk)["weights"] == "digits:resnet20"
    assert "Random weights" not in badges(walk)
    assert not errors(walk)


def test_a_file_of_a_net_of_digits_is_shown_a_digit_and_the_packages_own_is_recognised() -> None:
    organism = organisms()["digits:plain20"]
    page = open_page("net=digits_plain20&weights=file&look=prediction")
    send_weights(page, read_organism(organism))
    assert page.selectbox(key=W_DIGIT).value == "digit3"
    assert "Random weights" not in badges(page)
    names = next(frame.value for frame in page.dataframe if "probability" in frame.value)["name"].tolist()
    assert set(names) <= set("0123456789")
    other = open_page("net=digits20&shortcut=B&look=kernels")
    assert other.selectbox(key=W_DIGIT).value == "digit3"
    assert W_TRAINED not in [button.key for button in other.button]
