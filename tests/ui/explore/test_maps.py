"""What the page makes of a picture: weights, crop, and the five ways to look, through Streamlit's AppTest."""

from __future__ import annotations

import re
from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from resnet_viz import build_model, capture, memory
from resnet_viz.model.run.inputs import to_input
from resnet_viz.pictures.samples import sample_image
from resnet_viz.ui.explore.maps import W_LOOK
from resnet_viz.ui.explore.ways.block import W_BLOCK_CHANNEL, W_BLOCK_SHOW, W_CHANGES, W_ON_PICTURE
from resnet_viz.ui.explore.ways.channels import W_CELL_ROW, W_EFFECTIVE, W_FILTER, W_ORDER
from resnet_viz.ui.explore.ways.filmstrip import W_FRAME
from resnet_viz.ui.explore.ways.prediction import W_CLASS, W_METHOD, W_OPACITY
from resnet_viz.ui.picture.panel import W_CROP
from resnet_viz.ui.picture.source import CAMERA_FRAME, W_CAMERA, W_SAMPLE, W_SOURCE
from resnet_viz.ui.picture.weights import W_WEIGHTS
from tests.pages import (
    SMALL,
    SPEC,
    badges,
    errors,
    maps,
    open_page,
    pick,
    pictures,
    png,
    query,
    run,
    send_picture,
    send_weights,
    tell,
)
from tests.ui.explore.parts import headings

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
    run(page.segmented_control(key=W_LOOK).set_value(look))
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
    run(page.slider(key=W_FRAME).set_value(2))
    assert any("layer2.0" in text.value and "3 of 6" in text.value for text in page.markdown)


def test_the_five_maps_of_a_block_and_what_it_changes() -> None:
    page = open_page("net=resnet18&look=block&node=layer3.1")
    shown = [text for text in pictures(page) if ": " in text]
    assert [text.split(":")[0] for text in shown] == ["x", "F(x)", "shortcut(x)", "sum", "output"]
    captions = [caption.value for caption in page.caption]
    assert sum("256×14×14" in caption for caption in captions) == 5
    assert any("times as large as what passes by" in text.value for text in page.markdown)
    run(page.segmented_control(key=W_BLOCK_SHOW).set_value("channel"))
    run(page.number_input(key=f"{W_BLOCK_CHANNEL}:256").set_value(255))
    assert len([text for text in pictures(page) if ": " in text]) == 5
    run(page.toggle(key=W_ON_PICTURE).set_value(True))
    assert not errors(page)


def test_a_channel_that_only_some_maps_of_a_block_have() -> None:
    page = open_page(f"{SMALL}&look=block&node=layer2.0")
    run(page.segmented_control(key=W_BLOCK_SHOW).set_value("channel"))
    key = f"{W_BLOCK_CHANNEL}:64"
    run(page.number_input(key=key).set_value(40))
    # x has the 32 channels of the stage before; F(x) and all that follow have 64.
    assert [text.split(":")[0] for text in pictures(page) if ": " in text] == [
        *("F(x)", "shortcut(x)", "sum", "output"),
    ]
    assert "It has 32 channels only." in [caption.value for caption in page.caption]


def test_a_block_is_chosen_in_the_chart_of_changes() -> None:
    page = open_page(f"{SMALL}&look=block&node=layer2.0")
    for points, node in (([{"x": "layer3.0", "y": 1.0}], "layer3.0"), ([], "layer3.0")):
        (chart,) = [chart for chart in page.get("plotly_chart") if str(chart.key).startswith(W_CHANGES)]
        page = pick(page, chart, points=points)
        assert (query(page)["node"], headings(page)) == (node, [f"Inside `{node}`"])


def test_a_net_of_zeros_changes_nothing_and_speaks_for_nothing() -> None:
    page = open_page(f"{SMALL}&look=block&node=layer2.0&weights=file")
    zeros, buffer = {key: value * 0 for key, value in build_model(SPEC).state_dict().items()}, BytesIO()
    torch.save(zeros, buffer)
    send_weights(page, buffer.getvalue())
    assert "Nothing comes along the shortcut of this block for this picture." in badges(page)
    run(page.segmented_control(key=W_LOOK).set_value("prediction"))
    assert any("The map is 0 everywhere" in caption.value for caption in page.caption)


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
    run(page.segmented_control(key=W_METHOD).set_value("gradient"))
    assert any(text.startswith("Input gradient for class") for text in pictures(page))
    run(page.segmented_control(key=W_METHOD).set_value("occlusion"))
    assert not any(text.startswith("Occlusion") for text in pictures(page))
    (button,) = [button for button in page.button if button.label == "Cover place by place"]
    run(button.click())
    assert any(text.startswith("Occlusion for class") for text in pictures(page))
    # It stays through what does not concern it.
    run(page.slider(key=W_OPACITY).set_value(80))
    assert any(text.startswith("Occlusion for class") for text in pictures(page))
    assert not errors(page)


def test_channels_are_sorted_filtered_and_refused_in_a_sentence() -> None:
    page = open_page(f"{SMALL}&node=layer4.0")
    assert maps(page) == "layer4.0"
    run(page.selectbox(key=W_ORDER).set_value("variance"))
    run(page.text_input(key=W_FILTER).set_value("0-3, 127"))
    assert not errors(page)
    run(page.text_input(key=W_FILTER).set_value("128, <b>"))
    (told,) = errors(page)
    assert "128" in told
    assert maps(page) == "layer4.0"


