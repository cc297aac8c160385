"""One exercise: question, form of the answer, answer, hints and reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from resnet_viz.i18n import Words, _
from resnet_viz.units import format_exact
from resnet_viz.views.structure.table import Bracket
from resnet_viz.views.teach.exercises.answers import (
    Choice,
    as_typed,
    read_bracket_text,
    read_choice_text,
    read_number,
    read_order,
    read_sizes,
)
from resnet_viz.views.teach.exercises.chance import Chance
from resnet_viz.views.teach.exercises.grid import Grid
from resnet_viz.views.teach.focus import Focus, Traces

ANSWER_FORMS = ("number", "size", "shape", "cell", "choice", "order")
ExerciseAnswer = int | str | Bracket | tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of checking an answer."""

    outcome: str
    """right | wrong | unread"""
    got: str
    """The answer as parsed; empty if it could not be."""
    text: str
    """The reason, with its numbers; for an unread answer, the expected format."""

    @property
    def is_right(self) -> bool:
        """Whether the answer was parsed and is right."""
        return self.outcome == "right"


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question about given nets, in the language it was made in; answers are the same in all."""

    kind: str
    """One of `exercises.EXERCISE_KINDS`."""
    question: str
    form: str
    """number | size (H×W) | shape (C×H×W) | cell (brackets) | choice (a key) | order (all keys)"""
    answer: ExerciseAnswer
    hints: tuple[str, ...]
    """From the first nudge to all but the answer."""
    reason: str
    """Why the answer is right, with its numbers; shown after the answer."""
    focus: Focus
    """Where the views go after the answer, which it may give away."""
    choices: tuple[Choice, ...] = ()
    grid: Grid | None = None
    """The table that the question is about."""

    def check(self, answer: object) -> Verdict:
        """Returns the verdict on an answer: typed text, an int, or a sequence of these."""
        got = self._read(as_typed(answer))
        if got is None:
            return Verdict("unread", "", how_to_answer(self.form))
        return Verdict("right" if got == self.answer else "wrong", self.write(got), self.reason)

    def write(self, answer: ExerciseAnswer) -> str:
        """Returns an answer as text."""
        if isinstance(answer, Bracket):
            return answer.text
        if isinstance(answer, int):
            return format_exact(answer)
        if self.form == "order":
            return " > ".join(self._words(str(key)) for key in answer) if isinstance(answer, tuple) else answer
        return self._words(answer) if isinstance(answer, str) else "×".join(map(str, answer))

    def _words(self, key: str) -> str:
        return next((choice.text for choice in self.choices if choice.key == key), key)

    def _read(self, text: str) -> ExerciseAnswer | None:
        if self.form == "number":
            return read_number(text)
        if self.form in ("size", "shape"):
            return read_sizes(text, 2 if self.form == "size" else 3)
        if self.form == "cell":
            return read_bracket_text(text)
        return read_choice_text(text, self.choices) if self.form == "choice" else read_order(text, self.choices)


Maker = Callable[[Traces, Chance, Sequence[Exercise]], Exercise | None]
"""Returns an exercise about some nets; None if they allow none. Last argument: the sheet's exercises so far."""


@dataclass(frozen=True, slots=True)
class ExerciseKind:
    """A kind of exercise: its title, and the function that makes one."""

    id: str
    place: int
    """Position on a sheet, from 1."""
    turn: int
    """Order of its random draws, from 1. A new kind draws last, so that known seeds keep their sheets."""
    title: Words
    make: Maker


def how_to_answer(form: str) -> str:
    """Returns the format of an answer, as a sentence."""
    return {
        "number": _("This cannot be read. Write a whole number, as in 2048 or 2,048."),
        "size": _("This cannot be read. Write height × width, as in 30×30 or 30x30."),
        "shape": _("This cannot be read. Write channels × height × width, as in 8×30×30 or 8x30x30."),
        "cell": _("This cannot be read. Write layers in brackets and how often, as in [5x5, 8 | 5x5, 8] x 9."),
        "choice": _("This is none of the choices. Give one of them, or its letter."),
        "order": _("This cannot be read. Name each choice once, from the most to the least, with > between them."),
    }[form]
