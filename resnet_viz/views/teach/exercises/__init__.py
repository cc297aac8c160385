"""Exercises made from nets: the question, the hints and the right answer are read from the Traces.

A seed gives one sheet, whoever makes it and wherever, so that a class has the same one.
"""

from __future__ import annotations

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.views.teach import collect
from resnet_viz.views.teach.exercises.chance import Chance
from resnet_viz.views.teach.exercises.exercise import Exercise, ExerciseKind
from resnet_viz.views.teach.focus import Traces

_KINDS: tuple[ExerciseKind, ...] = collect(__name__, __path__, "KIND")
EXERCISE_KINDS: tuple[str, ...] = tuple(kind.id for kind in _KINDS)
"""In the order of a sheet: a file of this folder for each."""


def make_exercises(traces: Traces, seed: int) -> tuple[Exercise, ...]:
    """A sheet of exercises about these nets: one of each kind that they allow, in the order of `EXERCISE_KINDS`.

    Raises TraceError where the nets allow none, and SpecError for a seed that is no whole number.
    """
    chance = Chance(seed)
    made: list[Exercise] = []
    for kind in sorted(_KINDS, key=lambda kind: kind.turn):
        exercise = kind.make(traces, chance, made)
        made += [exercise] if exercise else []
    if not made:
        raise TraceError(
            _("There is nothing to ask about: got {n} nets, none with stages or convolutions. Choose a ResNet.").format(
                n=len(traces)
            )
        )
    return tuple(sorted(made, key=lambda exercise: EXERCISE_KINDS.index(exercise.kind)))


def kind_text(kind: str) -> str:
    """What is to be done, in words."""
    return next(known for known in _KINDS if known.id == kind).title()
