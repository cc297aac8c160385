"""Exercises made from nets: the question, the hints and the right answer are read from the Traces.

A seed gives one sheet, whoever makes it and wherever, so that a class has the same one.
"""

from __future__ import annotations

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.views.teach.exercises.cells import cell_exercises
from resnet_viz.views.teach.exercises.chance import Chance
from resnet_viz.views.teach.exercises.exercise import Exercise
from resnet_viz.views.teach.exercises.layers import conv_params, has_projection, output_shape
from resnet_viz.views.teach.exercises.nets import count_depth, order_stages, which_net
from resnet_viz.views.teach.focus import Traces

KINDS = (
    "fill_cell",
    "output_shape",
    "has_projection",
    "conv_params",
    "count_depth",
    "which_net",
    "order_stages",
    "find_wrong_cell",
)
_MAKERS = (output_shape, has_projection, conv_params, count_depth, which_net, order_stages)


def make_exercises(traces: Traces, seed: int) -> tuple[Exercise, ...]:
    """A sheet of exercises about these nets: one of each kind that they allow, in the order of `KINDS`.

    Raises TraceError where the nets allow none, and SpecError for a seed that is no whole number.
    """
    chance = Chance(seed)
    made = [*cell_exercises(traces, chance), *(make(traces, chance) for make in _MAKERS)]
    exercises = [exercise for exercise in made if exercise is not None]
    if not exercises:
        raise TraceError(
            _("There is nothing to ask about: got {n} nets, none with stages or convolutions. Choose a ResNet.").format(
                n=len(traces)
            )
        )
    return tuple(sorted(exercises, key=lambda exercise: KINDS.index(exercise.kind)))


def kind_text(kind: str) -> str:
    """What is to be done, in words."""
    return {
        "fill_cell": _("Fill in the cell"),
        "output_shape": _("Output shape"),
        "has_projection": _("Projection or not"),
        "conv_params": _("Parameters of a convolution"),
        "count_depth": _("Depth of a block list"),
        "which_net": _("Which net is this?"),
        "order_stages": _("Order by multiply-adds"),
        "find_wrong_cell": _("Find the wrong cell"),
    }[kind]
