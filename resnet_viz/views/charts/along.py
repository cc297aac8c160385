"""Cumulative weighted layers, parameters, MACs, memory and receptive field along a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from resnet_viz.i18n import _
from resnet_viz.records.trace import Edge, Node, Stage, Trace
from resnet_viz.units import format_share
from resnet_viz.views.parts.words import WEIGHTED, stage_names
from resnet_viz.views.style import Paint, Palette

QUANTITIES = ("params", "macs", "field", "memory")


@dataclass(frozen=True, slots=True)
class NetStep:
    """Cumulative figures after the stem, a block, the head, or another part of the network."""

    node: str
    part: str
    """The top-level part that contains it, as in `layer3`; for stem and head their id."""
    layers: int
    """Weighted layers on the main path so far; after the last step, the network's depth."""
    params: int
    macs: int
    """Of them, those that are known."""
    macs_at_least: bool
    memory: int
    """Bytes of newly allocated outputs so far."""
    field: int | None
    """Receptive field of the last op, in input pixels along the height; None if unknown, and for the head, whose
    pooling sees the whole image."""


def find_parts(trace: Trace) -> tuple[Node, ...]:
    """Returns the top-level parts in execution order, without the input: stem, stages, head, others."""
    parts = (node for node in trace.nodes.values() if node.kind != "input" and _is_top(trace, node))
    return tuple(sorted(parts, key=lambda part: part.order))


def walk_net(trace: Trace) -> tuple[NetStep, ...]:
    """Returns the steps in execution order. Sums count each op once, so that the last step has the network's totals."""
    gates = _find_gates(trace)
    steps: list[NetStep] = []
    sums, layers, at_least = [0, 0, 0], 0, False
    ops = iter(trace.ops)
    for part, node in _places(trace):
        last = trace.last_op(node)
        for op in ops:
            for at, figure in enumerate((op.n_params, op.macs.known, op.act_bytes)):
                sums[at] += figure
            at_least |= op.macs_at_least
            if op.id == last.id:
                break
        layers += _count_layers(trace, node, gates)
        field = last.field[0].size if last.field and part.kind != "head" else None
        steps.append(NetStep(node.id, part.id, layers, sums[0], sums[1], at_least, sums[2], field))
    return tuple(steps)


def net_labels(traces: Sequence[Trace]) -> tuple[str, ...]:
    """Returns the networks' names, with a letter if two are equal."""
    names = [trace.name for trace in traces]
    return tuple(
        _("{name} ({letter})").format(name=name, letter=chr(ord("A") + at)) if names.count(name) > 1 else name
        for at, name in enumerate(names)
    )


def _is_top(trace: Trace, node: Node) -> bool:
    return node.parent == trace.network.id


def _places(trace: Trace) -> list[tuple[Node, Node]]:
    """Each part with its steps' nodes: the blocks of a stage, or the part itself."""
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
    """Ids of the ops whose outputs only scale others, such as the two layers of a squeeze-and-excitation."""
    followers: dict[str, set[str]] = {}
    for edge in trace.edges:
        followers.setdefault(edge.src, set()).add(edge.dst)
    gates = {edge.src for edge in trace.edges if edge.role == "gate" or _is_weighing(trace, edge)}
    for op in reversed(trace.ops):
        if op.id in followers and followers[op.id] <= gates:
            gates.add(op.id)
    return frozenset(gates)


def _is_weighing(trace: Trace, edge: Edge) -> bool:
    """Whether an edge is a sigmoid gate; with maps of one cell, shapes do not tell the gate from its operand."""
    return trace.nodes[edge.dst].op == "mul" and trace.nodes[edge.src].op == "sigmoid"


def painted_parts(trace: Trace, palette: Palette) -> Iterator[tuple[Node, Paint]]:
    """Yields the parts of a network with their colours in the drawing."""
    stages = [stage.id for stage in trace.stages]
    for part in find_parts(trace):
        if part.id in stages:
            yield part, palette.stage(stages.index(part.id))
        else:
            yield part, palette.head if part.kind == "head" else palette.stem


def part_name(part: Node) -> str:
    """Returns a part's name in charts: of a stage both names, stem and head localised, ops by id."""
    words = {"stem": _("stem"), "head": _("head")}
    return stage_names(part) if isinstance(part, Stage) else words.get(part.kind, part.id)


def amount_of(thing: Node | Trace, quantity: str) -> int:
    """Returns parameters (`params`) or the known multiply-adds (`macs`) of a node or network."""
    return thing.n_params if quantity == "params" else thing.macs.known


def share_words(part: Node, whole: Trace, quantity: str) -> str:
    """Returns a part's share of a network's amount in percent."""
    if quantity == "macs" and whole.macs_at_least:
        return _("not known")
    return format_share(amount_of(part, quantity), amount_of(whole, quantity))


def plain_name(quantity: str) -> str:
    """Returns a quantity's localised name for use within a sentence."""
    return {"params": _("parameters"), "macs": _("MACs")}[quantity]
