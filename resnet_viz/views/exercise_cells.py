"""Exercises about the structure table itself: fill in a cell that was blanked, find the one that is wrong."""

from __future__ import annotations

from dataclasses import replace

from resnet_viz.i18n import _
from resnet_viz.records import Stage, Trace
from resnet_viz.views.answers import Choice
from resnet_viz.views.brackets import BLANK, Bracket, Grid, make_grid, read_bracket, size_text, tabled_nets
from resnet_viz.views.chance import Chance
from resnet_viz.views.exercise import Answer, Exercise
from resnet_viz.views.figures import has_counted_depth, main_depth
from resnet_viz.views.focus import Traces, focus_on
from resnet_viz.views.fold import inner_ops
from resnet_viz.views.formulas import size_formulas

_SIZES = 1
"""The column of output sizes; those of the nets come after it."""


def fill_cell(traces: Traces, chance: Chance) -> Exercise | None:
    """A cell of the table without its text; None where no net fits into a table."""
    nets = tabled_nets(traces)
    if not nets:
        return None
    grid = make_grid([traces[net] for net in nets])
    row, column = _pick_cell(grid, chance)
    net = nets[max(0, column - _SIZES - 1)]
    trace, stage = traces[net], traces[net].stages[row]
    bracket = read_bracket(trace, stage)
    sides = (stage.out_shape[2], stage.out_shape[3])
    is_size = column == _SIZES
    answer: Answer = sides if is_size or bracket is None else bracket
    return Exercise(
        kind="fill_cell",
        question=_size_question(grid, row) if is_size else _bracket_question(trace, grid, row),
        form="size" if is_size else "cell",
        answer=answer,
        hints=_size_hints(trace, stage) if is_size else _bracket_hints(trace, stage),
        reason=_size_reason(trace, stage) if is_size else _bracket_reason(trace, stage),
        focus=focus_on(traces, net, stage),
        grid=grid.put(row, column, BLANK),
    )


def find_wrong_cell(traces: Traces, chance: Chance) -> Exercise | None:
    """A table with one cell that is not the net's; None where no net fits into a table."""
    nets = tabled_nets(traces)
    if not nets:
        return None
    grid = make_grid([traces[net] for net in nets])
    row, column = _pick_cell(grid, chance)
    net = nets[max(0, column - _SIZES - 1)]
    trace, stage = traces[net], traces[net].stages[row]
    bracket, is_size = read_bracket(trace, stage), column == _SIZES
    wrong = _wrong_size(stage, chance) if is_size or bracket is None else _change(bracket, chance).text
    right = grid.rows[row][column]
    reason = _size_reason(trace, stage) if is_size else _bracket_reason(trace, stage)
    return Exercise(
        kind="find_wrong_cell",
        question=_("One cell of this table is wrong. Which?"),
        form="choice",
        answer=_key(row, column),
        hints=_wrong_hints(is_size),
        reason=_("It should be {right}, not {wrong}. {reason}").format(right=right, wrong=wrong, reason=reason),
        focus=focus_on(traces, net, stage),
        choices=_cell_choices(grid),
        grid=grid.put(row, column, wrong),
    )


def _pick_cell(grid: Grid, chance: Chance) -> tuple[int, int]:
    """Any cell but those of names; no output size where the nets of a row have several."""
    columns = range(_SIZES, len(grid.headings))
    cells = [(row, column) for row in range(len(grid.rows)) for column in columns]
    return chance.pick([(row, column) for row, column in cells if column > _SIZES or " / " not in grid.rows[row][1]])


def _key(row: int, column: int) -> str:
    return f"{row + 1}.{column}"


def _cell_choices(grid: Grid) -> tuple[Choice, ...]:
    columns = range(_SIZES, len(grid.headings))
    return tuple(
        Choice(_key(row, column), f"{cells[0]} · {grid.headings[column]}")
        for row, cells in enumerate(grid.rows)
        for column in columns
    )


def _change(bracket: Bracket, chance: Chance) -> Bracket:
    """The same cell with another number of blocks, or with half or twice the channels of a layer."""
    if chance.below(2):
        less = bracket.n > 1 and chance.below(2)
        return replace(bracket, n=bracket.n - 1 if less else bracket.n + 1)
    at = chance.below(len(bracket.layers))
    height, width, channels = bracket.layers[at]
    other = channels // 2 if channels > 1 and chance.below(2) else channels * 2
    return replace(bracket, layers=(*bracket.layers[:at], (height, width, other), *bracket.layers[at + 1 :]))


def _wrong_size(stage: Stage, chance: Chance) -> str:
    height, width = stage.out_shape[2:]
    if min(height, width) > 1 and chance.below(2):
        return f"{height // 2}×{width // 2}"
    return f"{height * 2}×{width * 2}"


def _size_question(grid: Grid, row: int) -> str:
    return _("Which output size (height × width) stands in {row}?").format(row=grid.rows[row][0])


def _bracket_question(trace: Trace, grid: Grid, row: int) -> str:
    return _("What stands in {row} of {net}: which layers in brackets, and how often?").format(
        row=grid.rows[row][0], net=trace.name
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
    before, after = trace.in_shape(stage)[2:], size_text(stage)
    for op in inner_ops(trace, stage):
        formulas = size_formulas(trace, op) if trace.in_shape(op)[2:] != op.out_shape[2:] else []
        if formulas:
            sums = "; ".join(f"{formula.numbers} = {formula.result}" for formula in formulas)
            return _("{layer} changes {before} to {after}: {sums}.").format(
                layer=op.id, before="×".join(map(str, before)), after=after, sums=sums
            )
    return _("No layer of {stage} has a stride, so {after} stays {after}.").format(stage=stage.name, after=after)


def _bracket_hints(trace: Trace, stage: Stage) -> tuple[str, ...]:
    bracket = read_bracket(trace, stage)
    kernels = ", ".join(f"{height}×{width}" for height, width, _n in bracket.layers) if bracket else ""
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
        stage=stage.name, net=trace.name, n=bracket.n, convs=len(bracket.layers), channels=stage.out_shape[1]
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
