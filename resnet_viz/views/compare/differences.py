"""Structural differences of two nets, part by part: layers added, removed or changed, and in which setting.

Stages are matched by index, blocks by index within their stage, layers within a block by role: the second convolution
of one with the second of the other. Mere consequences of a change (another shape downstream, a norm as wide as its
convolution) are not reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest

from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.units import format_shape
from resnet_viz.views.compare.layers import ANYWHERE, Difference, Differences, chains, changed, in_sequence, one_sided
from resnet_viz.views.compare.rows import blocks_words, count_blocks
from resnet_viz.views.parts.block import PartLayers, read_block, read_layers
from resnet_viz.views.parts.runs import inner_ops
from resnet_viz.views.parts.words import WEIGHTED, block_words, blocks_text, shortcut_text


def find_differences(before: Trace, after: Trace) -> tuple[Difference, ...]:
    """Returns the differences of `after` from `before`, from input to output; none for equal nets."""
    return tuple(_join_alike(_in_net(before, after)))


def differences_of(traces: Sequence[Trace]) -> tuple[tuple[Difference, ...], ...]:
    """Returns the differences of each net but the first from the first."""
    return tuple(find_differences(traces[0], trace) for trace in traces[1:])


def _in_net(before: Trace, after: Trace) -> Differences:
    yield from _inside("input", _in_input(before, after))
    yield from _inside("stem", _in_layers(_layers(before, before.stem), _layers(after, after.stem)))
    for one, other in zip_longest(before.stages, after.stages):
        stage = one or other
        if stage is not None:
            yield from _inside(stage.paper_name, _in_stage((before, one), (after, other)))
    yield from _inside("rest", _in_layers(_loose(before), _loose(after)))
    yield from _inside("head", _in_layers(_layers(before, before.head), _layers(after, after.head)))


def _in_input(before: Trace, after: Trace) -> Differences:
    words = format_shape(before.input.shape), format_shape(after.input.shape)
    if words[0] != words[1]:
        yield changed("size", words, [_input(before)], [_input(after)])


def _in_stage(before: tuple[Trace, Stage | None], after: tuple[Trace, Stage | None]) -> Differences:
    (trace, stage), (other_trace, other) = before, after
    blocks = trace.blocks_of(stage) if stage else ()
    others = other_trace.blocks_of(other) if other else ()
    if stage is None or other is None:
        words = blocks_words(count_blocks(blocks)), blocks_words(count_blocks(others))
        yield one_sided("stage", words, [stage] if stage else [], [other] if other else [])
        return
    yield from _in_layers(_stray(trace, stage), _stray(other_trace, other))
    for one, another in zip(blocks, others, strict=False):
        for difference in _join_alike(_in_block(read_block(trace, one), read_block(other_trace, another))):
            yield replace(difference, n_blocks=1)
    if len(blocks) != len(others):
        more, others_more = blocks[len(others) :], others[len(blocks) :]
        found = one_sided("blocks", (_count_text(more), _count_text(others_more)), more, others_more)
        yield replace(found, n_blocks=abs(len(blocks) - len(others)))


def _count_text(blocks: Sequence[Block]) -> str:
    return blocks_text(len(blocks)) if blocks else ""


def _in_block(before: PartLayers, after: PartLayers) -> Differences:
    """Layer by layer; with unequal numbers of weighted layers only the kind, the gate and the shortcut."""
    if len(before.convs) != len(after.convs):
        words = block_words(before.block_type), block_words(after.block_type)
        if words[0] == words[1]:
            words = chains(before.convs, after.convs)
        yield Difference("changed", "", "block", *words, ((before.id,), (after.id,)))
        if not (before.gate and after.gate):
            yield from _in_gate(before, after)
        yield from _in_shortcut_kind(before, after)
        return
    yield from _in_main(before, after)
    yield from _in_gate(before, after)
    if before.shortcut == after.shortcut:
        yield from in_sequence(before.bypass, after.bypass, before.place, "shortcut")
    else:
        yield from _in_shortcut_kind(before, after)


def _in_main(before: PartLayers, after: PartLayers) -> Differences:
    """The main path; an add that only one has is reported with the shortcut."""
    has_add = before.add is not None and after.add is not None
    main, other_main = ([op for op in part.main if has_add or op is not part.add] for part in (before, after))
    yield from in_sequence(main, other_main, before.place, "order")


def _in_gate(before: PartLayers, after: PartLayers) -> Differences:
    if before.gate and after.gate:
        yield from in_sequence(before.gate, after.gate, before.place, "gate")
    elif before.gate or after.gate:
        yield one_sided("gate", chains(before.gate, after.gate), before.gate, after.gate)


def _in_shortcut_kind(before: PartLayers, after: PartLayers) -> Differences:
    """An identity has no layers: its add is marked instead."""
    if before.shortcut == after.shortcut:
        return
    words = _shortcut_words(before), _shortcut_words(after)
    if before.add and after.add:
        yield changed("shortcut", words, before.bypass or [before.add], after.bypass or [after.add])
    else:
        yield one_sided("shortcut", words, _shortcut_ops(before), _shortcut_ops(after))


def _shortcut_words(part: PartLayers) -> str:
    return shortcut_text(part.shortcut) if part.add else ""


def _shortcut_ops(part: PartLayers) -> list[Node]:
    return [*part.bypass, part.add] if part.add else []


def _in_layers(before: PartLayers, after: PartLayers) -> Differences:
    """Outside of blocks: layer by layer; unequal numbers of weighted layers as a whole, those around them singly."""
    if len(before.convs) == len(after.convs):
        yield from in_sequence(before.main, after.main, before.place, "order")
    elif not before.convs or not after.convs:
        yield from _in_unlike(before, after)
    else:
        (start, inner, end), (other_start, other_inner, other_end) = _cut(before.main), _cut(after.main)
        yield from in_sequence(start, other_start, before.place, "order")
        yield changed("layers", chains(before.convs, after.convs), inner, other_inner)
        yield from in_sequence(end, other_end, before.place, "order")


def _in_unlike(before: PartLayers, after: PartLayers) -> Differences:
    """Parts of which only one has weighted layers."""
    words = chains(before.main, after.main)
    both = before.main and after.main
    yield (changed if both else one_sided)("layers", words, before.main, after.main)


def _cut(ops: Sequence[Node]) -> tuple[Sequence[Node], Sequence[Node], Sequence[Node]]:
    """Returns the ops before the first weighted one, from that to the last one, and after it."""
    places = [place for place, op in enumerate(ops) if op.op in WEIGHTED]
    return ops[: places[0]], ops[places[0] : places[-1] + 1], ops[places[-1] + 1 :]


# Parts of a trace


def _input(trace: Trace) -> Node:
    return next(node for node in trace.nodes.values() if node.kind == "input")


def _layers(trace: Trace, part: Node | None) -> PartLayers:
    """Returns the layers of the stem or head; empty if the net has none."""
    return read_layers(part.id if part else "", inner_ops(trace, part) if part else [])


def _loose(trace: Trace) -> PartLayers:
    """Returns the layers outside of stem, stages and head."""
    known = ("stem", "stage", "head", "input")
    loose = [child for child in trace.children_of(trace.network) if child.kind not in known]
    return read_layers("rest", [op for child in loose for op in inner_ops(trace, child)])


def _stray(trace: Trace, stage: Stage) -> PartLayers:
    """Returns the layers of a stage outside of its blocks."""
    return read_layers(stage.id, [op for child in trace.loose_in(stage) for op in inner_ops(trace, child)])


# Merging


def _inside(stage: str, found: Iterable[Difference]) -> Differences:
    return (replace(difference, stage=stage) for difference in found)


def _join_alike(found: Iterable[Difference]) -> list[Difference]:
    """Merges equal differences of several layers; those of norms and activations anywhere in a block."""
    groups: dict[object, list[Difference]] = {}
    for one in found:
        place = "" if one.what in ANYWHERE else one.place
        groups.setdefault((one.kind, one.stage, one.what, place, one.before, one.after), []).append(one)
    return [_join(group) for group in groups.values()]


def _join(group: Sequence[Difference]) -> Difference:
    nodes = [tuple(node for one in group for node in one.nodes[side]) for side in (0, 1)]
    return replace(
        group[0],
        nodes=(nodes[0], nodes[1]),
        place=group[0].place if len({one.place for one in group}) == 1 else "",
        n_blocks=sum(one.n_blocks for one in group),
    )
