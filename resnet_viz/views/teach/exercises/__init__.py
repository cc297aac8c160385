"""Exercises generated from nets: question, hints and answer are computed from the Traces.

A seed gives the same sheet on every machine, so that a class can share it.
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
"""In the order of a sheet; one file of this folder each."""


def make_exercises(traces: Traces, seed: int) -> tuple[Exercise, ...]:
    """Returns a sheet of exercises about nets: one of each kind that they allow, in the order of `EXERCISE_KINDS`.

    Raises TraceError if the nets allow none, SpecError for a seed that is no integer.
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


def exercise_title(kind: str) -> str:
    """Returns the title of a kind of exercise."""
    return next(known for known in _KINDS if known.id == kind).title()
