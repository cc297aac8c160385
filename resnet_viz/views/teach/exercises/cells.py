"""Exercises about the structure table itself: fill in a cell that was blanked, find the one that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from resnet_viz.i18n import _
from resnet_viz.records.trace import Stage, Trace
from resnet_viz.views.inspect.formulas import size_formulas
from resnet_viz.views.parts.block import has_counted_depth, main_depth
from resnet_viz.views.parts.runs import inner_ops
from resnet_viz.views.structure.table import Bracket
from resnet_viz.views.structure.words import size_of
from resnet_viz.views.teach.exercises.answers import Choice
from resnet_viz.views.teach.exercises.chance import Chance
from resnet_viz.views.teach.exercises.exercise import Exercise
from resnet_viz.views.teach.exercises.grid import (
    BLANK,
    Column,
    Grid,
    make_columns,
    make_grid,
    read_bracket,
    split_layer,
)
from resnet_viz.views.teach.focus import Traces, focus_on


def cell_exercises(traces: Traces, chance: Chance) -> tuple[Exercise, ...]:
    """A cell to fill in, and a wrong one to find; none where no net fits into a table.

    They are about different columns, so that on one sheet neither gives the other away.
    """
    columns = make_columns(traces)
    if len(columns) < 2:
        return ()
    asked = chance.pick(columns)
    others = [column for column in columns if column is not asked]
    return fill_cell(traces, asked, chance), find_wrong_cell(traces, others, chance)


def fill_cell(traces: Traces, column: Column, chance: Chance) -> Exercise:
    """A column with one cell that has no text."""
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
        reason=_bracket_reason(trace, stage) if bracket else _size_reason(trace, stage),
        focus=focus_on(traces, column.net, stage),
        grid=grid.put(row, 1, BLANK),
    )


def find_wrong_cell(traces: Traces, columns: Sequence[Column], chance: Chance) -> Exercise:
    """A table with one cell that is not the net's."""
    at = chance.below(len(columns))
    column, row = columns[at], chance.below(len(columns[at].cells))
    trace, grid = traces[column.net], make_grid(traces, columns)
    stage = trace.stages[row]
    bracket = None if column.is_size else read_bracket(trace, stage)
    wrong = _change(bracket, chance).text if bracket else _wrong_size(stage, chance)
    reason = _bracket_reason(trace, stage) if bracket else _size_reason(trace, stage)
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
    """The same cell with another number of blocks, or with half or twice the channels of a layer."""
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
        _("{height}×{width} goes into {stage}.").format(height=before[2], width=before[3], stage=stage.name),
        _("After a stride of 2 height and width are half as large, rounded up where they are odd."),
    )


def _size_reason(trace: Trace, stage: Stage) -> str:
    """The formula of the one layer on the main path that changes the size."""
    before, after = trace.in_shape(stage)[2:], size_of(stage.out_shape)
    for op in inner_ops(trace, stage):
        formulas = size_formulas(trace, op) if trace.in_shape(op)[2:] != op.out_shape[2:] else []
        if formulas:
            sums = "; ".join(f"{formula.numbers} = {formula.result}" for formula in formulas)
            return _("{layer} changes {before} to {after}: {sums}.").format(
                layer=op.id, before="×".join(map(str, before)), after=after, sums=sums
            )
    return _("No layer of {stage} has a stride, so {after} stays {after}.").format(stage=stage.name, after=after)


def _bracket_hints(bracket: Bracket) -> tuple[str, ...]:
    kernels = ", ".join(split_layer(layer)[0] for layer in bracket.layers)
    return (
        _("The blocks of one net have the same kernels in every stage, and from stage to stage twice the channels."),
        _("The kernels are {kernels}.").format(kernels=kernels),
        _("The number of blocks follows from the depth: what do the other stages leave of it?"),
    )


def _bracket_reason(trace: Trace, stage: Stage) -> str:
    bracket = read_bracket(trace, stage)
    if bracket is None:
        return ""
    blocks = _("{stage} of {net} has {n} blocks of {convs} convolutions; {channels} channels leave each.").format(
        stage=stage.name, net=trace.name, n=bracket.count, convs=len(bracket.layers), channels=stage.out_shape[1]
    )
    if not has_counted_depth(trace):
        return blocks
    counts = " + ".join(str(other.n_blocks) for other in trace.stages)
    depth = _("The depth: 1 + {convs} × ({counts}) + 1 = {depth}.").format(
        convs=len(bracket.layers), counts=counts, depth=main_depth(trace)
    )
    return f"{blocks} {depth}"


def _wrong_hints(is_size: bool) -> tuple[str, ...]:
    return (
        _("From row to row sizes halve and channels double. In a column, add up the depth: it is part of the name."),
        _("It is an output size.") if is_size else _("It is a cell of brackets."),
    )
