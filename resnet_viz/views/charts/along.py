"""A walk along a net, from part to part: what has been passed so far, in weighted layers, parameters and the like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from resnet_viz.i18n import _
from resnet_viz.records.trace import Edge, Node, Stage, Trace
from resnet_viz.views.parts.words import WEIGHTED
from resnet_viz.views.style import Paint, Palette

QUANTITIES = ("params", "macs", "field", "memory")


@dataclass(frozen=True, slots=True)
class NetStep:
    """Where one has come to after the stem, a block, the head, or another part of a net that is none of these."""

    node: str
    part: str
    """The part of the net that it lies in, as in `layer3`; of the stem and the head their own id."""
    layers: int
    """Weighted layers of the main path passed so far; after the last step it is the net's depth."""
    params: int
    macs: int
    memory: int
    """Bytes newly allocated so far."""
    field: int | None
    """Receptive field of the last op, in input pixels along the height; None where no rule tells, and for the head,
    whose pooling sees all of the picture."""


def find_parts(trace: Trace) -> tuple[Node, ...]:
    """The parts right under the network in running order, without the input: stem, stages, head, and others."""
    parts = (node for node in trace.nodes.values() if node.kind != "input" and _is_top(trace, node))
    return tuple(sorted(parts, key=lambda part: part.order))


def walk_net(trace: Trace) -> tuple[NetStep, ...]:
    """The steps in running order. The sums are over the ops, each once, so that the last step has the whole net's."""
    gates = _find_gates(trace)
    steps: list[NetStep] = []
    done, layers = [0, 0, 0], 0
    ops = iter(trace.ops)
    for part, node in _places(trace):
        last = trace.last_op(node)
        for op in ops:
            for at, figure in enumerate((op.n_params, op.n_macs, op.act_bytes)):
                done[at] += figure
            if op.id == last.id:
                break
        layers += _count_layers(trace, node, gates)
        field = last.field[0].size if last.field and part.kind != "head" else None
        steps.append(NetStep(node.id, part.id, layers, done[0], done[1], done[2], field))
    return tuple(steps)


def net_labels(traces: Sequence[Trace]) -> tuple[str, ...]:
    """What several nets are called: their names, with a letter where two have the same."""
    names = [trace.name for trace in traces]
    return tuple(
        _("{name} ({letter})").format(name=name, letter=chr(ord("A") + at)) if names.count(name) > 1 else name
        for at, name in enumerate(names)
    )


def _is_top(trace: Trace, node: Node) -> bool:
    return node.parent == trace.network.id


def _places(trace: Trace) -> list[tuple[Node, Node]]:
    """Each part with the nodes that one comes to in it: the blocks of a stage, or the part itself."""
    places: list[tuple[Node, Node]] = []
    for part in find_parts(trace):
        places += [(part, block) for block in trace.blocks_of(part)] or [(part, part)]
    return places


def _count_layers(trace: Trace, node: Node, gates: frozenset[str]) -> int:
    """Weighted layers on the main path: convolutions of F(x); a stem counts once however deep it is (Table 1)."""
    if node.kind == "block":
        inside = getattr(node, "residual", ())
    else:
        inside = tuple(op.id for op in trace.ops if op is node or any(group is node for group in trace.ancestors(op)))
    n = sum(trace.nodes[op].op in WEIGHTED and op not in gates for op in inside)
    return min(n, 1) if node.kind in ("stem", "head") else n


def _find_gates(trace: Trace) -> frozenset[str]:
    """The ops whose values only weigh others, as the two layers of a squeeze-and-excitation."""
    followers: dict[str, set[str]] = {}
    for edge in trace.edges:
        followers.setdefault(edge.src, set()).add(edge.dst)
    gates = {edge.src for edge in trace.edges if edge.role == "gate" or _is_weighing(trace, edge)}
    for op in reversed(trace.ops):
        if op.id in followers and followers[op.id] <= gates:
            gates.add(op.id)
    return frozenset(gates)


def _is_weighing(trace: Trace, edge: Edge) -> bool:
    """Whether a sigmoid's values weigh others: with maps of one cell no shape tells a gate from what it weighs."""
    return trace.nodes[edge.dst].op == "mul" and trace.nodes[edge.src].op == "sigmoid"


def painted_parts(trace: Trace, palette: Palette) -> Iterator[tuple[Node, Paint]]:
    """The parts of a net in the colours of the drawing."""
    stages = [stage.id for stage in trace.stages]
    for part in find_parts(trace):
        if part.id in stages:
            yield part, palette.stage(stages.index(part.id))
        else:
            yield part, palette.head if part.kind == "head" else palette.stem


def part_name(part: Node) -> str:
    """A part of a net as a chart names it: a stage or an op by its id, stem and head in words."""
    return part.id if isinstance(part, Stage) else {"stem": _("stem"), "head": _("head")}.get(part.kind, part.id)


def amount_of(thing: Node | Trace, quantity: str) -> int:
    """Parameters (`params`) or multiply-adds (`macs`) of a node or a net."""
    return thing.n_params if quantity == "params" else thing.n_macs


def plain_name(quantity: str) -> str:
    """A quantity in the middle of a sentence."""
    return {"params": _("parameters"), "macs": _("MACs")}[quantity]
