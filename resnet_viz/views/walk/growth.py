"""How a net grows along its walk: the step at which each node of its drawing appears, and the one that completes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from resnet_viz.records.trace import Node, Trace
from resnet_viz.records.walk import CodeWalk

INITIALISING = "init"
Growth = dict[str, tuple[int, int]]
"""By node id: the step that makes (or runs) its first part, and the step that completes it."""


class StageMark(NamedTuple):
    """Where a part of the net starts in a walk: stem, head, INITIALISING, or a stage with its number from 0."""

    step: int
    id: str
    number: int | None


def grow(walk: CodeWalk, trace: Trace) -> Growth:
    """Returns the steps of each node; `trace` is of the same net. Nodes that no step makes are left out."""
    steps = {node: step for step in walk.steps for node in step.node_ids}
    # What a statement makes is complete once all its calls have returned.
    made = {node: walk.end_of(step) - 1 for node, step in steps.items()}
    names = {op.id: _maker(op, walk, trace) for op in trace.ops}
    growth = {op: (made[name], made[name]) for op, name in names.items() if name in made}
    for op in trace.ops:
        # A functional op of the net's `forward`, such as flatten, is complete once its sibling layers are.
        around = [growth[name][1] for name in trace.nodes[op.parent or ""].children if name in growth]
        if op.id not in growth and around:
            growth[op.id] = (max(around), max(around))
    for node in trace.nodes.values():
        inside = [growth[op.id] for op in _ops_in(trace, node) if op.id in growth]
        if node.id not in growth and inside:
            first, last = min(first for first, _last in inside), max(last for _first, last in inside)
            growth[node.id] = (first, max(last, made.get(node.module or node.id, -1)))
    return growth | {node.id: (0, 0) for node in trace.nodes.values() if node.kind == "input"}


def stage_marks(walk: CodeWalk, trace: Trace) -> list[StageMark]:
    """Returns where stem, stages and head start, in a build INITIALISING too, in order of their steps."""
    growth = grow(walk, trace)
    entered = {call.stage: call.step for call in walk.stages()} if walk.kind == "build" else {}
    stages = {stage.id: n for n, stage in enumerate(trace.stages)}
    parts = [node.id for node in trace.nodes.values() if node.parent and node.id in (*stages, "stem", "head")]
    found = [
        StageMark(_entered_at(walk, part, growth, entered), part, stages.get(part)) for part in parts if part in growth
    ]
    if walk.kind == "build" and found:
        found += _after_all(walk, max(growth[mark.id][1] for mark in found))
    return sorted(found, key=lambda mark: mark.step)


def _after_all(walk: CodeWalk, last: int) -> list[StageMark]:
    """Returns the mark of the weight initialisation, which the constructor runs after making all modules."""
    step = walk.over(walk.steps[last])
    return [StageMark(step.index, INITIALISING, None)] if step and step.depth == walk.steps[last].depth else []


def _entered_at(walk: CodeWalk, part: str, growth: Growth, entered: Mapping[str, int]) -> int:
    if part in entered:
        return entered[part]
    first = growth[part][0]
    if walk.kind == "build":
        return first
    # A forward pass enters a stage with the call of its first block.
    inside = f"{part}."
    calls = (step for step in walk.steps[: first + 1] if step.kind == "call")
    return next((step.index for step in calls if f"{step.owner}.".startswith(inside)), first)


def _maker(op: Node, walk: CodeWalk, trace: Trace) -> str:
    """Returns the name of what a step makes for an op: in a build its module, else the nearest module around it."""
    if walk.kind == "forward":
        return op.id
    return next((node.module for node in (op, *trace.ancestors(op)) if node.module), "")


def _ops_in(trace: Trace, node: Node) -> Iterable[Node]:
    if not node.children:
        return (node,) if node.kind == "op" else ()
    return (op for child in trace.children_of(node) for op in _ops_in(trace, child))
