"""Colours, line styles, sizes and signs of the drawing. Colour is never the only signal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Literal

FONT = "Helvetica,Arial,sans-serif"
TITLE_SIZE = 13
TEXT_SIZE = 11
"""Points; at 100 % a drawing has one pixel per point, so no text is smaller than 11 pixels."""


CHARACTER = 0.11
"""Maximum width of a character in inches, over the fonts substituted for Helvetica (DejaVu Sans is widest)."""


LineStyle = Literal["solid", "dashed", "dotted"]
"""As Graphviz names them; the legend in the browser draws them, too."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Fill and outline colours of a node."""

    fill: str
    line: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme."""

    ink: str
    muted: str
    wire: str
    plain: str
    """Fill of a node that has the page's background colour."""
    identity: str
    projection: str
    parameter_free: str
    stem: Paint
    head: Paint
    stages: tuple[Paint, ...]
    """In stage order; repeats for networks with more stages."""

    def stage(self, index: int) -> Paint:
        """Returns the colours of the stage with this index, from 0."""
        return self.stages[index % len(self.stages)]


@dataclass(frozen=True, slots=True)
class Wire:
    """Style of an edge: Graphviz's line style, width in points, and the name of a Palette colour."""

    style: LineStyle
    width: float
    colour: str


THEMES = ("light", "dark")
"""The themes of a screen; the palette `print` is for paper only."""


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
        # For paper: black words; fills that get darker from the stem to the head, so that a copy in grey, and eyes that
        # see fewer colours, tell them apart by lightness alone.
        "print": Palette(
            ink="#000000",
            muted="#000000",
            wire="#333333",
            plain="#ffffff",
            identity="#00588f",
            projection="#c84a00",
            parameter_free="#8a2d6b",
            stem=Paint("#ffffff", "#555555"),
            head=Paint("#bc9bd0", "#5f3874"),
            stages=(
                Paint("#fdf2cf", "#8a6a00"),
                Paint("#c8e4f4", "#1f6f9f"),
                Paint("#f6c9a0", "#a64b00"),
                Paint("#a5cbb1", "#2b6b45"),
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
        "gated": Wire("dashed", 2.2, "parameter_free"),
    }
)


@dataclass(frozen=True, slots=True)
class Sign:
    """Mark of a difference: a sign before the title, and the outline's line style and width in points."""

    sign: str
    style: LineStyle
    width: float


SIGNS: Mapping[str, Sign] = MappingProxyType(
    {
        "changed": Sign("≠", "dashed", 2.6),
        "added": Sign("+", "solid", 3.2),
        "removed": Sign("−", "dotted", 3.2),
    }
)

FAILED = Sign("✗", "solid", 3.2)
"""Mark of where a pass ended with an error; no difference, and in no legend of them."""


# From zero to the maximum, for nodes shaded by a metric; the theme's ink is readable on every colour.
RAMPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "light": ("#fff7e8", "#fdd49e", "#e8843a"),
        "dark": ("#232a35", "#65401f", "#ad5418"),
        "print": ("#ffffff", "#f6c68f", "#dd7f33"),
    }
)


def recolouring() -> dict[str, str]:
    """Returns light theme colour → dark theme colour, to recolour a rendered drawing."""
    return dict(zip(_colours(PALETTES["light"]), _colours(PALETTES["dark"]), strict=True))


def _colours(palette: Palette) -> list[str]:
    singles = [getattr(palette, field.name) for field in fields(palette) if field.type == "str"]
    paints = [palette.stem, palette.head, *palette.stages]
    return [*singles, *(colour for paint in paints for colour in (paint.fill, paint.line))]
