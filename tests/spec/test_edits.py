"""A cell edited gives the net that somebody would write down, or an error that says what is allowed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.errors import SpecError
from resnet_viz.spec.edits import edit_cell
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.structure.read import structure_table
from tests.nets import NETS, specs, trace_of

R152 = PRESETS["resnet152"]


def test_36_to_23_gives_resnet_113() -> None:
    edited = edit_cell(R152, 2, count=23)
    assert edited == ResNetSpec("bottleneck", (3, 8, 23, 3))
    assert (edited.name, edited.depth) == ("ResNet-113", 1 + 3 * (3 + 8 + 23 + 3) + 1)
    (cell,) = structure_table([trace_of(edited)]).row_cells("conv4_x")
    assert cell is not None
    assert cell.text == "[1×1, 256 | 3×3, 256 | 1×1, 1024] × 23"


def test_resnet_101_is_resnet_50_with_another_cell() -> None:
    assert edit_cell(PRESETS["resnet50"], 2, count=23) == PRESETS["resnet101"]


def test_a_width_changes_the_brackets_of_its_stage_alone() -> None:
    edited = edit_cell(NETS["basic"], 1, width=96)
    assert edited.widths == (64, 96, 256, 512)
    cells = structure_table([trace_of(edited)]).cells
    widths = [cell.text for cell in cells if cell.place is not None]
    assert widths[1] == "[3×3, 96 | 3×3, 96] × 1"
    assert widths[2] == "[3×3, 256 | 3×3, 256] × 3"


@given(specs(), st.data())
def test_only_what_was_edited_changes(spec: ResNetSpec, data: st.DataObject) -> None:
    stage = data.draw(st.integers(0, len(spec.layers) - 1))
    count, width = data.draw(st.none() | st.integers(1, 9)), data.draw(st.none() | st.just(max(spec.widths)))
    layers, widths = list(spec.layers), list(spec.widths)
    layers[stage] = count or layers[stage]
    widths[stage] = width or widths[stage]
    assert result(lambda: edit_cell(spec, stage, count=count, width=width)) == result(
        lambda: replace(spec, layers=tuple(layers), widths=tuple(widths))
    )


def result(make: Callable[[], ResNetSpec]) -> ResNetSpec | str:
    """A net, or what is said of it."""
    try:
        return make()
    except SpecError as error:
        return str(error)


@pytest.mark.parametrize("stage", [-1, 4, 99, True, None, "2", 1.0])
def test_a_stage_that_is_not_there_is_an_error(stage: Any) -> None:
    with pytest.raises(SpecError, match="ResNet-152 has 4 stages"):
        edit_cell(R152, stage, count=2)


@pytest.mark.parametrize("count", [0, -3, True, 1.5, "x", 1_000, 10**30])
def test_a_count_that_no_net_has_is_an_error(count: Any) -> None:
    with pytest.raises(SpecError, match="Blocks per stage"):
        edit_cell(R152, 2, count=count)


@pytest.mark.parametrize("width", [0, -3, False, 1.5, "x", 10**30])
def test_a_width_that_no_net_has_is_an_error(width: Any) -> None:
    with pytest.raises(SpecError, match="Planes per stage"):
        edit_cell(R152, 2, width=width)


def test_what_cannot_go_together_is_said() -> None:
    with pytest.raises(SpecError, match="Shortcut A can only add channels"):
        edit_cell(PRESETS["cifar20"], 1, width=8)
