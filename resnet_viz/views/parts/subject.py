"""The subject of a view: one node, or a run of equal blocks treated as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from resnet_viz.records.macs import Macs, sum_macs
from resnet_viz.records.trace import Node, ParamMeta, Trace
from resnet_viz.views.parts.runs import Run

Thing = Node | Run


@dataclass(frozen=True, slots=True)
class Subject:
    """A node, or the blocks of a run in order: the first takes the input, the last gives the output."""

    id: str
    nodes: tuple[Node, ...]

    @property
    def first(self) -> Node:
        """The node that takes the input; it represents all blocks of a run."""
        return self.nodes[0]

    @property
    def last(self) -> Node:
        """The node that computes the output."""
        return self.nodes[-1]

    @property
    def n_params(self) -> int:
        """Total parameters."""
        return sum(node.n_params for node in self.nodes)

    @property
    def macs(self) -> Macs:
        """Total multiply-adds."""
        return sum_macs(node.macs for node in self.nodes)

    @property
    def act_bytes(self) -> int:
        """Total bytes of newly allocated outputs."""
        return sum(node.act_bytes for node in self.nodes)


def subject_of(thing: Thing) -> Subject:
    """Returns a node or a run as a Subject."""
    return Subject(thing.id, thing.blocks if isinstance(thing, Run) else (thing,))


def params_of(trace: Trace, subject: Subject) -> list[tuple[Node, ParamMeta]]:
    """Returns every parameter and buffer inside, once, with the node that holds it, in execution order."""
    by_name: dict[str, tuple[Node, ParamMeta]] = {}
    for node in subject.nodes:
        for inner in _subtree(trace, node):
            for param in inner.params:
                by_name.setdefault(param.name, (inner, param))
    return list(by_name.values())


def _subtree(trace: Trace, node: Node) -> Iterator[Node]:
    yield node
    for child in trace.children_of(node):
        yield from _subtree(trace, child)
