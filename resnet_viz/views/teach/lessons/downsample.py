"""Lesson 4: when and why `downsample`."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Trace
from resnet_viz.units import format_exact, format_shape
from resnet_viz.views.teach.figures import block_named, channels, channels_in, projected_blocks
from resnet_viz.views.teach.focus import Focus, Traces
from resnet_viz.views.teach.taught import Lesson, Step

_18, _50 = ("net=resnet18",), ("net=resnet50",)
_OPTIONS = ("net=resnet34&shortcut=A", "net=resnet34", "net=resnet34&shortcut=C")


def _what(traces: Traces) -> str:
    (trace,) = traces
    block = block_named(trace, "layer2.0")
    layers = ", ".join(block.bypass)
    return _(
        "x and F(x) can only be added when they have one shape. Here {before} comes in and F(x) is {after}. So x goes "
        "through layers of its own: {layers}, a 1×1 convolution and a batch norm. The paper calls this a projection "
        "(He et al. 2015, Eqn. 2), torchvision calls it `downsample`."
    ).format(before=format_shape(trace.in_shape(block)), after=format_shape(block.out_shape), layers=layers)


def _condition(traces: Traces) -> str:
    (trace,) = traces
    block = block_named(trace, "layer2.0")
    return _(
        "torchvision makes a projection where `stride != 1 or self.inplanes != planes * block.expansion`. In {block} "
        "both hold: the stride is {stride}, and {before} channels come in while {after} leave."
    ).format(block=block.id, **_values(trace, block))


def _none(traces: Traces) -> str:
    (trace,) = traces
    block = block_named(trace, "layer1.0")
    return _(
        "In {block} neither holds: the stride is {stride}, {before} channels come in and {after} leave. x is added as "
        "it is, which costs no parameter at all. The stem has already brought the map to this shape."
    ).format(block=block.id, **_values(trace, block))


def _not_smaller(traces: Traces) -> str:
    (trace,) = traces
    block = block_named(trace, "layer1.0")
    return _(
        "In {block} of {net} the stride is {stride}, so that nothing gets smaller, and yet there is a `downsample`: "
        "{before} channels come in and {after} leave, {in_shape} becomes {out_shape}. The name tells one of its two "
        "uses only."
    ).format(
        block=block.id,
        net=trace.name,
        in_shape=format_shape(trace.in_shape(block)),
        out_shape=format_shape(block.out_shape),
        **_values(trace, block),
    )


def _first_only(traces: Traces) -> str:
    (trace,) = traces
    projected = projected_blocks(trace)
    return _(
        "Of the {all} blocks of {net}, {n} have a projection: {blocks}. They are the first of their stages. Every "
        "later block takes what its neighbour gives, with the same channels and the same size."
    ).format(all=len(trace.blocks), net=trace.name, n=len(projected), blocks=", ".join(block.id for block in projected))


def _options(traces: Traces) -> str:
    zeros, projections, everywhere = traces
    return _(
        "The paper tries three options. A fills up with zeros, without parameters: {a}. B projects where the shape "
        "changes: {b}. C projects in every block: {c}. They differ little in error, and the paper concludes that "
        "projections are not essential (He et al. 2015, sections 3.3 and 4.1); its CIFAR-10 nets take A (section 4.2). "
        "torchvision has B."
    ).format(a=format_exact(zeros.n_params), b=format_exact(projections.n_params), c=format_exact(everywhere.n_params))


def _values(trace: Trace, block: Block) -> dict[str, int]:
    return {"stride": block.stride[0], "before": channels_in(trace, block), "after": channels(block)}


LESSON = Lesson(
    "downsample",
    place=4,
    title=lambda: _("When and why downsample"),
    steps=(
        Step(
            _what,
            Focus(_18, node="layer2.0.downsample", stage="layer2", level="op", function="BasicBlock.forward"),
            lambda: _("Find the way around the block: it goes through two layers before the add."),
            view="drawing",
        ),
        Step(
            _condition,
            Focus(
                _18,
                node="layer2.0",
                stage="layer2",
                level="block",
                function="ResNet._make_layer",
                code="if stride != 1 or",
            ),
            lambda: _("The condition stands in the source; put this block's numbers into it."),
            view="source",
        ),
        Step(
            _none,
            Focus(_18, node="layer1.0", stage="layer1", level="block", function="ResNet._make_layer"),
            lambda: _("The wire around the block has no layer on it: an identity."),
            view="drawing",
        ),
        Step(
            _not_smaller,
            Focus(_50, node="layer1.0.downsample", stage="layer1", level="block", function="ResNet._make_layer"),
            lambda: _("Look at both shapes at the add: the same height and width as before, four times the channels."),
            view="drawing",
        ),
        Step(
            _first_only,
            Focus(
                _50,
                node="layer3.1",
                stage="layer3",
                level="block",
                function="ResNet._make_layer",
                code="for _ in range(1",
            ),
            lambda: _("Only the first block of a stage is given the projection; the loop after it makes the rest."),
            view="source",
        ),
        Step(
            _options,
            Focus(_OPTIONS, node="layer2.0", stage="layer2", level="block"),
            lambda: _("Compare the wires around the first block of the stage in the three nets."),
            view="drawing",
        ),
    ),
    minutes=6,
)
