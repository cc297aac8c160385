"""The page Code walk without a browser: what the browser is told and says, and what Streamlit shows."""

from __future__ import annotations

import gzip
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz import PRESETS, ResnetVizError, read_walk
from resnet_viz.ui.components.walk_view import Rest, read_rest
from resnet_viz.ui.links import link_params
from resnet_viz.ui.picture.source import W_SOURCE
from resnet_viz.ui.routes import find_walks
from resnet_viz.ui.walk.maps import W_TILES
from resnet_viz.ui.walk.nets import W_NET, W_OTHER
from resnet_viz.ui.walk.state import TURN, W_GRAPH, W_WALK, take_rest
from resnet_viz.views.walk.tour import TOUR
from tests.nets import walks
from tests.pages import component, errors, nets_shown, open_walk, put, query, run, tell, warnings


@pytest.mark.parametrize(
    ("here", "there", "query", "params"),
    [
        ("", "walk", "net=resnet34&level=op&node=layer1", {"net": "resnet34"}),
        ("", "walk", "", {"net": "resnet18"}),
        ("walk", "", "net=resnet34&walk=forward&step=9", {"net": "resnet34"}),
        ("walk", "compare", "net=resnet34&step=9", {"nets": "resnet34~resnet152"}),
        ("compare", "walk", "nets=resnet34~resnet50&node=B/layer1", {"net": "resnet50"}),
        ("walk", "walk", "net=resnet34&step=9", {"net": "resnet34", "step": "9"}),
    ],
)
def test_the_net_goes_along_between_the_pages(here: str, there: str, query: str, params: dict[str, str]) -> None:
    before = dict(parse_qsl(query))
    assert link_params(here, there, before, nets_shown(here, before)) == params


# What the browser is told, and says

REST = {"net": "net=resnet18", "kind": "build", "step": 3, "turn": 1}


@pytest.mark.parametrize(
    ("value", "rest"),
    [
        (REST, Rest("net=resnet18", "build", 3, 1)),
        (REST | {"step": True}, None),
        (REST | {"step": -1}, None),
        (REST | {"kind": "../x"}, None),
        (REST | {"step": "3"}, None),
        (REST | {"net": None}, None),
        ({key: value for key, value in REST.items() if key != "turn"}, None),
        ("build", None),
        (None, None),
    ],
)
def test_only_a_rest_is_heard(value: object, rest: Rest | None) -> None:
    assert read_rest(value) == rest


@pytest.mark.parametrize(
    ("net", "address"),
    [
        ("net=resnet18", {"net": "resnet18", "walk": "forward", "step": "4"}),
        ("net=resnet50", {"net": "resnet18", "step": "9"}),
    ],
)
def test_a_rest_goes_into_the_address_unless_another_net_was_chosen_since(net: str, address: dict[str, str]) -> None:
    script = f"from {take_rest.__module__} import take_rest\nfrom {Rest.__module__} import Rest\n"
    page = AppTest.from_string(f"{script}take_rest(Rest({net!r}, 'forward', 3, 5))")
    page.query_params.update({"net": "resnet18", "step": "9"})
    run(page)
    assert query(page) == address
    assert page.session_state[TURN] == 5


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


def test_rows_of_the_table_lead_to_their_conditions() -> None:
    told = ask("net=resnet50")
    build = walks(PRESETS["resnet50"])["build"]
    assert [row["cells"][0][0][0] for row in told["stages"]["rows"]] == ["layer1", "layer2", "layer3", "layer4"]
    for row in told["stages"]["rows"]:
        assert build.steps[row["step"]].function == "ResNet._make_layer"
        condition = build.steps[row["asked"]].condition
        assert condition is not None
        assert condition.text.startswith("stride != 1 or")


# The page


def mark(page: AppTest) -> dict[str, Any]:
    return component(page, f"mark_{W_WALK}")


def test_the_page_shows_the_step_of_its_address() -> None:
    page = open_walk("net=resnet152&walk=build&step=400&compare=resnet18&node=layer3.5")
    assert page.title[0].value == "ResNet-152, line by line"
    told = mark(page)
    assert (told["net"], told["kind"], told["step"], told["other"]) == ("net=resnet152", "build", 399, "net=resnet18")
    assert component(page, f"mark_{W_GRAPH}")["selected"] == "layer3.5"
    assert component(page, W_WALK)["graph"] == W_GRAPH
    assert not warnings(page)
    assert not errors(page)


def test_a_forward_walk_shows_the_maps_of_its_op() -> None:
    forward = walks(PRESETS["resnet18"])["forward"]
    add = next(step for step in forward.steps if step.node_ids == ("layer2.0.add",))
    page = open_walk(f"net=resnet18&walk=forward&step={add.index + 1}")
    asked = dict(parse_qsl(component(page, W_TILES)["address"]))
    assert asked["node"] == "layer2.0.add"


def test_without_a_picture_a_forward_walk_asks_for_one() -> None:
    page = open_walk("net=cifar20&walk=forward")
    assert [part for part in page.get("bidi_component") if part.key == W_TILES]
    run(page.segmented_control(key=W_SOURCE).set_value("upload"))
    assert not [part for part in page.get("bidi_component") if part.key == W_TILES]
    assert any("Choose a picture on the left" in info.value for info in page.info)


def test_a_net_of_one_channel_is_walked_on_the_pictures_grey() -> None:
    page = open_walk("net=cifar20&in_channels=1&walk=forward")
    assert errors(page) == []
    assert mark(page)["kind"] == "forward"


def test_the_channel_that_is_chosen_goes_into_the_address() -> None:
    page = open_walk("net=cifar20&walk=forward")
    page = put(page, W_TILES, "selected", {"channel": 5, "turn": 1})
    assert (query(page)["channel"], component(page, W_TILES)["chosen"]) == ("5", 5)


@pytest.mark.parametrize(
    ("message", "step"), [({"kind": "forward", "step": 3}, "4"), ({"kind": "sideways", "step": 3}, None)]
)
def test_where_the_reader_rests_goes_into_the_address(message: dict[str, Any], step: str | None) -> None:
    page = tell(open_walk("net=resnet18"), W_WALK, "rested", {"net": "net=resnet18", "turn": 1, **message})
    assert query(page).get("step") == step


def test_a_step_beyond_the_walk_is_told() -> None:
    page = open_walk("net=resnet18&step=100000")
    n = len(walks(PRESETS["resnet18"])["build"])
    assert warnings(page) == [f"This walk has {n:,} steps; the last one is shown."]


def test_another_net_is_walked_and_another_stands_beside() -> None:
    page = open_walk("net=resnet50&step=60")
    run(page.selectbox(key=f"{W_NET}:resnet50").set_value("resnet34"))
    assert query(page) == {"net": "resnet34"}
    run(page.selectbox(key=f"{W_OTHER}:None").set_value("cifar20"))
    assert query(page) == {"net": "resnet34", "compare": "cifar20"}
    assert mark(page)["other"] == "net=cifar20"
    run(page.selectbox(key=f"{W_OTHER}:cifar20").set_value(None))
    assert query(page) == {"net": "resnet34"}
    assert mark(page)["other"] is None


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
