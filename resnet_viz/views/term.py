"""A word of the trade: what it is called, what it means, and where that stands if it is a claim."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word, in the language of the moment."""

    id: str
    name: Callable[[], str]
    definition: Callable[[], str]
    source: str = ""
    """As in `He et al. 2015, section 3.2`; nothing where the definition is a mere agreement."""
