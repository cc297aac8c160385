"""The page Code walk without a browser: its address, what the browser is told, the tour, and what Streamlit shows."""

from __future__ import annotations

import ast
import gzip
import json
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from resnet_viz import PRESETS, ResNetSpec, ResnetVizError, TraceError, read_walk, trace_spec, walk_both
from resnet_viz.records.walk import CodeWalk
from resnet_viz.ui.components.walk_view import Rest, read_rest
from resnet_viz.ui.links import COMPARE, EXPLORE, WALK, link_params
from resnet_viz.ui.routes import find_walks
from resnet_viz.ui.walk import state
from resnet_viz.views.address.view import View
from resnet_viz.views.address.walk import DEFAULT_NET, WALK_KINDS, WalkView, read_walk_view, write_walk_view
from resnet_viz.views.walk.growth import grow, stage_marks
from resnet_viz.views.walk.payload import walk_payload
from resnet_viz.views.walk.stop import StopPlace, find_place
from resnet_viz.views.walk.tokens import colour_lines
from resnet_viz.views.walk.tour import TOUR
from resnet_viz.views.walk.words import op_at
from tests.places import ROOT
from tests.ui.explore.test_page import component, errors, query, run, warnings

SPECS = [PRESETS["resnet18"], PRESETS["resnet152"], PRESETS["cifar20"], ResNetSpec("bottleneck", (1, 2))]


@cache
def walks(spec: ResNetSpec) -> dict[str, CodeWalk]:
    return {walk.kind: walk for walk in walk_both(spec)}


# The address

views = st.builds(
    WalkView,
    drawn=st.builds(
        View,
        spec=st.sampled_from(SPECS),
        level=st.sampled_from(["folded", "op"]),
        node=st.none() | st.sampled_from(["layer1.0.add", "layer3"]),
        parts=st.sampled_from([(), (("layer1.0", "op"),)]),
        weights=st.sampled_from(["random", "IMAGENET1K_V1"]),
        channel=st.none() | st.integers(0, 99),
    ),
    kind=st.sampled_from(WALK_KINDS),
    step=st.integers(0, 5000),
    other=st.none() | st.sampled_from(SPECS),
    tour=st.none() | st.integers(0, 20),
)


@given(views)
def test_a_link_restores_the_step_and_all_around_it(view: WalkView) -> None:
    assert read_walk_view(write_walk_view(view)) == (view, [])


def test_an_empty_address_is_the_first_step_of_resnet50() -> None:
    assert read_walk_view({}) == (WalkView(View(DEFAULT_NET)), [])
    assert DEFAULT_NET.name == "ResNet-50"


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"walk": "backward"}, "backward"),
        ({"step": "-3"}, "-3"),
        ({"step": "0"}, "“0”"),
        ({"tour": "<b>"}, "<b>"),
        ({"compare": "resnet19"}, "resnet19"),
        ({"net": "resnet19"}, "resnet19"),
    ],
)
def test_what_an_address_says_wrongly_is_told(params: dict[str, str], told: str) -> None:
    view, notes = read_walk_view(params)
    assert len(notes) == 1
    assert told in notes[0]
    assert (view.kind, view.step, view.other, view.tour) == ("build", 0, None, None)


def test_another_net_begins_at_its_first_step() -> None:
    view = WalkView(View(PRESETS["resnet50"], "block", node="layer3.5"), "forward", 40, tour=2)
    other = view.with_net(PRESETS["resnet18"])
    assert other == WalkView(View(PRESETS["resnet18"], "block"), "forward", 0)


@pytest.mark.parametrize(
    ("here", "there", "query", "params"),
    [
        (EXPLORE, WALK, "net=resnet34&level=op&node=layer1", {"net": "resnet34"}),
        (EXPLORE, WALK, "", {"net": "resnet18"}),
        (WALK, EXPLORE, "net=resnet34&walk=forward&step=9", {"net": "resnet34"}),
        (WALK, COMPARE, "net=resnet34&step=9", {"nets": "resnet34~resnet152"}),
        (COMPARE, WALK, "nets=resnet34~resnet50&node=B/layer1", {"net": "resnet50"}),
        (WALK, WALK, "net=resnet34&step=9", {"net": "resnet34", "step": "9"}),
    ],
)
def test_the_net_goes_along_between_the_pages(here: str, there: str, query: str, params: dict[str, str]) -> None:
    assert link_params(here, there, dict(parse_qsl(query))) == params


# What the browser is told


@pytest.mark.parametrize(
    ("value", "rest"),
    [
        ({"kind": "build", "step": 3, "turn": 1}, Rest("build", 3, 1)),
        ({"kind": "build", "step": True, "turn": 1}, None),
        ({"kind": "build", "step": -1, "turn": 1}, None),
        ({"kind": "../x", "step": 3, "turn": 1}, None),
        ({"kind": "build", "step": "3", "turn": 1}, None),
        ({"kind": "build", "step": 3}, None),
        ("build", None),
        (None, None),
    ],
)
def test_only_a_rest_is_heard(value: object, rest: Rest | None) -> None:
    assert read_rest(value) == rest


