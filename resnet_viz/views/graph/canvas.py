"""Drawing primitives of all levels: nodes, adds, frames and edges, each with the id and tooltip of its Trace node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote

from graphviz import Digraph

from resnet_viz.records.trace import Node
from resnet_viz.views.graph.labels import attribute_text, box_label, frame_label, lines_label, run_label, text_label
from resnet_viz.views.graph.plan import DrawingPlan
from resnet_viz.views.parts.words import tooltip
from resnet_viz.views.style import FAILED, SIGNS, WIRES, Sign

_SPINE = "spine"
_THICK_ADD = 2.2
_RUN_ARC, _OWN_ARC = 24, 3
"""Points under the title of a run's frame, for the shortcut over its box."""


def dot_name(node_id: str) -> str:
    """Returns an id as a DOT node name, with characters that are special there escaped.

    Graphviz reads a colon as a port and rejects names that start with a percent sign: `a:b` becomes `a~3Ab`.
    """
    return quote(node_id).replace("~", "%7E").replace("%", "~")


class BoxWords(NamedTuple):
    """Text of a node: a bold title, lines under it, and the tooltip."""

    title: str
    lines: Sequence[str]
    tip: str


class RunWords(NamedTuple):
    """Title of the frame around equal blocks: their names, and how many there are."""

    title: str
    number: str


