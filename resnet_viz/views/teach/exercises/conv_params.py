"""The parameters of a convolution."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from resnet_viz.i18n import _
from resnet_viz.records.trace import Node, Trace
from resnet_viz.units import format_exact
from resnet_viz.views.parts.words import setting_text
from resnet_viz.views.teach.exercises.chance import Chance, pick_node
from resnet_viz.views.teach.exercises.exercise import Exercise, ExerciseKind
from resnet_viz.views.teach.figures import is_plain_conv, weight_factors
from resnet_viz.views.teach.focus import Traces, focus_on


def conv_params(traces: Traces, chance: Chance, made: Sequence[Exercise]) -> Exercise | None:
    """Asks for the parameters of a convolution; None if no net has a plain one."""
    found = pick_node(traces, chance, is_plain_conv)
    if found is None:
        return None
    net, node = found
    trace = traces[net]
    question = _("How many parameters has {layer} of {net}, a {kernel} convolution without bias?")
    return Exercise(
        kind="conv_params",
        question=question.format(layer=node.id, net=trace.name, kernel=setting_text("kernel", node.attrs["kernel"])),
        form="number",
        answer=node.n_params,
        hints=_params_hints(trace, node),
        reason=_("Output channels × input channels of each group × kernel height × kernel width: {sum} = {n}.").format(
            sum=" × ".join(map(format_exact, weight_factors(trace, node))), n=format_exact(node.n_params)
        ),
        focus=focus_on(traces, net, node),
    )


def _params_hints(trace: Trace, node: Node) -> tuple[str, ...]:
    before, after = trace.in_shape(node)[1], node.out_shape[1]
    return (
        _("Each output channel has a filter of its own over all input channels of its group."),
        _("{before} channels come in and {after} leave.").format(
            before=format_exact(before), after=format_exact(after)
        ),
        _("One filter has {n} weights.").format(n=format_exact(prod(weight_factors(trace, node)[1:]))),
    )


KIND = ExerciseKind("conv_params", place=4, turn=5, title=lambda: _("Parameters of a convolution"), make=conv_params)
