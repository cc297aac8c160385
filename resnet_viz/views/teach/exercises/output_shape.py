"""The output shape of a layer."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_viz.i18n import _
from resnet_viz.records.trace import Node, Trace
from resnet_viz.units import format_exact, format_shape
from resnet_viz.views.inspect.formulas import size_formulas
from resnet_viz.views.parts.words import setting_pair, setting_text
from resnet_viz.views.teach.exercises.chance import Chance, pick_node
from resnet_viz.views.teach.exercises.exercise import Exercise, ExerciseKind
from resnet_viz.views.teach.focus import Traces, focus_on

_WINDOWS = ("conv2d", "max_pool2d")


def output_shape(traces: Traces, chance: Chance, made: Sequence[Exercise]) -> Exercise | None:
    """Asks for the output shape of a convolution or pooling; None if no net has one with a formula."""
    found = pick_node(traces, chance, _has_size_formula)
    if found is None:
        return None
    net, node = found
    trace = traces[net]
    return Exercise(
        kind="output_shape",
        question=_("Which shape (channels × height × width) leaves {layer} of {net}, a {kernel} {what}?").format(
            layer=node.id, net=_with_input(trace), kernel=setting_text("kernel", node.attrs["kernel"]), what=_what(node)
        ),
        form="shape",
        answer=node.out_shape[1:],
        hints=_shape_hints(trace, node),
        reason=_shape_reason(trace, node),
        focus=focus_on(traces, net, node),
    )


def _has_size_formula(trace: Trace, node: Node) -> bool:
    return node.op in _WINDOWS and len(node.out_shape) == 4 and bool(size_formulas(trace, node))


def _with_input(trace: Trace) -> str:
    return _("{net} (input {shape})").format(net=trace.name, shape=format_shape(trace.input.shape))


def _what(node: Node) -> str:
    return _("convolution") if node.op == "conv2d" else _("max pooling")


def _shape_hints(trace: Trace, node: Node) -> tuple[str, ...]:
    vertical, padding = setting_pair(node, "stride")[0], setting_pair(node, "padding")[0]
    return (
        _("The layer decides over the channels, its stride and padding over height and width."),
        _("{shape} comes in; the stride is {stride}, the padding {padding}.").format(
            shape=format_shape(trace.in_shape(node)), stride=vertical, padding=padding
        ),
        "; ".join(f"{formula.title}: {formula.words}" for formula in size_formulas(trace, node)),
    )


def _shape_reason(trace: Trace, node: Node) -> str:
    sums = "; ".join(f"{f.title}: {f.numbers} = {f.result}" for f in size_formulas(trace, node))
    words = (
        _("{layer} gives {n} channels, one for each of its filters. {sums}.")
        if node.op == "conv2d"
        else _("{layer} keeps the {n} channels. {sums}.")
    )
    return words.format(layer=node.id, n=format_exact(node.out_shape[1]), sums=sums)


KIND = ExerciseKind("output_shape", place=2, turn=3, title=lambda: _("Output shape"), make=output_shape)
