"""What is taught, as records: words, lessons and their steps, false beliefs with their experiments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from resnet_viz.errors import TraceError
from resnet_viz.i18n import Words
from resnet_viz.refusal import shown
from resnet_viz.views.teach.focus import Focus, Traces

Writer = Callable[[Traces], str]
"""Writes a text from the Traces of the nets that a focus names, in their order; every figure in it is read there."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word, in the language of the moment."""

    id: str
    name: Words
    definition: Words
    source: str = ""
    """As in `He et al. 2015, section 3.2`; nothing where the definition is a mere agreement."""


@dataclass(frozen=True, slots=True)
class TermGroup:
    """Terms about one subject."""

    place: int
    """Among the groups, from 1."""
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to understand: the text, where the views go, and what to look for there."""

    text: Writer
    focus: Focus
    see: Words


@dataclass(frozen=True, slots=True)
class Lesson:
    """Steps in order; every one stands for itself, so that one can come to it from anywhere."""

    id: str
    place: int
    """Among the lessons, from 1."""
    title: Words
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure that speaks for itself: what it is of, and the figure with its unit."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Experiment:
    """One click: what the views show then, and figures that are read from the nets of the focus on the spot."""

    label: Words
    focus: Focus
    measure: Callable[[Traces], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Belief:
    """Something that is often said and is not so."""

    id: str
    claim: Words
    truth: Writer
    """From the Traces of the experiment's focus."""
    source: Words
    """Where the truth stands; for what is only computed, how."""
    experiment: Experiment


@dataclass(frozen=True, slots=True)
class BeliefGroup:
    """Beliefs about one subject."""

    place: int
    """Among the groups, from 1."""
    beliefs: tuple[Belief, ...]


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def find_by_id(records: Sequence[N], name: str, refusal: str) -> N:
    """The record with an id. Raises TraceError with `refusal`, filled with `got` and `allowed`, where there is none."""
    found = next((record for record in records if record.id == name), None)
    if found is None:
        raise TraceError(refusal.format(got=shown(name), allowed=", ".join(record.id for record in records)))
    return found
