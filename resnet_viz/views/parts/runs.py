"""Runs of equal blocks: ResNet-152's layer3 is one block and then 35 alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from resnet_viz.records.trace import Block, Node, Stage, Trace


@dataclass(frozen=True, slots=True)
class Run:
    """One block, or several equal ones in a row; the id is `layer3.0` or `layer3.1..35`."""

    id: str
    blocks: tuple[Block, ...]

    @property
    def first(self) -> Block:
        """The block that stands for all."""
        return self.blocks[0]

    @property
    def last(self) -> Block:
        """The block whose output leaves the run."""
        return self.blocks[-1]

    @property
    def outlet(self) -> str:
        """The box that the run's output leaves from: the last add, or where there is none the run itself."""
        return self.last.add or self.id


def fold_stage(trace: Trace, stage: Stage, levels: Mapping[str, str] | None = None) -> tuple[Run, ...]:
    """The blocks of a stage, equal neighbours joined; `levels` by block: only those at `folded` are (None: all)."""

    def likeness(block: Block) -> object:
        is_folded = levels is None or levels[block.id] == "folded"
        return _likeness(trace, block) if is_folded else block.id

    groups = (tuple(group) for _, group in groupby(trace.blocks_of(stage), key=likeness))
    return tuple(Run(range_id(group), group) for group in groups)


def join_alike(trace: Trace, blocks: tuple[Block, ...]) -> Run | None:
    """Some neighbouring blocks as a run; None where they are not all equal."""
    likeness = _likeness(trace, blocks[0])
    return Run(range_id(blocks), blocks) if all(_likeness(trace, block) == likeness for block in blocks[1:]) else None


def range_id(blocks: Sequence[Block]) -> str:
    """The id of some neighbouring blocks: `layer3.1..35`; of one block, its own. `ids.py` reads it."""
    if len(blocks) == 1:
        return blocks[0].id
    return f"{blocks[0].id}..{blocks[-1].id.rpartition('.')[2]}"


def inner_ops(trace: Trace, node: Node) -> list[Node]:
    """The ops inside a group, in running order; of an op, itself."""
    if node.kind in ("op", "input"):
        return [node]
    return sorted((op for child in trace.children_of(node) for op in inner_ops(trace, child)), key=lambda op: op.order)


def _likeness(trace: Trace, block: Block) -> tuple[object, ...]:
    """Equal blocks run the same ops with the same settings on the same shapes."""
    ops = inner_ops(trace, block)
    settings = tuple(
        (op.id.removeprefix(block.id), op.op, tuple(op.attrs.items()), op.out_shape, op.n_params) for op in ops
    )
    return block.block_type, block.shortcut, trace.in_shape(block), settings
