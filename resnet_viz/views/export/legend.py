"""The legend of a drawing in a file: what its lines, signs, frames and colours mean, as a drawing of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from graphviz import Digraph

from resnet_viz.i18n import _
from resnet_viz.views.graph.labels import box_label, text_label
from resnet_viz.views.graph.render import render_graph
from resnet_viz.views.graph.shade import pick_fill
from resnet_viz.views.style import FONT, PALETTES, SIGNS, WIRES, Paint, Palette

_LINE, _SWATCH, _GAP, _APART, _ROW = 30.0, 12.0, 5.0, 16.0, 19.0
_STEPS = 5


@dataclass(frozen=True, slots=True)
class Key:
    """What a legend needs to know of a drawing beside the classes of its parts.

    n_stages: how many stages have a colour; 0 where the fill says a metric. scale: that metric in words, with its
    range.
    """

    theme: str
    n_stages: int
    scale: str = ""


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws samples at places: the left end and the middle of the height, in points, y up."""

    dot: Digraph
    palette: Palette
    names: Iterator[int]

    def node(self, x: float, y: float, **attributes: str) -> str:
        name = f"legend{next(self.names)}"
        self.dot.node(name, **{"label": "", "pos": f"{x:.2f},{y:.2f}", **attributes})
        return name

    def box(self, x: float, y: float, size: tuple[float, float], **attributes: str) -> None:
        width, height = size
        sides = {"width": f"{width / 72:.4f}", "height": f"{height / 72:.4f}", "fixedsize": "true"}
        self.node(x + width / 2, y, shape="box", **{**sides, "style": "filled", **attributes})

    def text(self, x: float, y: float, words: str, width: float) -> None:
        self.node(x + width / 2, y, label=text_label([words], self.palette), shape="plain")

    def point(self, x: float, y: float) -> str:
        return self.node(x, y, shape="point", style="invis", width="0.001", height="0.001")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A sample, its width in points, and what it means."""

    words: str
    width: float
    draw: Callable[[_Pen, float, float], None]


def draw_legend(kinds: frozenset[str], key: Key, width: float) -> Digraph | None:
    """Returns the legend of a drawing with parts of these classes, no wider than it must; None where there is none."""
    entries = list(_entries(kinds, key))
    if not entries:
        return None
    lengths = _measure([entry.words for entry in entries], key.theme)
    dot = _sheet(f"legend of {key.theme}")
    pen = _Pen(dot, PALETTES[key.theme], count())
    ends, rows = [], 0
    for entry, length, (x, row) in zip(entries, lengths, _places(entries, lengths, width), strict=True):
        y = -(row + 0.5) * _ROW
        entry.draw(pen, x, y)
        pen.text(x + entry.width + _GAP, y, entry.words, length)
        ends.append(x + entry.width + _GAP + length)
        rows = row + 1
    pen.point(0, 0)
    pen.point(max(ends), -rows * _ROW)
    return dot


def _places(entries: Sequence[_Entry], lengths: Sequence[float], width: float) -> Iterator[tuple[float, int]]:
    """Left end and row of each entry, wrapped like words."""
    x, row = 0.0, 0
    for entry, length in zip(entries, lengths, strict=True):
        whole = entry.width + _GAP + length
        if x and x + whole > width - 2 * 0.08 * 72:
            x, row = 0.0, row + 1
        yield x, row
        x += whole + _APART


def _sheet(name: str) -> Digraph:
    dot = Digraph(name=name)
    dot.attr("graph", layout="nop2", bgcolor="transparent", pad="0.08", id="legend")
    dot.attr("node", fontname=FONT, fontsize="11", margin="0")
    return dot


def _measure(words: Sequence[str], theme: str) -> list[float]:
    """The width of each line of text in points, as Graphviz will draw it."""
    dot = Digraph()
    dot.attr("node", shape="plain", fontname=FONT, margin="0")
    for place, line in enumerate(words):
        dot.node(str(place), label=text_label([line], PALETTES[theme]))
    found = {part["name"]: 72 * float(part["width"]) for part in json.loads(render_graph(dot, "json"))["objects"]}
    return [found[str(place)] for place in range(len(words))]


def _entries(kinds: frozenset[str], key: Key) -> Iterator[_Entry]:
    palette = PALETTES[key.theme]
    shortcuts = {
        "identity": _("identity shortcut"),
        "projection": _("projection shortcut"),
        "parameter-free": _("parameter-free shortcut"),
        "gated": _("gated shortcut"),
    }
    yield from (_Entry(words, _LINE, _wire(role)) for role, words in shortcuts.items() if role in kinds)
    if "add" in kinds:
        yield _Entry(_("sum of branch and shortcut"), 17.0, _add)
    if "run" in kinds:
        yield _Entry(_("equal blocks, drawn once"), 26.0, _run)
    marks = {"changed": _("changed"), "added": _("added"), "removed": _("removed")}
    for kind, words in marks.items():
        if kind in kinds:
            yield _Entry(f"{SIGNS[kind].sign} {words}", 26.0, _mark(kind))
    if key.n_stages:
        paints = [palette.stem, *(palette.stage(at) for at in range(key.n_stages)), palette.head]
        yield _Entry(_("stem, stages from first to last, head"), _SWATCH * len(paints), _swatches(paints))
    elif key.scale:
        fills = [pick_fill(key.theme, step, _STEPS - 1) for step in range(_STEPS)]
        ramp = [Paint(fill, palette.muted) for fill in fills]
        yield _Entry(key.scale, _SWATCH * _STEPS, _swatches(ramp))


def _wire(role: str) -> Callable[[_Pen, float, float], None]:
    wire = WIRES[role]

    def draw(pen: _Pen, x: float, y: float) -> None:
        end = x + _LINE
        line = " ".join(f"{x + share * (_LINE - 6):.2f},{y:.2f}" for share in (0, 1 / 3, 2 / 3, 1))
        pen.dot.edge(
            pen.point(x, y),
            pen.point(end, y),
            pos=f"e,{end:.2f},{y:.2f} {line}",
            style=wire.style,
            penwidth=str(wire.width),
            color=getattr(pen.palette, wire.colour),
            arrowsize="0.6",
        )

    return draw


def _add(pen: _Pen, x: float, y: float) -> None:
    pen.node(
        x + 8.5,
        y,
        label=box_label("+", [], pen.palette),
        shape="circle",
        fixedsize="true",
        width=f"{16 / 72:.4f}",
        style="filled",
        fillcolor=pen.palette.plain,
        color=pen.palette.ink,
        penwidth="1.2",
    )


def _run(pen: _Pen, x: float, y: float) -> None:
    pen.box(x, y, (26.0, 15.0), style="rounded,filled", fillcolor=pen.palette.plain, color=pen.palette.ink)
    pen.box(x + 3, y, (20.0, 9.0), style="rounded,filled", fillcolor=pen.palette.plain, color=pen.palette.ink)


def _mark(kind: str) -> Callable[[_Pen, float, float], None]:
    sign = SIGNS[kind]

    def draw(pen: _Pen, x: float, y: float) -> None:
        style, width = f"rounded,filled,{sign.style}", str(sign.width)
        paint = {"fillcolor": pen.palette.plain, "color": pen.palette.muted}
        pen.box(x, y, (26.0, 13.0), style=style, penwidth=width, **paint)

    return draw


def _swatches(paints: Sequence[Paint]) -> Callable[[_Pen, float, float], None]:
    def draw(pen: _Pen, x: float, y: float) -> None:
        for at, paint in enumerate(paints):
            pen.box(x + at * _SWATCH, y, (_SWATCH, _SWATCH), fillcolor=paint.fill, color=paint.line)

    return draw
