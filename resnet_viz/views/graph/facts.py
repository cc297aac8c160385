"""Data of every node for the drawing in the browser, so that clicks and searches need no server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NotRequired, TypedDict

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.units import format_exact, format_shape
from resnet_viz.views.graph.shade import amounts
from resnet_viz.views.inspect.names import names_to_find
from resnet_viz.views.parts.detail import LEVELS, Detail, unit_levels
from resnet_viz.views.parts.runs import Run, fold_stage
from resnet_viz.views.parts.words import WEIGHTED, field_of, field_text, layer_text, shortcut_text, stage_title


class BranchIds(TypedDict):
    """Ids of the ops on a block's two branches, and of its add."""

    residual: list[str]
    bypass: list[str]
    add: str | None


class NodeFacts(TypedDict):
    """Data of a node or run. The front end reads these keys."""

    kind: str
    about: str
    """Short localised description."""
    shape: str
    """Input and output shape."""
    costs: list[str]
    """Parameters, multiply-adds and receptive field as text."""
    amounts: list[int | None]
    """The metrics that nodes are shaded by; None if unknown."""
    find: str
    """The text that the search matches."""
    parent: str | None
    name: NotRequired[str]
    """In a comparison, for a network or all networks: the name."""
    levels: NotRequired[list[str]]
    """For groups: the levels that they can be shown at."""
    level: NotRequired[str]
    """The level that it is shown at; `mixed` if its blocks differ."""
    branches: NotRequired[BranchIds]
    """For a block or run."""
    blocks: NotRequired[int]
    """For a run: the number of blocks."""


Facts = dict[str, NodeFacts]
"""By the id of the node or run."""


def net_facts(trace: Trace) -> Facts:
    """Returns the data of each node by id that do not depend on the drawing."""
    facts = {node.id: _facts(trace, node) for node in trace.nodes.values()}
    for whole in (trace.network, *trace.stages):
        facts[whole.id]["levels"] = list(LEVELS)
    for block in trace.blocks:
        facts[block.id]["branches"] = _branches(block)
        facts[block.id]["levels"] = ["block", "op"]
    return facts


def drawn_facts(trace: Trace, detail: Detail, known: Facts) -> Facts:
    """Returns `known` with the data of a drawing: its runs, and the level that each part is shown at."""
    levels = unit_levels(trace, detail)
    runs = [run for stage in trace.stages for run in fold_stage(trace, stage, levels) if len(run.blocks) > 1]
    facts = known | {run.id: _run_facts(trace, run) for run in runs}
    return facts | {part: facts[part] | {"level": level} for part, level in _shown_levels(trace, levels, runs)}


def _facts(trace: Trace, node: Node, times: int = 1) -> NodeFacts:
    about, shape = _about(node), f"{format_shape(trace.in_shape(node))} → {format_shape(node.out_shape)}"
    return {
        "kind": node.kind,
        "about": about,
        "shape": shape,
        "costs": [
            _("{n} parameters").format(n=format_exact(times * node.n_params)),
            node.macs.times(times).text,
            _("receptive field {size}").format(size=field_text(field_of(trace, node))),
        ],
        "amounts": list(amounts(node, times).values()),
        "find": " ".join((node.id, about, shape, *names_to_find(trace, node))).lower(),
        "parent": node.parent,
    }


def _run_facts(trace: Trace, run: Run) -> NodeFacts:
    """Totals of equal blocks, with the input of the first and the output of the last."""
    facts = _facts(trace, run.last, times=len(run.blocks))
    about = _("{n} equal blocks · {block} · shortcut: {kind}").format(
        n=len(run.blocks), block=run.first.block_type, kind=shortcut_text(run.first.shortcut)
    )
    return facts | {
        "kind": "run",
        "about": about,
        "shape": f"{format_shape(trace.in_shape(run.first))} → {format_shape(run.last.out_shape)}",
        "find": f"{run.id} {about}".lower(),
        "blocks": len(run.blocks),
        "branches": _branches(run.last),
        "levels": list(LEVELS),
    }


def _about(node: Node) -> str:
    """A short localised description of a node."""
    if isinstance(node, Stage):
        return stage_title(node)
    if isinstance(node, Block):
        return _("{block} · shortcut: {kind}").format(block=node.block_type, kind=shortcut_text(node.shortcut))
    if node.op in WEIGHTED:
        return f"{node.op} {layer_text(node)}"
    return node.op or node.kind


def _branches(block: Block) -> BranchIds:
    return {"residual": list(block.residual), "bypass": list(block.bypass), "add": block.add}


def _shown_levels(trace: Trace, levels: Mapping[str, str], runs: Sequence[Run]) -> Iterator[tuple[str, str]]:
    """The level that each part is shown at; `mixed` for a stage or network whose blocks differ."""
    yield from levels.items()
    yield from ((run.id, "folded") for run in runs)
    for stage in trace.stages:
        yield stage.id, _common([levels[block.id] for block in trace.blocks_of(stage)])
    yield trace.network.id, _common(list(levels.values()))


def _common(levels: Sequence[str]) -> str:
    return levels[0] if len(set(levels)) == 1 else "mixed"
