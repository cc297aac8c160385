"""Exercises about one layer or block: the shape that leaves it, its parameters, and whether a block projects."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Trace
from resnet_viz.units import format_exact, format_shape
from resnet_viz.views.inspect.formulas import size_formulas
from resnet_viz.views.inspect.shortcut import explain_shortcut
from resnet_viz.views.parts.words import pair_of
from resnet_viz.views.teach.exercises.answers import Choice
from resnet_viz.views.teach.exercises.chance import Chance
from resnet_viz.views.teach.exercises.exercise import Exercise
from resnet_viz.views.teach.figures import is_plain_conv, weight_factors
from resnet_viz.views.teach.focus import Traces, focus_on

_WINDOWS = ("conv2d", "max_pool2d")


def output_shape(traces: Traces, chance: Chance) -> Exercise | None:
    """What leaves a convolution or pooling; None where no net has one that a formula tells of."""
    found = _pick_node(traces, chance, _has_size_formula)
    if found is None:
        return None
    net, node = found
    trace = traces[net]
    return Exercise(
        kind="output_shape",
        question=_("Which shape (channels × height × width) leaves {layer} of {net}, a {kernel} {what}?").format(
            layer=node.id, net=_with_input(trace), kernel=_kernel(node), what=_what(node)
        ),
        form="shape",
        answer=node.out_shape[1:],
        hints=_shape_hints(trace, node),
        reason=_shape_reason(trace, node),
        focus=focus_on(traces, net, node),
    )


def conv_params(traces: Traces, chance: Chance) -> Exercise | None:
    """How many parameters a convolution has; None where no net has a plain one."""
    found = _pick_node(traces, chance, is_plain_conv)
    if found is None:
        return None
    net, node = found
    trace = traces[net]
    question = _("How many parameters has {layer} of {net}, a {kernel} convolution without bias?")
    return Exercise(
        kind="conv_params",
        question=question.format(layer=node.id, net=trace.name, kernel=_kernel(node)),
        form="number",
        answer=node.n_params,
        hints=_params_hints(trace, node),
        reason=_("Output channels × input channels of each group × kernel height × kernel width: {sum} = {n}.").format(
            sum=" × ".join(map(format_exact, weight_factors(trace, node))), n=format_exact(node.n_params)
        ),
        focus=focus_on(traces, net, node),
    )


def has_projection(traces: Traces, chance: Chance) -> Exercise | None:
    """Whether a block has a projection, and why; None where no block has an answer of these four."""
    # Few blocks project: half of the questions are about blocks that come first in their stage.
    wants_first = chance.below(2) == 1

    def is_asked(trace: Trace, node: Node) -> bool:
        is_first = node.parent is not None and trace.nodes[node.parent].children[0] == node.id
        return isinstance(node, Block) and _why(trace, node) is not None and (is_first or not wants_first)

    found = _pick_node(traces, chance, is_asked)
    block = traces[found[0]].nodes[found[1].id] if found else None
    if found is None or not isinstance(block, Block):
        return None
    net, trace = found[0], traces[found[0]]
    return Exercise(
        kind="has_projection",
        question=_("Has {block} of {net} a projection on its shortcut, and why?").format(
            block=block.id, net=trace.name
        ),
        form="choice",
        answer=str(_why(trace, block)),
        hints=_projection_hints(trace, block),
        reason=_projection_reason(trace, block),
        focus=focus_on(traces, net, block),
        choices=(
            Choice("no", _("No: x has the shape of F(x)")),
            Choice("stride", _("Yes, for the stride alone")),
            Choice("channels", _("Yes, for the channels alone")),
            Choice("both", _("Yes, for the stride and the channels")),
        ),
    )


def _pick_node(traces: Traces, chance: Chance, is_asked: Callable[[Trace, Node], bool]) -> tuple[int, Node] | None:
    """A net, and a node in it that can be asked about: every net alike, whatever its depth."""
    nets = [net for net, trace in enumerate(traces) if any(is_asked(trace, node) for node in trace.nodes.values())]
    if not nets:
        return None
    net = chance.pick(nets)
    trace = traces[net]
    return net, chance.pick([node for node in trace.nodes.values() if is_asked(trace, node)])


def _why(trace: Trace, block: Block) -> str | None:
    """Which of the four answers is a block's; None where its shortcut is of another kind (options A and C, plain)."""
    is_strided = block.stride != (1, 1)
    widens = trace.in_shape(block)[1] != block.out_shape[1]
    if block.shortcut == "identity" and not is_strided and not widens:
        return "no"
    if block.shortcut != "projection" or not (is_strided or widens):
        return None
    return "both" if is_strided and widens else "stride" if is_strided else "channels"


def _has_size_formula(trace: Trace, node: Node) -> bool:
    return node.op in _WINDOWS and len(node.out_shape) == 4 and bool(size_formulas(trace, node))


def _with_input(trace: Trace) -> str:
    return _("{net} (input {shape})").format(net=trace.name, shape=format_shape(trace.input.shape))


def _kernel(node: Node) -> str:
    return "×".join(map(str, pair_of(node, "kernel")))


def _what(node: Node) -> str:
    return _("convolution") if node.op == "conv2d" else _("max pooling")


def _shape_hints(trace: Trace, node: Node) -> tuple[str, ...]:
    vertical, padding = pair_of(node, "stride")[0], pair_of(node, "padding")[0]
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


def _params_hints(trace: Trace, node: Node) -> tuple[str, ...]:
    before, after = trace.in_shape(node)[1], node.out_shape[1]
    return (
        _("Each output channel has a filter of its own over all input channels of its group."),
        _("{before} channels come in and {after} leave.").format(
            before=format_exact(before), after=format_exact(after)
        ),
        _("One filter has {n} weights.").format(n=format_exact(prod(weight_factors(trace, node)[1:]))),
    )


def _projection_hints(trace: Trace, block: Block) -> tuple[str, ...]:
    return (
        _("x must have the shape of F(x), or it cannot be added."),
        _("Does a layer of the block have a stride? Do as many channels leave it as come in?"),
        _("{before} comes in and {after} leaves.").format(
            before=format_shape(trace.in_shape(block)), after=format_shape(block.out_shape)
        ),
    )


def _projection_reason(trace: Trace, block: Block) -> str:
    why = explain_shortcut(trace, block)
    checks = " ".join(f"{reason.question} {reason.values}." for reason in why.reasons)
    return f"{checks} {why.conclusion}"
