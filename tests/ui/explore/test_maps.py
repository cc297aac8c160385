"""What the page makes of a picture: weights, crop, and the five ways to look, through Streamlit's AppTest."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from resnet_viz import build_model
from resnet_viz.errors import WeightsError
from resnet_viz.model.net import memory
from resnet_viz.model.run.images import to_input
from resnet_viz.model.weights import download, published
from resnet_viz.model.weights import load as weights
from resnet_viz.records.preparation import Preparation
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.components.camera_view import CameraFrame
from resnet_viz.ui.page import state
from tests.ui.explore.test_page import errors, maps, open_page, pictures, png, query, run, warnings

SMALL = "block=basic&layers=1,1,1,1"
SPEC = ResNetSpec("basic", (1, 1, 1, 1))


def headings(page: AppTest) -> list[str]:
    return [heading.value for heading in page.header]


def badges(page: AppTest) -> str:
    return " ".join(text.value for text in page.markdown)


def checkpoint(spec: ResNetSpec, seed: int = 1, extra: dict[str, Any] | None = None) -> bytes:
    buffer = BytesIO()
    torch.save(build_model(spec, seed=seed).state_dict() | (extra or {}), buffer)
    return buffer.getvalue()


def send_picture(page: AppTest) -> Image.Image:
    run(page.segmented_control(key=state.W_SOURCE).set_value("upload"))
    data = png((300, 200))
    run(page.file_uploader(key=state.W_UPLOAD).set_value(("ramp.png", data, "image/png")))
    return Image.open(BytesIO(data)).convert("RGB")


def send_weights(page: AppTest, data: bytes, name: str = "own.pth") -> None:
    run(page.file_uploader(key=state.W_WEIGHTS_FILE).set_value((name, data, "application/octet-stream")))


# The five ways to look


@pytest.mark.parametrize(
    ("look", "heading"),
    [
        ("channels", None),
        ("filmstrip", None),
        ("block", "Inside `layer2.0`"),
        ("prediction", "What it is taken for"),
        ("kernels", "Kernels of `layer2.0.conv1`"),
    ],
)
def test_each_way_to_look_is_in_the_address(look: str, heading: str | None) -> None:
    page = open_page(f"{SMALL}&node=layer2.0.conv1")
    run(page.segmented_control(key=state.W_LOOK).set_value(look))
    assert query(page).get("look", "channels") == look
    again = open_page(f"{SMALL}&node=layer2.0.conv1&look={look}")
    for shown in (page, again):
        assert headings(shown) == ([heading] if heading else [])
        assert maps(shown) == ("layer2.0.conv1" if look == "channels" else None)
        assert "Random weights" in badges(shown)
        assert not errors(shown)


def test_the_film_has_every_block_in_order() -> None:
    page = open_page(f"{SMALL}&look=filmstrip")
    told = pictures(page)
    assert any(text.startswith("Strongest channels of stem") for text in told)
    rows = [image.alt for strip in page.get("image") for image in strip.proto.imgs if "Strongest" in image.alt]
    blocks = [text.split(": ")[0].removeprefix("Strongest channels of ") for text in rows]
    assert blocks[-4:] == ["layer1.0", "layer2.0", "layer3.0", "layer4.0"]
    run(page.slider(key=state.W_FRAME).set_value(2))
    assert any("layer2.0" in text.value and "3 of 6" in text.value for text in page.markdown)


def test_the_five_maps_of_a_block_and_what_it_changes() -> None:
    page = open_page("net=resnet18&look=block&node=layer3.1")
    shown = [text for text in pictures(page) if ": " in text]
    assert [text.split(":")[0] for text in shown] == ["x", "F(x)", "shortcut(x)", "F(x) + shortcut(x)", "output"]
    captions = [caption.value for caption in page.caption]
    assert sum("256×14×14" in caption for caption in captions) == 5
    assert any("times as large as what passes by" in text.value for text in page.markdown)
    run(page.segmented_control(key=state.W_BLOCK_SHOW).set_value("channel"))
    run(page.number_input(key=f"{state.W_BLOCK_CHANNEL}:256").set_value(255))
    assert len([text for text in pictures(page) if ": " in text]) == 5
    run(page.toggle(key=state.W_ON_PICTURE).set_value(True))
    assert not errors(page)


def test_the_prediction_is_torchs_own() -> None:
    page = open_page(f"{SMALL}&look=prediction")
    picture = send_picture(page)
    with torch.inference_mode():
        logits = build_model(SPEC)(to_input(picture, (224, 224)))[0]
    best = logits.softmax(dim=0).topk(5)
    table = next(frame.value for frame in page.dataframe if "logit" in frame.value)
    assert table["index"].tolist() == best.indices.tolist()
    assert table["probability"].tolist() == pytest.approx(best.values.tolist(), rel=1e-4)
    assert table["name"].tolist() == [f"class {index}" for index in best.indices.tolist()]
    assert any("noise" in info.value for info in page.info)
    assert any(text.startswith("Grad-CAM for class") for text in pictures(page))
    run(page.segmented_control(key=state.W_METHOD).set_value("gradient"))
    assert any(text.startswith("Input gradient for class") for text in pictures(page))
    run(page.segmented_control(key=state.W_METHOD).set_value("occlusion"))
    assert not any(text.startswith("Occlusion") for text in pictures(page))
    (button,) = [button for button in page.button if button.label == "Cover place by place"]
    run(button.click())
    assert any(text.startswith("Occlusion for class") for text in pictures(page))
    # It stays through what does not concern it.
    run(page.slider(key=state.W_OPACITY).set_value(80))
    assert any(text.startswith("Occlusion for class") for text in pictures(page))
    assert not errors(page)


def test_channels_are_sorted_filtered_and_refused_in_a_sentence() -> None:
    page = open_page(f"{SMALL}&node=layer4.0")
    assert maps(page) == "layer4.0"
    run(page.selectbox(key=state.W_ORDER).set_value("variance"))
    run(page.text_input(key=state.W_FILTER).set_value("0-3, 511"))
    assert not errors(page)
    run(page.text_input(key=state.W_FILTER).set_value("512, <b>"))
    (told,) = errors(page)
    assert "512" in told
    assert maps(page) == "layer4.0"


def test_what_one_cell_sees_is_told_with_its_true_size() -> None:
    page = open_page("net=resnet18&node=layer4")
    assert not any("435×435" in caption.value for caption in page.caption)
    page.session_state["cell_field"] = True  # opened
    run(page)
    assert any("435×435" in caption.value and "224" in caption.value for caption in page.caption)
    run(page.toggle(key=state.W_EFFECTIVE).set_value(True))
    assert not errors(page)


# The picture


def test_a_net_of_many_classes_lists_the_likeliest_only() -> None:
    page = open_page(f"{SMALL}&num_classes=5000&look=prediction")
    assert len(page.selectbox(key=state.W_CLASS).options) == 5
    assert len(open_page(f"{SMALL}&num_classes=50&look=prediction").selectbox(key=state.W_CLASS).options) == 50


def test_another_part_of_the_picture_is_chosen() -> None:
    page = open_page(SMALL)
    send_picture(page)
    steps = badges(page)
    # 300 × 256 ÷ 200 = 384: torchvision's rule, the short side becomes 256.
    assert "from 300×200 to 384×256" in steps
    assert "224×224, from column 80 and row 16 on" in steps
    frame = next(view for view in page.get("bidi_component") if f"-{state.W_CROP}_" in view.proto.id)
    key = frame.proto.id[frame.proto.id.index(f"{state.W_CROP}_") :]
    page.session_state[key] = {"crop": [0.6667, 0, 0.3333, 0.5]}
    run(page)
    # A square of 200 ÷ 2 pixels in the upper right corner.
    assert "**Crop** 100×100 from column 200 and row 0 on, of 300×200" in badges(page)
    assert maps(page) == "conv1"
    # Twice as wide: around the same middle, pushed back from the edge; 2 × 70.7² is the same area.
    page.query_params["input_size"] = "224x448"
    run(page)
    told = next(text for text in badges(page).split("\n") if "**Crop**" in text)
    assert re.search(r"141×7[01] from column 159 and row 15 on, of 300×200", told), told
    page.session_state[key] = {"crop": [float("nan"), 0, 1e400, "1"]}
    run(page)
    assert "the short side becomes" in badges(page)
    assert not errors(page)


def test_another_picture_begins_in_the_middle() -> None:
    page = open_page(SMALL)
    page.session_state[f"{state.W_CROP}_cat"] = {"crop": [0, 0, 0.2, 0.3]}
    run(page)
    assert "**Crop** the middle" not in badges(page)
    run(page.selectbox(key=state.W_SAMPLE).set_value("astronaut"))
    assert "**Crop** the middle" in badges(page)


def test_the_camera_has_a_picture_when_it_sent_one_and_none_of_another_source() -> None:
    page = open_page(SMALL)
    run(page.segmented_control(key=state.W_SOURCE).set_value("camera"))
    assert maps(page) is None
    page.session_state[state.CAMERA_FRAME] = CameraFrame(1, png((300, 200)))
    run(page)
    assert maps(page) == "conv1"
    page.session_state[state.CAMERA_FRAME] = CameraFrame(2, b"no picture")
    run(page)
    assert maps(page) is None
    assert any("no picture" in told for told in errors(page))
    run(page.segmented_control(key=state.W_SOURCE).set_value("sample"))
    assert state.CAMERA_FRAME not in page.session_state


# Weights


def test_weights_of_a_file_are_used_and_random_ones_are_told_no_more() -> None:
    page = open_page(f"{SMALL}&look=prediction")
    run(page.selectbox(key=state.W_WEIGHTS).set_value("file"))
    assert query(page)["weights"] == "file"
    assert "Random weights" in badges(page)
    send_weights(page, checkpoint(SPEC))
    assert "Random weights" not in badges(page)
    assert not any("noise" in info.value for info in page.info)
    picture = send_picture(page)
    with torch.inference_mode():
        logits = build_model(SPEC, seed=1)(to_input(picture, (224, 224)))[0]
    table = next(frame.value for frame in page.dataframe if "logit" in frame.value)
    assert table["index"][0] == int(logits.argmax())
    assert table["logit"][0] == pytest.approx(float(logits.max()), rel=1e-4)


def test_a_file_that_does_not_fit_is_refused_whole() -> None:
    page = open_page(SMALL)
    run(page.selectbox(key=state.W_WEIGHTS).set_value("file"))
    for data, words in (
        (checkpoint(ResNetSpec("basic", (1, 1, 1, 1), num_classes=10)), "10"),
        (checkpoint(SPEC, extra={"layer9.<b>own</b>.weight": torch.zeros(1)}), "own"),
        (b"no checkpoint at all", "read"),
    ):
        send_weights(page, data)
        assert any(words in told for told in errors(page))
        assert "Random weights" in badges(page)
        assert maps(page) == "conv1"


class FakeDownload:
    """torchvision's server, as far as the page sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, net: str = "resnet18") -> None:
        self.is_there = False
        self.error: WeightsError | None = None
        self.told: list[int] = []
        monkeypatch.setattr(published, "cached_weights", lambda found: folder / "file" if self.is_there else None)
        monkeypatch.setattr(weights, "read_published", lambda found: checkpoint(ResNetSpec.preset(net), seed=3))
        monkeypatch.setattr(download, "download_weights", self._download)

    def _download(self, found: published.PublishedWeights, on_progress: Any) -> Path:
        for done in (0, found.size // 2, found.size):
            on_progress(done, found.size)
            self.told.append(done)
        if self.error is not None:
            raise self.error
        self.is_there = True
        return Path()


def test_published_weights_are_fetched_on_request_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server = FakeDownload(monkeypatch, tmp_path)
    page = open_page("net=resnet18&look=prediction")
    run(page.selectbox(key=state.W_WEIGHTS).set_value("IMAGENET1K_V1"))
    assert query(page)["weights"] == "IMAGENET1K_V1"
    assert server.told == []
    assert "Random weights" in badges(page)
    (button,) = [button for button in page.button if button.label.startswith("Download 44.7")]
    server.error = WeightsError("The network is not there.")
    run(button.click())
    assert errors(page) == ["The network is not there."]
    assert "Random weights" in badges(page)
    server.error = None
    run(page.button(key=state.W_DOWNLOAD).click())
    assert not errors(page)
    assert "Random weights" not in badges(page)
    table = next(frame.value for frame in page.dataframe if "logit" in frame.value)
    names = published.published_weights(ResNetSpec.preset("resnet18"))[0].categories
    assert table["name"].tolist() == [names[index] for index in table["index"]]


def test_newer_weights_bring_their_own_preparation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    FakeDownload(monkeypatch, tmp_path, "resnet50").is_there = True
    sets = published.published_weights(ResNetSpec.preset("resnet50"))
    assert [found.preparation for found in sets] == [Preparation(), Preparation(resize=232)]
    page = open_page("net=resnet50&weights=IMAGENET1K_V2")
    assert page.selectbox(key=state.W_WEIGHTS).value == "IMAGENET1K_V2"
    send_picture(page)
    # 300 × 232 ÷ 200 = 348
    assert "from 300×200 to 348×232" in badges(page)
    assert "Random weights" not in badges(page)
    assert not errors(page)


@pytest.mark.parametrize("name", ["IMAGENET1K_V9", "<script>", "../../etc"])
def test_weights_that_are_not_there_are_told(name: str) -> None:
    page = open_page(f"net=resnet18&weights={name}")
    assert len(warnings(page)) == 1
    assert "Random weights" in badges(page)
    assert page.selectbox(key=state.W_WEIGHTS).value == "random"


@pytest.mark.parametrize("look", ["channels", "filmstrip", "block", "prediction", "kernels"])
def test_a_net_beyond_the_servers_memory_has_its_drawing_and_its_table(
    look: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "memory_limit", lambda: 2**30)
    # None of another test's is there already; and it is refused, so none of this one's can be.
    page = open_page(f"block=bottleneck&layers=3,8,36,3&num_classes=999983&look={look}")
    assert [error for error in errors(page) if "would take" in error and "classes it would fit" in error]
    assert len(errors(page)) == 1
    assert page.title[0].value.startswith("ResNet-152")
    assert [metric.value for metric in page.metric][:2] == ["152", "2.11 G"]
    assert len(page.dataframe) > 0  # the table of blocks and ops
