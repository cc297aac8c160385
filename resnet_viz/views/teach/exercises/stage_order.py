"""The order of a net's stages by their multiply-adds."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.units import format_macs
from resnet_viz.views.teach.exercises.answers import Choice
from resnet_viz.views.teach.exercises.chance import Chance
from resnet_viz.views.teach.exercises.exercise import Exercise, ExerciseKind
from resnet_viz.views.teach.figures import block_list
from resnet_viz.views.teach.focus import Traces, focus_on


def order_stages(traces: Traces, chance: Chance, made: Sequence[Exercise]) -> Exercise | None:
    """Asks for a net's stages by multiply-adds; None if every net has too few, or two of equal cost."""
    nets = [net for net, trace in enumerate(traces) if _has_order(trace)]
    if not nets:
        return None
    net = chance.pick(nets)
    trace = traces[net]
    ranked = sorted(trace.stages, key=lambda stage: -stage.macs.known)
    return Exercise(
        kind="order_stages",
        question=_("Order the stages of {net} by their multiply-adds, the most first.").format(net=trace.name),
        form="order",
        answer=tuple(stage.id for stage in ranked),
        hints=(
            _(
                "Half the height and width make a quarter of the positions; twice the channels make four times the "
                "weights. So blocks with a stride of 1 cost about the same in every stage."
            ),
            _("The numbers of blocks are {layers}.").format(layers=block_list(trace)),
            _("The most are in {stage}.").format(stage=ranked[0].paper_name),
        ),
        reason="; ".join(f"{stage.paper_name}: {format_macs(stage.macs.known)}" for stage in ranked),
        focus=focus_on(traces, net, ranked[0]),
        choices=tuple(Choice(stage.id, stage.paper_name) for stage in trace.stages),
    )


def _has_order(trace: Trace) -> bool:
    costs = {stage.macs.known for stage in trace.stages}
    return len(trace.stages) > 1 and len(costs) == len(trace.stages)


KIND = ExerciseKind("order_stages", place=7, turn=8, title=lambda: _("Order by multiply-adds"), make=order_stages)
