"""Several nets in one drawing: where Graphviz says that everything stands, against each net drawn by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log10
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.errors import DrawError
from resnet_viz.records.trace import Trace
from resnet_viz.views.address.compare_changes import details_of
from resnet_viz.views.compare.drawing import draw_comparison
from resnet_viz.views.compare.strips import Stretch, Zone, align_zones
from resnet_viz.views.graph.draw import MOST_BOXES, count_boxes, draw_graph
from resnet_viz.views.graph.render import read_graph, render_graph
from resnet_viz.views.parts.detail import Detail
from resnet_viz.views.parts.ids import LETTERS, join_id
from tests.nets import V1, trace_of, trace_two_stages, traces_of

Box = tuple[float, float, float, float]
NEAR = 0.03  # points: positions are written with two digits
Wire = list[tuple[float, float]]
# Nets, level, parts.
DRAWINGS = [
    (("resnet18", "resnet152"), "folded", ()),
    (("resnet152", "cifar20", "plain34", "net=resnet50&pre_activation=1"), "folded", ()),
    (("cifar1202", "block=basic&layers=1,2,3,4,5,6", "block=bottleneck&layers=2"), "folded", ()),
    (("resnet18", "resnet50"), "block", ()),
    (("resnet18", "net=resnet18&squeeze_excitation=1&stem=deep&average_shortcut=1", "plain18"), "op", ()),
    (("resnet18", "resnet152"), "folded", (("layer3", "block"), ("layer2.0", "op"), ("stem", "op"))),
    (("resnet34", "cifar20", V1), "block", (("layer1", "folded"), ("layer3.1", "op"), ("head", "op"))),
]


def traced(net: str) -> Trace:
    return trace_two_stages(is_residual=True) if net == "own" else trace_of(net)


@dataclass
class LaidOut:
    """Where things stand by their ids: boxes and frames as left, low, right, high; wires as all their points."""

    boxes: dict[str, Box]
    frames: dict[str, Box]
    wires: dict[str, Wire]


def lay_out(digraph: Any) -> LaidOut:
    told = json.loads(render_graph(digraph, "json"))
    laid = LaidOut({}, {}, {})
    for thing in told["objects"]:
        kind, _colon, name = thing.get("id", "").partition(":")
        if kind in ("n", "f"):
            name += ":fork" if kind == "f" else ""
            x, y = map(float, thing["pos"].split(","))
            w, h = 36 * float(thing["width"]), 36 * float(thing["height"])
            laid.boxes[name] = (x - w, y - h, x + w, y + h)
        # Ranks within a frame are no frames, and have its id from it.
        elif kind == "c" and thing["name"].startswith("cluster"):
            left, low, right, high = map(float, thing["bb"].split(","))
            laid.frames[name] = (left, low, right, high)
    for wire in told["edges"]:
        if wire.get("id", "")[:2] in ("e:", "g:"):
            numbers = [tuple(map(float, point.split(",")[-2:])) for point in wire["pos"].split()]
            # A wire up to a fork has no arrow: its end is its tip.
            tip = [] if wire["pos"].startswith("e,") else numbers[-1:]
            laid.wires[f"{end_of(told, wire['tail'])}>{end_of(told, wire['head'])}"] = [*tip, *numbers]  # type: ignore[list-item]
    return laid


def end_of(told: Any, at: int) -> str:
    """The id of a box, or of a fork, by its number."""
    kind, _colon, name = str(next(thing for thing in told["objects"] if thing["_gvid"] == at)["id"]).partition(":")
    return name + (":fork" if kind == "f" else "")


@cache
def compared(nets: tuple[str, ...], level: str, parts: tuple[tuple[str, str], ...]) -> LaidOut:
    traces = [traced(net) for net in nets]
    return lay_out(draw_comparison(traces, details_of(traces, level, parts)))


def alone(net: str, level: str, parts: tuple[tuple[str, str], ...]) -> LaidOut:
    return lay_out(draw_graph(traced(net), details_of([traced(net)], level, parts)[0]))


def last_digit(place: float) -> float:
    """Of a place in a drawing as Graphviz writes it: it has five digits, so that those of a long strip are whole."""
    return 10.0 ** (int(log10(max(1.0, abs(place)))) - 4)


def along(wire: Wire) -> Iterator[tuple[float, float]]:
    """Points on a wire, of whose curves only the ends are: the tip, then the start, and three points for each curve."""
    for at in range(1, len(wire) - 3, 3):
        for t in (step / 20 for step in range(21)):
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            x, y = (
                sum(w * point[axis] for w, point in zip(weights, wire[at : at + 4], strict=True)) for axis in (0, 1)
            )
            yield x, y


def own(laid: dict[str, Any], net: int) -> dict[str, Any]:
    prefix = LETTERS[net] + "/"
    return {name.replace(prefix, ""): at for name, at in laid.items() if name.startswith(prefix)}


# Where things stand


@pytest.mark.parametrize(("nets", "level", "parts"), DRAWINGS)
def test_stages_stand_exactly_under_each_other(nets: tuple[str, ...], level: str, parts: Any) -> None:
    laid = compared(nets, level, parts)
    stages = [[stage.id for stage in traced(net).stages] for net in nets]
    for place in range(max(map(len, stages))):
        lefts = [laid.frames[join_id(net, own[place])][0] for net, own in enumerate(stages) if place < len(own)]
        assert max(lefts) - min(lefts) < NEAR
    heads = [laid.boxes[name][0] for name in laid.boxes if name.endswith("/avgpool")]
    assert len(heads) == len(nets)
    assert max(heads) - min(heads) < NEAR


@pytest.mark.parametrize(("nets", "level", "parts"), DRAWINGS)
def test_strips_stand_in_order_and_apart(nets: tuple[str, ...], level: str, parts: Any) -> None:
    laid = compared(nets, level, parts)
    strips = [laid.frames[join_id(net, "network")] for net in range(len(nets))]
    for above, below in pairwise(strips):
        assert above[1] >= below[3] + 10
    for net, strip in enumerate(strips):
        near = max(NEAR, last_digit(strip[2]))
        for box in (*own(laid.boxes, net).values(), *own(laid.frames, net).values()):
            assert strip[0] - near <= box[0] <= box[2] <= strip[2] + near
            assert strip[1] - near <= box[1] <= box[3] <= strip[3] + near
        # No wire leaves its strip, which a wire to another net would do.
        for wire in own(laid.wires, net).values():
            assert all(strip[1] - 1 <= y <= strip[3] + 1 for _x, y in along(wire))


@pytest.mark.parametrize(("nets", "level", "parts"), DRAWINGS)
def test_each_part_keeps_the_form_it_has_alone(nets: tuple[str, ...], level: str, parts: Any) -> None:
    """Stem, stages and head move as a whole; the same boxes, frames and wires as in the net's own drawing."""
    laid = compared(nets, level, parts)
    for net, name in enumerate(nets):
        before, trace = alone(name, level, parts), traced(name)
        boxes = own(laid.boxes, net)
        assert boxes.keys() == before.boxes.keys()
        assert own(laid.wires, net).keys() == before.wires.keys()
        assert own(laid.frames, net).keys() == before.frames.keys() | {"network"}
        shifts: dict[str, list[tuple[float, float]]] = {}
        for node_id, (left, low, right, high) in boxes.items():
            x, y, right_before, high_before = before.boxes[node_id]
            assert right - left == pytest.approx(right_before - x, abs=NEAR)
            assert high - low == pytest.approx(high_before - y, abs=NEAR)
            shifts.setdefault(zone_of(trace, node_id), []).append((left - x, low - y))
        for name, wire in own(laid.wires, net).items():
            (zone, other), points = (zone_of(trace, end) for end in name.split(">")), before.wires[name]
            moved = [(x - x_before, y - y_before) for (x, y), (x_before, y_before) in zip(wire, points, strict=True)]
            shifts[zone] += moved if zone == other else []
        near = max(0.1, last_digit(max(box[2] for box in boxes.values()))) + NEAR
        for moved in shifts.values():
            for axis in (0, 1):
                assert max(shift[axis] for shift in moved) - min(shift[axis] for shift in moved) < near


