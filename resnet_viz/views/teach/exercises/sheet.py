"""A sheet of exercises and its answer key to print: self-contained HTML pages, A4, black on white.

All names and texts are escaped; the pages have no script and load no other file.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from resnet_viz.i18n import _, current_language
from resnet_viz.views.teach.exercises.exercise import Exercise
from resnet_viz.views.teach.exercises.grid import Grid

LETTERS = "abcdefghijklmnopqrstuvwxyz"
_STYLE = """
@page { size: A4; margin: 16mm 15mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 180mm; background: #fff; color: #000;
       font: 10.5pt/1.4 "Helvetica Neue", Arial, "Noto Sans", "Noto Sans CJK SC", sans-serif; }
h1 { margin: 0 0 1mm; font-size: 16pt; }
header { margin-bottom: 6mm; border-bottom: 0.5pt solid #000; padding-bottom: 3mm; }
header p { margin: 0 0 2mm; }
.person { display: flex; gap: 8mm; }
.person span { flex: 1; border-bottom: 0.5pt solid #000; padding-top: 5mm; }
ol.sheet { margin: 0; padding-left: 8mm; }
ol.sheet > li { margin-bottom: 7mm; break-inside: avoid; }
ol.sheet > li::marker { font-weight: bold; }
p { margin: 0 0 2mm; }
table { border-collapse: collapse; margin: 0 0 3mm; font-size: 8pt; line-height: 1.3; }
th, td { border: 0.5pt solid #000; padding: 1mm 2.5mm; text-align: center; }
ul { list-style: none; margin: 0 0 2mm; padding: 0; columns: 2; column-gap: 8mm; }
ul.short { columns: 4; column-gap: 4mm; font-size: 8.5pt; white-space: nowrap; }
.line { border-bottom: 0.5pt solid #000; height: 9mm; margin-right: 30mm; }
"""
# More choices than this have short texts, and are set in more columns.
_MANY = 6


def write_sheet(exercises: Sequence[Exercise], seed: int, nets: Sequence[str]) -> str:
    """Returns the numbered questions as HTML, with room for the answers; `nets` are the names of their nets."""
    # Not inlined: the message extractor does not find texts inside an f-string.
    name, date = _text(_("Name")), _text(_("Date"))
    person = f'<p class="person"><span>{name}</span><span>{date}</span></p>'
    items = "".join(f"<li>{''.join(_question(exercise))}</li>\n" for exercise in exercises)
    return _page(_("Exercises on ResNets"), sheet_words(seed, nets), person, items)


def write_key(exercises: Sequence[Exercise], seed: int, nets: Sequence[str]) -> str:
    """Returns the answers with the same numbers and their reasons, as HTML."""
    items = "".join(f"<li>{''.join(_solution(exercise))}</li>\n" for exercise in exercises)
    return _page(_("Key to the exercises on ResNets"), sheet_words(seed, nets), "", items)


def sheet_words(seed: int, nets: Sequence[str]) -> str:
    """Returns what makes a sheet: its number, and the nets that it is about."""
    return _("Sheet {seed}: {nets}").format(seed=seed, nets=", ".join(nets))


def _page(title: str, number: str, below: str, items: str) -> str:
    language = html.escape(current_language().replace("_", "-"))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{_text(title)} – {_text(number)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>{_text(title)}</h1><p>{_text(number)}</p>{below}</header>\n"
        f'<ol class="sheet">\n{items}</ol>\n</body>\n</html>\n'
    )


def _question(exercise: Exercise) -> Iterator[str]:
    yield f"<p>{_text(exercise.question)}</p>"
    if exercise.grid:
        yield _table(exercise.grid)
    if exercise.choices:
        yield _choices(exercise)
    if exercise.form != "choice":
        yield '<div class="line"></div>'


def _choices(exercise: Exercise) -> str:
    """The choices with their letters, each with a box if one is to be ticked."""
    box = "☐ " if exercise.form == "choice" else ""
    items = (
        f"<li>{box}{letter}) {_text(choice.text)}</li>"
        for letter, choice in zip(_letters(len(exercise.choices)), exercise.choices, strict=True)
    )
    kind = ' class="short"' if len(exercise.choices) > _MANY else ""
    return f"<ul{kind}>{''.join(items)}</ul>"


def _letters(n: int) -> list[str]:
    """a to z; numbers if there are more choices than letters."""
    return [LETTERS[at] if n <= len(LETTERS) else str(at + 1) for at in range(n)]


def _table(grid: Grid) -> str:
    headings = "".join(f"<th>{_text(heading)}</th>" for heading in grid.headings)
    # The layers of a cell are stacked, as in the paper.
    rows = ("".join(f"<td>{_text(cell).replace(' | ', '<br>')}</td>" for cell in row) for row in grid.rows)
    return f"<table><tr>{headings}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _solution(exercise: Exercise) -> Iterator[str]:
    letter = ""
    if exercise.form == "choice":
        keys = [choice.key for choice in exercise.choices]
        letter = f"{_letters(len(keys))[keys.index(str(exercise.answer))]}) "
    yield f"<p><strong>{letter}{_text(exercise.write(exercise.answer))}</strong></p>"
    yield f"<p>{_text(exercise.reason)}</p>"


def _text(text: str) -> str:
    return html.escape(text)
