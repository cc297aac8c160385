"""What is to be drawn, settled before the first box: how far each part is open, and which box stands for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from resnet_viz.records.trace import Block, Edge, Node, Trace
from resnet_viz.units import format_shape, format_short_shape
from resnet_viz.views.graph.shade import amounts, pick_fill
from resnet_viz.views.parts.detail import Detail, unit_levels
from resnet_viz.views.parts.runs import Run, fold_stage, inner_ops
from resnet_viz.views.parts.words import POOLS, WEIGHTED
from resnet_viz.views.style import CHARACTER, PALETTES, Paint, Palette

_MOST_NARROW = 200


@dataclass(frozen=True)
class DrawingPlan:
    """A Trace, how far each part of it is open, and in which colours and direction it is drawn."""

    trace: Trace
    detail: Detail
    is_strip: bool
    theme: str = "light"
    shade: str = "stage"
    """What the fill of a box says: its stage, or one of its figures."""
    has_tips: bool = True
    """Whether each thing carries its tooltip; a page that makes its own does without, and gets a third less to read."""
    scale: int | None = None
    """The figure that the deepest shade stands for; None for the greatest in the net."""

    @property
    def palette(self) -> Palette:
        """The colours of the theme."""
        return PALETTES[self.theme]

    @property
    def box_palette(self) -> Palette:
        """The colours of the words on boxes: a shaded box may be too dark for the muted ones."""
        return self.palette if self.shade == "stage" else replace(self.palette, muted=self.palette.ink)

    @property
    def separator(self) -> str:
        """Between the words of a frame's title, which is one line in a strip."""
        return " · " if self.is_strip else "\n"

    @cached_property
    def rank_gap(self) -> float:
        """Inches between one box and the next; in a strip, shapes stand between them unless the net is folded.

        In a net that is folded but for some parts, wires with words span several narrow gaps: Graphviz' time grows
        with them, so that this is for few of them.
        """
        if self.detail.level == "folded" and self.n_boxes <= _MOST_NARROW:
            return 0.17 if self.is_strip else 0.24
        shapes = [self.shape_text(edge.tensor.shape) for edge in self.trace.edges]
        return max(map(self.room_for, shapes), default=0.17) if self.is_strip else 0.36

    @staticmethod
    def room_for(words: str) -> float:
        """Inches between two boxes of a strip for words on the wire between them, beside the arrow's head."""
        return CHARACTER * len(words) + 0.16 if words else 0.0

    @cached_property
    def levels(self) -> Mapping[str, str]:
        """The level of each block, stem and head."""
        return unit_levels(self.trace, self.detail)

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The blocks of all stages, those that are drawn as one box together."""
        return tuple(run for stage in self.trace.stages for run in fold_stage(self.trace, stage, self.levels))

    @cached_property
    def outlets(self) -> Mapping[str, str]:
        """For each op the box that its value leaves from: itself where it is drawn, else what stands for it."""
        closed = [run for run in self.runs if self.levels[run.first.id] != "op"]
        outlets = {op.id: run.outlet for run in closed for block in run.blocks for op in inner_ops(self.trace, block)}
        for op in (node for node in self.trace.nodes.values() if not node.children and node.id not in outlets):
            is_drawn = is_layer(op) or self.level_of(op) == "op"
            outlets[op.id] = op.id if is_drawn else outlets[op.inputs[0]]
        return outlets

    @cached_property
    def n_boxes(self) -> int:
        """How many boxes are drawn, adds included."""
        closed = [run for run in self.runs if self.levels[run.first.id] != "op"]
        return len(set(self.outlets.values())) + sum((run.outlet != run.id) + bool(run.first.bypass) for run in closed)

    @cached_property
    def bypasses(self) -> frozenset[str]:
        """All ops on shortcuts."""
        return frozenset(op for block in self.trace.blocks for op in block.bypass)

    @cached_property
    def _edges(self) -> Mapping[str, list[Edge]]:
        edges: dict[str, list[Edge]] = {}
        for edge in self.trace.edges:
            edges.setdefault(edge.dst, []).append(edge)
        return edges

    def edges_into(self, op: Node) -> list[Edge]:
        """The edges of the Trace that end in an op."""
        return self._edges.get(op.id, [])

    def inlet(self, node: Node) -> str:
        """The box that a node's (first) input comes from."""
        return self.outlets[node.inputs[0]]

    def shape_text(self, shape: Sequence[int]) -> str:
        """A tensor's shape as it stands on a wire: in a strip, its length is what spaces the boxes."""
        return format_short_shape(shape) if self.is_strip else format_shape(shape)

    def spine_text(self, node: Node, shape: Sequence[int]) -> str:
        """What the spine's wire into or out of a closed node says.

        Nothing in a net that is folded but for some parts: within a stage all shapes are those of its title.
        """
        is_silent = "folded" in (self.detail.level, self.level_of(node))
        return "" if is_silent else self.shape_text(shape)

    def level_of(self, node: Node) -> str:
        """The level at which a node is shown."""
        around = (node, *self.trace.ancestors(node))
        return next((self.levels[group.id] for group in around if group.id in self.levels), self.detail.level)

    def bypass_node(self, block: Block) -> Node:
        """The module of a closed block's shortcut, such as `downsample`; its first op where there is none."""
        first = self.trace.nodes[block.bypass[0]]
        parent = self.trace.nodes[first.parent or block.id]
        return parent if parent.kind == "shortcut" else first

    @cached_property
    def fills(self) -> Mapping[str, str]:
        """Where boxes are shaded, the fill of each one whose figure is known."""
        most = self.most if self.scale is None else self.scale
        return {name: pick_fill(self.theme, figure, most) for name, figure in self._figures.items()}

    @property
    def most(self) -> int:
        """The greatest figure of any box; 0 where boxes are not shaded."""
        return max(self._figures.values(), default=0)

    @cached_property
    def _figures(self) -> Mapping[str, int]:
        """Where boxes are shaded, the known figure of each one."""
        if self.shade == "stage":
            return {}
        figures = {name: amounts(node, times)[self.shade] for name, node, times in self._boxes()}
        return {name: figure for name, figure in figures.items() if figure is not None}

    def _boxes(self) -> Iterator[tuple[str, Node, int]]:
        """Every box by name, with its node and for how many equal blocks it stands; adds are none."""
        for run in self.runs:
            if self.levels[run.first.id] != "op":
                yield run.id, run.last, len(run.blocks)
                if run.first.bypass:
                    yield self.bypass_node(run.first).id, self.bypass_node(run.first), 1
        drawn = (self.trace.nodes[name] for name in set(self.outlets.values()) if name in self.trace.nodes)
        yield from ((node.id, node, 1) for node in drawn if node.op != "add" and not node.children)

    def paint(self, node: Node) -> Paint:
        """Fill and outline of a node: those of its stage, or of stem and head."""
        around = {group.id: group.kind for group in (node, *self.trace.ancestors(node))}
        for index, stage in enumerate(self.trace.stages):
            if stage.id in around:
                return self.palette.stage(index)
        return self.palette.head if "head" in around.values() else self.palette.stem


def is_layer(op: Node) -> bool:
    """Whether an op outside the blocks has a box of its own where its surroundings are not shown op by op."""
    return op.kind == "input" or op.op in (*WEIGHTED, *POOLS)
