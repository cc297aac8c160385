"""Tables of what was measured, of one checkout or of two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Figures = Mapping[str, float | None]
_LABEL, _COLUMN = 44, 14


@dataclass(frozen=True)
class Row:
    """What was measured, and its figures by column; None where there is none. `note`: what is behind a figure."""

    label: str
    figures: Figures
    note: str = ""


def ratio(value: float | None, to: float | None) -> float | None:
    """A figure in multiples of another; None where one of them is missing or 0."""
    return value / to if value and to else None


def middle_rows(rounds: Sequence[Sequence[Row]]) -> list[Row]:
    """The median of each figure over several rounds, with all notes."""
    found: dict[str, list[Row]] = {}
    for row in (row for rows in rounds for row in rows):
        found.setdefault(row.label, []).append(row)
    return [_middle(label, rows) for label, rows in found.items()]


def _middle(label: str, rows: Sequence[Row]) -> Row:
    columns = dict.fromkeys(column for row in rows for column in row.figures)
    figures = {column: _median(row.figures.get(column) for row in rows) for column in columns}
    return Row(label, figures, "; ".join(dict.fromkeys(row.note for row in rows if row.note)))


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def beside(ours: Sequence[Row], theirs: Sequence[Row]) -> list[Row]:
    """Each figure in multiples of the other checkout's."""
    others = {row.label: row.figures for row in theirs}
    return [
        Row(row.label, {name: ratio(value, others[row.label].get(name)) for name, value in row.figures.items()})
        for row in ours
        if row.label in others
    ]


def print_table(title: str, rows: Sequence[Row]) -> None:
    """Prints rows with a column for each of their figures, and their notes below."""
    columns = list(dict.fromkeys(column for row in rows for column in row.figures))
    print(f"\n{title}\n  {'':{_LABEL}}" + "".join(f"{column:>{_COLUMN}}" for column in columns), flush=True)
    for row in rows:
        shown = "".join(f"{_format(row.figures.get(column)):>{_COLUMN}}" for column in columns)
        print(f"  {row.label:{_LABEL}}{shown}")
    for row in rows:
        if row.note:
            print(f"    {row.label}: {row.note}")


def _format(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3f}"
