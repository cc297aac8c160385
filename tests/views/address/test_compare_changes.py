"""What is opened in one net is opened in the others, and the address of a comparison brings all of it back."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.errors import DrawError, ResnetVizError
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.address.changes import Change
from resnet_viz.views.address.compare import MOST, CompareView, compare_drawing_address, read_compare, write_compare
from resnet_viz.views.address.compare_changes import (
    change_compare,
    common_parts,
    details_of,
    open_together,
    settle_parts,
)
from resnet_viz.views.address.view import MOST_PARTS
from resnet_viz.views.graph.shade import SHADES
from resnet_viz.views.parts.detail import LEVELS, Detail, unit_levels
from resnet_viz.views.parts.ids import chosen_among
from tests.nets import trace_of

NETS = ("resnet18", "resnet152", "cifar20")
PAIR = CompareView((PRESETS["resnet18"], PRESETS["resnet152"]))


def traces() -> list[Trace]:
    return [trace_of(PRESETS[net]) for net in NETS]


def levels_after(*changes: Change) -> list[dict[str, str]]:
    details = tuple(Detail() for _net in NETS)
    for change in changes:
        details = open_together(details, traces(), change)
    return [unit_levels(trace, detail) for trace, detail in zip(traces(), details, strict=True)]


def opened(levels: dict[str, str], level: str) -> list[str]:
    return [unit for unit, own in levels.items() if own == level]


def numbered(stage: str, n: int) -> list[str]:
    return [f"{stage}.{number}" for number in range(n)]


def test_a_stage_is_opened_as_a_whole_in_each_net() -> None:
    for net in "ABC":
        eighteen, deep, cifar = levels_after(Change("shown", f"{net}/layer3", "block"))
        assert opened(eighteen, "block") == numbered("layer3", 2)
        assert opened(deep, "block") == numbered("layer3", 36)
        assert opened(cifar, "block") == numbered("layer3", 3)


def test_a_stage_that_one_net_has_not_stays_as_it_is_there() -> None:
    eighteen, deep, cifar = levels_after(Change("shown", "A/layer4", "op"))
    assert (opened(eighteen, "op"), opened(deep, "op")) == (numbered("layer4", 2), numbered("layer4", 3))
    assert opened(cifar, "op") == []


def test_a_run_is_opened_block_by_block() -> None:
    eighteen, deep, cifar = levels_after(Change("shown", "B/layer3.1..35", "block"))
    assert opened(deep, "block") == numbered("layer3", 36)[1:]
    assert opened(eighteen, "block") == ["layer3.1"]
    assert opened(cifar, "block") == ["layer3.1", "layer3.2"]


def test_a_block_is_opened_where_there_is_one_of_its_number() -> None:
    found = levels_after(Change("shown", "B/layer2.2", "op"), Change("shown", "C/head", "op"))
    assert [opened(levels, "op") for levels in found] == [["head"], ["layer2.2", "head"], ["layer2.2", "head"]]
    closed = levels_after(Change("shown", "B/layer2.2", "op"), Change("shown", "C/layer2.2", "folded"))
    assert [opened(levels, "op") for levels in closed] == [[], [], []]


def test_what_is_brought_to_light_in_one_is_opened_in_all() -> None:
    found = levels_after(Change("revealed", "B/layer3.1.conv3"))
    assert [opened(levels, "op") for levels in found] == [["layer3.1"]] * 3
    again = levels_after(Change("revealed", "B/layer3.1.conv3"), Change("revealed", "B/layer3.1.conv1"))
    assert again == found


def test_all_nets_at_one_level() -> None:
    details = open_together(
        [Detail("op"), Detail("folded", (("layer1", "op"),)), Detail()], traces(), Change("shown", "B/network", "block")
    )
    assert details == (Detail("block"),) * 3


@pytest.mark.parametrize("what", ["layer3", "D/layer3", "A/layer9", "C/layer4", "", "A/", "B/layer3.1..36", "A/<b>"])
def test_what_no_net_has_is_refused(what: str) -> None:
    with pytest.raises(DrawError):
        open_together([Detail()] * 3, traces(), Change("shown", what, "op"))
    with pytest.raises(DrawError):
        open_together([Detail()] * 3, traces(), Change("revealed", what))


parts = st.sampled_from(
    [f"{net}/{part}" for net in "AB" for part in ("layer1", "layer2.0", "layer3", "layer3.1", "stem", "head", "layer4")]
    + ["B/layer3.1..35", "B/layer2.3", "B/layer3.20..30", "C/layer3", "C/layer1.0..2", "B/network"]
)
changes = st.lists(st.builds(Change, st.just("shown"), parts, st.sampled_from(LEVELS)), max_size=6)


@given(changes=changes)
def test_the_parts_said_of_all_nets_open_each_as_it_was(changes: list[Change]) -> None:
    details: tuple[Detail, ...] = (Detail(),) * len(NETS)
    for change in changes:
        details = open_together(details, traces(), change)
    level = details[0].level
    said = common_parts(traces(), details)
    again = details_of(traces(), level, said)
    for trace, before, after in zip(traces(), details, again, strict=True):
        assert unit_levels(trace, after) == unit_levels(trace, before)
    # What is said is settled: to say it again changes nothing.
    assert common_parts(traces(), again) == said


@given(changes=changes)
def test_blocks_of_one_name_are_open_alike(changes: list[Change]) -> None:
    view = CompareView(tuple(PRESETS[net] for net in NETS))
    for change in changes:
        view = change_compare(view, change, trace_of)
    known: dict[str, str] = {}
    for trace, detail in zip(traces(), details_of(traces(), view.level, view.parts), strict=True):
        for unit, level in unit_levels(trace, detail).items():
            assert known.setdefault(unit, level) == level


def test_a_range_is_taken_as_far_as_a_net_has_it() -> None:
    details = details_of(traces(), "folded", [("layer3.1..35", "block"), ("layer9.0..3", "op"), ("layer1.x..y", "op")])
    found = [unit_levels(trace, detail) for trace, detail in zip(traces(), details, strict=True)]
    assert [len(opened(levels, "block")) for levels in found] == [1, 35, 2]
    assert [opened(levels, "op") for levels in found] == [[], [], []]


# Changes of a view


def test_a_chosen_run_that_falls_apart_is_its_first_block() -> None:
    chosen = CompareView(PAIR.specs, node="B/layer3.1..35")
    assert change_compare(chosen, Change("shown", "B/layer3.1..35", "block"), trace_of).node == "B/layer3.1"
    assert change_compare(chosen, Change("shown", "B/layer2", "block"), trace_of).node == "B/layer3.1..35"
    assert change_compare(PAIR, Change("revealed", "A/layer3.1.conv1"), trace_of).node == "A/layer3.1.conv1"


def test_a_level_is_that_of_all_nets() -> None:
    part_open = CompareView(PAIR.specs, parts=(("layer3", "op"),))
    for what in ("network", "A/network", "B/network"):
        shown = change_compare(part_open, Change("shown", what, "block"), trace_of)
        assert (shown.level, shown.parts) == ("block", ())
    assert change_compare(part_open, Change("level", "op"), trace_of).level == "op"


@pytest.mark.parametrize(
    "change",
    [Change("net", "resnet50"), Change("form", "tall"), Change("burn", "A"), Change("level", "all"),
     Change("shown", "A/layer1", "all"), Change("shown", "layer1", "op"), Change("revealed", "../etc")],
)  # fmt: skip
def test_other_changes_are_refused(change: Change) -> None:
    with pytest.raises(ResnetVizError):
        change_compare(PAIR, change, trace_of)


def test_which_ids_there_are() -> None:
    for known in ("A/conv1", "B/layer3.1..35", "B/layer3.5.conv2", "A/network"):
        assert chosen_among(traces(), known)
    for unknown in (None, "", "conv1", "A/layer3.1..35", "D/conv1", "A/nothing"):
        assert chosen_among(traces(), unknown) is None


# The address

specs = st.one_of(
    st.sampled_from(list(PRESETS.values())),
    st.builds(
        ResNetSpec,
        block=st.sampled_from(["basic", "bottleneck"]),
        layers=st.lists(st.integers(1, 9), min_size=1, max_size=6).map(tuple),
        num_classes=st.integers(1, 2000),
        squeeze_excitation=st.booleans(),
        input_size=st.tuples(st.integers(64, 300), st.integers(64, 300)),
    ),
)
letters = st.characters(exclude_characters="~", exclude_categories=["Cs"])
words = st.text(letters, min_size=1, max_size=20)
part_lists = st.lists(st.tuples(words, st.sampled_from(LEVELS)), max_size=4)
views = st.builds(
    CompareView,
    specs=st.lists(specs, min_size=2, max_size=MOST).map(tuple),
    level=st.sampled_from(LEVELS),
    node=st.none() | words,
    parts=part_lists.map(lambda found: tuple(sorted(found, key=lambda part: LEVELS.index(part[1])))),
    shade=st.sampled_from(SHADES),
)


@given(view=views)
def test_an_address_brings_a_comparison_back(view: CompareView) -> None:
    carried = dict(parse_qsl(urlencode(write_compare(view)), keep_blank_values=True))
    assert read_compare(carried) == (view, [])


@given(view=views)
def test_the_address_of_a_drawing_names_its_nets_and_nothing_chosen(view: CompareView) -> None:
    carried = dict(parse_qsl(compare_drawing_address(view), keep_blank_values=True))
    assert carried.keys().isdisjoint({"node", "shade"})
    assert "nets" in carried
    drawn, notes = read_compare(carried)
    assert (drawn, notes) == (CompareView(view.specs, view.level, parts=view.parts), [])


def test_a_short_address_is_readable() -> None:
    assert compare_drawing_address(PAIR) == "nets=resnet18~resnet152"
    opened_view = CompareView((*PAIR.specs, ResNetSpec("basic", (2, 3))), parts=(("layer3", "block"),))
    own = quote("block=basic&layers=2,3", safe=",")
    assert compare_drawing_address(opened_view) == f"nets=resnet18~resnet152~{own}&blocks=layer3"


@given(nets=st.text(max_size=300), node=st.text(max_size=50), ops=st.text(max_size=80), level=st.text(max_size=9))
def test_any_address_is_a_comparison_of_two_to_four(nets: str, node: str, ops: str, level: str) -> None:
    view, notes = read_compare({"nets": nets, "node": node, "ops": ops, "level": level})
    assert 2 <= len(view.specs) <= MOST
    assert len(notes) <= MOST + 3
    assert view.level in LEVELS
    details_of([trace_of(PRESETS["cifar20"])], view.level, view.parts)


def test_a_flood_of_nets_is_not_read() -> None:
    view, notes = read_compare({"nets": "~".join(["resnet18", "resnet50", *["wrong"] * 10_000])})
    assert view.specs == (PRESETS["resnet18"], PRESETS["resnet50"])
    assert len(notes) == 3
    view, notes = read_compare({"ops": "~".join(f"layer1.{number}" for number in range(5_000))})
    assert (len(view.parts), len(notes)) == (MOST_PARTS, 1)


def test_parts_are_settled_in_the_shortest_way() -> None:
    every_block = tuple((f"layer3.{number}", "block") for number in range(36))
    view = settle_parts(CompareView(PAIR.specs, parts=(*every_block, ("layer7", "op"))), trace_of)
    assert view.parts == (("layer3", "block"),)
