"""What a false belief is: the claim, what is true, where that stands, and views that show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from resnet_viz.views.focus import Focus, Traces
from resnet_viz.views.lesson import Words, Writer


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
