"""Whether a recorded block may stand for the equal ones after it: not where arithmetic would not give their nodes.

The blocks are known to do the same to inputs of the same form. This is about the graph: what a block takes and gives,
when the memory of its input ends, and what it adds to a receptive field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resnet_viz.model.graph.assemble import Graph
from resnet_viz.model.graph.repeats import Repeat
from resnet_viz.records.trace import Block, Field, Node, Stage

_LEAST_STAGES = 2
"""Of a single one the blocks may be told apart by their shapes, and by how many have which."""


def are_repeatable(graph: Graph, repeats: Sequence[Repeat]) -> bool:
    """Whether the nodes of all blocks after each repeat follow from its own."""
    stages = [node for node in graph.nodes.values() if isinstance(node, Stage)]
    if len(stages) < _LEAST_STAGES or any(stage.module != stage.id for stage in stages):
        return False
    ops = [node for node in graph.nodes.values() if node.kind == "op"]
    ops.sort(key=lambda op: op.order)
    memory = _Memory(graph, ops)
    return all(_is_whole(graph, repeat, ops) and memory.suits(repeat) for repeat in repeats) and all(
        _goes_on(graph.nodes[repeat.source], graph.nodes[repeat.output]) for repeat in repeats
    )


def _is_whole(graph: Graph, repeat: Repeat, ops: Sequence[Node]) -> bool:
    """Whether the ops are those of one block, all its nodes are named after it, and only its output is used outside."""
    block = graph.nodes.get(repeat.path)
    own = ops[repeat.start : repeat.stop]
    ids, below = {op.id for op in own}, f"{repeat.path}."
    if not isinstance(block, Block) or own[-1].id != repeat.output or block.module != block.id:
        return False
    inside = [node for node in graph.nodes.values() if node.id.startswith(below)]
    return (
        ids == {node.id for node in inside if node.kind == "op"}
        and all(_is_below(node.parent, repeat.path) and _is_below(node.module, repeat.path) for node in inside)
        and all(each.name.startswith(below) and each.same_as is None for node in inside for each in node.params)
        and all(source in ids or source == repeat.source for op in own for source in op.inputs)
        and not any(source in ids and source != repeat.output for op in ops[repeat.stop :] for source in op.inputs)
        and not ids.intersection((*graph.sums.merges, *graph.sums.unexplained))
    )


def _is_below(path: str | None, block: str) -> bool:
    return path is not None and (path == block or path.startswith(f"{block}."))


def _goes_on(source: Node, output: Node) -> bool:
    """Whether a block's output is of the form of its input, so that the next one gets what it got."""
    before, after = source.field, output.field
    if len(source.outputs) != 1 or source.outputs != output.outputs or (before is None) != (after is None):
        return False
    return all(map(_is_as_dense, before or (), after or ()))


def _is_as_dense(before: Field, after: Field) -> bool:
    return before.jump == after.jump


class _Memory:
    """When each storage is used last, and its size."""

    def __init__(self, graph: Graph, ops: Sequence[Node]) -> None:
        self._nodes = graph.nodes
        self._ops = ops
        self._last: dict[int, int] = {}
        for op in ops:
            for storage in (op.storage, *(graph.nodes[source].storage for source in op.inputs)):
                self._last[storage] = op.order
        self._sizes: Mapping[int, int] = {
            node.storage: node.act_bytes
            for node in graph.nodes.values()
            if node.kind == "input" or (node.kind == "op" and node.storage == node.order)
        }

    def suits(self, repeat: Repeat) -> bool:
        """Whether the input's memory ends within the block, as its output's does within the next."""
        taken, given = self._nodes[repeat.source].storage, self._nodes[repeat.output].storage
        own = range(repeat.start, repeat.stop)
        return (
            given in own
            and self._last[taken] in own
            and self._last[given] >= repeat.stop
            and self._sizes[taken] == self._sizes[given]
            and all(op.storage in own or op.storage == taken for op in self._ops[repeat.start : repeat.stop])
            and not any(op.storage in own and op.storage != given for op in self._ops[repeat.stop :])
        )
