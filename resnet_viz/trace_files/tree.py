"""Checks that the nodes and edges of a trace file are those of a net, so that every view can rely on it.

One network around all; groups before what is in them, and each with something in it; ops in an order in which each
gets what earlier ones gave; and the edges are the ops' inputs, no more and no less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Edge, Node, Trace
from resnet_viz.trace_files import columns
from resnet_viz.trace_files.schema import MOST_DEPTH

_LEAVES = ("op", "input")
_AT_TOP = ("input", "stem", "stage", "head")


def check_tree(nodes: Sequence[Node], by_id: Mapping[str, Node]) -> None:
    """Raises TraceFileError unless the nodes are one tree. `by_id`: the same by their ids."""
    if len(by_id) != len(nodes) or "" in by_id:
        twice = next((node.id for node in nodes if not node.id or by_id[node.id] is not node), "")
        raise columns.damaged("nodes.id", twice, _("an id of its own for each node"))
    if not nodes or nodes[0].kind != "network":
        raise columns.damaged("nodes.kind", nodes[0].kind if nodes else "", _("the network as the first node"))
    depths: dict[str, int] = {}
    kinds = [node.kind for node in nodes]
    for kind in ("network", "stem", "head"):
        if kinds.count(kind) > 1:
            raise columns.damaged("nodes.kind", kind, _("such a node once at most"))
    for node in nodes:
        depths[node.id] = _check_place(node, by_id, depths)


def check_flow(trace: Trace) -> None:
    """Raises TraceFileError unless each op gets what earlier ones gave, and the edges say the same."""
    ops, nodes = trace.ops, trace.nodes
    if not ops or sorted([op.order for op in ops]) != list(range(len(ops))):
        raise columns.damaged("nodes.order", len(ops), _("each number from 0 once, one for each op"))
    failed = trace.failed.node if trace.failed and not trace.failed.is_after else None
    if trace.failed and nodes[trace.failed.node].kind != "op":
        raise columns.damaged("failed.node", trace.failed.node, _("an op"))
    first = next((node for node in nodes.values() if node.kind == "input"), None)
    if first is None or first.outputs != (trace.input,):
        raise columns.damaged("input", trace.input.shape, _("the tensor of the input's node"))
    for node in nodes.values():
        _check_node(node, nodes, failed)
    for block in trace.blocks:
        _check_block(block, trace)
    for merge in trace.merges:
        if nodes[merge].kind != "op":
            raise columns.damaged("merges", merge, _("an op"))
    _check_edges(trace.edges, ops, nodes)


def _check_place(node: Node, by_id: Mapping[str, Node], depths: Mapping[str, int]) -> int:
    """Returns how deep a node lies."""
    if node.parent is None:
        if node.kind != "network":
            raise columns.damaged("nodes.parent", node.id, _("a parent for each node but the network"))
        return 0
    parent = by_id[node.parent]
    # A parent stands before its children, and so there is no circle.
    if node.kind == "network" or parent.kind in _LEAVES or node.parent not in depths:
        raise columns.damaged("nodes.parent", node.id, _("a group that stands before its children"))
    if (node.kind in _AT_TOP and parent.kind != "network") or (node.kind == "block" and parent.kind != "stage"):
        allowed = _("the network above inputs, stem, stages and head, a stage above a block")
        raise columns.damaged("nodes.parent", node.id, allowed)
    depth = depths[node.parent] + 1
    if depth > MOST_DEPTH:
        raise columns.damaged("nodes.parent", depth, _("at most {n} groups in one another").format(n=MOST_DEPTH))
    return depth


def _check_node(node: Node, nodes: Mapping[str, Node], failed: str | None) -> None:
    is_leaf = node.kind in _LEAVES
    if bool(node.children) is is_leaf or (node.op is None) is (node.kind == "op"):
        raise columns.damaged("nodes", node.id, _("children in a group, and the name of an op in an op"))
    needed = failed is None or is_leaf
    if node.kind == "input" and (node.inputs or len(node.outputs) != 1 or node.order != -1):
        raise columns.damaged("nodes.outputs", node.id, _("one tensor for an input"))
    if needed and not node.outputs and node.id != failed:
        raise columns.damaged("nodes.outputs", node.id, _("a tensor at least"))
    if node.kind == "op" and not node.inputs:
        raise columns.damaged("nodes.inputs", node.id, _("an input at least"))
    for source in node.inputs:
        giver = nodes[source]
        is_late = node.kind == "op" and giver.order >= node.order
        if giver.kind not in _LEAVES or is_late or source == failed:
            raise columns.damaged("nodes.inputs", source, _("an input of the net or an earlier op"))


def _check_block(block: Block, trace: Trace) -> None:
    members = (*block.residual, *block.bypass, *(() if block.add is None else (block.add,)))
    for op in members:
        node = trace.nodes[op]
        if node.kind != "op" or all(above.id != block.id for above in trace.ancestors(node)):
            raise columns.damaged("blocks", op, _("an op of the block"))


def _check_edges(edges: Sequence[Edge], ops: Sequence[Node], nodes: Mapping[str, Node]) -> None:
    arriving: dict[str, list[str]] = {op.id: [] for op in ops}
    for edge in edges:
        came = arriving.get(edge.dst)
        if came is None or edge.slot != len(came) or edge.tensor not in nodes[edge.src].outputs:
            allowed = _("an op, its inputs in order, each an output of where it comes from")
            raise columns.damaged("edges", edge.dst, allowed)
        came.append(edge.src)
    for op in ops:
        if tuple(arriving[op.id]) != op.inputs:
            raise columns.damaged("edges", op.id, _("an edge for each input of an op"))
