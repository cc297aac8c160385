"""At op level words and lines stand clear of each other, as Graphviz lays them out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from typing import Any

import pytest

from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.graph.draw import FORMS, draw_graph
from resnet_viz.views.graph.render import render_graph
from tests.nets import trace_of
from tests.views.graph.laid_out import Box, curve, is_inside, texts_of

NETS = {
    "resnet18": PRESETS["resnet18"],
    "resnet50": PRESETS["resnet50"],
    "resnet50-D": ResNetSpec("bottleneck", (3, 4, 6, 3), stem="deep", average_shortcut=True),
}
every_drawing = pytest.mark.parametrize(("net", "form"), [(net, form) for net in NETS for form in FORMS])


@cache
def laid_out(net: str, form: str) -> dict[str, Any]:
    return dict(json.loads(render_graph(draw_graph(trace_of(NETS[net]), "op", form=form), "json")))


def words(net: str, form: str) -> list[tuple[str, Box]]:
    """Each line of words and its room."""
    whole = laid_out(net, form)
    return [(text, box) for part in whole["objects"] + whole["edges"] for text, _size, box in texts_of(part)]


def frame_boxes(net: str, form: str) -> Iterator[Box]:
    for part in laid_out(net, form)["objects"]:
        if part["name"].startswith("cluster"):
            left, low, right, high = map(float, part["bb"].split(","))
            yield left, low, right, high


def node_boxes(net: str, form: str) -> Iterator[Box]:
    for part in laid_out(net, form)["objects"]:
        if "pos" in part:
            x, y = map(float, part["pos"].split(","))
            half, tall = 36 * float(part["width"]), 36 * float(part["height"])
            yield x - half, y - tall, x + half, y + tall


def meet(one: Box, other: Box) -> bool:
    """Whether two boxes have more than their edges in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def holds(outer: Box, inner: Box) -> bool:
    """Whether a box lies in another, but for what Graphviz rounds."""
    left, low, right, high = outer[0] - 0.01, outer[1] - 0.01, outer[2] + 0.01, outer[3] + 0.01
    return left <= inner[0] and low <= inner[1] and inner[2] <= right and inner[3] <= high


@every_drawing
def test_no_wire_runs_through_words(net: str, form: str) -> None:
    wires = [wire for wire in laid_out(net, form)["edges"] if wire.get("style") != "invis"]
    texts = words(net, form)
    assert wires
    assert texts
    for wire in wires:
        line = curve(wire["pos"])
        met = [text for text, box in texts if any(is_inside(point, box) for point in line)]
        assert not met, wire["id"]


@every_drawing
def test_no_frame_and_no_box_cuts_words(net: str, form: str) -> None:
    for outer in (*frame_boxes(net, form), *node_boxes(net, form)):
        cut = [text for text, box in words(net, form) if meet(outer, box) and not holds(outer, box)]
        assert not cut


@every_drawing
def test_no_two_lines_of_words_lie_on_each_other(net: str, form: str) -> None:
    on_each_other = [
        (one[0], other[0]) for one, other in combinations(words(net, form), 2) if meet(_core(one[1]), _core(other[1]))
    ]
    assert not on_each_other


@every_drawing
def test_no_two_boxes_lie_on_each_other(net: str, form: str) -> None:
    assert not [pair for pair in combinations(node_boxes(net, form), 2) if meet(*pair)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("net", ["resnet18", "resnet50", "resnet152", "resnext101_64x4d"])
def test_the_shortcut_of_equal_blocks_begins_and_ends_inside_their_frame(net: str, form: str) -> None:
    """One look says that there is a shortcut in each block, and not one around all of them."""
    whole = json.loads(render_graph(draw_graph(trace_of(net), form=form), "json"))
    frames = {part["id"][2:]: part for part in whole["objects"] if part["name"].startswith("cluster_within")}
    names = {part["_gvid"]: part["name"] for part in whole["objects"]}
    assert frames
    for run, frame in frames.items():
        ends = {names[node] for node in frame["nodes"]}
        (arc,) = [
            wire
            for wire in whole["edges"]
            if "identity" in wire.get("class", "") and {names[wire["tail"]], names[wire["head"]]} & ends
        ]
        assert {names[arc["tail"]], names[arc["head"]]} <= ends, run
        left, low, right, high = map(float, frame["bb"].split(","))
        assert all(left < x < right and low < y < high for x, y in curve(arc["pos"])), run


@pytest.mark.parametrize("net", NETS)
def test_in_a_strip_boxes_stand_at_even_gaps(net: str) -> None:
    """A shortcut's ops share their places along the strip with those of its block, and so put none apart."""
    ranks: dict[float, Box] = {}
    for box in node_boxes(net, "strip"):
        middle = round((box[0] + box[2]) / 2, 1)
        left, _low, right, _high = ranks.get(middle, box)
        ranks[middle] = (min(left, box[0]), 0.0, max(right, box[2]), 0.0)
    columns = [ranks[x] for x in sorted(ranks)]
    gaps = [following[0] - before[2] for before, following in pairwise(columns)]
    assert max(gaps) <= 40


@every_drawing
def test_no_box_is_named_by_a_number_alone(net: str, form: str) -> None:
    titles = [texts_of(part)[0][0] for part in laid_out(net, form)["objects"] if part.get("id", "").startswith("n:")]
    assert titles
    assert not [title for title in titles if title.isdigit()]


def _core(box: Box) -> Box:
    """Lines of one box stand close: their letters' tails may reach into the next line's room."""
    tail = (box[3] - box[1]) / 4
    return box[0], box[1] + tail, box[2], box[3] - tail
