"""Changes to a comparison: a part opened in one net is opened in all nets that have it.

A comparison's address has one level and one list of parts for all nets; each net applies those it has. Stages and
blocks are matched by id.
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
    """Returns each net's Detail for a shared level and shared parts; ranges are clipped to the net's blocks.

    Raises DrawError for unknown levels.
    """
    shared = tuple(parts)
    return tuple(make_detail(trace, level, _parts_in(trace, shared)) for trace in traces)


def common_parts(traces: Sequence[Trace], details: Sequence[Detail]) -> Parts:
    """Inverse of `details_of`: returns the shared parts of nets that were opened together.

    Parts in a stage come from the net with the most blocks in it, all other parts from any net.
    """
    shared: dict[str, str] = {}
    for stage in dict.fromkeys(stage.id for trace in traces for stage in trace.stages):
        deepest = max(range(len(traces)), key=lambda net: len(_blocks_in(traces[net], stage)))
        shared |= {part: level for part, level in details[deepest].parts if _stage_of(traces[deepest], part) == stage}
    for trace, detail in zip(traces, details, strict=True):
        shared |= {part: level for part, level in detail.parts if _stage_of(trace, part) is None}
    return tuple(shared.items())


def open_together(details: Sequence[Detail], traces: Sequence[Trace], change: Change) -> tuple[Detail, ...]:
    """Returns the Details after a part is `shown` at a level, or a node `revealed`, in all nets that have it.

    `change.what` is an id with its net (`views/parts/ids.py`). A stage is opened as a whole in each net, a run block by
    block where the net has it. Raises DrawError for an unknown part.
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
        _with_levels(other, before, changed | _whole_stage(other, stage, change.level))
        for other, before in zip(traces, details, strict=True)
    )


def change_compare(view: CompareView, change: Change, trace_of: Tracer) -> CompareView:
    """Returns the comparison after a change to all of its nets, of a kind in `SHARED_CHANGE_KINDS`.

    Raises SpecError or DrawError for an impossible change.
    """
    check_choice("change", change.kind, SHARED_CHANGE_KINDS)
    if change.kind == "level":
        check_choice("level", change.what, LEVELS)
        return replace(view, level=change.what, parts=())
    traces = [trace_of(spec) for spec in view.specs]
    # Showing all nets, or one whole net, at a level shows all of them at it.
    if change.kind == "shown" and _is_whole(traces, change.what):
        return change_compare(view, Change("level", change.level), trace_of)
    details = open_together(details_of(traces, view.level, view.parts), traces, change)
    node = change.what if change.kind == "revealed" else _still_chosen(view, change, traces)
    return replace(view, node=node, parts=common_parts(traces, details))


def settle_parts(view: CompareView, trace_of: Tracer) -> CompareView:
    """Returns the comparison with its parts in their shortest form, without those that no net has."""
    if not view.parts:
        return view
    traces = [trace_of(spec) for spec in view.specs]
    return replace(view, parts=common_parts(traces, details_of(traces, view.level, view.parts)))


def _is_whole(traces: Sequence[Trace], text: str) -> bool:
    found = find_part_among(traces, text)
    return found.node is found.trace.network if found else text == "network"


def _still_chosen(view: CompareView, change: Change, traces: Sequence[Trace]) -> str | None:
    """Returns the chosen id; for a chosen run that is split, its first block."""
    found = _find(traces, change.what)
    is_split = view.node == change.what and change.level != LEVELS[0]
    return join_id(found.net, found.blocks[0].id) if found.blocks and is_split else view.node


def _find(traces: Sequence[Trace], text: str) -> Chosen:
    """Returns a part or node by its id with its net. Raises DrawError if there is none."""
    found = find_part_among(traces, text)
    if found is not None:
        return found
    raise DrawError(_("There is no “{got}” in this comparison. Reload the page.").format(got=text[:60]))


def _parts_in(trace: Trace, parts: Parts) -> Parts:
    """Returns the parts that a net has, ranges clipped to its blocks."""
    return known_parts(trace, ((clip_range(trace, part), level) for part, level in parts))


def _with_levels(trace: Trace, detail: Detail, changed: dict[str, str]) -> Detail:
    """Returns the Detail with other levels for those units that the net has."""
    levels = unit_levels(trace, detail)
    known = {unit: level for unit, level in changed.items() if unit in levels}
    return make_detail(trace, detail.level, (levels | known).items()) if known else detail


def _whole_stage(trace: Trace, stage: str | None, level: str) -> dict[str, str]:
    return dict.fromkeys((block.id for block in _blocks_in(trace, stage)), level) if stage else {}


def _blocks_in(trace: Trace, stage: str) -> tuple[Block, ...]:
    node = trace.nodes.get(stage)
    return trace.blocks_of(node) if node else ()


def _stage_of(trace: Trace, part: str) -> str | None:
    """Returns the id of the stage that a part is or lies in; None for stem and head."""
    if isinstance(trace.nodes.get(part), Stage):
        return part
    blocks = find_units(trace, part)
    node = trace.nodes[blocks[0]]
    return node.parent if isinstance(node, Block) else None