def ask(query: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(gzip.decompress(find_walks(dict(parse_qsl(query)))))
    return told


def test_the_route_gives_both_walks_as_they_were_recorded() -> None:
    told = ask("net=resnet18&lang=en&step=4")
    assert (told["net"], told["name"]) == ("net=resnet18", "ResNet-18")
    for kind, walk in walks(PRESETS["resnet18"]).items():
        assert read_walk(json.dumps(told["walks"][kind]["record"])) == walk
    assert set(told["colours"]) == {"torchvision/models/resnet.py"}


@pytest.mark.parametrize("query", ["net=resnet19", "net=../../etc", "layers=1,2", ""])
def test_a_net_that_there_is_not_is_refused(query: str) -> None:
    with pytest.raises(ResnetVizError):
        find_walks(dict(parse_qsl(query)))


def test_all_of_resnet152_is_small() -> None:
    both, trace = walks(PRESETS["resnet152"]), trace_spec(PRESETS["resnet152"])
    text = json.dumps(walk_payload(both["build"], both["forward"], trace), separators=(",", ":"))
    assert len(text.encode()) < 1_000_000


def test_rows_of_the_table_lead_to_their_conditions() -> None:
    told = ask("net=resnet50")
    build = walks(PRESETS["resnet50"])["build"]
    assert [row["cells"][0][0][0] for row in told["stages"]["rows"]] == ["layer1", "layer2", "layer3", "layer4"]
    for row in told["stages"]["rows"]:
        assert build.steps[row["step"]].function == "ResNet._make_layer"
        condition = build.steps[row["asked"]].condition
        assert condition is not None
        assert condition.text.startswith("stride != 1 or")


# How the net grows


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("kind", WALK_KINDS)
def test_every_node_comes_once_and_a_group_with_its_last_part(spec: ResNetSpec, kind: str) -> None:
    walk, trace = walks(spec)[kind], trace_spec(spec)
    growth = grow(walk, trace)
    assert set(growth) == set(trace.nodes)
    for node in trace.nodes.values():
        first, last = growth[node.id]
        assert 0 <= first <= last < len(walk)
        inside = [growth[child] for child in node.children if trace.nodes[child].kind != "input"]
        if inside:
            assert first == min(first for first, _last in inside)
            assert last >= max(last for _first, last in inside)


def test_ops_come_in_the_order_they_run() -> None:
    spec = PRESETS["resnet50"]
    growth = grow(walks(spec)["forward"], trace_spec(spec))
    steps = [growth[op.id][0] for op in trace_spec(spec).ops]
    assert steps == sorted(steps)


def test_a_block_is_there_when_its_constructor_has_returned() -> None:
    """Of `layers.append(block(…))` nothing is in the net before the call has come back."""
    build = walks(PRESETS["resnet18"])["build"]
    growth = grow(build, trace_spec(PRESETS["resnet18"]))
    appended = next(step for step in build.steps if step.node_ids == ("layer2.1",))
    returned = [step for step in build.steps if build.steps[step.parent or 0] is appended][-1]
    assert growth["layer2.1"][1] == growth["layer2.1.add"][1] >= returned.index > appended.index
    assert growth["layer2.1"][0] == growth["layer2.1.conv1"][0]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("kind", WALK_KINDS)
def test_stem_stages_and_head_follow_each_other(spec: ResNetSpec, kind: str) -> None:
    walk, trace = walks(spec)[kind], trace_spec(spec)
    marks = stage_marks(walk, trace)
    names = ["stem", *(stage.id for stage in trace.stages), "head", *(["init"] if kind == "build" else [])]
    assert [name for _step, name, _number in marks] == names
    assert [number for *_mark, number in marks if number is not None] == list(range(len(trace.stages)))
    for step, name, number in marks:
        if number is not None and kind == "build":
            assert walk.steps[step].function.endswith("._make_layer")
        if number is not None and kind == "forward":
            assert (walk.steps[step].owner or "").startswith(name)


def test_the_op_of_a_step_is_its_own_or_the_one_before() -> None:
    forward = walks(PRESETS["resnet18"])["forward"]
    add = next(step for step in forward.steps if step.node_ids == ("layer1.0.add",))
    assert op_at(forward, add.index) == "layer1.0.add"
    assert op_at(forward, add.index - 1) == "layer1.0.bn2"
    assert op_at(forward, 0) is None
    assert op_at(forward, 10**6) == "fc"


# Colours


def test_colours_are_where_the_syntax_tree_has_its_parts() -> None:
    build = walks(PRESETS["resnet18"])["build"]
    text = build.files[0].text
    lines, colours = text.splitlines(), colour_lines(text)
    assert len(colours) == len(lines)
    for function in [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]:
        line = function.lineno - 1
        defined = [lines[line][first:last] for first, last, kind in colours[line] if kind == "defined"]
        assert defined == [function.name]
    strings = [lines[n][a:b] for n, spans in enumerate(colours) for a, b, kind in spans if kind == "string"]
    assert '"BasicBlock only supports groups=1 and base_width=64"' in strings
    assert colours[lines.index("        downsample = None")] == [(21, 25, "keyword")]


@pytest.mark.parametrize("text", ["", "def f(:\n  '''", "x = (1,\n", "\t1\n  2"])
def test_what_cannot_be_read_is_left_without_colours(text: str) -> None:
    assert len(colour_lines(text)) == len(text.splitlines())


# The tour


@pytest.mark.parametrize("number", range(len(TOUR)), ids=lambda n: TOUR[n].title())
def test_every_stop_is_found_in_a_real_walk(number: int) -> None:
    stop = TOUR[number]
    view = stop.view(number, walks)
    step = walks(view.spec)[view.kind].steps[view.step]
    assert step.function == stop.place.function
    assert view.tour == number
    words = stop.write(walks)
    assert "{" not in words
    assert len(words) > 80


def test_the_tour_tells_the_table_of_arguments_of_the_paper() -> None:
    """He et al. 2015, table 1: blocks per stage of the five nets."""
    words = next(stop for stop in TOUR if len(stop.nets) == 5).write(walks)
    rows = [line for line in words.splitlines() if line.startswith("| ResNet")]
    paper = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
    for row, (depth, layers) in zip(rows, paper.items(), strict=True):
        assert row.startswith(f"| ResNet-{depth} ")
        assert str(list(layers)) in row
        assert ("Bottleneck" in row) is (depth >= 50)


def test_the_tour_shows_three_answers_of_one_condition() -> None:
    stops = [stop for stop in TOUR if stop.place.code.startswith("if stride")]
    answers = [("2 != 1", "256 != 128 * 4"), ("1 != 1", "64 != 64 * 4"), ("1 != 1", "64 != 64 * 1")]
    for stop, parts in zip(stops, answers, strict=True):
        assert all(f"`{part}`" in stop.write(walks) for part in parts)


def test_a_place_that_is_gone_is_told() -> None:
    with pytest.raises(TraceError, match="_make_layer"):
        find_place(walks(PRESETS["resnet18"])["build"], StopPlace("ResNet._make_layer", "no such line"))


# The page


def open_walk(address: str = "") -> AppTest:
    page = AppTest.from_file(str(ROOT / "resnet_viz/ui/walk/page.py"), default_timeout=120)
    for key, value in parse_qsl(address):
        page.query_params[key] = value
    return run(page)


def mark(page: AppTest) -> dict[str, Any]:
    return component(page, f"mark_{state.W_WALK}")


def test_the_page_shows_the_step_of_its_address() -> None:
    page = open_walk("net=resnet152&walk=build&step=400&compare=resnet18&node=layer3.5")
    assert page.title[0].value == "ResNet-152, line by line"
    told = mark(page)
    assert (told["net"], told["kind"], told["step"], told["other"]) == ("net=resnet152", "build", 399, "net=resnet18")
    assert component(page, f"mark_{state.W_GRAPH}")["selected"] == "layer3.5"
    assert component(page, state.W_WALK)["graph"] == state.W_GRAPH
    assert not warnings(page)
    assert not errors(page)


def test_a_forward_walk_shows_the_maps_of_its_op() -> None:
    forward = walks(PRESETS["resnet18"])["forward"]
    add = next(step for step in forward.steps if step.node_ids == ("layer2.0.add",))
    page = open_walk(f"net=resnet18&walk=forward&step={add.index + 1}")
    asked = dict(parse_qsl(component(page, state.W_TILES)["address"]))
    assert asked["node"] == "layer2.0.add"


def test_a_step_beyond_the_walk_is_told() -> None:
    page = open_walk("net=resnet18&step=100000")
    n = len(walks(PRESETS["resnet18"])["build"])
    assert warnings(page) == [f"This walk has {n:,} steps; the last one is shown."]


def test_another_net_is_walked_and_another_stands_beside() -> None:
    page = open_walk("net=resnet50&step=60")
    run(page.selectbox(key=f"{state.W_NET}:resnet50").set_value("resnet34"))
    assert query(page) == {"net": "resnet34"}
    run(page.selectbox(key=f"{state.W_OTHER}:None").set_value("cifar20"))
    assert query(page) == {"net": "resnet34", "compare": "cifar20"}
    assert mark(page)["other"] == "net=cifar20"


def test_a_net_of_ones_own_is_walked_as_the_address_says() -> None:
    page = open_walk("block=bottleneck&layers=1,2")
    assert mark(page)["net"] == "block=bottleneck&layers=1,2"


def test_the_tour_steers_the_page_and_ends() -> None:
    page = open_walk("net=resnet18")
    run(page.button(key="walk_tour_start").click())
    assert query(page)["tour"] == "1"
    assert mark(page)["net"] == "net=resnet50"
    run(page.button(key="walk_tour_next").click())
    assert (query(page)["tour"], mark(page)["kind"]) == ("2", "forward")
    assert TOUR[1].title() in page.header[0].value.replace("\\", "")
    run(page.button(key="walk_tour_end").click())
    assert "tour" not in query(page)
    assert mark(page)["kind"] == "forward"
