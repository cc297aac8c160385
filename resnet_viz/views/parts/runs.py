"""Runs of equal blocks: ResNet-152's layer3 is one block and then 35 alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.views.parts.detail import find_range, range_id


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


def find_run(trace: Trace, run_id: str | None) -> Run | None:
    """The run of an id such as `layer3.1..35`: two or more equal neighbours; None if there is no such run."""
    blocks = find_range(trace, run_id or "")
    likenesses = [_likeness(trace, block) for block in blocks]
    is_run = len(blocks) > 1 and all(likeness == likenesses[0] for likeness in likenesses)
    return Run(range_id(blocks), blocks) if is_run else None


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


def resolve_node(trace: Trace, node_id: str | None) -> Node | None:
    """The node of an id from a drawing: a run stands for its last block, whose output leaves it. None if unknown."""
    if node_id is None:
        return None
    run = None if node_id in trace.nodes else find_run(trace, node_id)
    return run.last if run else trace.nodes.get(node_id)
