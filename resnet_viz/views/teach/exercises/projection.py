"""Whether a block has a projection, and why."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Trace
from resnet_viz.units import format_shape
from resnet_viz.views.inspect.shortcut import explain_shortcut
from resnet_viz.views.teach.exercises.answers import Choice
from resnet_viz.views.teach.exercises.chance import Chance, pick_node
from resnet_viz.views.teach.exercises.exercise import Exercise, ExerciseKind
from resnet_viz.views.teach.focus import Traces, focus_on


def has_projection(traces: Traces, chance: Chance, made: Sequence[Exercise]) -> Exercise | None:
    """Asks if a block has a projection, and why; None if no block has one of the four answers."""
    # Few blocks project, so that half of the questions are about the first block of a stage.
    wants_first = chance.below(2) == 1

    def is_asked(trace: Trace, node: Node) -> bool:
        is_first = node.parent is not None and trace.nodes[node.parent].children[0] == node.id
        return isinstance(node, Block) and _why(trace, node) is not None and (is_first or not wants_first)

    found = pick_node(traces, chance, is_asked)
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
        reason=explain_shortcut(trace, block).conclusion,
        focus=focus_on(traces, net, block),
        choices=(
            Choice("no", _("No: x has the shape of F(x)")),
            Choice("stride", _("Yes, for the stride alone")),
            Choice("channels", _("Yes, for the channels alone")),
            Choice("both", _("Yes, for the stride and the channels")),
        ),
    )


def _why(trace: Trace, block: Block) -> str | None:
    """A block's answer of the four; None for other shortcuts (options A and C, plain)."""
    is_strided = block.stride != (1, 1)
    widens = trace.in_shape(block)[1] != block.out_shape[1]
    if block.shortcut == "identity" and not is_strided and not widens:
        return "no"
    if block.shortcut != "projection" or not (is_strided or widens):
        return None
    return "both" if is_strided and widens else "stride" if is_strided else "channels"


def _projection_hints(trace: Trace, block: Block) -> tuple[str, ...]:
    return (
        _("x must have the shape of F(x), or it cannot be added."),
        _("Does a layer of the block have a stride? Do as many channels leave it as come in?"),
        _("{before} comes in and {after} leaves.").format(
            before=format_shape(trace.in_shape(block)), after=format_shape(block.out_shape)
        ),
    )


KIND = ExerciseKind("has_projection", place=3, turn=4, title=lambda: _("Projection or not"), make=has_projection)
