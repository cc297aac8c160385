"""The lessons, for one player: next, back, progress, and free exploration, since a step only sets the views."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.views.teach import collect
from resnet_viz.views.teach.taught import Lesson, Step, find_by_id

LESSONS: tuple[Lesson, ...] = collect(__name__, __path__, "LESSON")
"""In teaching order; one file of this folder each."""


def find_lesson(name: str) -> Lesson:
    """Returns a lesson by its id, as in `stride`. Raises TraceError for an unknown id."""
    refusal = _("There is no lesson named {got}. The lessons are {allowed}; choose one of them.")
    return find_by_id(LESSONS, name, refusal)


def keep_step(lesson: Lesson, step: int) -> int:
    """Returns the nearest existing step, from 0: a link's step may be of another lesson.

    The number of the steps stands for the card at the end.
    """
    return min(max(step, 0), len(lesson.steps))


def step_at(lesson: Lesson, step: int) -> Step | None:
    """Returns a step; None for the card at the end."""
    at = keep_step(lesson, step)
    return lesson.steps[at] if at < len(lesson.steps) else None
