"""JSON export of a drawing: the network, a node per drawn node and an edge per drawn edge, as plain values.

Schema, version 1. Shapes are lists (N, C, H, W) or (N, C); counts and bytes are whole numbers.

    schema, version   "resnet_viz drawing", 1
    level, parts      levels of detail: of the whole net, and id and level of each part that differs
    net               name, query (a link's query string, or null), input_shape, n_params, n_macs, macs_at_least,
                      act_bytes, peak_bytes, weight_bytes, versions, warnings,
                      merges (ids of sums that are no block)
    nodes[]           id, kind (run, or a Trace's kind), op, block_type, shortcut, count (blocks of a run, else 1),
                      first and last (ids of the Trace; of a run, its end blocks), stage, within, in_shape, out_shape,
                      n_params, n_macs, macs_at_least, act_bytes, field ([vertical, horizontal] in input pixels,
                      or null)
    edges[]           src, dst (ids of nodes), role (main, identity, projection, parameter-free, gated, gate), shape

`n_macs` is null where no multiply-add is known; `macs_at_least` says that there may be more than `n_macs`.
`within` is the node whose figures include this one's, such as the block around an add: exclude those from sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphviz import Digraph

from resnet_viz.records.macs import sum_macs
from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.views.graph.render import read_graph
from resnet_viz.views.parts.detail import Detail
from resnet_viz.views.parts.ids import find_part

SCHEMA, VERSION = "resnet_viz drawing", 1


def describe_drawing(trace: Trace, graph: Digraph, detail: Detail) -> dict[str, Any]:
    """Returns a drawing in the schema above."""
    drawn = read_graph(graph)
    parts = {box: _ends(trace, box) for box in drawn.boxes}
    holders = {block.id: box for box, (first, last) in parts.items() for block in _blocks(trace, first, last)}
    shapes = {(edge.src, edge.dst): edge.tensor.shape for edge in trace.edges}
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "level": detail.level,
        "parts": [{"id": part, "level": level} for part, level in detail.parts],
        "net": _describe_net(trace),
        "nodes": [_describe_node(trace, box, *ends, holders) for box, ends in parts.items()],
        "edges": [
            {"src": src, "dst": dst, "role": role, "shape": list(shapes.get((src, dst), parts[src][1].out_shape))}
            for src, dst, role in drawn.wires
        ],
    }


def _describe_net(trace: Trace) -> dict[str, Any]:
    return {
        "name": trace.name,
        "query": trace.spec.to_query() if trace.spec else None,
        "input_shape": list(trace.input.shape),
        "n_params": trace.n_params,
        "n_macs": trace.n_macs,
        "macs_at_least": trace.macs_at_least,
        "act_bytes": trace.act_bytes,
        "peak_bytes": trace.peak_bytes,
        "weight_bytes": trace.weight_bytes,
        "versions": dict(trace.versions),
        "warnings": list(trace.warnings),
        "merges": list(trace.merges),
    }


def _describe_node(trace: Trace, box: str, first: Node, last: Node, holders: dict[str, str]) -> dict[str, Any]:
    parts: Sequence[Node] = _blocks(trace, first, last) or [first]
    macs = sum_macs(part.macs for part in parts)
    around = [first, *trace.ancestors(first)]
    return {
        "id": box,
        "kind": first.kind if first is last else "run",
        "op": first.op,
        "block_type": first.block_type if isinstance(first, Block) else None,
        "shortcut": first.shortcut if isinstance(first, Block) else None,
        "count": len(parts),
        "first": first.id,
        "last": last.id,
        "stage": next((node.id for node in around if isinstance(node, Stage)), None),
        "within": next((holders[node.id] for node in around[1:] if node.id in holders), None),
        "in_shape": list(trace.in_shape(first)),
        "out_shape": list(last.out_shape),
        "n_params": sum(part.n_params for part in parts),
        "n_macs": macs.n,
        "macs_at_least": macs.at_least,
        "act_bytes": sum(part.act_bytes for part in parts),
        "field": [axis.size for axis in last.field] if last.field else None,
    }


def _ends(trace: Trace, box: str) -> tuple[Node, Node]:
    """The first and last Trace node of a drawn node: a run's end blocks, as in `layer3.1..35`, else the same twice."""
    part = find_part(trace, box)
    if part is None:
        raise KeyError(box)
    return part.nodes[0], part.nodes[-1]


def _blocks(trace: Trace, first: Node, last: Node) -> list[Block]:
    """The blocks from `first` to `last`; empty if they are not blocks."""
    if not (isinstance(first, Block) and isinstance(last, Block)):
        return []
    return list(trace.blocks[trace.blocks.index(first) : trace.blocks.index(last) + 1])
