"""Lesson 1: reading the table."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.records.trace import Stage
from resnet_viz.units import format_macs
from resnet_viz.views.parts.block import main_convs, main_depth, ops_of
from resnet_viz.views.parts.words import setting_pair
from resnet_viz.views.structure.quotes import PRINTED_FLOPS
from resnet_viz.views.structure.table import FLOPS
from resnet_viz.views.structure.words import size_of
from resnet_viz.views.teach.exercises.grid import read_bracket
from resnet_viz.views.teach.figures import block_named
from resnet_viz.views.teach.focus import Focus, Traces
from resnet_viz.views.teach.taught import Lesson, Step

_NET = ("net=resnet152",)


def _rows(traces: Traces) -> str:
    (trace,) = traces
    names = ", ".join(f"{stage.paper_name} = {stage.name}" for stage in trace.stages)
    return _(
        "Each column of the table is a net, each row a part of it, from the picture down to the scores. {net} has a "
        "stem, {n} stages and a head. The paper and torchvision call the stages differently: {names}."
    ).format(net=trace.name, n=len(trace.stages), names=names)


def _brackets(traces: Traces) -> str:
    (trace,) = traces
    stage = _stage(traces)
    bracket = read_bracket(trace, stage)
    cell, n, layers = (bracket.text, bracket.count, bracket.layers) if bracket else ("", 0, ())
    return _(
        "The cell {row} of {net} reads {cell}. The brackets hold one block of {convs} convolutions: before the comma "
        "stands the kernel, behind it how many channels leave. The block comes {n} times, one after the other."
    ).format(row=stage.paper_name, net=trace.name, cell=cell, convs=len(layers), n=n)


def _output_size(traces: Traces) -> str:
    (trace,) = traces
    stage, conv = _stage(traces), trace.nodes["layer2.0.conv2"]
    before = size_of(trace.in_shape(stage))
    return _(
        "The output size is what leaves a row: {before} comes into {row}, {after} leaves. The cell does not say where "
        "that happens: it is in the first block, whose {layer} has a stride of {stride}. All later blocks keep the "
        "size."
    ).format(
        before=before,
        row=stage.paper_name,
        after=size_of(stage.out_shape),
        layer=conv.id,
        stride=setting_pair(conv, "stride")[0],
    )


def _not_said(traces: Traces) -> str:
    (trace,) = traces
    return _(
        "The table leaves out what always comes along. Behind each of the {convs} convolutions stands a batch norm "
        "({norms} of them), before the ReLU (He et al. 2015, section 3.4). There are {adds} adds, one for each block, "
        "and the shortcuts that lead to them."
    ).format(convs=len(ops_of(trace, "conv2d")), norms=len(ops_of(trace, "batch_norm")), adds=len(ops_of(trace, "add")))


def _depth(traces: Traces) -> str:
    (trace,) = traces
    convs = len(main_convs(trace, trace.blocks[0]))
    counts = " + ".join(str(stage.n_blocks) for stage in trace.stages)
    return _(
        "The number in a net's name counts layers with weights: the first convolution, {convs} × ({counts}) in the "
        "blocks, and the fully connected layer. Together these are {depth}. Nothing else in the table is counted."
    ).format(convs=convs, counts=counts, depth=main_depth(trace))


def _flops(traces: Traces) -> str:
    ours, original = traces
    return _(
        "The last row tells the cost. The paper prints {printed} × 10⁹ FLOPs for {depth} layers (He et al. 2015, Table "
        "1) and means multiply-adds. {original}, the net of the paper, takes {macs} here; {net}, as torchvision builds "
        "it, takes {more}, because its stride sits one convolution later."
    ).format(
        printed=PRINTED_FLOPS[main_depth(ours)].text,
        depth=main_depth(ours),
        original=original.name,
        macs=original.macs.text,
        net=ours.name,
        more=format_macs(ours.macs.known),
    )


def _stage(traces: Traces) -> Stage:
    """The stage of the block that this lesson shows."""
    block = block_named(traces[0], "layer2.0")
    return next(stage for stage in traces[0].stages if stage.id == block.parent)


LESSON = Lesson(
    "table",
    place=1,
    title=lambda: _("Reading the table"),
    steps=(
        Step(
            _rows,
            Focus(_NET, function="ResNet._forward_impl"),
            lambda: _("Choose a cell, then the tab Drawing: what the cell holds is framed there."),
        ),
        Step(
            _brackets,
            Focus(_NET, node="layer2", stage="layer2", function="Bottleneck.forward"),
            lambda: _("Compare the lines of the brackets with those of the tab Source, from top to bottom."),
        ),
        Step(
            _output_size,
            Focus(_NET, node="layer2.0.conv2", stage="layer2", level="block", function="ResNet._make_layer"),
            lambda: _("Follow the shapes on the wires into the first block of the stage and out of it."),
            view="drawing",
        ),
        Step(
            _not_said,
            Focus(_NET, node="layer2.1", stage="layer2", level="block", function="Bottleneck.forward"),
            lambda: _("Open the block: between two convolutions there are always a batch norm and a ReLU."),
            view="drawing",
        ),
        Step(
            _depth,
            Focus(_NET, function="resnet152", code="[3, 8, 36, 3]"),
            lambda: _(
                "The block list stands in the source. Change a number of blocks in the tab Table, and look at the name."
            ),
            view="source",
        ),
        Step(
            _flops,
            Focus((*_NET, "net=resnet152&stride_in=1x1"), total=FLOPS, function="Bottleneck", code="ResNet V1.5"),
            lambda: _(
                "Set both columns beside each other: only the cost differs, and the comment in the source says why."
            ),
        ),
    ),
    minutes=6,
)
