"""What an id means in a net, and in a drawing of several nets whose it is, whatever the node is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.model.trace.plan import trace_spec
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.views.parts.ids import (
    Chosen,
    chosen,
    chosen_among,
    clip_range,
    find_part,
    find_part_among,
    join_id,
    split_id,
)


@pytest.fixture(scope="module")
def traces() -> tuple[Trace, Trace]:
    return trace_spec(PRESETS["resnet18"]), trace_spec(PRESETS["resnet152"])


def test_a_node_stands_for_itself(traces: tuple[Trace, Trace]) -> None:
    trace = traces[1]
    for node in (trace.nodes["layer3.5.conv2"], trace.nodes["layer3"], trace.network):
        found = chosen(trace, node.id)
        assert found == Chosen(trace, node.id, node)
        assert (found.nodes, found.run, found.thing, found.net) == ((node,), None, node, 0)
        assert found.subject.nodes == (node,)


def test_a_run_stands_for_its_blocks_and_leaves_by_the_last(traces: tuple[Trace, Trace]) -> None:
    trace = traces[1]
    found = chosen(trace, "layer3.1..35")
    assert found is not None
    assert found.run is not None
    assert found.thing is found.run
    assert found.node is trace.nodes["layer3.35"]
    assert found.nodes == found.blocks == found.run.blocks == trace.blocks_of(trace.nodes["layer3"])[1:]
    assert (found.id, found.run.id, found.subject.id) == ("layer3.1..35",) * 3


def test_blocks_that_differ_can_be_opened_but_not_chosen(traces: tuple[Trace, Trace]) -> None:
    trace = traces[1]
    found = find_part(trace, "layer3.0..35")
    assert found is not None
    assert (len(found.blocks), found.run, found.is_shown) == (36, None, False)
    assert chosen(trace, "layer3.0..35") is None
    assert find_part(trace, "layer3.5") == chosen(trace, "layer3.5")


@pytest.mark.parametrize("text", [None, "", "..", "layer9", "layer3.1..36", "layer3.35..1", "conv1..bn1", "B/layer3"])
def test_what_a_net_has_not_is_none(text: str | None, traces: tuple[Trace, Trace]) -> None:
    assert find_part(traces[1], text) is None
    assert chosen(traces[1], text) is None


def test_in_a_comparison_the_letter_says_which_net(traces: tuple[Trace, Trace]) -> None:
    found = chosen_among(traces, "B/layer3.1..35")
    assert found is not None
    assert (found.net, found.trace, found.id) == (1, traces[1], "layer3.1..35")
    for text in (None, "", "layer3", "A/layer3.1..35", "C/layer3", "B/nothing", "B/layer3.0..35"):
        assert chosen_among(traces, text) is None
    part = find_part_among(traces, "B/layer3.0..35")
    assert part is not None
    assert (part.net, len(part.blocks)) == (1, 36)


@pytest.mark.parametrize(
    ("text", "clipped"),
    [
        *(("layer3.0..35", "layer3.0..1"), ("layer3.1..35", "layer3.1"), ("layer3.0..1", "layer3.0..1")),
        *(("layer3", "layer3"), ("layer3.9..35", "layer3.9..35"), ("layer3.0..x", "layer3.0..x"), ("", "")),
        ("layer3.0..9999999999", "layer3.0..9999999999"),
    ],
)
def test_a_range_ends_with_the_last_block_that_there_is(text: str, clipped: str, traces: tuple[Trace, Trace]) -> None:
    assert clip_range(traces[0], text) == clipped


def test_an_id_says_whose_it_is() -> None:
    assert [join_id(net, "layer3.1..35") for net in range(4)] == [f"{letter}/layer3.1..35" for letter in "ABCD"]
    assert split_id("B/layer3") == (1, "layer3")
    for text in ("", "B", "B.layer3", "E/layer3", "/layer3", "layer3", "AB/layer3", "b/x"):
        assert split_id(text) is None


@given(net=st.integers(0, 3), node_id=st.text())
def test_an_id_comes_back_whatever_it_holds(net: int, node_id: str) -> None:
    assert split_id(join_id(net, node_id)) == (net, node_id)
