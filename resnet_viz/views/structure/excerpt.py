"""A piece of a source around the lines that are meant, coloured, as data."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass

from resnet_viz.views.inspect.source import SourceLines

MOST_LINES = 18
_MOST_BEFORE = 5
_TOKEN = re.compile(r"(?P<comment>#.*$)|(?P<text>\"[^\"]*\"|'[^']*')|(?P<word>[A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of source: its number in the file, how far it is indented, and pieces of (kind, text)."""

    number: int
    indent: int
    pieces: tuple[tuple[str, str], ...]
    """Kinds are comment, text (a string), keyword, and `""` for the rest."""
    is_meant: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a source, and whether it goes on before and after them."""

    lines: tuple[CodeLine, ...]
    has_before: bool
    has_after: bool


def cut_excerpt(part: SourceLines, code: str = "", most: int = MOST_LINES) -> Excerpt:
    """Returns at most so many lines, with those in sight that have the text `code`; from the start if none has."""
    texts = part.code.splitlines()
    meant = [n for n, text in enumerate(texts) if code and code in text]
    first = _first_line(meant, len(texts), most)
    lines = tuple(
        CodeLine(part.first + n, len(text) - len(text.lstrip()), tuple(_pieces(text.strip())), n in meant)
        for n, text in enumerate(texts)
        if first <= n < first + most
    )
    return Excerpt(lines, first > 0, first + most < len(texts))


def _first_line(meant: list[int], n: int, most: int) -> int:
    """A few lines before those meant, none if these are more than fit: lines wrap, and what is meant is in sight."""
    if not meant or n <= most:
        return 0
    spare = max(0, most - (meant[-1] - meant[0] + 1))
    return max(0, meant[0] - min(spare // 2, _MOST_BEFORE))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup or ""
        if kind == "word":
            if not keyword.iskeyword(token[0]):
                continue
            kind = "keyword"
        if token.start() > at:
            yield "", text[at : token.start()]
        yield kind, token[0]
        at = token.end()
    if at < len(text):
        yield "", text[at:]
