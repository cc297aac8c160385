"""What differs between nets, marked by the boxes and frames that show it: by sign, line and class, not by colour."""

from __future__ import annotations

import re
from collections.abc import Iterator

from resnet_viz.views.address.compare_changes import details_of
from resnet_viz.views.compare.differences import differences_of
from resnet_viz.views.compare.drawing import draw_comparison
from resnet_viz.views.compare.marks import drawn_marks, find_marks, list_marks
from resnet_viz.views.graph.plan import DrawingPlan
from resnet_viz.views.graph.render import render_graph
from resnet_viz.views.parts.detail import Detail
from resnet_viz.views.style import SIGNS
from tests.nets import V1, trace_of, traces_of


def marked(net: str, marks: dict[str, str], *parts: tuple[str, str]) -> dict[str, str]:
    trace = trace_of(net)
    return drawn_marks(DrawingPlan(trace, details_of([trace], "folded", parts)[0], is_strip=True), marks)


def test_a_mark_is_shown_by_the_box_that_stands_for_what_is_marked() -> None:
    marks = {"layer3.5.conv2": "added", "layer2.0.downsample.0": "changed", "layer4.0.add": "removed", "bn1": "changed"}
    assert marked("resnet152", marks) == {
        "layer3.1..35": "changed",
        "layer2.0.downsample": "changed",
        "layer4.0.add": "removed",
        "conv1": "changed",
    }
    assert marked("resnet152", marks, ("layer3.5", "op"), ("stem", "op"), ("layer2.0", "op")) == {
        **marks,
        "layer4.0.add": "removed",
    }
    assert marked("resnet152", {"layer3": "added", "network": "changed", "layer9": "added", "stem": "added"}) == {
        "layer3": "added",
    }


def test_a_run_is_what_all_of_its_blocks_are() -> None:
    blocks = {f"layer4.{block}": "added" for block in (1, 2)}
    assert marked("resnet152", blocks) == {"layer4.1..2": "added"}
    assert marked("resnet152", {"layer4.1": "added"}) == {"layer4.1..2": "changed"}
    assert marked("resnet152", {"layer4.1..2": "removed"}) == {"layer4.1..2": "removed"}
    assert marked("resnet152", blocks | {"layer4.2": "removed"}) == {"layer4.1..2": "changed"}


def test_only_what_differs_is_marked_in_a_variant() -> None:
    """v1 has its stride in the first convolution of the first block of three stages, v1.5 in the second."""
    traces = traces_of(["resnet152", V1])
    svg = render_graph(draw_comparison(traces, [Detail(), Detail()], marks=find_marks(differences_of(traces)))).decode()
    first_blocks = [f"{letter}/layer{stage}.0" for letter in "AB" for stage in (2, 3, 4)]
    assert re.findall(r'id="n:(\S+)" class="node box changed"', svg) == first_blocks
    assert len(re.findall('class="[^"]*(changed|added|removed)', svg)) == len(first_blocks)
    assert svg.count("≠") == len(first_blocks)


def test_marks_differ_in_sign_line_and_class_and_not_in_colour() -> None:
    traces = traces_of(["resnet18", "resnet18"])
    marks = {"A/conv1": "changed", "A/layer2.0": "added", "B/layer3": "removed"}
    plain, signed = (
        render_graph(draw_comparison(traces, [Detail(), Detail()], marks=kinds)).decode() for kinds in ({}, marks)
    )
    assert sorted(set(re.findall("#[0-9a-f]{6}", plain))) == sorted(set(re.findall("#[0-9a-f]{6}", signed)))
    for kind, sign, title in [("changed", "≠", "conv1"), ("added", "+", "2.0"), ("removed", "−", "conv4_x")]:
        assert len(re.findall(rf'class="(?:node box|cluster stage) {kind}"', signed)) == 1
        assert f">{sign} {title}" in signed
    assert len({(look.sign, look.style) for look in SIGNS.values()}) == len(SIGNS)
    assert [mark.kind for mark in list_marks()] == list(SIGNS)


def test_of_three_nets_the_first_is_compared_with_each() -> None:
    nets = ["resnet50", "net=resnet50&stride_in=1x1", "net=resnet50&num_classes=10"]
    marks = find_marks(differences_of(traces_of(nets)))
    strides = {f"{letter}/layer{stage}.0.conv{conv}" for letter in "AB" for stage in (2, 3, 4) for conv in (1, 2)}
    assert marks == dict.fromkeys(strides | {"A/fc", "C/fc"}, "changed")


def frames_in(svg: str) -> Iterator[str]:
    yield from re.findall(r'id="c:([^"]+)"', svg)


def test_marks_of_ops_are_seen_where_they_are_open() -> None:
    traces = traces_of(["resnet50", "net=resnet50&stride_in=1x1"])
    details = details_of(traces, "folded", [("layer3.0", "op")])
    svg = render_graph(draw_comparison(traces, details, marks=find_marks(differences_of(traces)))).decode()
    found = set(re.findall(r'id="n:(\S+)" class="node \w+ changed"', svg))
    ops = {f"{letter}/layer3.0.conv{conv}" for letter in "AB" for conv in (1, 2)}
    assert found == ops | {f"{letter}/layer{stage}.0" for letter in "AB" for stage in (2, 4)}
    assert "A/layer3.0" in set(frames_in(svg))
