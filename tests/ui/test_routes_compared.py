"""The route of drawings, asked for several nets in one: ids, facts, levels, and what is refused."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any
from urllib.parse import parse_qsl

import pytest

from resnet_viz.errors import DrawError, ResnetVizError
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.routes import find_drawing
from resnet_viz.views.graph.draw import count_boxes
from resnet_viz.views.graph.facts import drawn_facts, net_facts
from resnet_viz.views.parts.detail import LEVELS, Detail
from tests.nets import trace_of, traces_of

PAIR = "nets=resnet18~resnet152"
RUN = "B/layer3.1..35"


def ask(query: str, **change: str) -> dict[str, Any]:
    drawing: dict[str, Any] = json.loads(gzip.decompress(find_drawing({**dict(parse_qsl(query)), **change})))
    return drawing


def shown(drawing: dict[str, Any]) -> set[str]:
    return set(re.findall(r'id="[nc]:([^"]+)"', drawing["svg"]))


def wires(drawing: dict[str, Any]) -> list[str]:
    return re.findall(r'id="e:([^"]+)"', drawing["svg"])


@pytest.mark.parametrize("query", [PAIR, f"{PAIR}&ops=layer2.0~stem&blocks=layer3", "nets=cifar20~plain18~resnet34"])
def test_all_that_is_drawn_is_known(query: str) -> None:
    drawing = ask(query)
    facts = drawing["facts"]
    assert drawing.keys() == ask("net=resnet18").keys()
    assert shown(drawing) <= facts.keys()
    for wire in wires(drawing):
        src, dst = wire.replace("&gt;", ">").replace("&#45;", "-").split(">")
        assert {src, dst} <= shown(drawing)
        assert src[:2] == dst[:2]
    for node_id, told in facts.items():
        assert told["parent"] in facts or (node_id == "network" and told["parent"] is None)
        for way in ("residual", "bypass"):
            assert set(told.get("branches", {}).get(way, ())) <= facts.keys()


def test_each_net_knows_what_it_knows_alone() -> None:
    facts = ask(PAIR)["facts"]
    for letter, net in (("A", "resnet18"), ("B", "resnet152")):
        trace = trace_of(net)
        for node_id, told in drawn_facts(trace, Detail(), net_facts(trace)).items():
            own = facts[f"{letter}/{node_id}"]
            assert {key: own[key] for key in ("kind", "shape", "costs")} == {
                key: told[key] for key in ("kind", "shape", "costs")
            }
            assert own.get("levels") == told.get("levels")
            assert own.get("level") == told.get("level")
            assert own["about"].startswith(told["about"])
    assert facts[RUN]["blocks"] == 35
    assert facts["B/network"]["name"] == "B · ResNet-152"
    # The browser takes the first one for all of them.
    assert next(node_id for node_id, told in facts.items() if told["kind"] == "network") == "network"


def test_a_search_finds_a_node_in_a_net_by_both_names() -> None:
    facts = ask(PAIR)["facts"]
    asked = ("resnet-152", "layer3.5.conv2")
    found = [node_id for node_id, told in facts.items() if all(word in told["find"] for word in asked)]
    assert found == ["B/layer3.5.conv2"]


def test_levels_are_those_of_all_nets_together() -> None:
    drawing = ask(f"{PAIR}&blocks=layer3&node={RUN}")
    traces = traces_of(("resnet18", "resnet152"))
    for level in LEVELS:
        told = drawing["levels"][level]
        assert told["boxes"] == sum(count_boxes(trace, level) for trace in traces)
        assert ask(told["address"])["address"] == told["address"]
    assert drawing["net"] == "resnet18~resnet152"
    assert drawing["address"] == f"{PAIR}&blocks=layer3"
    assert drawing["facts"]["network"]["level"] == "mixed"
    assert ask(f"{PAIR}&level=block")["facts"]["network"]["level"] == "block"


def test_more_boxes_than_are_drawn_are_refused_for_the_sum() -> None:
    ask("nets=resnet152~resnet152&level=op")
    with pytest.raises(DrawError, match="together"):
        ask("nets=resnet152~resnet152~resnet101&level=op")


@pytest.mark.parametrize(
    ("query", "change", "address"),
    [
        (PAIR, {"do": "shown", "what": "A/layer3", "at": "block"}, f"{PAIR}&blocks=layer3"),
        (PAIR, {"do": "shown", "what": RUN, "at": "block"}, f"{PAIR}&folded=layer3.0&blocks=layer3"),
        (PAIR, {"do": "revealed", "what": "B/layer3.5.conv2"}, f"{PAIR}&ops=layer3.5"),
        (f"{PAIR}&ops=layer3.5", {"do": "level", "what": "block"}, f"{PAIR}&level=block"),
        (PAIR, {"do": "shown", "what": "network", "at": "block"}, f"{PAIR}&level=block"),
    ],
)  # fmt: skip
def test_a_change_is_made_in_all_nets(query: str, change: dict[str, str], address: str) -> None:
    drawing = ask(query, **change)
    assert drawing["address"] == address
    assert ask(address) == drawing


def test_what_was_opened_is_drawn_in_both() -> None:
    before, after = ask(PAIR), ask(PAIR, do="shown", what="A/layer3", at="block")
    blocks = {"A/layer3.0", "A/layer3.1", *(f"B/layer3.{number}" for number in range(36))}
    assert RUN in shown(before)
    assert blocks <= shown(after)
    assert RUN not in shown(after)


def test_a_variant_says_what_is_changed() -> None:
    spec = ResNetSpec.from_query("net=resnet152&stride_in=1x1")
    drawing = ask(f"nets=resnet152~{spec.to_query().replace('&', '%26').replace('=', '%3D')}")
    told = {node_id for node_id, facts in drawing["facts"].items() if facts["about"].endswith("≠ changed")}
    strides = [f"layer{stage}.0.conv{conv}" for stage in (2, 3, 4) for conv in (1, 2)]
    # The blocks' boxes, which show it, say so as well.
    boxes = [f"layer{stage}.0" for stage in (2, 3, 4)]
    assert told == {f"{letter}/{name}" for letter in "AB" for name in (*strides, *boxes)}


@pytest.mark.parametrize("change", [{"do": "net", "what": "resnet50"}, {"do": "shown", "what": "layer3", "at": "op"},
                                    {"do": "shown", "what": "E/layer3", "at": "op"}, {"do": "form", "what": "tall"},
                                    {"do": "revealed", "what": "A/../etc"}])  # fmt: skip
def test_what_cannot_be_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ResnetVizError):
        ask(PAIR, **change)


def test_a_hostile_address_is_refused_and_hostile_parts_are_nothing_in_the_drawing() -> None:
    hostile = "<script>alert(1)</script>"
    with pytest.raises(ResnetVizError):
        find_drawing({"nets": f"{hostile}~{hostile}"})
    body = gzip.decompress(find_drawing({"nets": "resnet18~resnet152", "node": hostile, "ops": hostile}))
    assert b"script" not in body
    assert json.loads(body)["net"] == "resnet18~resnet152"
