"""What all levels of the drawing share: boxes, adds, frames and wires, each with the id and tooltip of its node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple
from urllib.parse import quote

from graphviz import Digraph

from resnet_viz.records.trace import Node
from resnet_viz.views.graph.labels import attribute_text, box_label, frame_label, text_label
from resnet_viz.views.graph.plan import DrawingPlan
from resnet_viz.views.parts.words import tooltip
from resnet_viz.views.style import CHARACTER, SIGNS, WIRES

_SPINE = "spine"
_THICK_ADD = 2.2


def dot_name(node_id: str) -> str:
    """The id as a name in DOT: itself, but for characters that mean something there.

    A colon asks for a port, and a name that begins with a percent sign is none: `a:b` becomes `a~3Ab`.
    """
    return quote(node_id).replace("~", "%7E").replace("%", "~")


class BoxWords(NamedTuple):
    """What a box says: a bold title, lines under it, and the tooltip."""

    title: str
    lines: Sequence[str]
    tip: str


@dataclass(frozen=True, slots=True)
class Canvas:
    """A graph in the making."""

    dot: Digraph
    """Where boxes go: the whole graph, or the frame being filled."""
    plan: DrawingPlan
    wires: list[dict[str, str]] = field(default_factory=list)
    """Kept until all frames stand: a wire drawn inside a frame would pull both its ends into it."""
    prefix: str = ""
    """Before every name and id: several nets in one drawing have nodes of the same names."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """The boxes and frames that are marked, each with its kind (`style.SIGNS`)."""

    def inside(self, dot: Digraph) -> Canvas:
        """The same drawing inside a frame."""
        return Canvas(dot, self.plan, self.wires, self.prefix, self.marks)

    def finish(self) -> None:
        """Draw the wires that were kept."""
        for wire in self.wires:
            self.dot.edge(**wire)

    def name(self, node_id: str) -> str:
        """What a node of the net is called in the DOT."""
        return dot_name(self.prefix + node_id)

    def box(self, node: Node, words: BoxWords, is_on_spine: bool = True) -> None:
        """A filled box for a layer or a block."""
        self._box(node.id, node, words, is_on_spine, "box")

    def run_box(self, run_id: str, node: Node, words: BoxWords) -> None:
        """A box with a double border for several equal blocks."""
        self._box(run_id, node, words, True, "run")

    def bypass_box(self, node: Node, words: BoxWords, role: str) -> None:
        """A box on a shortcut, in the shortcut's own line style."""
        wire = WIRES[role]
        self.dot.node(
            self.name(node.id),
            label=text_label([self._signed(node.id, words.title), *words.lines], self.plan.palette),
            id=self._id("n", node.id),
            **self._tip(words.tip),
            fillcolor=self.plan.fills.get(node.id, self.plan.palette.plain),
            color=getattr(self.plan.palette, wire.colour),
            **self._outline(node.id, f"bypass {role}", f"rounded,filled,{wire.style}", wire.width),
        )

    def add(self, node: Node) -> None:
        """The ⊕ where both branches meet."""
        self.dot.node(
            self.name(node.id),
            label=box_label("+", [], self.plan.palette),
            id=self._id("n", node.id),
            **self._tip(tooltip(self.plan.trace, node)),
            shape="circle",
            fixedsize="true",
            width="0.27",
            margin="0",
            group=self.prefix + _SPINE,
            fillcolor=self.plan.palette.plain,
            color=self.plan.paint(node).line,
            **self._outline(node.id, "add", width=1.6),
        )

    def wire(self, src: str, dst: str, role: str, label: str = "", weight: int = 1) -> None:
        """A connection along the net."""
        self.wires.append(self._wire(src, dst, role, label, weight))

    def arc(self, src: str, dst: str, role: str, is_early: bool = False, is_below: bool = False) -> None:
        """A connection that leaves the spine to one side: in a strip above or below it, in a tall drawing to the right.

        `is_early` for one into a frame that is not drawn yet: in a strip, only so does Graphviz keep shortcuts where
        they belong.
        """
        wire = self._wire(src, dst, role, "", weight=1)
        side = ("s" if is_below else "n") if self.plan.is_strip else "e"
        # Where all is open, such wires run below of themselves, and sag if they are held to it.
        if not (is_below and self.plan.detail.level == "op"):
            wire |= {"tailport": side, "headport": side}
        if is_early:
            self.dot.edge(**wire)
        else:
            self.wires.append(wire)

    def frame(self, node: Node, title: str, first: str, width: float = 1.4, headroom: int = 0) -> Digraph:
        """A rounded frame with a title, to be filled and then added; `first` is the first box on its spine.

        A strip has the title on top, with some points of room for arcs under it. In a tall drawing the spine would
        run through it, so it stands beside the first box.
        """
        signed = self._signed(node.id, title)
        frame = Digraph(name=f"cluster_{self.name(node.id)}")
        frame.attr(
            label=frame_label(signed.split("\n"), headroom, self.plan.palette) if self.plan.is_strip else "",
            id=self._id("c", node.id),
            **self._tip(tooltip(self.plan.trace, node, title)),
            color=self.plan.paint(node).line,
            margin="7",
            fontcolor=self.plan.palette.ink,
            **self._outline(node.id, node.kind, "rounded", width),
        )
        if not self.plan.is_strip:
            label = frame_label(signed.split("\n"), 0, self.plan.palette)
            frame.node(
                self.name(node.id),
                label=label,
                id=self._id("t", node.id),
                shape="plain",
                style="",
                **self._tip(" "),
            )
            self.inside(frame).beside(node.id, first)
        return frame

    def beside(self, first: str, second: str) -> None:
        """Put two boxes of the same rank in order: in a strip the second above the first, else to its right."""
        with self.dot.subgraph() as rank:
            rank.attr(rank="same")
            rank.edge(self.name(first), self.name(second), style="invis")

    def _wire(self, src: str, dst: str, role: str, label: str, weight: int) -> dict[str, str]:
        wire = WIRES[role]
        return {
            "tail_name": self.name(src),
            "head_name": self.name(dst),
            **self._wire_label(label),
            "id": attribute_text(f"e:{self.prefix}{src}>{self.prefix}{dst}"),
            "color": getattr(self.plan.palette, wire.colour),
            "style": wire.style,
            "penwidth": str(wire.width),
            "weight": str(weight),
            "minlen": self._ranks(label),
            **self._tip(f"{src} → {dst}"),
            "class": f"wire {role}",
        }

    def _signed(self, node_id: str, title: str) -> str:
        """A title, with the sign of its mark before it."""
        kind = self.marks.get(node_id)
        return title if kind is None else f"{SIGNS[kind].sign} {title}"

    def _outline(self, node_id: str, kind: str, style: str = "", width: float = 0.0) -> dict[str, str]:
        """Line style, width in points and class of a box or frame; where it is marked, those of the mark."""
        look = {"class": kind, **({"style": style} if style else {}), **({"penwidth": str(width)} if width else {})}
        mark = self.marks.get(node_id)
        if mark is None:
            return look
        # Of several line styles Graphviz takes the last.
        marked = f"{style or 'rounded,filled'},{SIGNS[mark].style}"
        # Thick dots on a small circle look like spikes.
        thick = _THICK_ADD if kind == "add" else SIGNS[mark].width
        return {"class": f"{kind} {mark}", "style": marked, "penwidth": str(thick)}

    def _id(self, kind: str, node_id: str) -> str:
        return attribute_text(f"{kind}:{self.prefix}{node_id}")

    def _tip(self, words: str) -> dict[str, str]:
        return {"tooltip": attribute_text(words)} if self.plan.has_tips else {}

    def _ranks(self, label: str) -> str:
        """How many ranks a wire spans at least: where ranks lie close, words need several."""
        return str(max(1, ceil(self.plan.room_for(label) / self.plan.rank_gap))) if self.plan.is_strip else "1"

    def _wire_label(self, label: str) -> dict[str, str]:
        """The words on a wire, on the side away from the shortcuts.

        In a strip a label in the middle would take a rank of its own, and shortcuts would change sides for it.
        """
        if self.plan.is_strip and label:
            angle = "-16" if self.plan.detail.level == "op" else "16"
            # In units of ten points along the wire: half the words, and the arrow's head.
            distance = f"{3.75 * CHARACTER * len(label) + 0.9:.2f}"
            return {"headlabel": attribute_text(label), "labeldistance": distance, "labelangle": angle}
        return {"label": attribute_text(label)}

    def _box(self, name: str, node: Node, words: BoxWords, is_on_spine: bool, kind: str) -> None:
        paint = self.plan.paint(node)
        self.dot.node(
            self.name(name),
            label=box_label(self._signed(name, words.title), words.lines, self.plan.box_palette),
            id=self._id("n", name),
            **self._tip(words.tip),
            fillcolor=self.plan.fills.get(name, paint.fill),
            color=paint.line,
            peripheries="2" if kind == "run" else "1",
            **({"group": self.prefix + _SPINE} if is_on_spine else {}),
            **self._outline(name, kind),
        )
