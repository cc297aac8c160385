"""Escaping of text for Markdown, LaTeX and CSV, so that none of it is read as markup."""

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
# An underscore between letters or digits is no emphasis and needs no escape.
_MARKDOWN = re.compile(r"([\\|`*\[\]<>&~$]|(?<![^\W_])_|_(?![^\W_]))")
# Spreadsheets read a cell that starts with one of these as a formula.
_FORMULA = ("=", "+", "-", "@")


def escape_markdown(text: str) -> str:
    """Returns the text as a table cell in GitHub's Markdown, on one line."""
    return _MARKDOWN.sub(r"\\\1", one_line(text))


def escape_latex(text: str) -> str:
    """Returns the text as LaTeX, on one line; needs no package."""
    return "".join(_LATEX.get(character, character) for character in one_line(text))


def escape_csv(text: str) -> str:
    """Returns the text as a CSV value, on one line; an apostrophe before what a spreadsheet would evaluate."""
    line = one_line(text)
    return f"'{line}" if line.startswith(_FORMULA) else line


def one_line(text: str) -> str:
    """Returns the text without line breaks and unprintable characters."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())
