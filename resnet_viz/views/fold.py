"""Runs of equal blocks: ResNet-152's layer3 is one block and then 35 alike."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from resnet_viz.records import Block, Node, Stage, Trace


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


def fold_stage(trace: Trace, stage: Stage, is_folded: bool = True) -> tuple[Run, ...]:
    """The blocks of a stage, with equal neighbours joined where `is_folded`."""
    blocks = [node for node in (trace.nodes[child] for child in stage.children) if isinstance(node, Block)]
    if not is_folded:
        return tuple(Run(block.id, (block,)) for block in blocks)
    groups = (tuple(group) for _, group in groupby(blocks, key=lambda block: _likeness(trace, block)))
    return tuple(Run(_run_id(group), group) for group in groups)


def inner_ops(trace: Trace, node: Node) -> list[Node]:
    """The ops inside a group, in running order; of an op, itself."""
    if node.kind in ("op", "input"):
        return [node]
    return sorted(
        (op for child in node.children for op in inner_ops(trace, trace.nodes[child])), key=lambda op: op.order
    )


def _likeness(trace: Trace, block: Block) -> tuple[object, ...]:
    """Equal blocks run the same ops with the same settings on the same shapes."""
    ops = inner_ops(trace, block)
    settings = tuple(
        (op.id.removeprefix(block.id), op.op, tuple(op.attrs.items()), op.out_shape, op.n_params) for op in ops
    )
    return block.block_type, block.shortcut, trace.in_shape(block), settings


def _run_id(blocks: tuple[Block, ...]) -> str:
    if len(blocks) == 1:
        return blocks[0].id
    return f"{blocks[0].id}..{blocks[-1].id.rpartition('.')[2]}"


def find_run(trace: Trace, node_id: str | None) -> Run | None:
    """The run of an id such as `layer3.6..35`, any equal neighbours; None where the id is none of this net's."""
    first_id, dots, last = (node_id or "").partition("..")
    stage = next((stage for stage in trace.stages if stage.id == first_id.rpartition(".")[0]), None)
    last_id = f"{first_id.rpartition('.')[0]}.{last}"
    if not dots or stage is None or first_id not in stage.children or last_id not in stage.children:
        return None
    ids = stage.children[stage.children.index(first_id) : stage.children.index(last_id) + 1]
    blocks = tuple(node for node in (trace.nodes[child] for child in ids) if isinstance(node, Block))
    is_run = 1 < len(blocks) == len(ids) and len(list(groupby(blocks, key=lambda block: _likeness(trace, block)))) == 1
    return Run(_run_id(blocks), blocks) if is_run else None


def resolve_node(trace: Trace, node_id: str | None) -> Node | None:
    """The node of an id from a drawing: a run stands for its last block, whose output leaves it. None if unknown."""
    if node_id is None:
        return None
    if node_id not in trace.nodes and ".." in node_id:
        for run in (run for stage in trace.stages for run in fold_stage(trace, stage)):
            if run.id == node_id:
                return run.last
    return trace.nodes.get(node_id)


def drawn_ids(trace: Trace, node_id: str) -> list[str]:
    """The ids a node may have in a drawing, the narrowest first: its own, those around it, the run it is part of."""
    node = resolve_node(trace, node_id)
    if node is None:
        return []
    around = [node.id, *(group.id for group in trace.ancestors(node))]
    runs = [run for stage in trace.stages if stage.id in around for run in fold_stage(trace, stage)]
    return [node_id, *around, *(run.id for run in runs if any(block.id in around for block in run.blocks))]
