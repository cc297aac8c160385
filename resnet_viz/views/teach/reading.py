"""How long a lesson takes to read."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import Final

WORDS_A_MINUTE: Final = 130
"""Of a technical text, read to be understood."""
SECONDS_TO_LOOK: Final = 30
"""At what a step speaks of."""


def minutes_of(texts: Iterable[str]) -> int:
    """Returns the minutes that a lesson's steps take, rounded up; `texts` holds one for each step."""
    lengths = [len(text.split()) for text in texts]
    return ceil(sum(lengths) / WORDS_A_MINUTE + len(lengths) * SECONDS_TO_LOOK / 60)
