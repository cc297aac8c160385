"""What is opened in one net of a comparison is opened in the others, where they have it.

A comparison's address says one level and one list of parts for all nets; each net takes of them what it has. Stages are
the same by their id, blocks by theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Stage, Trace
from resnet_viz.refusal import check_choice
from resnet_viz.views.address.changes import Change, Tracer
from resnet_viz.views.address.compare import CompareView
from resnet_viz.views.parts.detail import (
    LEVELS,
    Detail,
    find_units,
    known_parts,
    make_detail,
    reveal,
    unit_levels,
)
from resnet_viz.views.parts.ids import Chosen, clip_range, find_part_among, join_id

SHARED_CHANGE_KINDS = ("level", "shown", "revealed")
Parts = tuple[tuple[str, str], ...]


def details_of(traces: Sequence[Trace], level: str, parts: Iterable[tuple[str, str]]) -> tuple[Detail, ...]:
    """How far each net is open by a level and parts that are said of all; of a range, a net takes what it has of it.

    Raises DrawError for unknown levels.
    """
    said = tuple(parts)
    return tuple(make_detail(trace, level, _own_parts(trace, said)) for trace in traces)


def common_parts(traces: Sequence[Trace], details: Sequence[Detail]) -> Parts:
    """The parts, said of all nets, that `details_of` makes these Details of, where they are open together.

    Of each stage it is those of the net with the most blocks in it, and of what is no stage, of any net.
    """
    said: dict[str, str] = {}
    for stage in dict.fromkeys(stage.id for trace in traces for stage in trace.stages):
        deepest = max(range(len(traces)), key=lambda net: len(_blocks_in(traces[net], stage)))
        said |= {part: level for part, level in details[deepest].parts if _stage_of(traces[deepest], part) == stage}
    for trace, detail in zip(traces, details, strict=True):
        said |= {part: level for part, level in detail.parts if _stage_of(trace, part) is None}
    return tuple(said.items())


def open_together(details: Sequence[Detail], traces: Sequence[Trace], change: Change) -> tuple[Detail, ...]:
    """The Details after a part of one net is `shown` at a level, or a node of it `revealed`, in all that have it.

    `change.what` is an id with its net (`ids.py`). A stage is opened as a whole in each net, a run block by block, as
    far as there are such blocks. Raises DrawError where there is no such part.
    """
    check_choice("change", change.kind, SHARED_CHANGE_KINDS[1:])
    found = _find(traces, change.what)
    trace, detail, part = found.trace, details[found.net], found.id
    if change.kind == "revealed":
        before, after = unit_levels(trace, detail), unit_levels(trace, reveal(trace, detail, part))
        changed = {unit: level for unit, level in after.items() if level != before[unit]}
        return tuple(_with_levels(*pair, changed) for pair in zip(traces, details, strict=True))
    if part == trace.network.id:
        return tuple(Detail(change.level) for _each in details)
    units = find_units(trace, part)
    changed = dict.fromkeys(units, change.level)
    stage = part if isinstance(trace.nodes.get(part), Stage) else None
    return tuple(
        _with_levels(other, own, changed | _whole_stage(other, stage, change.level))
        for other, own in zip(traces, details, strict=True)
    )


def change_compare(view: CompareView, change: Change, trace_of: Tracer) -> CompareView:
    """The comparison after a change to all of its nets, of a kind in `SHARED_CHANGE_KINDS`.

    Raises SpecError or DrawError where it cannot be.
    """
    check_choice("change", change.kind, SHARED_CHANGE_KINDS)
    if change.kind == "level":
        check_choice("level", change.what, LEVELS)
        return replace(view, level=change.what, parts=())
    traces = [trace_of(spec) for spec in view.specs]
    # To show all nets, or one of them, at a level is to show all of them at it.
    if change.kind == "shown" and _is_whole(traces, change.what):
        return change_compare(view, Change("level", change.level), trace_of)
    details = open_together(details_of(traces, view.level, view.parts), traces, change)
    node = change.what if change.kind == "revealed" else _still_chosen(view, change, traces)
    return replace(view, node=node, parts=common_parts(traces, details))


def settle_parts(view: CompareView, trace_of: Tracer) -> CompareView:
    """The same comparison with its parts said in the shortest way, and without those that no net has."""
    if not view.parts:
        return view
    traces = [trace_of(spec) for spec in view.specs]
    return replace(view, parts=common_parts(traces, details_of(traces, view.level, view.parts)))


def _is_whole(traces: Sequence[Trace], text: str) -> bool:
    found = find_part_among(traces, text)
    return found.node is found.trace.network if found else text == "network"


def _still_chosen(view: CompareView, change: Change, traces: Sequence[Trace]) -> str | None:
    """What is chosen; where a chosen run falls apart, its first block instead."""
    found = _find(traces, change.what)
    is_split = view.node == change.what and change.level != LEVELS[0]
    return join_id(found.net, found.blocks[0].id) if found.blocks and is_split else view.node


def _find(traces: Sequence[Trace], text: str) -> Chosen:
    """A part or node by its id with its net. Raises DrawError where there is none."""
    found = find_part_among(traces, text)
    if found is not None:
        return found
    raise DrawError(_("There is no “{got}” in this comparison. Reload the page.").format(got=text[:60]))


def _own_parts(trace: Trace, parts: Parts) -> Parts:
    """Those of some parts that a net has; of ranges, what it has of them."""
    return known_parts(trace, ((clip_range(trace, part), level) for part, level in parts))


def _with_levels(trace: Trace, detail: Detail, changed: dict[str, str]) -> Detail:
    """The same with some units, where the net has them, at other levels."""
    levels = unit_levels(trace, detail)
    known = {unit: level for unit, level in changed.items() if unit in levels}
    return make_detail(trace, detail.level, (levels | known).items()) if known else detail


def _whole_stage(trace: Trace, stage: str | None, level: str) -> dict[str, str]:
    return dict.fromkeys((block.id for block in _blocks_in(trace, stage)), level) if stage else {}


def _blocks_in(trace: Trace, stage: str) -> tuple[Block, ...]:
    node = trace.nodes.get(stage)
    return trace.blocks_of(node) if node else ()


def _stage_of(trace: Trace, part: str) -> str | None:
    """The stage that a part is or lies in; None for stem and head."""
    if isinstance(trace.nodes.get(part), Stage):
        return part
    blocks = find_units(trace, part)
    node = trace.nodes[blocks[0]]
    return node.parent if isinstance(node, Block) else None
