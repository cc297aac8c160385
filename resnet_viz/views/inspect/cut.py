"""A net cut in two behind a node: what it takes to get there, and what is left behind it, by sums over the Trace.

Strides multiply and fields chain: with F input pixels seen by a position of the map here, moving by J, and R positions
of this map seen by one position at the end, the end sees F + (R − 1) × J pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from resnet_viz.records.macs import Macs, sum_macs
from resnet_viz.records.trace import Field, Node, Trace
from resnet_viz.views.parts.subject import Thing, subject_of

Fields = tuple[Field, Field]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a cut. Stride and field are (vertical, horizontal)."""

    n_params: int
    macs: Macs
    act_bytes: int
    stride: Pair | None
    """All strides on the way multiplied; None where positions have none, as behind a global pool."""
    field: Pair | None
    """Receptive field: before the cut in input pixels, behind it in positions of the map there; None if unknown."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Both sides of a cut behind a node; of parameters, MACs and memory they add up to those of the net."""

    op: str
    """The op whose output it takes: a node itself, or the last op in it."""
    out_shape: tuple[int, ...]
    before: Side
    """All that the output depends on; inside a block not its shortcut, nor anything behind."""
    behind: Side
    """All else. Its stride and field are those from here to the end of the last stage."""
    end: str | None
    """The node that the stride and the field behind lead to: the last stage. None where the cut is not before it."""
    is_only_way: bool
    """Whether all that follows depends on this output alone, so that the part behind can run on it."""
    field: Fields | None
    """The receptive field here."""


def find_cut(trace: Trace, thing: Thing) -> Cut | None:
    """Returns the cut behind a node, or behind the last block of a run; None for the net, its input, a broken pass."""
    node = subject_of(thing).last
    if trace.failed is not None or node.kind in ("network", "input"):
        return None
    op = trace.last_op(node)
    needed = _needed(trace, op)
    leaving = {edge.src for edge in trace.edges if edge.src in needed and edge.dst not in needed}
    before, behind = _sums(trace, [op for op in trace.ops if op.id in needed])
    end = trace.stages[-1] if trace.stages else None
    far = _seen_from(trace, op, trace.last_op(end)) if end else None
    jumps = _jumps(op.field)
    return Cut(
        op=op.id,
        out_shape=op.out_shape,
        before=Side(*before, jumps, _sizes(op.field) if jumps else None),
        behind=Side(*behind, _jumps(far), _sizes(far)),
        end=end.id if end and far else None,
        is_only_way=leaving <= {op.id},
        field=op.field,
    )


def _needed(trace: Trace, op: Node) -> frozenset[str]:
    """Ids of an op and of all that it depends on."""
    found, waiting = {op.id}, [op.id]
    while waiting:
        for source in trace.nodes[waiting.pop()].inputs:
            if source not in found:
                found.add(source)
                waiting.append(source)
    return frozenset(found)


_Sums = tuple[int, Macs, int]


def _sums(trace: Trace, ops: Sequence[Node]) -> tuple[_Sums, _Sums]:
    """Parameters, MACs and bytes of some ops, and those that the net has besides."""
    ids = {op.id for op in ops}
    others = [op for op in trace.ops if op.id not in ids]
    n_params = _count_params(trace, ids)
    return (
        (n_params, sum_macs(op.macs for op in ops), sum(op.act_bytes for op in ops)),
        (trace.n_params - n_params, sum_macs(op.macs for op in others), sum(op.act_bytes for op in others)),
    )


def _count_params(trace: Trace, ids: set[str]) -> int:
    """Parameters of some ops, and of the groups that are wholly among them; a shared one counts once."""
    holders = (node for node in trace.nodes.values() if node.params and trace.last_op(node).id in ids)
    found = {
        param.same_as or param.name: param.size for node in holders for param in node.params if not param.is_buffer
    }
    return sum(found.values())


def _seen_from(trace: Trace, op: Node, end: Node) -> Fields | None:
    """The field of a position of `end` in positions of the map of `op`, by each op's window: kernel and stride."""
    if op.order >= end.order or _jumps(op.field) is None:
        return None
    seen: dict[str, Fields] = {op.id: (Field(0, 0, 1), Field(0, 0, 1))}
    for node in trace.ops:
        if op.order < node.order <= end.order:
            sources = [source for source in node.inputs if source in seen]
            fields = (_through(trace, node, seen, sources, 0), _through(trace, node, seen, sources, 1))
            if fields[0] is not None and fields[1] is not None:
                seen[node.id] = fields[0], fields[1]
    return seen.get(end.id)


def _through(trace: Trace, node: Node, seen: Mapping[str, Fields], sources: Sequence[str], axis: int) -> Field | None:
    """What a position of `node` sees of the map at the cut; None if nothing of it, or if that is not known.

    The op's window is the difference between its receptive field and that of its inputs.
    """
    arriving = _join([fields[axis] for source in node.inputs if (fields := trace.nodes[source].field)])
    here = _join([seen[source][axis] for source in sources])
    field = node.field[axis] if node.field else None
    if arriving is None or here is None or field is None or not (arriving.jump and here.jump and field.jump):
        return None
    if field.jump % arriving.jump:
        return None
    lo, hi = ((side // arriving.jump) * here.jump for side in (field.lo - arriving.lo, field.hi - arriving.hi))
    return Field(here.lo + lo, here.hi + hi, here.jump * (field.jump // arriving.jump))


def _join(fields: Sequence[Field]) -> Field | None:
    """The union of fields that move alike; a gate's, which has one value a map, is left out as everywhere."""
    local = [field for field in fields if field.jump is not None]
    if not local or len({field.jump for field in local}) > 1:
        return None
    return Field(min(field.lo for field in local), max(field.hi for field in local), local[0].jump)


def _jumps(field: Fields | None) -> Pair | None:
    if field is None or field[0].jump is None or field[1].jump is None:
        return None
    return field[0].jump, field[1].jump


def _sizes(field: Fields | None) -> Pair | None:
    return (field[0].size, field[1].size) if field else None
