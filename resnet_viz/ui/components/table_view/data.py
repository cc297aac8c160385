"""What the browser gets of a structure table: every cell with its texts, what is lit, and the words around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal, TypedDict

from resnet_viz.i18n import _, current_language, n_
from resnet_viz.records.trace import Trace
from resnet_viz.views.parts.block import has_counted_depth, main_depth
from resnet_viz.views.structure.table import HEAD, STEM, StructureCell, StructureTable, row_title
from resnet_viz.views.style import PALETTES, THEMES, Paint, Palette

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class TableMarks:
    """What a table shows beside its values. A place is a row's name and a column's index, from 0.

    A column's heading has an empty row name: `("", 2)`. Places outside of the table are ignored.
    """

    lit: tuple[Place, ...] = ()
    """Selected places, in the table or in any view linked with it."""
    hidden: tuple[Place, ...] = ()
    """Cells that show a question mark; their content is not sent to the browser."""
    printed: Mapping[Place, str] = field(default_factory=dict)
    """A second, smaller line of a cell, as translated text: what the paper prints, or what was there before an edit."""


NO_MARKS = TableMarks()


class ColumnData(TypedDict):
    """A net's name and, where it has one, its depth as text."""

    name: str
    depth: str


class BracketData(TypedDict):
    """Layers that repeat."""

    layers: tuple[str, ...]
    count: int


class HiddenCell(TypedDict):
    """A cell that shows a question mark."""

    isHidden: Literal[True]


class ShownCell(TypedDict):
    """A cell's texts; `size` where the nets of its row differ in it, `printed` a second line.

    `count` is the number of blocks where it can be edited.
    """

    size: str
    lines: tuple[str, ...]
    brackets: list[BracketData]
    printed: str
    count: int | None


CellData = HiddenCell | ShownCell | None
"""None where a net has no such part."""


class RowData(TypedDict):
    """A row; `size` is None where its nets differ, `colours` are fill and outline by theme."""

    name: str
    title: str
    stage: str
    size: str | None
    isTotal: bool
    colours: dict[str, tuple[str, str]] | None
    cells: list[CellData]
    joined: list[tuple[int, int]]


class TableWords(TypedDict):
    """Texts of the table."""

    language: str
    table: str
    layerName: str
    outputSize: str
    differs: str
    cell: str
    net: str
    times: str
    plus: str
    hidden: str
    none: str
    blocks: str
    more: str
    less: str
    hint: str
    hintBlocks: str


class TableData(TypedDict):
    """The table by row, what is lit in it, and the numbers of the browser's last messages: choices, and edits."""

    columns: list[ColumnData]
    rows: list[RowData]
    lit: list[Place]
    words: TableWords
    turn: int
    countTurn: int


def pack_table(
    table: StructureTable, marks: TableMarks = NO_MARKS, turn: int = 0, count_turn: int | None = None
) -> TableData:
    """Returns the table as data for JSON, by row, with all texts; of a hidden cell only that it is hidden.

    `turn` and `count_turn` are the numbers of the last choice and the last edit; without the latter nothing is edited.
    """
    return {
        "columns": [
            {"name": column, "depth": _depth(trace)} for column, trace in zip(table.columns, table.traces, strict=True)
        ],
        "rows": [_row(table, row, marks, count_turn is not None) for row in table.rows],
        "lit": list(dict.fromkeys(marks.lit)),
        "words": view_words(),
        "turn": turn,
        "countTurn": count_turn or 0,
    }


def _depth(trace: Trace) -> str:
    return depth_words(main_depth(trace)) if has_counted_depth(trace) else ""


def _row(table: StructureTable, row: str, marks: TableMarks, can_edit: bool) -> RowData:
    cells = table.row_cells(row)
    there = [cell for cell in cells if cell]
    sizes = {cell.output_size for cell in there}
    stages = {cell.stage for cell in there}
    shown = [_cell(cell, (row, column), marks, (len(sizes) > 1, can_edit)) for column, cell in enumerate(cells)]
    return {
        "name": row,
        "title": row_title(row),
        "stage": "" if len(stages) > 1 or row in (STEM, HEAD) else stages.pop() or "",
        "size": sizes.pop() if len(sizes) == 1 else None,
        "isTotal": there[0].stage is None,
        "colours": _colours(there[0]),
        "cells": shown,
        "joined": _joined(shown) if row in (STEM, HEAD) else [],
    }


def _cell(cell: StructureCell | None, place: Place, marks: TableMarks, has: tuple[bool, bool]) -> CellData:
    """`has`: whether the cell has its own size, and whether its blocks can be edited."""
    has_own_size, can_edit = has
    if cell is None:
        return None
    if place in marks.hidden:
        return {"isHidden": True}
    return {
        "size": cell.output_size if has_own_size else "",
        "lines": cell.lines,
        "brackets": [{"layers": bracket.layers, "count": bracket.count} for bracket in cell.brackets],
        "printed": marks.printed.get(place, ""),
        "count": cell.n_blocks if can_edit and cell.place is not None else None,
    }


def _joined(cells: list[CellData]) -> list[tuple[int, int]]:
    """Returns first and last column of equal neighbours, which are shown as one cell, as in the paper."""
    runs = [list(run) for _same, run in groupby(range(len(cells)), key=cells.__getitem__)]
    return [(run[0], run[-1]) for run in runs if len(run) > 1 and "lines" in (cells[run[0]] or {})]


def _colours(cell: StructureCell) -> dict[str, tuple[str, str]] | None:
    """Returns fill and outline of the layer group by theme, as in the drawing; None for a row of totals."""
    if cell.stage is None:
        return None
    paints = {theme: _paint(PALETTES[theme], cell) for theme in THEMES}
    return {theme: (paint.fill, paint.line) for theme, paint in paints.items()}


def _paint(palette: Palette, cell: StructureCell) -> Paint:
    if cell.place is not None:
        return palette.stage(cell.place)
    return palette.head if cell.row == HEAD else palette.stem


def view_words() -> TableWords:
    """Returns the texts by key, in the reader's language; the browser fills in `{row}` and the like."""
    return {
        "language": current_language().replace("_", "-"),
        "table": _("Structure table"),
        "layerName": _("layer name"),
        "outputSize": _("output size"),
        "differs": _("differs"),
        "cell": _("{row} of {column}: {what}"),
        "net": _("{name}, {depth}"),
        "times": _("times {n}"),
        "plus": _("plus"),
        "hidden": _("hidden"),
        "none": _("no such part"),
        "blocks": _("Blocks in {row} of {column}"),
        "more": _("One block more"),
        "less": _("One block less"),
        "hint": _("Click: what this says is explained beside the table"),
        "hintBlocks": _("Click: explained beside the table. The number of blocks: + and −, or type it"),
    }


def depth_words(depth: int) -> str:
    """Returns the depth of a net as text, as in `18 layers`."""
    return n_("{n} layer", "{n} layers", depth).format(n=depth)
