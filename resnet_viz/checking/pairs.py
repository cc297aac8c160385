"""Which op of one Trace is which of another: by id, and by what it is where a layer was renamed."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from resnet_viz.records.trace import Node, Trace


@dataclass(frozen=True, slots=True)
class Pairs:
    """The ops of a reference and of a net, in execution order: those of both, and those of one alone."""

    both: tuple[tuple[Node, Node], ...]
    removed: tuple[Node, ...]
    added: tuple[Node, ...]
    names: Mapping[str, str]
    """Of each id of the reference that the net has, too, the id in the net; of the inputs as well."""


def pair_ops(reference: Trace, net: Trace) -> Pairs:
    """Pairs the ops of two Traces. Equal ids are one op; of the others, those that are alike, in their order."""
    ops, others = in_order(reference.ops), {op.id: op for op in in_order(net.ops)}
    waiting: dict[Hashable, deque[Node]] = defaultdict(deque)
    known = {op.id for op in ops}
    for op in others.values():
        if op.id not in known:
            waiting[_kind(op)].append(op)
    pairs: list[tuple[Node, Node]] = []
    removed: list[Node] = []
    for op in ops:
        alike = waiting.get(_kind(op)) if op.id not in others else None
        if op.id in others:
            pairs.append((op, others[op.id]))
        elif alike:
            pairs.append((op, alike.popleft()))
        else:
            removed.append(op)
    added = in_order(op for queue in waiting.values() for op in queue)
    names = {first.id: second.id for first, second in pairs} | _inputs(reference, net)
    return Pairs(tuple(pairs), tuple(removed), tuple(added), names)


def in_order(ops: Iterable[Node]) -> list[Node]:
    """Returns ops in the order of their execution."""
    return sorted(ops, key=lambda op: op.order)


def renamed(pairs: Pairs) -> dict[tuple[str, str], int]:
    """Returns the names that changed, old and new, with the number of their ops: of a group once for all in it."""
    found: dict[tuple[str, str], int] = {}
    for first, second in pairs.both:
        if first.id != second.id:
            names = _without_shared_end(first.id, second.id)
            found[names] = found.get(names, 0) + 1
    return found


def _inputs(reference: Trace, net: Trace) -> dict[str, str]:
    ends = ([node.id for node in trace.nodes.values() if node.kind == "input"] for trace in (reference, net))
    return dict(zip(*ends, strict=False))


def _kind(op: Node) -> Hashable:
    """What makes two ops of different names one: all but the name, and where its input comes from."""
    return (
        op.op,
        tuple(sorted((name, repr(value)) for name, value in op.attrs.items())),
        tuple(output.shape for output in op.outputs),
        tuple((param.name.rpartition(".")[2], param.shape) for param in op.params),
    )


def _without_shared_end(first: str, second: str) -> tuple[str, str]:
    """`layer1` and `stage1` of `layer1.0.conv1` and `stage1.0.conv1`."""
    parts, others = first.split("."), second.split(".")
    while len(parts) > 1 and len(others) > 1 and parts[-1] == others[-1]:
        parts.pop()
        others.pop()
    return ".".join(parts), ".".join(others)
