"""Source code to colour: of each line the places of keywords, strings, numbers, comments and names that are defined."""

from __future__ import annotations

import io
import keyword
import token
import tokenize
from collections.abc import Iterator

Span = tuple[int, int, str]
"""From a column to another, in characters, and the kind: keyword | string | number | comment | defined."""
_STRINGS = {token.STRING, *(getattr(token, name, -1) for name in ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END"))}
_DEFINING = ("def", "class")


def colour_lines(text: str) -> list[list[Span]]:
    """The spans of each line of Python source, in order; none from where it cannot be read."""
    lines = text.splitlines()
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
