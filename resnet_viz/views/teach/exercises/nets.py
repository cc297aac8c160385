"""Exercises about a whole net: its depth, which one it is, and the order of its stages by multiply-adds."""

from __future__ import annotations

from collections import Counter

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.units import format_exact, format_macs
from resnet_viz.views.parts.block import has_counted_depth, main_convs, main_depth, ops_of
from resnet_viz.views.teach.exercises.answers import Choice
from resnet_viz.views.teach.exercises.chance import Chance
from resnet_viz.views.teach.exercises.exercise import Exercise
from resnet_viz.views.teach.figures import block_list, projected_blocks
from resnet_viz.views.teach.focus import Traces, focus_on


def count_depth(traces: Traces, chance: Chance) -> Exercise | None:
    """How many layers a block list makes; None where no net is of a stem, like blocks and one linear layer."""
    nets = [n for n, trace in enumerate(traces) if has_counted_depth(trace) and len(_convs_per_block(trace)) == 1]
    if not nets:
        return None
    net = chance.pick(nets)
    trace, convs = traces[net], _convs_per_block(traces[net])[0]
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


def which_net(traces: Traces, chance: Chance) -> Exercise | None:
    """A net told by figures that no other has; None where there are not two to tell apart."""
    names = Counter(trace.name for trace in traces)
    nets = [net for net, trace in enumerate(traces) if names[trace.name] == 1]
    clues = [_clues(trace) for trace in traces]
    told = Counter(text for own in clues for text in own)
    tellable = {net: own for net in nets if (own := [text for text in clues[net] if told[text] == 1])}
    if len(nets) < 2 or not tellable:
        return None
    # First the net, then the clue: a net that few clues tell apart comes up as often as the others.
    net = chance.pick(tuple(tellable))
    trace = traces[net]
    return Exercise(
        kind="which_net",
        question=chance.pick(tellable[net]),
        form="choice",
        answer=trace.name,
        hints=_net_hints(trace),
        reason=_net_reason(trace),
        focus=focus_on(traces, net, trace.network),
        choices=tuple(Choice(traces[other].name, traces[other].name) for other in nets),
    )


def order_stages(traces: Traces, chance: Chance) -> Exercise | None:
    """The stages of a net by their multiply-adds; None where every net has too few, or two that cost the same."""
    nets = [net for net, trace in enumerate(traces) if _has_order(trace)]
    if not nets:
        return None
    net = chance.pick(nets)
    trace = traces[net]
    ranked = sorted(trace.stages, key=lambda stage: -stage.n_macs)
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
        reason="; ".join(f"{stage.paper_name}: {format_macs(stage.n_macs)}" for stage in ranked),
        focus=focus_on(traces, net, ranked[0]),
        choices=tuple(Choice(stage.id, stage.paper_name) for stage in trace.stages),
    )


def _has_order(trace: Trace) -> bool:
    costs = {stage.n_macs for stage in trace.stages}
    return len(trace.stages) > 1 and len(costs) == len(trace.stages)


def _convs_per_block(trace: Trace) -> list[int]:
    return sorted({len(main_convs(trace, block)) for block in trace.blocks})


def _clues(trace: Trace) -> tuple[str, ...]:
    """Questions that tell a net by one figure each."""
    last = trace.stages[-1].out_shape if trace.stages else trace.ops[-1].out_shape
    return (
        _("Which net has {n} convolutions in all, {projections} of its blocks with a projection?").format(
            n=format_exact(len(ops_of(trace, "conv2d"))), projections=len(projected_blocks(trace))
        ),
        _("Which net has {n} parameters?").format(n=format_exact(trace.n_params)),
        _("Which net takes {n} multiply-adds for its input?").format(n=format_exact(trace.n_macs)),
        _("Which net has the block list [{layers}], and ends its last stage with {channels} channels?").format(
            layers=block_list(trace), channels=last[1]
        ),
    )


def _net_hints(trace: Trace) -> tuple[str, ...]:
    convs = _convs_per_block(trace)
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
        macs=format_exact(trace.n_macs),
    )