def zone_of(trace: Trace, node_id: str) -> str:
    stage = next((stage.id for stage in trace.stages if re.match(rf"{stage.id}\b", node_id)), None)
    return stage or ("head" if node_id in HEAD else "stem")


HEAD = ("avgpool", "flatten", "fc")


@pytest.mark.parametrize(("nets", "level", "parts"), DRAWINGS)
def test_wires_begin_and_end_at_their_boxes(nets: tuple[str, ...], level: str, parts: Any) -> None:
    laid = compared(nets, level, parts)
    for name, (tip, first, *rest) in laid.wires.items():
        src, dst = name.split(">")
        assert distance(first, laid.boxes[src]) < 2
        assert distance(tip, laid.boxes[dst]) < 2
        # The arrow is as long as ever.
        assert abs(rest[-1][0] - tip[0]) + abs(rest[-1][1] - tip[1]) < 16


def distance(point: tuple[float, float], box: Box) -> float:
    (x, y), (left, low, right, high) = point, box
    return max(left - x, x - right, low - y, y - high, 0.0)


def test_a_net_of_ones_own_can_stand_among_others() -> None:
    traces = [trace_of("resnet18"), traced("own")]
    drawing = draw_comparison(traces, [Detail(), Detail()])
    laid = lay_out(drawing)
    assert laid.frames["A/layer2"][0] == pytest.approx(laid.frames["B/layer2"][0], abs=NEAR)
    assert f"B · {traces[1].name}" in render_graph(drawing).decode()


zones = st.lists(st.tuples(st.floats(1, 99), st.floats(0, 99), st.integers(1, 2)), min_size=1, max_size=6)


