"""The network as an indented list: the folded drawing's content as text, also for screen readers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resnet_viz.i18n import _
from resnet_viz.records.trace import Node, Stage, Trace
from resnet_viz.units import format_shape
from resnet_viz.views.graph.plan import is_layer
from resnet_viz.views.parts.block import PartLayers, branch_lines, read_block, shortcut_lines
from resnet_viz.views.parts.runs import Run, fold_stage, inner_ops
from resnet_viz.views.parts.words import blocks_text, cost_lines, layer_text, shortcut_text, stage_names


class OutlineLine(NamedTuple):
    """A line of the outline: depth from 0, node id, text."""

    depth: int
    node: str
    text: str


def outline_net(trace: Trace) -> list[OutlineLine]:
    """Returns lines for the network, stages, runs of equal blocks with both branches, and layers of stem and head."""
    lines = [OutlineLine(0, trace.network.id, f"{trace.name}: {_figures(trace, trace.network)}")]
    for child in trace.children_of(trace.network):
        if isinstance(child, Stage):
            lines.append(OutlineLine(1, child.id, f"{_stage_name(child)}: {_figures(trace, child)}"))
            lines += [line for run in fold_stage(trace, child) for line in _run_lines(trace, run)]
        else:
            lines += [OutlineLine(1, op.id, _layer_line(trace, op)) for op in inner_ops(trace, child) if is_layer(op)]
    return lines


def write_outline(trace: Trace) -> str:
    """Returns the outline as a Markdown list."""
    return "\n".join(f"{'  ' * line.depth}- {line.text}" for line in outline_net(trace))


def _stage_name(stage: Stage) -> str:
    return f"{stage_names(stage)} · {blocks_text(stage.n_blocks)}"


def _run_lines(trace: Trace, run: Run) -> Iterator[OutlineLine]:
    block, n = run.first, len(run.blocks)
    name = run.id if n == 1 else _("{run}, {n} equal blocks, each").format(run=run.id, n=n)
    yield OutlineLine(2, run.id, f"{name}: {block.block_type}, {_figures(trace, block)}")
    if block.add is None:
        return
    layers = read_block(trace, block)
    yield OutlineLine(3, run.id, _("residual branch: {layers}").format(layers="; ".join(branch_lines(layers))))
    yield OutlineLine(3, run.id, _("shortcut: {kind}").format(kind=_shortcut(layers)))


def _shortcut(layers: PartLayers) -> str:
    return f"{shortcut_text(layers.shortcut)} {'; '.join(shortcut_lines(layers))}".strip()


def _layer_line(trace: Trace, op: Node) -> str:
    if op.kind == "input":
        return _("input: {shape}").format(shape=format_shape(op.out_shape))
    return f"{op.id}: {op.op} {layer_text(op)}, {_figures(trace, op)}"


def _figures(trace: Trace, node: Node) -> str:
    shapes = f"{format_shape(trace.in_shape(node))} → {format_shape(node.out_shape)}"
    return ", ".join([shapes, *cost_lines(node.n_params, node.macs)])
