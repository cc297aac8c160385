"""The way to look at gradients and signals: the page shows what the function gives, and each axis says of what."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from resnet_viz import PRESETS, ResNetSpec, build_model, gradient_norms
from resnet_viz.pictures.samples import sample_image
from resnet_viz.records.preparation import Preparation
from resnet_viz.spec.variants import variants_of
from resnet_viz.ui.explore import graph
from resnet_viz.ui.explore.ways.gradients import W_BESIDE, W_MODE, W_NORMS, W_SHADE, W_TARGET
from tests.pages import SMALL, SPEC, component, errors, open_page, pick, query, run, send_weights


def charts(page: AppTest) -> list[Any]:
    return [chart for chart in page.get("plotly_chart") if str(chart.key).startswith(W_NORMS)]


def figure(chart: Any) -> Any:
    return json.loads(chart.proto.spec)


def test_the_lines_are_the_figures_of_both_modes_and_a_point_chooses_its_block() -> None:
    page = open_page(f"{SMALL}&look=gradients")
    page = run(page.number_input(key=f"{W_TARGET}:{SPEC.num_classes}").set_value(3))
    gradient = figure(charts(page)[0])
    size = Preparation(SPEC.input_size, channels=SPEC.in_channels)
    for line, mode in zip(gradient["data"], ("train", "eval"), strict=True):
        own = gradient_norms(build_model(SPEC), sample_image("cat"), 3, mode, size)
        drawn = {x: y for x, y in zip(line["x"], line["y"], strict=True) if x in own}
        assert {node: round(value, 3) for node, value in drawn.items()} == {
            node: round(value, 3) for node, value in own.items()
        }
    title = gradient["layout"]["yaxis"]["title"]["text"]
    assert ("train mode / eval mode" in title, "step 0" in title, gradient["layout"]["yaxis"]["type"]) == (
        *(True, True, "log"),
    )
    page = run(page.segmented_control(key=W_SHADE).set_value("eval"))
    sent = component(page, f"measure_{graph.W_GRAPH}")
    assert sent["graph"] == graph.W_GRAPH
    assert sent["amounts"]["layer2.0"] == pytest.approx(own["layer2.0"], rel=1e-4)
    assert {"conv1", "fc", "layer2.0.conv1"} <= sent["amounts"].keys()
    page = pick(page, charts(page)[0], points=[{"x": "layer2.0", "y": 1.0}])
    assert query(page)["node"] == "layer2.0"
    assert not errors(page)


def test_beside_it_stand_the_same_net_s_variants() -> None:
    page = open_page(f"{SMALL}&look=gradients")
    page = run(page.toggle(key=W_BESIDE).set_value(True))
    page = run(page.segmented_control(key=W_MODE).set_value("eval"))
    assert len(charts(page)) == 4
    chart = figure(charts(page)[2])
    assert len(chart["data"]) == len(variants_of(SPEC)) == 6
    assert "eval mode<br>at the start (step 0)" in chart["layout"]["yaxis"]["title"]["text"]
    assert not errors(page)


def test_weights_that_are_not_random_are_no_start_and_an_overflow_is_told_and_shown() -> None:
    page = open_page(f"{SMALL}&look=gradients&weights=file")
    weights, buffer = build_model(SPEC).state_dict(), BytesIO()
    weights["layer3.0.conv1.weight"] *= 1e7
    torch.save(weights, buffer)
    send_weights(page, buffer.getvalue())
    title = figure(charts(page)[0])["layout"]["yaxis"]["title"]["text"]
    assert "step 0" not in title
    assert "with these weights" in title
    assert any("layer3.0.conv1 is the first op with a value above 65,504" in text.value for text in page.warning)
    page = run(page.button(key="overflow_go:eval").click())
    assert query(page)["node"] == "layer3.0.conv1"


def test_variants_are_those_that_a_net_allows() -> None:
    bottleneck = variants_of(PRESETS["resnet50"])
    assert list(bottleneck) == ["plain", "A", "B", "C", "pre", "zero"]
    assert bottleneck["B"] == PRESETS["resnet50"]
    shrinking = ResNetSpec("basic", (1, 1), widths=(16, 8))
    assert list(variants_of(shrinking)) == ["plain", "B", "C", "pre", "zero"]
    pooled = ResNetSpec("basic", (1, 1), average_shortcut=True)
    assert not variants_of(pooled)["A"].average_shortcut
    assert variants_of(PRESETS["plain18"])["zero"].shortcut == "B"