@dataclass(frozen=True, slots=True)
class Canvas:
    """A graph under construction."""

    dot: Digraph
    """Receives the nodes: the whole graph, or the frame being filled."""
    plan: DrawingPlan
    wires: list[dict[str, str]] = field(default_factory=list)
    """Deferred until all frames are done: an edge added inside a frame would pull both its ends into it."""
    arcs: list[dict[str, str]] = field(default_factory=list)
    """Those that Graphviz does not lay out."""
    prefix: str = ""
    """Prefix of every name and id, since several networks in one drawing have equal node names."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """Marked nodes and frames: id → kind (`style.SIGNS`)."""

    def inside(self, dot: Digraph) -> Canvas:
        """Returns a canvas that adds nodes to a frame of this drawing."""
        return Canvas(dot, self.plan, self.wires, self.arcs, self.prefix, self.marks)

    def finish(self) -> None:
        """Adds the deferred edges."""
        for wire in self.wires:
            self.dot.edge(**wire)

    def name(self, node_id: str) -> str:
        """Returns a node's DOT name."""
        return dot_name(self.prefix + node_id)

    def box(self, node: Node, words: BoxWords, is_on_spine: bool = True) -> None:
        """Adds a filled node for a layer or a block."""
        self._box(node.id, node, words, is_on_spine, "box")

    def run_box(self, run_id: str, node: Node, lines: Sequence[str], tip: str) -> None:
        """Adds the node that stands for several equal blocks; their name is on the frame around it."""
        self._box(run_id, node, BoxWords("", lines, tip), True, "run")

    @contextmanager
    def run_frame(self, run_id: str, node: Node, words: RunWords, has_arc: bool) -> Iterator[Canvas]:
        """Adds a double frame around what is drawn on the canvas that it gives: one of several equal blocks.

        Graphviz draws no double line around a cluster, so there are two. Their ids only tell whose title they are.
        """
        palette, is_strip = self.plan.palette, self.plan.is_strip
        look = {"style": "rounded,filled", "fillcolor": palette.plain, "color": self.plan.paint(node).line}
        look |= {"class": "run-frame", **self._tip(" ")}
        marked = RunWords(self._signed(run_id, words.title), words.number)
        room = (_OWN_ARC if self.plan.has_own_arcs else _RUN_ARC) if has_arc and is_strip else 0
        label = run_label(*marked, room, palette)
        outer, inner = (Digraph(name=f"cluster_{kind}_{self.name(run_id)}") for kind in ("around", "within"))
        outer.attr(label="", margin="3", id=self._id("u", run_id), **look)
        inner.attr(label=label if is_strip else "", margin="6", id=self._id("v", run_id), **look)
        inside = self.inside(inner)
        yield inside
        if not self.plan.is_strip:
            inside.title_beside(dot_name(f"{self.prefix}{run_id}:title"), run_id, label, run_id)
        outer.subgraph(inner)
        self.dot.subgraph(outer)

    def fork(self, run_id: str, node: Node) -> str:
        """Adds the dot where the shortcut of equal blocks leaves the main path; returns its DOT name."""
        name = dot_name(f"{self.prefix}{run_id}:fork")
        self.dot.node(
            name,
            id=self._id("f", run_id),
            **{"class": "fork"},
            shape="point",
            width="0.07",
            style="filled",
            color=self.plan.palette.wire,
            fillcolor=self.plan.palette.wire,
            group=self.prefix + _SPINE,
            **self._tip(" "),
        )
        return name

    def bypass_box(self, node: Node, words: BoxWords, role: str) -> None:
        """Adds a node on a shortcut, in the shortcut's line style."""
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
        """Adds the ⊕ that joins both branches."""
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

    def wire(
        self, src: str, dst: str, role: str, weight: int = 1, *, start: str | None = None, through: str | None = None
    ) -> None:
        """Adds an edge along the network.

        `start`: the DOT name of the fork where it begins, which is not the box that it comes from. `through`: that of a
        fork which it passes; it is then drawn as two edges.
        """
        wire = self._wire(src, dst, role, weight)
        if through is not None:
            self.wires.append(wire | {"head_name": through, "arrowhead": "none"})
            wire["id"] = self._wire_id("g", src, dst)
        self.wires.append(wire | {"tail_name": start or through or wire["tail_name"]})

    def arc(self, src: str, dst: str, role: str, is_early: bool = False, start: str | None = None) -> None:
        """Adds an edge beside the main path: in a strip above it, in a tall drawing to its right.

        `is_early`: add it at once, before the frame that it leads into; in a strip, Graphviz keeps shortcuts on their
        side only in this order. `start`: as in `wire`.
        """
        wire = self._wire(src, dst, role, weight=1)
        if start is not None:
            wire["tail_name"] = start
        if self.plan.has_own_arcs:
            self.arcs.append(wire)
            return
        side = "n" if self.plan.is_strip else "e"
        wire |= {"tailport": side, "headport": side}
        if is_early:
            self.dot.edge(**wire)
        else:
            self.wires.append(wire)

    def frame(self, node: Node, title: str, first: str, width: float = 1.4, headroom: int = 0) -> Digraph:
        """Returns a rounded titled frame, to be filled and then added; `first` is the first node on its main path.

        In a strip the title is on top, with `headroom` points for arcs under it. In a tall drawing the main path would
        cross it there, so it is beside the first node.
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
            self.inside(frame).title_beside(
                self.name(node.id), node.id, frame_label(signed.split("\n"), 0, self.plan.palette), first
            )
        return frame

    def title_beside(self, name: str, node_id: str, label: str, first: str) -> None:
        """Adds the title of a frame as a node of its own, beside the first box in it."""
        self.dot.node(name, label=label, id=self._id("t", node_id), shape="plain", style="", **self._tip(" "))
        self._order(name, self.name(first))

    def beside(self, first: str, second: str) -> None:
        """Orders two nodes of the same rank: in a strip the second is above the first, else to its right."""
        self._order(self.name(first), self.name(second))

    def _order(self, first: str, second: str) -> None:
        with self.dot.subgraph() as rank:
            rank.attr(rank="same")
            rank.edge(first, second, style="invis")

    def _wire(self, src: str, dst: str, role: str, weight: int) -> dict[str, str]:
        wire = WIRES[role]
        return {
            "tail_name": self.name(src),
            "head_name": self.name(dst),
            "id": self._wire_id("e", src, dst),
            "color": getattr(self.plan.palette, wire.colour),
            "style": wire.style,
            "penwidth": str(wire.width),
            "weight": str(weight),
            **self._tip(f"{src} → {dst}"),
            "class": f"wire {role}",
        }

    def _signed(self, node_id: str, title: str) -> str:
        """A title, prefixed with the sign of its mark, if any."""
        mark = self._mark(node_id)
        return title if mark is None else f"{mark[1].sign} {title}"

    def _mark(self, node_id: str) -> tuple[str, Sign] | None:
        """The mark of a node or frame, and its look."""
        if node_id in self.plan.failed:
            return "failed", FAILED
        kind = self.marks.get(node_id)
        return None if kind is None else (kind, SIGNS[kind])

    def _outline(self, node_id: str, kind: str, style: str = "", width: float = 0.0) -> dict[str, str]:
        """Line style, width in points and class of a node or frame, taking the mark into account."""
        look = {"class": kind, **({"style": style} if style else {}), **({"penwidth": str(width)} if width else {})}
        mark = self._mark(node_id)
        if mark is None:
            return look
        name, sign = mark
        # Graphviz uses the last of several line styles.
        marked = f"{style or 'rounded,filled'},{sign.style}"
        # Thick dots on a small circle look like spikes.
        thick = _THICK_ADD if kind == "add" else sign.width
        return {"class": f"{kind} {name}", "style": marked, "penwidth": str(thick)}

    def _id(self, kind: str, node_id: str) -> str:
        return attribute_text(f"{kind}:{self.prefix}{node_id}")

    def _tip(self, words: str) -> dict[str, str]:
        return {"tooltip": attribute_text(words)} if self.plan.has_tips else {}

    def _wire_id(self, kind: str, src: str, dst: str) -> str:
        return attribute_text(f"{kind}:{self.prefix}{src}>{self.prefix}{dst}")

    def _box(self, name: str, node: Node, words: BoxWords, is_on_spine: bool, kind: str) -> None:
        paint = self.plan.paint(node)
        self.dot.node(
            self.name(name),
            label=(
                box_label(self._signed(name, words.title), words.lines, self.plan.box_palette)
                if words.title
                else lines_label(words.lines, self.plan.box_palette)
            ),
            id=self._id("n", name),
            **self._tip(words.tip),
            fillcolor=self.plan.fills.get(name, paint.fill),
            color=paint.line,
            **({"group": self.prefix + _SPINE} if is_on_spine else {}),
            **self._outline(name, kind),
        )
