"""Reads what people type or paste: numbers and lists in the characters of any keyboard, and links.

A list may stand in brackets, as programs print it, and its entries may be separated by commas, semicolons, blanks, or
the commas of a Chinese keyboard: `[3, 4, 6, 3]`, `3，4，6，3`, `3、4、6、3`.
"""

from __future__ import annotations

import re

# No normal form of Unicode: that would also read ² as 2 and ① as 1.
_PLAIN = {0x3000: " ", **{0xFF01 + at: chr(0x21 + at) for at in range(94)}}
_SEPARATORS = re.compile(r"[,;、\s]+")
_BRACKETS = re.compile(r"[\[({【「]([^][(){}【】「」]*)[\])}】」]")
_HYPHENS = re.compile(r"(?<=\d)\s*[-‐‑–—]\s*(?=\d)")
_TIMES = re.compile(r"\s*[xX×*]\s*")
MOST_DIGITS = 100
"""Of a number that is read, and then refused for its size."""


def plain_text(text: str) -> str:
    """Returns text with full-width letters, digits and signs as the plain ones: `３，４` as `3,4`."""
    return text.translate(_PLAIN)


def split_list(text: str) -> list[str]:
    """Returns the entries of a typed list; none for an empty one."""
    plain = plain_text(text).strip()
    inside = _BRACKETS.fullmatch(plain)
    return [part for part in _SEPARATORS.split(inside[1] if inside else plain) if part]


def read_whole(text: str) -> int | None:
    """Returns a whole number, not negative; None for anything else."""
    plain = plain_text(text).strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= MOST_DIGITS else None


def read_wholes(text: str, with_hyphens: bool = False) -> list[int] | None:
    """Returns a list of whole numbers; `with_hyphens` also of `3-4-6-3`. None where an entry is anything else."""
    found = [read_whole(part) for part in split_list(_HYPHENS.sub(",", text) if with_hyphens else text)]
    known = [number for number in found if number is not None]
    return known if len(known) == len(found) else None


def split_size(text: str) -> list[str]:
    """Returns the sides of a size, as in `224x224`, `224×224` or `224*224`."""
    return _TIMES.split(plain_text(text).strip())


def query_of(link: str) -> str:
    """Returns what a link says after its question mark; a text without one as it is."""
    return link.rpartition("?")[2].partition("#")[0]
