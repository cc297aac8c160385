"""What a block's sum adds: which value is the shortcut, also where several sums join more than two branches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from resnet_viz.model.graph.branches import SUMS, WITH_FACTOR
from resnet_viz.records.trace import Block, Node, Trace


@dataclass(frozen=True, slots=True)
class Summands:
    """The operands of a block's add.

    add: the op. shortcut: the op, or the input, whose output is added as the shortcut. factor: what it is multiplied
    with on the way, as -1 in `F(x) - x`; None where a tensor scales it. slot: which of the add's operands it is; None
    where it is one of a sum before.
    """

    add: Node
    shortcut: str
    factor: float | None
    slot: int | None

    @property
    def is_far(self) -> bool:
        """Whether the shortcut goes into an earlier sum."""
        return self.slot is None

    @property
    def needs_total(self) -> bool:
        """Whether F(x) is only known as the rest of the sum."""
        return self.is_far or self.add.op in WITH_FACTOR

    @property
    def factor_of_other(self) -> float:
        """What the add multiplies its other operand with."""
        factors = [*_factors(self.add)]
        return factors[1 if self.slot == 0 else 0] or 1.0

    @property
    def other(self) -> str:
        """The add's other operand, for a shortcut that is one itself."""
        return self.add.inputs[-1 if self.slot == 0 else 0]


def summands_of(trace: Trace, block: Block) -> Summands:
    """Returns the operands of a block that has an add."""
    add = trace.nodes[block.add or ""]
    residual = frozenset(block.residual)
    found: list[tuple[Node, float | None]] = [(add, 1.0)]
    for op, factor in found:  # It grows during iteration: from the add towards the branches.
        for slot, (source, of_source) in enumerate(zip(op.inputs, _factors(op), strict=False)):
            node = _before_nothing(trace, trace.nodes[source])
            product = None if factor is None or of_source is None else factor * of_source
            if node.id not in residual:
                return Summands(add, source, product, slot if op is add else None)
            if node.op in SUMS and len(node.inputs) > 1:
                found.append((node, product))
    return Summands(add, add.inputs[-1], 1.0, len(add.inputs) - 1)


def _factors(op: Node) -> Iterator[float | None]:
    """Yields what an op multiplies its operands with."""
    alpha: Any = op.attrs.get("alpha", 1)
    if op.op == "rsub":
        yield from (-alpha, 1.0)
    elif op.op in WITH_FACTOR:
        yield from (1.0, None, None)
    else:
        yield from (1.0, -alpha if op.op == "sub" else alpha)


def _before_nothing(trace: Trace, node: Node) -> Node:
    """Passes over `0 + x`, with which Python's `sum` begins."""
    while node.op == "add" and len(node.inputs) == 1 and node.attrs.get("other") == 0:
        node = trace.nodes[node.inputs[0]]
    return node