def make_zones(parts: list[tuple[float, float, int]]) -> list[Zone]:
    made: list[Zone] = []
    for width, gap, step in parts:
        left = made[-1].right + gap if made else 0.0
        made.append(Zone(made[-1].place + step if made else -1, left, left + width))
    return made


@given(strips=st.lists(zones.map(make_zones), min_size=1, max_size=4))
def test_zones_of_one_place_begin_together_and_no_farther_than_needed(strips: list[list[Zone]]) -> None:
    shifts = align_zones(strips)
    starts: dict[int, set[float]] = {}
    for own_zones, moved in zip(strips, shifts, strict=True):
        for zone, shift in zip(own_zones, moved, strict=True):
            starts.setdefault(zone.place, set()).add(round(zone.left + shift, 6))
        for (left, right), (a, b) in zip(pairwise(own_zones), pairwise(moved), strict=True):
            assert right.left + b - (left.right + a) >= right.left - left.right - 1e-6
    assert all(len(found) == 1 for found in starts.values())
    for place in starts:
        assert any(is_tight(zones, moved, place) for zones, moved in zip(strips, shifts, strict=True))


def is_tight(own_zones: list[Zone], moved: list[float], place: int) -> bool:
    """Whether a strip has not been pulled apart before a place: without that strip it could be farther to the left."""
    at = next((at for at, zone in enumerate(own_zones) if zone.place == place), None)
    return at is not None and (at == 0 or abs(moved[at] - moved[at - 1]) < 1e-6)


@given(parts=zones, x=st.lists(st.floats(0, 900), min_size=2, max_size=9), wider=st.lists(st.floats(0, 99), min_size=6))
def test_nothing_changes_its_order(parts: list[tuple[float, float, int]], x: list[float], wider: list[float]) -> None:
    own_zones = make_zones(parts)
    shifts = [sum(wider[:at]) for at in range(len(own_zones))]
    moved = [Stretch(own_zones, shifts)(at) for at in sorted(x)]
    assert all(b >= a - 1e-6 for a, b in pairwise(moved))


# What is drawn


def test_it_is_the_nets_own_drawings_under_new_names() -> None:
    traces = traces_of(["resnet18", "resnet152"])
    drawn = read_graph(draw_comparison(traces, [Detail(), Detail()]))
    for net, trace in enumerate(traces):
        single = read_graph(draw_graph(trace))
        prefix = LETTERS[net] + "/"
        assert {name for name in drawn.boxes if name.startswith(prefix)} == {prefix + name for name in single.boxes}
        wires = {(prefix + src, prefix + dst, role) for src, dst, role in single.wires}
        assert {wire for wire in drawn.wires if wire[0].startswith(prefix)} == wires
    assert "B/layer3.1..35" in drawn.boxes


def fills_of(svg: str, letter: str) -> dict[str, str]:
    """The fill of each box of a net; adds are circles, and have none."""
    nodes = re.findall(rf'<g id="n:{letter}/([^"]+)"(.*?)</g>', svg, re.DOTALL)
    fills = {name: re.search(r'<path fill="(#\w+)"', body) for name, body in nodes}
    return {name: fill[1] for name, fill in fills.items() if fill}


def test_a_shade_has_one_scale() -> None:
    """The first net's box with the most parameters is pale beside that of the second."""
    traces = traces_of(["cifar20", "resnet152"])
    fills = [
        fills_of(render_graph(draw_comparison(pair, [Detail(), Detail()], shade="params")).decode(), "A")
        for pair in (traces, [traces[0], traces[0]])
    ]
    assert fills[0]["layer3.0"] != fills[1]["layer3.0"]
    assert fills[0]["layer3.0"] == fills[0]["layer1.0..2"]


@pytest.mark.parametrize("format", ["svg", "png", "pdf", "json"])
def test_every_format_can_be_made(format: str) -> None:
    traces = traces_of(["resnet18", "cifar20"])
    assert len(render_graph(draw_comparison(traces, [Detail(), Detail()]), format)) > 1_000


def test_what_cannot_be_compared_is_refused() -> None:
    eighteen = trace_of("resnet18")
    folded, ops = Detail(), Detail("op")
    for traces, details in [([eighteen], [folded]), ([eighteen] * 5, [folded] * 5), ([eighteen] * 2, [folded] * 3)]:
        with pytest.raises(DrawError):
            draw_comparison(traces, details)
    with pytest.raises(DrawError):
        draw_comparison([eighteen, "resnet18"], [folded, folded])  # type: ignore[list-item]
    deep = trace_of("resnet152")
    assert count_boxes(deep, "op") < MOST_BOXES < 4 * count_boxes(deep, "op")
    with pytest.raises(DrawError, match="boxes together"):
        draw_comparison([deep] * 4, [ops] * 4)
    for settings in ({"theme": "pink"}, {"shade": "luck"}, {"marks": {"A/conv1": "new"}}):
        with pytest.raises(DrawError):
            draw_comparison([eighteen] * 2, [folded] * 2, **settings)
