"""Several nets in rows: the same stages of all nets in one row, under each other, and nothing changed but its place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Any

import pytest

from resnet_viz.records.trace import Trace
from resnet_viz.views.address.compare_changes import details_of
from resnet_viz.views.compare.drawing import draw_comparison, wrap_comparison
from resnet_viz.views.graph.render import render_graph
from tests.nets import trace_of

Box = tuple[float, float, float, float]
Point = tuple[float, float]
NEAR = 0.1  # points
PAIR = ("resnet18", "resnet152")
# Nets, level; the deepest stages are wider than any of the rows.
DRAWINGS = [
    (PAIR, "folded"),
    (("resnet152", "cifar20", "plain34", "net=resnet50&pre_activation=1"), "folded"),
    (("resnet50", "resnet101"), "block"),
    (("resnet18", "plain18"), "op"),
]
WIDTHS = (340, 700, 980)


@dataclass
class LaidOut:
    """Where things stand by their ids, and how wide all is; of a wire its parts, each as its points."""

    boxes: dict[str, Box]
    frames: dict[str, list[Box]]
    wires: dict[str, list[list[Point]]]
    width: float


def lay_out(drawing: Any) -> LaidOut:
    told = json.loads(render_graph(drawing, "json"))
    laid = LaidOut({}, {}, {}, float(told["bb"].split(",")[2]))
    for thing in told["objects"]:
        kind, _colon, name = thing.get("id", "").partition(":")
        if kind in ("n", "f") and "pos" in thing:
            x, y = map(float, thing["pos"].split(","))
            w, h = 36 * float(thing["width"]), 36 * float(thing["height"])
            laid.boxes[f"{kind}:{name}"] = (x - w, y - h, x + w, y + h)
        elif thing["name"].startswith("cluster") and "bb" in thing and "network" not in name:
            left, low, right, high = map(float, thing["bb"].split(","))
            laid.frames.setdefault(name, []).append((left, low, right, high))
    for wire in told["edges"]:
        if wire.get("id", "")[:2] in ("e:", "g:"):
            laid.wires[wire["id"]] = [points_of(part) for part in wire["pos"].split(";")]
    return laid


def points_of(text: str) -> list[Point]:
    """The points of a part of a wire; the tip of its arrow, if it has one, is the last."""
    found = [(point[0] == "e", *map(float, point.split(",")[-2:])) for point in text.split()]
    return [(x, y) for _is_tip, x, y in sorted(found, key=lambda point: point[0])]


@cache
def nets_of(nets: tuple[str, ...]) -> list[Trace]:
    return [trace_of(net) for net in nets]


@cache
def source_of(nets: tuple[str, ...], level: str) -> str:
    drawing = draw_comparison(nets_of(nets), details_of(nets_of(nets), level, ()), has_tips=False)
    return str(drawing.source)


@cache
def laid_out(nets: tuple[str, ...], level: str, width: float = inf) -> LaidOut:
    return lay_out(wrap_comparison(source_of(nets, level), width))


def size(box: Box) -> Point:
    return box[2] - box[0], box[3] - box[1]


def overlap(one: Box, other: Box) -> bool:
    return all(one[at] < other[at + 2] - NEAR and other[at] < one[at + 2] - NEAR for at in (0, 1))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("nets", "level"), DRAWINGS)
def test_all_is_there_once_and_as_large_as_in_one_row(nets: tuple[str, ...], level: str, width: float) -> None:
    whole, rows = laid_out(nets, level), laid_out(nets, level, width)
    assert rows.boxes.keys() == whole.boxes.keys()
    assert rows.wires.keys() == whole.wires.keys()
    assert rows.frames.keys() >= whole.frames.keys()
    for name, box in rows.boxes.items():
        assert size(box) == pytest.approx(size(whole.boxes[name]), abs=NEAR), name


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("nets", "level"), DRAWINGS)
def test_no_box_lies_on_another_and_none_beyond_the_width(nets: tuple[str, ...], level: str, width: float) -> None:
    rows = laid_out(nets, level, width)
    boxes = sorted(rows.boxes.items(), key=lambda item: item[1])
    for at, (name, box) in enumerate(boxes):
        for other_name, other in boxes[at + 1 :]:
            if other[0] > box[2]:
                break
            assert not overlap(box, other), (name, other_name)
    # No preset has a block as wide as the narrowest of these rows.
    assert rows.width <= max(width, 340) or level == "op"
    assert all(box[0] >= -NEAR and box[2] <= rows.width + NEAR for box in rows.boxes.values())


@pytest.mark.parametrize("width", WIDTHS)
def test_the_same_stages_stand_under_each_other(width: float) -> None:
    rows = laid_out(PAIR, "folded", width)
    tops = []
    for stage in ("layer1", "layer2", "layer3", "layer4"):
        (a,), (b,) = rows.frames[f"A/{stage}"], rows.frames[f"B/{stage}"]
        assert a[0] == pytest.approx(b[0], abs=NEAR)
        assert a[1] >= b[3] - NEAR, "B is below A"
        assert a[1] - b[3] < 80, "right below"
        tops.append((-round(b[3]), b[0]))
    assert tops == sorted(tops), "from row to row, and in a row from left to right"
    assert len({top for top, _left in tops}) == {340: 4, 700: 3, 980: 2}[int(width)]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("nets", "level"), DRAWINGS)
def test_a_wire_begins_and_ends_where_it_did_beside_its_boxes(nets: tuple[str, ...], level: str, width: float) -> None:
    whole, rows = laid_out(nets, level), laid_out(nets, level, width)
    n_cut = 0
    for name, parts in rows.wires.items():
        (own,) = whole.wires[name]
        n_cut += len(parts) == 2
        assert len(parts) <= 2
        for at, end in ((parts[0][0], own[0]), (parts[-1][-1], own[-1])):
            # It moves as one box does: that at its end.
            shifts = [
                (box[0] - whole.boxes[other][0], box[1] - whole.boxes[other][1]) for other, box in rows.boxes.items()
            ]
            moved = (at[0] - end[0], at[1] - end[1])
            assert min(abs(x - moved[0]) + abs(y - moved[1]) for x, y in shifts) < 3 * NEAR, name
        if len(parts) == 2:
            assert parts[0][-1][1] == pytest.approx(parts[0][-2][1], abs=NEAR), "a level stub"
            assert parts[1][0][0] < parts[1][1][0], "and one that comes in from the left"
    assert n_cut >= len(nets)


def test_what_fits_is_left_as_it_is() -> None:
    whole = lay_out(draw_comparison(nets_of(PAIR), details_of(nets_of(PAIR), "folded", ()), has_tips=False))
    wide = laid_out(PAIR, "folded", 2000)
    assert wide.boxes == whole.boxes
    assert wide.wires == whole.wires


def test_a_stage_wider_than_a_row_goes_on_with_its_name() -> None:
    source = wrap_comparison(source_of(("resnet50", "resnet101"), "block"), 980).source
    rows = laid_out(("resnet50", "resnet101"), "block", 980)
    n_frames = source.count("conv4_x · layer3 (continued)")
    assert n_frames >= 2
    assert len(rows.frames["A/layer3"]) == 1
    assert len(rows.frames["B/layer3"]) == n_frames + 1
    for box in rows.frames["B/layer3"]:
        inside = [at for name, at in rows.boxes.items() if name.startswith("n:B/layer3.") and overlap(at, box)]
        assert inside
        assert all(box[0] <= at[0] and at[2] <= box[2] + NEAR for at in inside), "no box is cut"
