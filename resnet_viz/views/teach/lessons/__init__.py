"""The lessons, for one player: next and back, progress, and free play at any step, since a step only sets the views."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.views.teach import collect
from resnet_viz.views.teach.taught import Lesson, find_by_id

LESSONS: tuple[Lesson, ...] = collect(__name__, __path__, "LESSON")
"""In the order they are taught: each file of this folder gives one."""


def find_lesson(name: str) -> Lesson:
    """A lesson by its id, as in `stride`. Raises TraceError for another one."""
    refusal = _("There is no lesson named {got}. The lessons are {allowed}; choose one of them.")
    return find_by_id(LESSONS, name, refusal)


def keep_step(lesson: Lesson, step: int) -> int:
    """The nearest step there is, from 0: what a link says may be of another lesson."""
    return min(max(step, 0), len(lesson.steps) - 1)
