"""Colours, line styles, sizes and words of the drawing, in one table. Colour is never the only signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

FONT = "Helvetica,Arial,sans-serif"
TITLE_SIZE = 13
TEXT_SIZE = 11
"""Points; a drawing shown at its own size has one pixel per point, and no type under 11."""


CHARACTER = 0.11
"""Inches that a character takes at most in the fonts that a machine may have for Helvetica (DejaVu Sans is widest)."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Fill and outline of one kind of box."""

    fill: str
    line: str


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour of a theme."""

    ink: str
    muted: str
    wire: str
    plain: str
    """Behind a box that is filled with the page's own colour."""
    identity: str
    projection: str
    parameter_free: str
    stem: Paint
    head: Paint
    stages: tuple[Paint, ...]
    """In the order of the stages; a net of more begins again."""

    def stage(self, index: int) -> Paint:
        """The colours of stage 0, 1, …"""
        return self.stages[index % len(self.stages)]


@dataclass(frozen=True, slots=True)
class Wire:
    """How a connection is drawn: Graphviz's line style, width in points and the palette's colour."""

    style: str
    width: float
    colour: str


PALETTES: Mapping[str, Palette] = MappingProxyType(
    {
        "light": Palette(
            ink="#1e293b",
            muted="#475569",
            wire="#64748b",
            plain="#ffffff",
            identity="#15803d",
            projection="#c2410c",
            parameter_free="#0e7490",
            stem=Paint("#e9edf2", "#7c8aa0"),
            head=Paint("#ede9fe", "#7c5ce0"),
            stages=(
                Paint("#dbeafe", "#3b82f6"),
                Paint("#d1fae5", "#0f9f74"),
                Paint("#fef0c3", "#c98a04"),
                Paint("#fce3f1", "#d6408f"),
            ),
        ),
        "dark": Palette(
            ink="#f1f5f9",
            muted="#cbd5e1",
            wire="#93a3b8",
            plain="#151a22",
            identity="#4ade80",
            projection="#fb923c",
            parameter_free="#22d3ee",
            stem=Paint("#2a3340", "#8b9bb0"),
            head=Paint("#30265c", "#a78bfa"),
            stages=(
                Paint("#17315f", "#60a5fa"),
                Paint("#0d3d30", "#34d399"),
                Paint("#45340b", "#fbbf24"),
                Paint("#4a1b39", "#f472b6"),
            ),
        ),
    }
)

WIRES: Mapping[str, Wire] = MappingProxyType(
    {
        "main": Wire("solid", 1.2, "wire"),
        "gate": Wire("dashed", 1.0, "wire"),
        "identity": Wire("solid", 2.0, "identity"),
        "projection": Wire("dashed", 1.8, "projection"),
        "parameter-free": Wire("dotted", 2.2, "parameter_free"),
    }
)


@dataclass(frozen=True, slots=True)
class Sign:
    """How a difference is marked: a sign before the title, and an outline in its own style and width in points."""

    sign: str
    style: str
    width: float


SIGNS: Mapping[str, Sign] = MappingProxyType(
    {
        "changed": Sign("≠", "dashed", 2.6),
        "added": Sign("+", "solid", 3.2),
        "removed": Sign("−", "dotted", 3.2),
    }
)


# From nothing to the most, for boxes shaded by a figure; the theme's ink is readable on all of it.
RAMPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"light": ("#fff7e8", "#fdd49e", "#e8843a"), "dark": ("#232a35", "#65401f", "#ad5418")}
)


def recolouring() -> dict[str, str]:
    """From each colour of the light theme to its counterpart in the dark one, to repaint a finished drawing."""
    return dict(zip(_colours(PALETTES["light"]), _colours(PALETTES["dark"]), strict=True))


def _colours(palette: Palette) -> list[str]:
    singles = [getattr(palette, field.name) for field in fields(palette) if field.type == "str"]
    paints = [palette.stem, palette.head, *palette.stages]
    return [*singles, *(colour for paint in paints for colour in (paint.fill, paint.line))]
