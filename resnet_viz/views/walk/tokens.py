"""Syntax highlighting: the spans of keywords, strings, numbers, comments and defined names in each line."""

from __future__ import annotations

import io
import keyword
import token
import tokenize
from collections.abc import Iterator

Span = tuple[int, int, str]
"""Start and end column (exclusive), in characters, and the kind: keyword | string | number | comment | defined."""
_STRINGS = {token.STRING, *(getattr(token, name, -1) for name in ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END"))}
_DEFINING = ("def", "class")


def colour_lines(text: str) -> list[list[Span]]:
    """Returns the spans of each line of Python source, in order; none after a tokenizer error."""
    # As Python counts lines: a form feed or a Unicode line separator within one ends none.
    lines = text.split("\n")
    found: list[list[Span]] = [[] for _line in lines]
    try:
        for kind, start, end in _read(text):
            for row in range(start[0], end[0] + 1):
                first = start[1] if row == start[0] else 0
                last = end[1] if row == end[0] else len(lines[row - 1])
                if first < last:
                    found[row - 1].append((first, last, kind))
    except (tokenize.TokenError, SyntaxError, IndexError):
        return found
    return found


def _read(text: str) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    before = ""
    for piece in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = _kind(piece, before)
        if kind:
            yield kind, piece.start, piece.end
        before = piece.string


def _kind(piece: tokenize.TokenInfo, before: str) -> str:
    if piece.type == token.NAME:
        return "keyword" if keyword.iskeyword(piece.string) else "defined" if before in _DEFINING else ""
    if piece.type in _STRINGS:
        return "string"
    return {token.NUMBER: "number", token.COMMENT: "comment"}.get(piece.type, "")