def test_what_one_cell_sees_is_told_with_its_true_size() -> None:
    page = open_page("net=resnet18&node=layer4")
    assert not any("435×435" in caption.value for caption in page.caption)
    page.session_state["cell_field"] = True  # opened
    run(page)
    assert any("435×435" in caption.value and "224" in caption.value for caption in page.caption)
    run(page.toggle(key=W_EFFECTIVE).set_value(True))
    assert not errors(page)


def test_a_field_within_the_picture_is_told_in_one_size() -> None:
    page = open_page(f"{SMALL}&node=conv1")
    page.session_state["cell_field"] = True
    run(page)
    assert "In theory it can see 7×7 pixels." in [caption.value for caption in page.caption]
    run(page.number_input(key=f"{W_CELL_ROW}:112").set_value(0))
    assert any("7×7 pixels; 4×7 of them lie in the picture" in caption.value for caption in page.caption)


def test_how_often_each_value_occurs_is_told_when_opened() -> None:
    page = open_page(f"{SMALL}&node=layer4")
    assert not page.get("plotly_chart")
    page.session_state["maps_histogram"] = True
    run(page)
    (chart,) = page.get("plotly_chart")
    (maps,) = capture(build_model(SPEC, seed=0), sample_image("cat"), ["layer4"]).values()
    assert chart.proto.alt == f"All values but {int((maps == 0).sum()):,} zeros"


# The picture


def class_box(page: AppTest) -> Any:
    (box,) = [each for each in page.selectbox if str(each.key).startswith(f"{W_CLASS}:")]
    return box


def test_another_likeliest_class_is_the_one_that_is_explained() -> None:
    page = open_page("net=digits20&look=prediction")
    before = class_box(page).value
    run(page.selectbox(key=W_WEIGHTS).set_value("digits:resnet20"))
    after = class_box(page)
    assert (before, after.value, after.options[0]) == (before, int(after.options[0]), "3")  # a digit 3 is shown
    assert before != 3


def test_a_net_of_many_classes_lists_the_likeliest_only() -> None:
    page = open_page(f"{SMALL}&num_classes=5000&look=prediction")
    assert len(class_box(page).options) == 5
    assert len(class_box(open_page(f"{SMALL}&num_classes=50&look=prediction")).options) == 50


def test_another_part_of_the_picture_is_chosen() -> None:
    page = open_page(SMALL)
    send_picture(page)
    steps = badges(page)
    # 300 × 256 ÷ 200 = 384: torchvision's rule, the short side becomes 256.
    assert "from 300×200 to 384×256" in steps
    assert "224×224, from column 80 and row 16 on" in steps
    frame = next(view for view in page.get("bidi_component") if f"-{W_CROP}_" in view.proto.id)
    key = frame.proto.id[frame.proto.id.index(f"{W_CROP}_") :]
    page.session_state[key] = {"crop": {"shares": [0.6667, 0, 0.3333, 0.5], "turn": 1}}
    run(page)
    # A square of 200 ÷ 2 pixels in the upper right corner.
    assert "**Crop** 100×100 from column 200 and row 0 on, of 300×200" in badges(page)
    assert maps(page) == "conv1"
    # Twice as wide: around the same middle, pushed back from the edge; 2 × 70.7² is the same area.
    page.query_params["input_size"] = "224x448"
    run(page)
    told = next(text for text in badges(page).split("\n") if "**Crop**" in text)
    assert re.search(r"141×7[01] from column 159 and row 15 on, of 300×200", told), told
    page.session_state[key] = {"crop": {"shares": [float("nan"), 0, 1e400, "1"], "turn": 2}}
    run(page)
    assert "the short side becomes" in badges(page)
    assert not errors(page)


def test_another_picture_begins_in_the_middle() -> None:
    page = open_page(SMALL)
    page.session_state[f"{W_CROP}_cat"] = {"crop": {"shares": [0, 0, 0.2, 0.3], "turn": 1}}
    run(page)
    assert "**Crop** the middle" not in badges(page)
    run(page.selectbox(key=W_SAMPLE).set_value("astronaut"))
    assert "**Crop** the middle" in badges(page)


def test_the_camera_has_a_picture_when_it_sent_one_and_none_of_another_source() -> None:
    page = open_page(SMALL)
    run(page.segmented_control(key=W_SOURCE).set_value("camera"))
    assert maps(page) is None
    page = tell(page, W_CAMERA, "frame", {"number": 1, "picture": b64encode(png((300, 200))).decode()})
    assert maps(page) == "conv1"
    page = tell(page, W_CAMERA, "frame", {"number": 2, "picture": "no Base64"})
    assert maps(page) == "conv1"
    page = tell(page, W_CAMERA, "frame", {"number": 3, "picture": b64encode(b"no picture").decode()})
    assert maps(page) is None
    assert any("no picture" in told for told in errors(page))
    run(page.segmented_control(key=W_SOURCE).set_value("sample"))
    assert CAMERA_FRAME not in page.session_state


# What is too much


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


def test_where_nothing_is_chosen_it_is_said_whose_maps_are_shown() -> None:
    page = open_page("net=resnet18")
    assert maps(page) == "conv1"
    assert "No node is chosen: the maps are those of `conv1`." in [text.value for text in page.caption]
    page = open_page("net=resnet18&node=conv1")
    assert not any("No node is chosen" in text.value for text in page.caption)
