"""Words inside Markdown, LaTeX and CSV: whatever they hold, they stay words."""

from __future__ import annotations

import re

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "×": r"$\times$",
    "−": "$-$",
    "–": "--",
    **{digit: f"$^{n}$" for n, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
}
# An underscore inside a word emphasises nothing.
_MARKDOWN = re.compile(r"([\\|`*\[\]<>&~$]|(?<![^\W_])_|_(?![^\W_]))")
# What a spreadsheet would take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@")


def escape_markdown(text: str) -> str:
    """Words as a cell of a table in GitHub's Markdown, on one line."""
    return _MARKDOWN.sub(r"\\\1", one_line(text))


def escape_latex(text: str) -> str:
    """Words as text of LaTeX, on one line; needs no package."""
    return "".join(_LATEX.get(character, character) for character in one_line(text))


def escape_csv(text: str) -> str:
    """Words as a value of a CSV file, on one line; an apostrophe before what a spreadsheet would work out."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA) else line


def one_line(text: str) -> str:
    """Words without line breaks and without what cannot be printed."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())
