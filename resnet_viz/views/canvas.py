"""What all levels of the drawing share: boxes, adds, frames and wires, each with the id and tooltip of its node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from graphviz import Digraph

from resnet_viz.records import Node, Trace
from resnet_viz.views.labels import attribute_text, box_label, frame_label, text_label, tooltip
from resnet_viz.views.style import WIRES, Paint, Palette

_SPINE = "spine"


def dot_name(node_id: str) -> str:
    """The id as a name in DOT: itself, but for characters that mean something there.

    A colon asks for a port, and a name that begins with a percent sign is none: `a:b` becomes `a~3Ab`.
    """
    return quote(node_id).replace("~", "%7E").replace("%", "~")


@dataclass(frozen=True, slots=True)
class Canvas:
    """A graph in the making, the Trace it shows, its colours and its direction."""

    dot: Digraph
    """Where boxes go: the whole graph, or the frame being filled."""
    trace: Trace
    palette: Palette
    is_strip: bool
    has_shortcuts_below: bool = False
    wires: list[dict[str, str]] = field(default_factory=list)
    """Kept until all frames stand: a wire drawn inside a frame would pull both its ends into it."""

    def inside(self, dot: Digraph) -> Canvas:
        """The same drawing inside a frame."""
        return Canvas(dot, self.trace, self.palette, self.is_strip, self.has_shortcuts_below, self.wires)

    def finish(self) -> None:
        """Draw the wires that were kept."""
        for wire in self.wires:
            self.dot.edge(**wire)

    def paint(self, node: Node) -> Paint:
        """The colours of a node: those of its stage, or of stem and head."""
        around = {group.id: group.kind for group in (node, *self.trace.ancestors(node))}
        for index, stage in enumerate(self.trace.stages):
            if stage.id in around:
                return self.palette.stage(index)
        return self.palette.head if "head" in around.values() else self.palette.stem

    def box(self, node: Node, title: str, lines: Sequence[str], tip: str, is_on_spine: bool = True) -> None:
        """A filled box for a layer or a block."""
        paint = self.paint(node)
        self._node(node.id, label=box_label(title, lines, self.palette), tip=tip, paint=paint, on_spine=is_on_spine)

    def run_box(self, run_id: str, node: Node, title: str, lines: Sequence[str], tip: str) -> None:
        """A box with a double border for several equal blocks."""
        label = box_label(title, lines, self.palette)
        self._node(run_id, label=label, tip=tip, paint=self.paint(node), on_spine=True, peripheries="2")

    def bypass_box(self, node: Node, title: str, lines: Sequence[str], role: str, tip: str) -> None:
        """A box on a shortcut, in the shortcut's own line style."""
        wire = WIRES[role]
        self.dot.node(
            dot_name(node.id),
            label=text_label([title, *lines], self.palette),
            id=attribute_text(f"n:{node.id}"),
            tooltip=attribute_text(tip),
            fillcolor=self.palette.plain,
            color=getattr(self.palette, wire.colour),
            style=f"rounded,filled,{wire.style}",
            penwidth=str(wire.width),
            **{"class": f"bypass {role}"},
        )

    def add(self, node: Node) -> None:
        """The ⊕ where both branches meet."""
        self.dot.node(
            dot_name(node.id),
            label=box_label("+", [], self.palette),
            id=attribute_text(f"n:{node.id}"),
            tooltip=attribute_text(tooltip(self.trace, node)),
            shape="circle",
            fixedsize="true",
            width="0.27",
            margin="0",
            group=_SPINE,
            fillcolor=self.palette.plain,
            color=self.paint(node).line,
            penwidth="1.6",
            **{"class": "add"},
        )

    def wire(self, src: str, dst: str, role: str, label: str = "", is_arc: bool = False, weight: int = 1) -> None:
        """A connection; an arc leaves the spine to one side and takes no part in the order of things."""
        self.wires.append(self._wire(src, dst, role, label, is_arc, weight))

    def early_wire(self, src: str, dst: str, role: str, label: str = "", is_arc: bool = False) -> None:
        """A wire into a frame that is not drawn yet: in a strip, only so does Graphviz keep shortcuts on one side."""
        self.dot.edge(**self._wire(src, dst, role, label, is_arc, weight=1))

    def frame(self, node: Node, title: str, first: str, width: float = 1.4, headroom: int = 0) -> Digraph:
        """A rounded frame with a title, to be filled and then added; `first` is the first box on its spine.

        A strip has the title on top, with some points of room for arcs under it. In a tall drawing the spine would
        run through it, so it stands beside the first box.
        """
        frame = Digraph(name=f"cluster_{dot_name(node.id)}")
        frame.attr(
            label=frame_label(title.split("\n"), headroom, self.palette) if self.is_strip else "",
            id=attribute_text(f"c:{node.id}"),
            tooltip=attribute_text(tooltip(self.trace, node, title)),
            style="rounded",
            color=self.paint(node).line,
            penwidth=str(width),
            margin="7",
            fontcolor=self.palette.ink,
            **{"class": node.kind},
        )
        if not self.is_strip:
            label = frame_label(title.split("\n"), 0, self.palette)
            frame.node(
                dot_name(node.id), label=label, id=attribute_text(f"t:{node.id}"), shape="plain", style="", tooltip=" "
            )
            self.inside(frame).beside(node.id, first)
        return frame

    def beside(self, first: str, second: str) -> None:
        """Put two boxes of the same rank in order: in a strip the second above the first, else to its right."""
        with self.dot.subgraph() as rank:
            rank.attr(rank="same")
            rank.edge(dot_name(first), dot_name(second), style="invis")

    def _wire(self, src: str, dst: str, role: str, label: str, is_arc: bool, weight: int) -> dict[str, str]:
        wire = WIRES[role]
        side = "n" if self.is_strip else "e"
        ports = {"tailport": side, "headport": side, "constraint": "false"} if is_arc else {}
        return {
            "tail_name": dot_name(src),
            "head_name": dot_name(dst),
            **self._wire_label(label),
            "id": attribute_text(f"e:{src}>{dst}"),
            "color": getattr(self.palette, wire.colour),
            "style": wire.style,
            "penwidth": str(wire.width),
            "weight": str(weight),
            "tooltip": attribute_text(f"{src} → {dst}"),
            "class": f"wire {role}",
            **ports,
        }

    def _wire_label(self, label: str) -> dict[str, str]:
        """The words on a wire, on the side away from the shortcuts.

        In a strip a label in the middle would take a rank of its own, and shortcuts would change sides for it.
        """
        if self.is_strip and label:
            angle = "-16" if self.has_shortcuts_below else "16"
            return {"headlabel": attribute_text(label), "labeldistance": "3.4", "labelangle": angle}
        return {"label": attribute_text(label)}

    def _node(self, node_id: str, label: str, tip: str, paint: Paint, on_spine: bool, peripheries: str = "1") -> None:
        self.dot.node(
            dot_name(node_id),
            label=label,
            id=attribute_text(f"n:{node_id}"),
            tooltip=attribute_text(tip),
            fillcolor=paint.fill,
            color=paint.line,
            peripheries=peripheries,
            **({"group": _SPINE} if on_spine else {}),
            **{"class": "run" if peripheries == "2" else "box"},
        )
