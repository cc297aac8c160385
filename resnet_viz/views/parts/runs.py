"""Runs of equal blocks: ResNet-152's layer3 is one block, then 35 equal ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from resnet_viz.records.trace import Block, Node, Stage, Trace


@dataclass(frozen=True, slots=True)
class Run:
    """One block, or several consecutive equal ones; the id is `layer3.0` or `layer3.1..35`."""

    id: str
    blocks: tuple[Block, ...]

    @property
    def first(self) -> Block:
        """The first block, which represents all."""
        return self.blocks[0]

    @property
    def last(self) -> Block:
        """The last block, which computes the run's output."""
        return self.blocks[-1]

    @property
    def outlet(self) -> str:
        """Id of the drawn node that the run's output comes from: the last add, or the run itself if it has none."""
        return self.last.add or self.id


def fold_stage(trace: Trace, stage: Stage, levels: Mapping[str, str] | None = None) -> tuple[Run, ...]:
    """Returns a stage's blocks, equal neighbours merged; with `levels` (by block id), only those at `folded`."""

    def likeness(block: Block) -> object:
        is_folded = levels is None or levels[block.id] == "folded"
        return _likeness(trace, block) if is_folded else block.id

    # What lies between two blocks of a stage parts them; between adjacent ones the difference is the same.
    blocks = enumerate(trace.blocks_of(stage))
    placed = [(block, (likeness(block), stage.children.index(block.id) - n)) for n, block in blocks]
    groups = (tuple(block for block, _key in group) for _, group in groupby(placed, key=lambda pair: pair[1]))
    return tuple(Run(range_id(group), group) for group in groups)


def join_alike(trace: Trace, blocks: tuple[Block, ...]) -> Run | None:
    """Returns adjacent blocks as a run; None if they are not all equal."""
    likeness = _likeness(trace, blocks[0])
    return Run(range_id(blocks), blocks) if all(_likeness(trace, block) == likeness for block in blocks[1:]) else None


def range_id(blocks: Sequence[Block]) -> str:
    """Returns the id of adjacent blocks: `layer3.1..35`; of one block, its id. `ids.py` parses it."""
    if len(blocks) == 1:
        return blocks[0].id
    return f"{blocks[0].id}..{blocks[-1].id.rpartition('.')[2]}"


def inner_ops(trace: Trace, node: Node) -> list[Node]:
    """Returns the ops inside a group, in execution order; for an op, itself."""
    ops, waiting = [], [node]
    while waiting:
        found = waiting.pop()
        if found.kind in ("op", "input"):
            ops.append(found)
        else:
            waiting += trace.children_of(found)
    return sorted(ops, key=lambda op: op.order)


def _likeness(trace: Trace, block: Block) -> tuple[object, ...]:
    """Key of equality: the same ops with the same settings on the same shapes."""
    ops = inner_ops(trace, block)
    settings = tuple(
        (op.id.removeprefix(block.id), op.op, tuple(op.attrs.items()), op.out_shape, op.n_params) for op in ops
    )
    return block.block_type, block.shortcut, trace.in_shape(block), settings
