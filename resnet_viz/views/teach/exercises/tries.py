"""What a learner has done with an exercise: answers, hints, the answer shown; and the score of a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from resnet_viz.i18n import _
from resnet_viz.views.teach.exercises.exercise import Exercise


@dataclass(frozen=True, slots=True)
class Tries:
    """The tries at one exercise so far."""

    given: object = None
    """The last answer; None if there is none."""
    n_wrong: int = 0
    """Answers that could be read, and were not right."""
    n_hints: int = 0
    outcome: str = "open"
    """open | right (at the first try, without hints) | helped (right later on) | shown"""

    @property
    def is_over(self) -> bool:
        """Whether the answer is known, found or shown."""
        return self.outcome != "open"

    def answer(self, exercise: Exercise, given: object) -> Tries:
        """Returns the tries after one more answer. It counts no more once the exercise is over."""
        if given in (None, "", [], ()):
            return replace(self, given=None)
        verdict = exercise.check(given)
        if self.is_over or verdict.outcome == "unread":
            return replace(self, given=given)
        if not verdict.is_right:
            return replace(self, given=given, n_wrong=self.n_wrong + 1)
        return replace(self, given=given, outcome="helped" if self.n_wrong or self.n_hints else "right")

    def with_hint(self) -> Tries:
        """Returns the tries after one more hint."""
        return replace(self, n_hints=self.n_hints + 1)

    def shown(self) -> Tries:
        """Returns the tries after the answer was shown on request: it counts as shown, whatever is answered then."""
        return self if self.is_over else replace(self, outcome="shown")


UNTRIED = Tries()


@dataclass(frozen=True, slots=True)
class SheetScore:
    """How many exercises of a sheet ended in which way."""

    n_right: int
    n_helped: int
    n_shown: int
    n_asked: int

    @property
    def n_open(self) -> int:
        """Exercises that are not over."""
        return self.n_asked - self.n_right - self.n_helped - self.n_shown

    @property
    def text(self) -> str:
        """As in `5 of 8 right at the first try, 1 later, 2 open`."""
        words = _("{right} of {asked} right at the first try").format(right=self.n_right, asked=self.n_asked)
        if self.n_helped:
            words = _("{score}, {n} later or after hints").format(score=words, n=self.n_helped)
        if self.n_shown:
            words = _("{score}, {n} shown").format(score=words, n=self.n_shown)
        return _("{score}, {n} open").format(score=words, n=self.n_open) if self.n_open else words


def score_tries(exercises: Sequence[Exercise], tries: Mapping[int, Tries]) -> SheetScore:
    """Returns the score of a sheet, given the tries by exercise index, from 0."""
    outcomes = [tries.get(n, UNTRIED).outcome for n in range(len(exercises))]
    right, helped, shown = (outcomes.count(kind) for kind in ("right", "helped", "shown"))
    return SheetScore(right, helped, shown, len(exercises))
