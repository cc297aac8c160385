"""Lenient parsing of typed answers: `56x56`, `56 × 56`, `1,024`, `1 024`, `[3x3, 64 | 3x3, 64] x 2`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from resnet_viz.typed import split_list
from resnet_viz.views.structure.table import Bracket

MOST_LETTERS = 300
MOST_DIGITS = 15
_TIMES = re.compile("[x*✕✖╳х]")
_NUMBER = re.compile(r"0|[1-9]\d*|[1-9]\d{0,2}([ ,'’_])\d{3}(?:\1\d{3})*", re.ASCII)
# In brackets only commas separate thousands, so that a blank ends a number.
_LAYER = re.compile(r"(\d+) ?× ?(\d+) ?[, ] ?(\d{1,3}(?:,\d{3})+(?!\d)|\d+)", re.ASCII)
_BRACKETS = re.compile(r"[][(){}|;,/× ]+")


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: its key, which is the same in every language, and its text."""

    key: str
    text: str


def as_typed(answer: object) -> str:
    """Returns an answer as typed text, from a str, an int or a sequence of these; empty for anything else."""
    if isinstance(answer, str):
        return answer if len(answer) <= MOST_LETTERS else ""
    if isinstance(answer, int) and not isinstance(answer, bool):
        return str(answer) if abs(answer) < 10**MOST_DIGITS else ""
    if isinstance(answer, Sequence) and 0 < len(answer) <= MOST_LETTERS:
        return "; ".join(as_typed(part) if isinstance(part, str | int) else "" for part in answer)
    return ""


def read_number(text: str) -> int | None:
    """Returns an integer, with or without thousands separators; None for anything else."""
    plain = _plain(text)
    if not _NUMBER.fullmatch(plain):
        return None
    digits = re.sub(r"\D", "", plain)
    return int(digits) if len(digits) <= MOST_DIGITS else None


def read_sizes(text: str, n: int) -> tuple[int, ...] | None:
    """Returns `n` sizes, optionally after a batch of 1; one is enough for height and width; None otherwise."""
    plain = re.sub(r"(\d+) ?\^2", r"\1×\1", _plain(text)).strip("[](){} ")
    sizes = [read_number(part) for part in _split(plain)]
    if len(sizes) == n + 1 and sizes[0] == 1:
        sizes = sizes[1:]
    if n == 2 and len(sizes) == 1:
        sizes = sizes * 2
    known = tuple(size for size in sizes if size is not None)
    return known if len(known) == len(sizes) == n else None


def _split(plain: str) -> list[str]:
    """Splits at the first of these that occurs: ×, `;`, blank, `,`; the others may separate thousands."""
    for separator in ("×", ";"):
        if separator in plain:
            return plain.split(separator)
    return re.split(", ?| ", plain) if not re.search(", | ", plain) else re.split(",? ", plain)


def read_bracket_text(text: str) -> Bracket | None:
    """Returns a table cell: layers as `3×3, 64` and their count, 1 if missing; None otherwise."""
    plain = _plain(text)
    layers = tuple(
        f"{int(height)}×{int(width)}, {int(channels.replace(',', ''))}"
        for height, width, channels in _LAYER.findall(plain)
        if max(map(len, (height, width, channels))) <= MOST_DIGITS
    )
    rest = _BRACKETS.sub(" ", _LAYER.sub(" ", plain)).split()
    times = read_number(rest[0]) if rest else 1
    return Bracket(layers, times) if layers and times is not None and len(rest) <= 1 else None


def read_choice_text(text: str, choices: Sequence[Choice]) -> str | None:
    """Returns a choice's key from its key, text or letter (a for the first); None for anything else."""
    wanted = _fold(text)
    for choice in choices:
        if wanted in (_fold(choice.key), _fold(choice.text)):
            return choice.key
    letter = re.fullmatch(r"\(?([a-z])[.)]?", wanted)
    place = ord(letter[1]) - ord("a") if letter else len(choices)
    return choices[place].key if place < len(choices) else None


def read_order(text: str, choices: Sequence[Choice]) -> tuple[str, ...] | None:
    """Returns all choices in order, separated by `>`, commas, semicolons, arrows or blanks; None otherwise."""
    keys = [read_choice_text(part, choices) for part in split_list(re.sub("[>→]", ",", text))]
    known = tuple(key for key in keys if key is not None)
    return known if len(known) == len(keys) == len(choices) == len(set(known)) else None


def _plain(text: str) -> str:
    """Normalises full-width characters, times signs (to ×) and blanks."""
    # NFKC would turn 56² into 562.
    small = unicodedata.normalize("NFKC", text.replace("²", "^2")).lower()
    return " ".join(_TIMES.sub("×", small).split())


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
