"""The plan of a drawing: the level of each part, and which drawn node represents each op."""

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
from resnet_viz.views.style import PALETTES, Paint, Palette


@dataclass(frozen=True)
class DrawingPlan:
    """A Trace with the level of each part, colours and direction of the drawing."""

    trace: Trace
    detail: Detail
    is_strip: bool
    theme: str = "light"
    shade: str = "stage"
    """What the fill encodes: the stage, or a metric."""
    has_tips: bool = True
    """Whether tooltips are added; a page with tooltips of its own omits them, which makes the SVG a third smaller."""
    has_own_arcs: bool = False
    """Whether Graphviz lays out no arcs, since `rows.py` draws them."""
    scale: int | None = None
    """The metric's value at the darkest shade; None for the network's maximum."""

    @property
    def palette(self) -> Palette:
        """The colours of the theme."""
        return PALETTES[self.theme]

    @property
    def box_palette(self) -> Palette:
        """The colours of text on nodes: a shaded node may be too dark for muted text."""
        return self.palette if self.shade == "stage" else replace(self.palette, muted=self.palette.ink)

    @property
    def separator(self) -> str:
        """Separator in a frame's title, which is one line in a strip."""
        return " · " if self.is_strip else "\n"

    @property
    def rank_gap(self) -> float:
        """Inches between adjacent nodes."""
        return 0.17 if self.is_strip else 0.24

    @cached_property
    def levels(self) -> Mapping[str, str]:
        """The level of each block, stem and head, by id."""
        return unit_levels(self.trace, self.detail)

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The blocks of all stages, those drawn as one node merged."""
        return tuple(run for stage in self.trace.stages for run in fold_stage(self.trace, stage, self.levels))

    @cached_property
    def outlets(self) -> Mapping[str, str]:
        """By op id, the id of the drawn node that its output comes from: the op itself, or what represents it."""
        closed = [run for run in self.runs if self.levels[run.first.id] != "op"]
        outlets = {op.id: run.outlet for run in closed for block in run.blocks for op in inner_ops(self.trace, block)}
        for op in (node for node in self.trace.nodes.values() if not node.children and node.id not in outlets):
            is_drawn = self.shows(op) or self.level_of(op) == "op"
            outlets[op.id] = op.id if is_drawn else outlets[op.inputs[0]]
        return outlets

    @cached_property
    def failed(self) -> frozenset[str]:
        """Ids of the op that the pass ended with an error at, and of the groups around it."""
        if self.trace.failed is None:
            return frozenset()
        op = self.trace.nodes[self.trace.failed.node]
        return frozenset((op.id, *(group.id for group in self.trace.ancestors(op))))

    def shows(self, op: Node) -> bool:
        """Whether an op outside blocks is drawn as a node when its part is not expanded: a layer, and what failed."""
        return is_layer(op) or op.id in self.failed

    @cached_property
    def n_boxes(self) -> int:
        """Number of drawn nodes, including adds."""
        closed = [run for run in self.runs if self.levels[run.first.id] != "op"]
        return len(set(self.outlets.values())) + sum((run.outlet != run.id) + bool(run.first.bypass) for run in closed)

    @cached_property
    def bypasses(self) -> frozenset[str]:
        """Ids of all ops on shortcuts."""
        return frozenset(op for block in self.trace.blocks for op in block.bypass)

    @cached_property
    def _edges(self) -> Mapping[str, list[Edge]]:
        edges: dict[str, list[Edge]] = {}
        for edge in self.trace.edges:
            edges.setdefault(edge.dst, []).append(edge)
        return edges

    def edges_into(self, op: Node) -> list[Edge]:
        """Returns the incoming edges of an op in the Trace."""
        return self._edges.get(op.id, [])

    def inlet(self, node: Node) -> str:
        """Returns the id of the drawn node that a node's first input comes from."""
        return self.outlets[node.inputs[0]]

    def shape_text(self, shape: Sequence[int]) -> str:
        """Returns a shape as text; short in a strip, where its length determines the width."""
        return format_short_shape(shape) if self.is_strip else format_shape(shape)

    def out_text(self, node: Node) -> str:
        """Returns the line in a node that says what shape it hands on: on a wire it would lie on frames and arcs."""
        return f"→ {self.shape_text(node.out_shape)}"

    def level_of(self, node: Node) -> str:
        """Returns the level at which a node is drawn."""
        around = (node, *self.trace.ancestors(node))
        return next((self.levels[group.id] for group in around if group.id in self.levels), self.detail.level)

    def bypass_node(self, block: Block) -> Node:
        """Returns the module of a collapsed block's shortcut, such as `downsample`, or else its first op."""
        first = self.trace.nodes[block.bypass[0]]
        parent = self.trace.nodes[first.parent or block.id]
        return parent if parent.kind == "shortcut" else first

    @cached_property
    def fills(self) -> Mapping[str, str]:
        """Fill by node id, if nodes are shaded and the metric is known."""
        most = self.most if self.scale is None else self.scale
        return {name: pick_fill(self.theme, figure, most) for name, figure in self._figures.items()}

    @property
    def most(self) -> int:
        """The metric's maximum over all nodes; 0 if nodes are not shaded."""
        return max(self._figures.values(), default=0)

    @cached_property
    def _figures(self) -> Mapping[str, int]:
        """Known values of the metric by node id; empty if nodes are not shaded."""
        if self.shade == "stage":
            return {}
        figures = {name: amounts(node, times)[self.shade] for name, node, times in self._boxes()}
        return {name: figure for name, figure in figures.items() if figure is not None}

    def _boxes(self) -> Iterator[tuple[str, Node, int]]:
        """Yields each drawn node except adds: id, Trace node and number of equal blocks."""
        for run in self.runs:
            if self.levels[run.first.id] != "op":
                yield run.id, run.last, len(run.blocks)
                if run.first.bypass:
                    yield self.bypass_node(run.first).id, self.bypass_node(run.first), 1
        drawn = (self.trace.nodes[name] for name in set(self.outlets.values()) if name in self.trace.nodes)
        yield from ((node.id, node, 1) for node in drawn if node.op != "add" and not node.children)

    def paint(self, node: Node) -> Paint:
        """Returns the fill and outline of a node: those of its stage, of the head, or else of the stem."""
        around = {group.id: group.kind for group in (node, *self.trace.ancestors(node))}
        for index, stage in enumerate(self.trace.stages):
            if stage.id in around:
                return self.palette.stage(index)
        return self.palette.head if "head" in around.values() else self.palette.stem


def is_layer(op: Node) -> bool:
    """Whether an op outside blocks is drawn as a node when its part is not expanded to ops."""
    return op.kind == "input" or op.op in (*WEIGHTED, *POOLS)
