"""Fill in a blank cell of the structure table."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_viz.i18n import _
from resnet_viz.records.trace import Stage, Trace
from resnet_viz.views.parts.words import stage_names
from resnet_viz.views.structure.table import Bracket
from resnet_viz.views.teach.exercises.chance import Chance
from resnet_viz.views.teach.exercises.exercise import Exercise, ExerciseKind
from resnet_viz.views.teach.exercises.grid import (
    BLANK,
    bracket_reason,
    make_columns,
    make_grid,
    read_bracket,
    size_reason,
    split_layer,
)
from resnet_viz.views.teach.focus import Traces, focus_on


def fill_cell(traces: Traces, chance: Chance, made: Sequence[Exercise]) -> Exercise | None:
    """Asks for the one blank cell of a column; None if no net fits into a table."""
    columns = make_columns(traces)
    if not columns:
        return None
    column = chance.pick(columns)
    trace, row = traces[column.net], chance.below(len(column.cells))
    stage, grid = trace.stages[row], make_grid(traces, [column])
    bracket = None if column.is_size else read_bracket(trace, stage)
    sides = (stage.out_shape[2], stage.out_shape[3])
    return Exercise(
        kind="fill_cell",
        question=_bracket_question(trace, stage) if bracket else _size_question(trace, stage),
        form="cell" if bracket else "size",
        answer=bracket or sides,
        hints=_bracket_hints(bracket) if bracket else _size_hints(trace, stage),
        reason=bracket_reason(trace, stage) if bracket else size_reason(trace, stage),
        focus=focus_on(traces, column.net, stage),
        grid=grid.put(row, 1, BLANK),
    )


def _size_question(trace: Trace, stage: Stage) -> str:
    return _("Which output size (height × width) stands in {row}, for an input of {size}?").format(
        row=stage.paper_name, size="×".join(map(str, trace.input.shape[2:]))
    )


def _bracket_question(trace: Trace, stage: Stage) -> str:
    return _("What stands in {row} of {net}: which layers in brackets, and how often?").format(
        row=stage.paper_name, net=trace.name
    )


def _size_hints(trace: Trace, stage: Stage) -> tuple[str, ...]:
    before = trace.in_shape(stage)
    return (
        _("Only the first block of a stage can change the size: look for a layer with a stride there."),
        _("{height}×{width} goes into {stage}.").format(height=before[2], width=before[3], stage=stage_names(stage)),
        _("After a stride of 2 height and width are half as large, rounded up where they are odd."),
    )


def _bracket_hints(bracket: Bracket) -> tuple[str, ...]:
    kernels = ", ".join(split_layer(layer)[0] for layer in bracket.layers)
    return (
        _("The blocks of one net have the same kernels in every stage, and from stage to stage twice the channels."),
        _("The kernels are {kernels}.").format(kernels=kernels),
        _("The number of blocks follows from the depth: what do the other stages leave of it?"),
    )


KIND = ExerciseKind("fill_cell", place=1, turn=1, title=lambda: _("Fill in the cell"), make=fill_cell)
