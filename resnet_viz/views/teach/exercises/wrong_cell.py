"""Find the cell of the structure table that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from resnet_viz.i18n import _
from resnet_viz.records.trace import Stage
from resnet_viz.views.structure.table import Bracket
from resnet_viz.views.teach.exercises.answers import Choice
from resnet_viz.views.teach.exercises.chance import Chance
from resnet_viz.views.teach.exercises.exercise import Exercise, ExerciseKind
from resnet_viz.views.teach.exercises.grid import (
    Grid,
    bracket_reason,
    make_columns,
    make_grid,
    read_bracket,
    size_reason,
    split_layer,
)
from resnet_viz.views.teach.focus import Traces, focus_on


def find_wrong_cell(traces: Traces, chance: Chance, made: Sequence[Exercise]) -> Exercise | None:
    """Asks for the wrong cell of a table; None if no net fits into a table.

    Columns of the sheet's other questions are left out, so that neither gives the other away.
    """
    shown = {heading for exercise in made if exercise.grid for heading in exercise.grid.headings[1:]}
    columns = [column for column in make_columns(traces) if column.heading not in shown]
    if not columns:
        return None
    at = chance.below(len(columns))
    column, row = columns[at], chance.below(len(columns[at].cells))
    trace, grid = traces[column.net], make_grid(traces, columns)
    stage = trace.stages[row]
    bracket = None if column.is_size else read_bracket(trace, stage)
    wrong = _change(bracket, chance).text if bracket else _wrong_size(stage, chance)
    reason = bracket_reason(trace, stage) if bracket else size_reason(trace, stage)
    return Exercise(
        kind="find_wrong_cell",
        question=_("One cell of this table is wrong. Which?"),
        form="choice",
        answer=_key(row, at + 1),
        hints=_wrong_hints(column.is_size),
        reason=_("It should be {right}, not {wrong}. {reason}").format(
            right=column.cells[row], wrong=wrong, reason=reason
        ),
        focus=focus_on(traces, column.net, stage),
        choices=_cell_choices(grid),
        grid=grid.put(row, at + 1, wrong),
    )


def _key(row: int, column: int) -> str:
    return f"{row + 1}.{column}"


def _cell_choices(grid: Grid) -> tuple[Choice, ...]:
    return tuple(
        Choice(_key(row, column), f"{cells[0]} · {grid.headings[column]}")
        for row, cells in enumerate(grid.rows)
        for column in range(1, len(grid.headings))
    )


def _change(bracket: Bracket, chance: Chance) -> Bracket:
    """The cell with another number of blocks, or with half or twice the channels of a layer."""
    if chance.below(2):
        less = bracket.count > 1 and chance.below(2)
        return replace(bracket, count=bracket.count - 1 if less else bracket.count + 1)
    at = chance.below(len(bracket.layers))
    kernel, channels = split_layer(bracket.layers[at])
    other = channels // 2 if channels > 1 and chance.below(2) else channels * 2
    return replace(bracket, layers=(*bracket.layers[:at], f"{kernel}, {other}", *bracket.layers[at + 1 :]))


def _wrong_size(stage: Stage, chance: Chance) -> str:
    height, width = stage.out_shape[2:]
    if min(height, width) > 1 and chance.below(2):
        return f"{height // 2}×{width // 2}"
    return f"{height * 2}×{width * 2}"


def _wrong_hints(is_size: bool) -> tuple[str, ...]:
    return (
        _("From row to row sizes halve and channels double. In a column, add up the depth: it is part of the name."),
        _("It is an output size.") if is_size else _("It is a cell of brackets."),
    )


KIND = ExerciseKind("find_wrong_cell", place=8, turn=2, title=lambda: _("Find the wrong cell"), make=find_wrong_cell)
