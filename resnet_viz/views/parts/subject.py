"""What is looked at: one node, or a run of equal blocks as if it were one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from resnet_viz.records.trace import Node, ParamMeta, Trace
from resnet_viz.views.parts.runs import Run

Thing = Node | Run


@dataclass(frozen=True, slots=True)
class Subject:
    """A node, or the blocks of a run in order; values come into the first and leave the last."""

    id: str
    nodes: tuple[Node, ...]

    @property
    def first(self) -> Node:
        """Where values come in; of equal blocks the one that stands for all."""
        return self.nodes[0]

    @property
    def last(self) -> Node:
        """Where values leave."""
        return self.nodes[-1]

    @property
    def n_params(self) -> int:
        """Parameters in all."""
        return sum(node.n_params for node in self.nodes)

    @property
    def n_macs(self) -> int:
        """Multiply-adds in all."""
        return sum(node.n_macs for node in self.nodes)

    @property
    def act_bytes(self) -> int:
        """Newly allocated output in all."""
        return sum(node.act_bytes for node in self.nodes)


def subject_of(thing: Thing) -> Subject:
    """A node or a run as a subject."""
    return Subject(thing.id, thing.blocks if isinstance(thing, Run) else (thing,))


def params_of(trace: Trace, subject: Subject) -> list[tuple[Node, ParamMeta]]:
    """Every parameter and buffer inside, once, with the node that has it, in running order."""
    found: dict[str, tuple[Node, ParamMeta]] = {}
    for node in subject.nodes:
        for inner in _subtree(trace, node):
            for param in inner.params:
                found.setdefault(param.name, (inner, param))
    return list(found.values())


def _subtree(trace: Trace, node: Node) -> Iterator[Node]:
    yield node
    for child in trace.children_of(node):
        yield from _subtree(trace, child)
