"""The depth of a block list."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_viz.i18n import _
from resnet_viz.views.parts.block import has_counted_depth, main_depth
from resnet_viz.views.teach.exercises.chance import Chance
from resnet_viz.views.teach.exercises.exercise import Exercise, ExerciseKind
from resnet_viz.views.teach.figures import block_list, convs_per_block
from resnet_viz.views.teach.focus import Traces, focus_on


def count_depth(traces: Traces, chance: Chance, made: Sequence[Exercise]) -> Exercise | None:
    """Asks for the depth of a block list; None if no net is a stem, equal blocks and one linear layer."""
    nets = [n for n, trace in enumerate(traces) if has_counted_depth(trace) and len(convs_per_block(trace)) == 1]
    if not nets:
        return None
    net = chance.pick(nets)
    trace, convs = traces[net], convs_per_block(traces[net])[0]
    question = _(
        "A net has the block list [{layers}], and {convs} convolutions in each block. How many layers has it, as the "
        "paper counts?"
    )
    return Exercise(
        kind="count_depth",
        question=question.format(layers=block_list(trace), convs=convs),
        form="number",
        answer=main_depth(trace),
        hints=(
            _("Layers with weights on the main path count; those in shortcuts do not, nor do norms and poolings."),
            _("The stem counts as one layer, and so does the fully connected layer at the end."),
            _("There are {n} blocks.").format(n=len(trace.blocks)),
        ),
        reason=_("1 + {convs} × {n} + 1 = {depth}: this is {net}.").format(
            convs=convs, n=len(trace.blocks), depth=main_depth(trace), net=trace.name
        ),
        focus=focus_on(traces, net, trace.network),
    )


KIND = ExerciseKind("count_depth", place=5, turn=6, title=lambda: _("Depth of a block list"), make=count_depth)
