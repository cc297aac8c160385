"""Identify a net by one figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.units import format_exact
from resnet_viz.views.parts.block import ops_of
from resnet_viz.views.teach.exercises.answers import Choice
from resnet_viz.views.teach.exercises.chance import Chance
from resnet_viz.views.teach.exercises.exercise import Exercise, ExerciseKind
from resnet_viz.views.teach.figures import block_list, convs_per_block, projected_blocks
from resnet_viz.views.teach.focus import Traces, focus_on


def which_net(traces: Traces, chance: Chance, made: Sequence[Exercise]) -> Exercise | None:
    """Asks for a net by a figure that no other has; None if no two can be told apart."""
    names = Counter(trace.name for trace in traces)
    nets = [net for net, trace in enumerate(traces) if names[trace.name] == 1]
    clues = [_clues(trace) for trace in traces]
    uses = Counter(text for texts in clues for text in texts)
    unique = {net: texts for net in nets if (texts := [text for text in clues[net] if uses[text] == 1])}
    if len(nets) < 2 or not unique:
        return None
    # The net is drawn before the clue, so that nets with few clues come up as often as others.
    net = chance.pick(tuple(unique))
    trace = traces[net]
    return Exercise(
        kind="which_net",
        question=chance.pick(unique[net]),
        form="choice",
        answer=trace.name,
        hints=_net_hints(trace),
        reason=_net_reason(trace),
        focus=focus_on(traces, net, trace.network),
        choices=tuple(Choice(traces[other].name, traces[other].name) for other in nets),
    )


def _clues(trace: Trace) -> tuple[str, ...]:
    """Questions that identify a net by one figure each."""
    last = trace.stages[-1].out_shape if trace.stages else trace.ops[-1].out_shape
    return (
        _("Which net has {n} convolutions in all, {projections} of its blocks with a projection?").format(
            n=format_exact(len(ops_of(trace, "conv2d"))), projections=len(projected_blocks(trace))
        ),
        _("Which net has {n} parameters?").format(n=format_exact(trace.n_params)),
        _("Which net takes {n} multiply-adds for its input?").format(n=format_exact(trace.macs.known)),
        _("Which net has the block list [{layers}], and ends its last stage with {channels} channels?").format(
            layers=block_list(trace), channels=last[1]
        ),
    )


def _net_hints(trace: Trace) -> tuple[str, ...]:
    convs = convs_per_block(trace)
    return (
        _("The block list and the kind of the blocks tell the depth; the depth is part of the name."),
        _("Its blocks have {convs} convolutions each.").format(convs=" / ".join(map(str, convs))),
        _("Its block list is [{layers}].").format(layers=block_list(trace)),
    )


def _net_reason(trace: Trace) -> str:
    return _("{net}: block list [{layers}], {convs} convolutions, {params} parameters, {macs} multiply-adds.").format(
        net=trace.name,
        layers=block_list(trace),
        convs=len(ops_of(trace, "conv2d")),
        params=format_exact(trace.n_params),
        macs=format_exact(trace.macs.known),
    )


KIND = ExerciseKind("which_net", place=6, turn=7, title=lambda: _("Which net is this?"), make=which_net)
