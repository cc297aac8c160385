"""Amounts that were measured in a run, for the boxes of a drawing: ops, groups, and runs of equal blocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from resnet_viz.records.trace import Trace
from resnet_viz.views.parts.detail import Detail, unit_levels
from resnet_viz.views.parts.runs import fold_stage


def box_norms(trace: Trace, detail: Detail, norms: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Returns Euclidean norms by id: of each node over all that is in it, and of each run of equal blocks.

    `norms` are those of ops, and of groups with parameters of their own. Where there are none, a box has no amount.
    """
    squares: defaultdict[str, float] = defaultdict(float)
    for node_id, norm in norms:
        node = trace.nodes[node_id]
        for part in (node, *trace.ancestors(node)):
            squares[part.id] += norm**2
    levels = unit_levels(trace, detail)
    for stage in trace.stages:
        for run in (*fold_stage(trace, stage), *fold_stage(trace, stage, levels)):
            if len(run.blocks) > 1:
                squares[run.id] = sum(squares[block.id] for block in run.blocks)
    return {box: square**0.5 for box, square in squares.items()}
