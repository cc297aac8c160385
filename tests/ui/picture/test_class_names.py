"""Names of classes: those of torchvision's own files, those that somebody gives, and else none."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from resnet_viz import build_model
from resnet_viz.model.run.inputs import to_input
from resnet_viz.model.weights.published import published_weights
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import scene
from resnet_viz.ui.explore.ways.prediction import W_LABELS, W_METHOD
from resnet_viz.ui.picture.class_names import W_CLASS_NAMES, W_IMAGENET, W_NAMES_FILE, read_names
from tests.pages import SMALL, SPEC, checkpoint, errors, open_page, pictures, run, send_picture, send_weights

R18 = ResNetSpec.preset("resnet18")
R18_FILE = "net=resnet18&input_size=64x64&weights=file&look=prediction"
FEW = replace(SPEC, num_classes=4)
FEW_FILE = f"{SMALL}&num_classes=4&input_size=64x64&weights=file&look=prediction"
PUBLISHED = published_weights(R18)[-1]


def table(page: AppTest) -> Any:
    return next(frame.value for frame in page.dataframe if "probability" in frame.value)


def names(page: AppTest) -> list[str]:
    return [str(name) for name in table(page)["name"]]


def told(page: AppTest) -> str:
    return " ".join(caption.value for caption in page.caption)


def test_a_thousand_outputs_of_ones_own_have_no_names_of_imagenet() -> None:
    page = open_page(R18_FILE)
    send_picture(page)
    send_weights(page, checkpoint(R18, seed=3), "inaturalist_1000.pth")
    assert names(page) == [f"class {index}" for index in table(page)["index"]]
    assert any(text.startswith("Grad-CAM for class ") for text in pictures(page))
    run(page.toggle(key=W_IMAGENET).set_value(True))
    assert names(page) == [PUBLISHED.categories[index] for index in table(page)["index"]]
    assert not errors(page)


def test_torchvisions_own_file_brings_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is known by its hash, whatever it is called; so is the size that its short side is scaled to."""
    data = checkpoint(R18, seed=4)
    own = replace(PUBLISHED, hash_prefix=hashlib.sha256(data).hexdigest()[:8])
    own = replace(own, preparation=replace(own.preparation, resize=232))
    monkeypatch.setattr(scene, "get_published", lambda spec: (own,) if spec.preset_name == "resnet18" else ())
    page = open_page(R18_FILE)
    send_picture(page)
    send_weights(page, data, "renamed.pth")
    assert names(page) == [PUBLISHED.categories[index] for index in table(page)["index"]]
    assert W_CLASS_NAMES not in [area.key for area in page.text_area]
    assert any("the short side becomes 66" in text.value for text in page.markdown)
    assert not errors(page)


def test_names_are_given_one_a_line() -> None:
    page = open_page(FEW_FILE)
    send_picture(page)
    send_weights(page, checkpoint(FEW))
    assert W_IMAGENET not in [toggle.key for toggle in page.toggle]
    given = ["ant", "*bee*", "", "[dog](http://x.y)"]
    run(page.text_area(key=W_CLASS_NAMES).set_value("\n".join(["", *given, ""])[1:]))
    assert names(page) == [given[index] or f"class {index}" for index in table(page)["index"]]
    assert not any("](http" in text for text in (told(page),))
    assert not errors(page)


@pytest.mark.parametrize("text", ["ant", "ant\nbee\ncat\ndog\nelk"])
def test_another_number_of_names_is_told_and_none_is_used(text: str) -> None:
    page = open_page(FEW_FILE)
    send_picture(page)
    send_weights(page, checkpoint(FEW))
    run(page.text_area(key=W_CLASS_NAMES).set_value(text))
    assert "for 4 classes: no name is used" in told(page)
    assert all(name.startswith("class ") for name in names(page))


@pytest.mark.parametrize(
    "text",
    [
        "ant\nbee\n\ndog\n",
        "ant\r\nbee\r\n\r\ndog",
        '["ant", "bee", "", "dog"]',
        '{"1": "bee", "0": "ant", "3": "dog"}',
        '{"model_type": "resnet", "id2label": {"0": "ant", "1": "bee", "2": "", "3": "dog"}}',
        '{"0": ["n02219486", "ant"], "1": ["n02206856", "bee"], "2": ["n0", ""], "3": ["n02084071", "dog"]}',
    ],
)
def test_names_come_from_a_file_in_any_usual_form(text: str) -> None:
    assert read_names(text) == ("ant", "bee", "", "dog")


@pytest.mark.parametrize("text", ['{"0": 1}', "[1, 2]", "7", '{"999999": "x"}', "[" * 10_000, '{"a": "b"}', '"x"'])
def test_json_of_another_form_is_text(text: str) -> None:
    assert read_names(text) == (text,)


def test_names_of_a_file_are_used() -> None:
    page = open_page(FEW_FILE)
    send_picture(page)
    send_weights(page, checkpoint(FEW))
    run(
        page.file_uploader(key=W_NAMES_FILE).set_value(
            ("labels.txt", b"\xef\xbb\xbfant\nbee\ncat\ndog\n", "text/plain")
        )
    )
    assert {*names(page)} == {"ant", "bee", "cat", "dog"}
    assert not errors(page)


# What the probabilities are


def test_many_labels_are_chosen_for_weights_of_ones_own() -> None:
    page = open_page(FEW_FILE)
    picture = send_picture(page)
    assert W_LABELS not in [control.key for control in page.get("button_group")]
    send_weights(page, checkpoint(FEW))
    run(page.segmented_control(key=W_LABELS).set_value("many"))
    with torch.inference_mode():
        logits = build_model(FEW, seed=1)(to_input(picture, (64, 64)))[0]
    expected = logits.sigmoid().sort(descending=True).values.tolist()
    assert table(page)["probability"].tolist() == pytest.approx(expected, rel=1e-4)
    assert "sigmoid of its logit" in told(page)
    assert not errors(page)


def test_one_output_is_no_certainty() -> None:
    spec = replace(SPEC, num_classes=1)
    page = open_page(f"{SMALL}&num_classes=1&input_size=64x64&look=prediction")
    picture = send_picture(page)
    with torch.inference_mode():
        logit = float(build_model(spec)(to_input(picture, (64, 64)))[0, 0])
    assert table(page)["probability"].tolist() == pytest.approx([1 / (1 + 2.718281828**-logit)], rel=1e-4)
    assert "one output" in told(page)
    run(page.segmented_control(key=W_METHOD).set_value("occlusion"))
    (button,) = [button for button in page.button if button.label == "Cover place by place"]
    run(button.click())
    assert any(text.startswith("Occlusion for class 0") for text in pictures(page))
    assert not errors(page)
