"""The graph of a whole net, from that of one in which equal blocks in a row are there once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from resnet_viz.model.graph.assemble import Graph
from resnet_viz.model.graph.calls import Call
from resnet_viz.model.graph.fields import Fields, op_field
from resnet_viz.model.graph.repeats import Copy, Repeat, copies
from resnet_viz.records.trace import Edge, Node, Stage


def unroll(graph: Graph, calls: Sequence[Call], repeats: Sequence[Repeat]) -> Graph:
    """Returns the graph with all blocks. `calls` are the ops of the short one in order."""
    unrolled = _Unrolled(graph, calls, repeats)
    nodes = {node.id: node for node in unrolled.nodes()}
    return Graph(nodes[graph.network.id], nodes, tuple(unrolled.edges(graph.edges)), graph.sums)


class _Unrolled:
    """All by ids of the short graph, as it is in the whole one."""

    def __init__(self, graph: Graph, calls: Sequence[Call], repeats: Sequence[Repeat]) -> None:
        self._short = graph.nodes
        self._calls = calls
        self._ops: dict[str, Node] = {}
        self._copies: dict[str, list[Copy]] = {}
        """The equal blocks after each repeated one, by its path."""
        self._outputs: dict[str, Node] = {}
        """The last one's output by the repeated one's."""
        self._shift = 0
        inputs = [node for node in graph.nodes.values() if node.kind == "input"]
        self._inputs = {node.id: node for node in inputs}
        self._fields: dict[str, Fields | None] = {node.id: node.field for node in inputs}
        self._storages = {node.storage: node.storage for node in graph.nodes.values()}
        ends = {repeat.stop: repeat for repeat in repeats}
        for place, call in enumerate(calls):
            if place in ends:
                self._repeat(ends[place])
            self._add(call)
        self._last = {group: op for op in self._ops.values() for group in self._above(op)}
        self._inside: dict[str, list[Node]] = {}
        for path in self._copies:
            for group in self._above(graph.nodes[path]):
                self._inside.setdefault(group, []).append(graph.nodes[path])

    def _above(self, node: Node) -> Iterator[str]:
        while node.parent is not None:
            yield node.parent
            node = self._short[node.parent]

    def _add(self, call: Call) -> None:
        op = self._short[call.id]
        field = op.field
        if self._outputs:
            field, _has_gate = op_field(call, self._fields, self._short[call.inputs[0]].out_shape[2:])
            op = self._moved(op, field)
        self._ops[call.id], self._fields[call.id] = op, field

    def _moved(self, op: Node, field: Fields | None) -> Node:
        """Returns an op that comes after repeated blocks. `replace` takes thrice as long."""
        order = op.order + self._shift
        if op.storage == op.order:
            self._storages[op.order] = order
        return Node(
            op.id, "op", op.parent, (), op.op, op.attrs, op.module, op.call, order, self._renamed(op.inputs),
            op.outputs, op.is_inplace, op.is_view, self._storages[op.storage], op.n_params, op.n_macs,
            op.macs_at_least, op.act_bytes, op.live_bytes, field, op.is_global, op.source, op.is_estimated, op.params,
        )  # fmt: skip

    def _renamed(self, ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._outputs[node_id].id if node_id in self._outputs else node_id for node_id in ids)

    def _repeat(self, repeat: Repeat) -> None:
        """Adds the blocks like one that has just ended; what follows comes after the last."""
        ops = [self._ops[call.id] for call in self._calls[repeat.start : repeat.stop]]
        source = self._outputs.get(repeat.source) or self._ops.get(repeat.source) or self._inputs[repeat.source]
        found = self._copies[repeat.path] = copies(repeat, ops, source, self._fields[repeat.source])
        last = self._outputs[repeat.output] = found[-1].output
        self._fields[repeat.output] = last.field
        self._storages[self._short[repeat.output].storage] = last.storage
        self._shift += repeat.n_ops * len(repeat.others)

    def nodes(self) -> Iterator[Node]:
        """Yields all nodes in running order, groups before their ops."""
        block: list[Node] = []
        for short in self._short.values():
            if block and not short.id.startswith(f"{block[0].id}."):
                yield from self._blocks_like(block)
                block = []
            node = short if short.kind == "input" else self._ops.get(short.id) or self._group(short)
            if block or short.id in self._copies:
                block.append(node)
            yield node
        if block:
            yield from self._blocks_like(block)

    def _blocks_like(self, block: Sequence[Node]) -> Iterator[Node]:
        for copy in self._copies[block[0].id]:
            for node in block:
                yield copy.ops[node.id] if node.kind == "op" else copy.group(node, self._last[node.id])

    def _group(self, group: Node) -> Node:
        """Returns a group, with what the blocks add that are not recorded."""
        last = self._last[group.id]
        last = self._outputs.get(last.id, last) if group.id in self._inside else last
        return replace(
            group,
            children=tuple(self._with_copies(group.children)),
            order=self._ops[self._calls[group.order].id].order,
            inputs=self._renamed(group.inputs),
            storage=last.storage,
            field=last.field,
            is_global=last.is_global,
            **self._sums(group, self._inside.get(group.id, ())),
        )

    def _with_copies(self, children: Sequence[str]) -> Iterator[str]:
        for child in children:
            yield child
            yield from (copy.path for copy in self._copies.get(child, ()))

    def _sums(self, group: Node, blocks: Sequence[Node]) -> dict[str, Any]:
        """Returns the figures of a group around repeated blocks, with theirs once for each."""
        more = [(block, len(self._copies[block.id])) for block in blocks]
        if not more:
            return {}
        known = (group.n_macs or 0) + sum(n * (block.n_macs or 0) for block, n in more)
        sums = {
            "n_params": group.n_params + sum(n * block.n_params for block, n in more),
            "n_macs": None if group.macs_at_least and not known else known,
            "act_bytes": group.act_bytes + sum(n * block.act_bytes for block, n in more),
        }
        if isinstance(group, Stage):
            sums["n_blocks"] = group.n_blocks + sum(n for _block, n in more)
        return sums

    def edges(self, edges: Sequence[Edge]) -> Iterator[Edge]:
        """Yields all edges, in the order of the ops that they lead to."""
        homes = {op: path for path, found in self._copies.items() for op in found[0].ops}
        for path, arriving in groupby(edges, key=lambda edge: homes.get(edge.dst)):
            inside = [self._from_last(edge) if homes.get(edge.src) != path else edge for edge in arriving]
            yield from inside
            if path:
                templates = self._copies[path][0].edge_templates(inside)
                for copy in self._copies[path]:
                    yield from copy.edges(templates)

    def _from_last(self, edge: Edge) -> Edge:
        output = self._outputs.get(edge.src)
        return edge if output is None else Edge(output.id, edge.dst, edge.slot, edge.tensor, edge.role)
