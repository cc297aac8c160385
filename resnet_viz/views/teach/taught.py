"""Records of teaching content: terms, lessons with steps, false beliefs with experiments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from resnet_viz.errors import TraceError
from resnet_viz.i18n import Words
from resnet_viz.refusal import shown
from resnet_viz.views.teach.focus import Focus, Lead, Traces

VIEWS: Final = ("table", "drawing", "source", "blocks", "cell", "maps", "errors")
"""What a step can speak of; one of them stands beside its text."""
MAPS: Final = ("channel", "signed", "stages", "field", "evidence")
"""What the view `maps` shows of a trained net."""
Writer = Callable[[Traces], str]
"""Returns a text, given the Traces of a focus's nets in their order; all its figures come from them."""


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry, in the current language."""

    id: str
    name: Words
    definition: Words
    source: str = ""
    """As in `He et al. 2015, section 3.2`; empty for a convention."""


@dataclass(frozen=True, slots=True)
class TermGroup:
    """Terms about one subject."""

    place: int
    """Position among the groups, from 1."""
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the text, where the views go, and what to look for there."""

    text: Writer
    focus: Focus
    see: Words
    lead: Lead | None = None
    """A page to go on to; the views of this page stay as the focus has them."""
    view: str = VIEWS[0]
    """The view that the step speaks of, one of VIEWS."""
    maps: str | None = None
    """For the view `maps`, one of MAPS."""
    has_size: bool = False
    """Whether the reader is to change the input size."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Steps in order; each is self-contained, so that it can be opened directly."""

    id: str
    place: int
    """Position among the lessons, from 1."""
    title: Words
    steps: tuple[Step, ...]
    minutes: int
    """How long it takes, as `minutes_of` of its English text."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure: what it is of, and its value with its unit."""

    name: str
    value: str
    is_printed: bool = False
    """Whether the paper prints it; else it is found in the nets, or measured in training."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """One click: what the views show then, and figures computed on click from the nets of the focus."""

    label: Words
    focus: Focus
    measure: Callable[[Traces], tuple[Finding, ...]]
    lead: Lead | None = None
    """The page where the reader makes the experiment, if it takes another one."""


@dataclass(frozen=True, slots=True)
class Belief:
    """A common false belief."""

    id: str
    claim: Words
    truth: Writer
    """Given the Traces of the experiment's focus."""
    source: Words
    """Reference for the truth; for computed figures, how they are computed."""
    experiment: Experiment


@dataclass(frozen=True, slots=True)
class BeliefGroup:
    """Beliefs about one subject."""

    place: int
    """Position among the groups, from 1."""
    beliefs: tuple[Belief, ...]


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def find_by_id(records: Sequence[N], name: str, refusal: str) -> N:
    """Returns the record with an id. Raises TraceError with `refusal`, filled with `got` and `allowed`, otherwise."""
    found = next((record for record in records if record.id == name), None)
    if found is None:
        raise TraceError(refusal.format(got=shown(name), allowed=", ".join(record.id for record in records)))
    return found
