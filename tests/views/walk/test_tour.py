"""The tour of the code walk: every stop is a step of a walk that is recorded here."""

from __future__ import annotations

import pytest

from resnet_viz import PRESETS, TraceError
from resnet_viz.views.walk.stop import StopPlace, find_place
from resnet_viz.views.walk.tour import TOUR
from tests.nets import walks


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
