"""The address of a page that teaches: what is written is read again, and what is wrong is replaced and told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz import PRESETS, ResNetSpec
from resnet_viz.views.address.learn import PAPER_NETS, LearnView, choose_cell, read_learn, write_learn
from resnet_viz.views.structure.read import structure_table
from resnet_viz.views.structure.table import EXTRAS
from resnet_viz.views.teach.lessons import LESSONS
from tests.nets import trace_of

SPECS = [PRESETS[name] for name in ("resnet18", "plain34", "cifar20", "resnet152")]
columns = st.lists(st.sampled_from(SPECS), min_size=1, max_size=8).map(tuple)
views = columns.flatmap(
    lambda specs: st.builds(
        LearnView,
        specs=st.just(specs),
        show=st.sampled_from(["table", "lessons", "exercises", "glossary"]),
        rows=st.lists(st.sampled_from(EXTRAS), unique=True).map(lambda rows: tuple(r for r in EXTRAS if r in rows)),
        net=st.integers(0, len(specs) - 1),
        node=st.none() | st.sampled_from(["layer3", "layer3.1..35"]),
        function=st.none() | st.sampled_from(["Bottleneck.forward", "_resnet"]),
        lesson=st.none() | st.sampled_from([lesson.id for lesson in LESSONS]),
        step=st.integers(0, 9),
        sheet=st.integers(0, 999_999_999),
        asked=st.sampled_from([PAPER_NETS, specs]) | columns,
        belief=st.none() | st.just("gradients"),
    )
)


@given(views)
def test_what_is_written_is_read_again(view: LearnView) -> None:
    assert read_learn(write_learn(view)) == (view, [])


def test_the_usual_view_needs_no_address() -> None:
    assert write_learn(LearnView()) == {}
    assert [spec.depth for spec in read_learn({})[0].specs] == [18, 34, 50, 101, 152]


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"show": "sonnets"}, "sonnets"),
        ({"step": "-3"}, "-3"),
        ({"sheet": "x" * 500}, "seed"),
        ({"nets": "nonsense"}, "nonsense"),
        ({"column": "0"}, "column"),
    ],
)
def test_what_is_wrong_is_replaced_and_told(params: dict[str, str], told: str) -> None:
    view, notes = read_learn(params)
    assert view == LearnView()
    assert told in " ".join(notes)


@pytest.mark.parametrize(
    ("params", "asked"),
    [
        ({}, PAPER_NETS),
        ({"sheet": "7", "show": "exercises"}, PAPER_NETS),
        ({"nets": "plain34~cifar20"}, PAPER_NETS),
        ({"nets": "plain34~cifar20", "show": "exercises"}, (SPECS[1], SPECS[2])),
        ({"nets": "plain34~cifar20", "sheet": "7"}, (SPECS[1], SPECS[2])),
        ({"nets": "plain34~cifar20", "sheet": "7", "about": "paper"}, PAPER_NETS),
        ({"sheet": "7", "about": "resnet152"}, (SPECS[3],)),
    ],
)
def test_a_sheet_has_nets_of_its_own_and_an_old_link_those_of_its_table(
    params: dict[str, str], asked: tuple[ResNetSpec, ...]
) -> None:
    view, notes = read_learn(params)
    assert (view.asked, notes) == (asked, [])


def test_nets_of_a_sheet_that_are_none_are_told() -> None:
    view, notes = read_learn({"about": "nonsense"})
    assert view == LearnView()
    assert "nonsense" in " ".join(notes)


def test_a_column_that_is_not_there_is_the_last_one() -> None:
    assert read_learn({"nets": "resnet18~resnet50", "column": "7"})[0].net == 1


def test_every_step_of_every_lesson_steers_and_is_there_then() -> None:
    for lesson in LESSONS:
        for step in lesson.steps:
            steered = LearnView(lesson=lesson.id).steered(step.focus)
            assert steered.is_steered(step.focus)
            assert read_learn(write_learn(steered)) == (steered, [])


def test_nets_come_and_go_and_what_is_chosen_stays() -> None:
    view = LearnView(net=3, node="layer3")
    assert view.without_net(1).spec == view.spec
    assert view.without_net(3).node is None
    assert view.with_net(3, SPECS[0]).spec == SPECS[0]


def test_a_cell_that_is_not_there_chooses_the_column_alone() -> None:
    specs = (PRESETS["resnet18"], PRESETS["cifar20"])
    table = structure_table([trace_of(spec) for spec in specs])
    view = LearnView(specs, node="layer4", parts=(("layer4", "block"),))
    assert choose_cell(view, table, "conv5_x", 1) == LearnView(specs, net=1, parts=(("layer4", "block"),))
