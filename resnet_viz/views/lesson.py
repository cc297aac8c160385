"""What a lesson is: steps, each a text with figures of the nets it shows, and what the views show meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from resnet_viz.views.focus import Focus, Traces

Writer = Callable[[Traces], str]
"""Writes a text from the Traces of the nets that a focus names, in their order; every figure in it is read there."""
Words = Callable[[], str]
"""Words in the language of the moment."""


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
    title: Words
    steps: tuple[Step, ...]
