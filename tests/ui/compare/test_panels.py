"""The panels of a comparison, through Streamlit's AppTest: what they show is what the functions below them give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz import PRESETS, build_model, capture, predict
from resnet_viz.downloads import copies
from resnet_viz.model.weights.published import published_weights
from resnet_viz.pictures.samples import sample_image
from resnet_viz.records.preparation import Crop, Preparation
from resnet_viz.ui.cache.pictures import Picture
from resnet_viz.ui.cache.scene import Weights
from resnet_viz.ui.compare.charts import W_AXIS, W_COST, W_QUANTITY
from resnet_viz.ui.compare.same_picture import W_PERCENT, W_SCALE, W_SHOW, W_WHERE, make_scenes
from tests.nets import trace_of
from tests.pages import open_file, run

PAGE = "tests/browser/demo/compare_page.py"
NETS = ("resnet18", "cifar20")


def open_page(part: str, nets: tuple[str, ...] = NETS) -> AppTest:
    return open_file(PAGE, f"nets={','.join(nets)}&part={part}")


def charts(page: AppTest) -> list[Any]:
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]


def alts(page: AppTest) -> list[str]:
    return [chart.proto.alt for chart in page.get("plotly_chart")]


def test_the_charts_follow_their_choices() -> None:
    page = open_page("charts")
    assert len(charts(page)) == 4
    assert [alt.split(".")[0].split(" against")[0] for alt in alts(page)] == [
        "Share of parameters by stage",
        "Share of MACs by stage",
        "Parameters",
        "Published accuracy",
    ]
    run(page.segmented_control(key=W_QUANTITY).set_value("field"))
    run(page.segmented_control(key=W_AXIS).set_value("layers"))
    run(page.segmented_control(key=W_COST).set_value("params"))
    along, scores = alts(page)[2:]
    assert along.startswith("Receptive field against depth. ResNet-18: 435 px at layer4.1")
    assert "ResNet-18: 11.7 M params, 69.758 % (IMAGENET1K_V1)." in scores
    assert "It publishes none for ResNet-20 (CIFAR)" in page.caption[0].value.replace("\\", "")


def figures(page: AppTest) -> Any:
    return next(frame.value for frame in page.dataframe if "rms" in frame.value)


def test_norms_are_those_of_a_capture_of_the_same_picture() -> None:
    page = open_page("maps")
    image = sample_image("astronaut")
    table = figures(page)
    for name in NETS:
        spec, trace = PRESETS[name], trace_of(name)
        own = table[table["net"] == trace.name]
        ends = [
            "stem",
            *([block for block in trace.blocks if block.parent == stage.id][-1].id for stage in trace.stages),
        ]
        assert own["node"].tolist() == ends
        maps = capture(build_model(spec), image, ends, Preparation(spec.input_size))
        wanted = [float(np.linalg.norm(maps[node].astype(np.float64))) for node in ends]
        assert own["norm"].tolist() == pytest.approx(wanted, rel=1e-6)
        assert own["rms"].tolist() == pytest.approx(
            [norm / maps[node].size ** 0.5 for norm, node in zip(wanted, ends, strict=True)], rel=1e-6
        )
    assert any("has no such stage" in caption.value for caption in page.caption)


def test_predictions_stand_beside_each_other_and_noise_is_called_noise() -> None:
    page = open_page("maps")
    tables = [frame.value for frame in page.dataframe if "probability" in frame.value]
    for name, table in zip(NETS, tables, strict=True):
        spec = PRESETS[name]
        wanted = predict(build_model(spec), sample_image("astronaut"), 5, Preparation(spec.input_size))
        assert table["probability"].tolist() == pytest.approx([found.probability for found in wanted], rel=1e-5)
    told = " ".join(text.value for text in page.markdown).replace("\\", "")
    assert "Random weights: ResNet-18, ResNet-20 (CIFAR)." in told
    assert told.count("noise: random weights") == 2


def test_one_depth_and_the_other_ways_to_look() -> None:
    page = open_page("maps")
    run(page.segmented_control(key=W_WHERE).set_value("depth"))
    assert page.segmented_control(key=W_SCALE).value == "net"
    assert any("equal colours are not equal values" in text.value for text in page.caption)
    run(page.slider(key=W_PERCENT).set_value(100))
    assert figures(page)["node"].tolist() == ["layer4.1", "layer3.2"]
    for show in ("rms", "channels"):
        run(page.segmented_control(key=W_SHOW).set_value(show))
        run(page.segmented_control(key=W_SCALE).set_value("net"))
        assert len(page.get("image")) == 2
        run(page.segmented_control(key=W_SCALE).set_value("common"))
        assert len(page.get("image")) == 3  # and the scale's colours


def test_each_net_prepares_the_same_part_as_its_own_weights_and_input_want_it() -> None:
    specs = [PRESETS[name] for name in NETS]
    weights = [Weights(key="some", preparation=Preparation(resize=232)), Weights(preparation=Preparation((32, 32)))]
    image = sample_image("astronaut")
    shown = (Picture(image, b"", "key", "", "series"), Preparation((224, 224), crop=Crop(0.1, 0.2, 0.5, 0.5)))
    large, small = make_scenes(specs, weights, "cpu", shown)
    assert (large.preparation.size, large.preparation.resize) == ((224, 224), 232)
    assert small.preparation.size == (32, 32)
    assert large.preparation.crop == small.preparation.crop == Crop(0.1, 0.2, 0.5, 0.5)


def test_only_weights_that_are_here_are_offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(copies, "weights_folder", lambda: tmp_path)
    page = open_page("maps")
    assert [list(box.options) for box in page.selectbox] == [["Random, seed 0"], ["Random, seed 0"]]
    (found,) = published_weights(PRESETS["resnet18"])
    (tmp_path / found.file_name).touch()
    monkeypatch.setattr(copies, "is_intact", lambda path, found: path.is_file())  # and never chosen here
    page = open_page("maps")
    assert page.selectbox[0].options == ["Random, seed 0", "IMAGENET1K_V1 · 69.8 %"]
    assert page.selectbox[0].value == "random"
