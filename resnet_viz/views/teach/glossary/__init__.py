"""The glossary, and where its words stand in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from resnet_viz.i18n import _
from resnet_viz.views.teach import collect
from resnet_viz.views.teach.taught import Term, TermGroup

_GROUPS: tuple[TermGroup, ...] = collect(__name__, __path__, "TERMS")
TERMS: tuple[Term, ...] = tuple(term for group in _GROUPS for term in group.terms)
"""Each file of this folder gives some."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A word of the glossary in a text: from which letter on, up to which, and which term."""

    start: int
    end: int
    term: Term


def list_terms() -> tuple[Term, ...]:
    """All terms by their names in the language of the moment."""
    return tuple(sorted(TERMS, key=lambda term: term.name().casefold()))


def find_terms(text: str) -> tuple[Mention, ...]:
    """Where terms are first named in a text, in its order; of two that begin alike the longer one, in any number."""
    by_name = {term.name(): term for term in TERMS}
    names = sorted((term.name() for term in TERMS), key=len, reverse=True)
    # Around letters of no alphabet, as Chinese ones, there are no blanks to tell words by.
    edges = [(rf"(?<!\w){re.escape(name)}s?(?!\w)" if name.isascii() else re.escape(name)) for name in names]
    found: dict[str, Mention] = {}
    for match in re.finditer("|".join(f"({edge})" for edge in edges), text, re.IGNORECASE):
        term = by_name[names[(match.lastindex or 1) - 1]]
        found.setdefault(term.id, Mention(match.start(), match.end(), term))
    return tuple(found.values())


def source_text(term: Term) -> str:
    """Where a definition stands, in words; for an agreement nothing."""
    return _("Source: {source}").format(source=term.source) if term.source else ""
