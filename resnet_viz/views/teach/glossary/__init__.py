"""The glossary, and the search for its terms in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from resnet_viz.i18n import _
from resnet_viz.views.teach import collect
from resnet_viz.views.teach.taught import Term, TermGroup

_GROUPS: tuple[TermGroup, ...] = collect(__name__, __path__, "TERMS")
TERMS: tuple[Term, ...] = tuple(term for group in _GROUPS for term in group.terms)
"""Collected from the files of this folder."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A glossary term in a text: its start and end (exclusive) index, and the term."""

    start: int
    end: int
    term: Term


def list_terms() -> tuple[Term, ...]:
    """Returns all terms, sorted by name in the current language."""
    return tuple(sorted(TERMS, key=lambda term: term.name().casefold()))


def find_terms(text: str) -> tuple[Mention, ...]:
    """Returns the first mention of each term in a text, in order: the longest match, singular or plural."""
    by_name = {term.name(): term for term in TERMS}
    names = sorted((term.name() for term in TERMS), key=len, reverse=True)
    # Non-ASCII scripts such as Chinese have no blanks between words.
    edges = [(rf"(?<!\w){re.escape(name)}s?(?!\w)" if name.isascii() else re.escape(name)) for name in names]
    found: dict[str, Mention] = {}
    for match in re.finditer("|".join(f"({edge})" for edge in edges), text, re.IGNORECASE):
        term = by_name[names[(match.lastindex or 1) - 1]]
        found.setdefault(term.id, Mention(match.start(), match.end(), term))
    return tuple(found.values())


def source_text(term: Term) -> str:
    """Returns the source of a definition as text; empty for a convention."""
    return _("Source: {source}").format(source=term.source) if term.source else ""
