"""False beliefs about what is inside a block."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.units import format_exact, format_shape
from resnet_viz.views.parts.block import main_convs
from resnet_viz.views.teach.figures import block_named, channels, channels_in
from resnet_viz.views.teach.focus import Focus, Traces
from resnet_viz.views.teach.taught import Belief, BeliefGroup, Experiment, Finding

_FIRST, _LATER = "layer1.0", "layer3.1"


def _only_shrinks(traces: Traces) -> str:
    (trace,) = traces
    block = block_named(trace, _FIRST)
    return _(
        "{block} of {net} has a `downsample` with stride {stride}: {before} comes in and {after} leaves. It changes "
        "the channels and not the size. A projection is made where the shape of x is not that of F(x), whichever part "
        "of it differs."
    ).format(
        block=block.id,
        net=trace.name,
        stride=block.stride[0],
        before=format_shape(trace.in_shape(block)),
        after=format_shape(block.out_shape),
    )


def _projections(traces: Traces) -> tuple[Finding, ...]:
    (trace,) = traces
    blocks = (block for block in trace.blocks if block.shortcut == "projection")
    words = _("stride {stride}, channels {before} → {after}")
    return tuple(
        Finding(
            f"{block.id}.downsample",
            words.format(stride=block.stride[0], before=channels_in(trace, block), after=channels(block)),
        )
        for block in blocks
    )


def _relu_first(traces: Traces) -> str:
    (trace,) = traces
    block = block_named(trace, _FIRST)
    return _(
        "The block gives ReLU(F(x) + x), not ReLU(F(x)) + x. In {block} of {net} the add is op {add} of {n}, and the "
        "last ReLU is op {relu}. If the ReLU came first, F(x) could only ever make x larger. Nets of v2 have "
        "neither behind the add: there, norm and ReLU stand before each convolution."
    ).format(
        block=block.id,
        net=trace.name,
        add=_place(trace, block.add or block.id),
        relu=_place(trace, trace.last_op(block).id),
        n=len(trace.ops),
    )


def _order(traces: Traces) -> tuple[Finding, ...]:
    (trace,) = traces
    block = block_named(trace, _FIRST)
    ops = [node for node in trace.children_of(block) if node.kind == "op"]
    return tuple(Finding(op.id, _("op {n}, {kind}").format(n=op.order + 1, kind=op.op)) for op in ops)


def _place(trace: Trace, name: str) -> int:
    return trace.nodes[name].order + 1


def _inside(traces: Traces) -> str:
    (trace,) = traces
    block = block_named(trace, _FIRST)
    first, middle, last = main_convs(trace, block)
    return _(
        "`planes` is the width *inside*: {first} and {middle} channels leave the first two convolutions of {block}. "
        "Only the last one has `planes` × `expansion`: {last} = {planes} × {expansion}. What is expanded is what "
        "leaves the block."
    ).format(
        first=channels(first),
        middle=channels(middle),
        block=block.id,
        last=channels(last),
        planes=channels(first),
        expansion=channels(last) // channels(first),
    )


def _widths(traces: Traces) -> tuple[Finding, ...]:
    (trace,) = traces
    convs = main_convs(trace, block_named(trace, _FIRST))
    return tuple(Finding(conv.id, _("{n} channels leave").format(n=channels(conv))) for conv in convs)


def _per_block(traces: Traces) -> str:
    basic, deep = traces
    one, other = block_named(basic, _LATER), block_named(deep, _LATER)
    return _(
        "{deep} is deeper than {basic}, and its {block} has {fewer} parameters where that of {basic} has {more}. Depth "
        "says how many layers there are, not how large they are: a block of three has two 1×1 among them."
    ).format(
        deep=deep.name,
        basic=basic.name,
        block=one.id,
        fewer=format_exact(other.n_params),
        more=format_exact(one.n_params),
    )


def _block_params(traces: Traces) -> tuple[Finding, ...]:
    """Of the second block of each stage, since the first may have a projection."""
    seconds = [[(trace.name, trace.blocks_of(stage)[1]) for stage in trace.stages] for trace in traces]
    return tuple(
        Finding(f"{name} · {block.id}", format_exact(block.n_params))
        for stage in zip(*seconds, strict=True)
        for name, block in stage
    )


_BELIEFS = (
    Belief(
        "downsample",
        lambda: _("downsample only shrinks."),
        _only_shrinks,
        lambda: _("torchvision, ResNet._make_layer; He et al. 2015, Eqn. 2"),
        Experiment(
            lambda: _("Show the projection that keeps the size"),
            Focus(
                ("net=resnet50",),
                node="layer1.0.downsample",
                stage="layer1",
                level="block",
                function="ResNet._make_layer",
            ),
            _projections,
        ),
    ),
    Belief(
        "relu",
        lambda: _("ReLU comes before the add."),
        _relu_first,
        lambda: _("He et al. 2015, section 3.2 and Fig. 2; torchvision, BasicBlock.forward"),
        Experiment(
            lambda: _("Show the end of a block, op by op"),
            Focus(("net=resnet18",), node="layer1.0.add", stage="layer1", level="op", function="BasicBlock.forward"),
            _order,
        ),
    ),
    Belief(
        "expansion",
        lambda: _("expansion multiplies planes inside the block."),
        _inside,
        lambda: _("torchvision, Bottleneck.__init__; He et al. 2015, Fig. 5"),
        Experiment(
            lambda: _("Show the channels inside a block"),
            Focus(("net=resnet50",), node="layer1.0.conv3", stage="layer1", level="op", function="Bottleneck.__init__"),
            _widths,
        ),
    ),
    Belief(
        "per-block",
        lambda: _("Deeper always means more parameters per block."),
        _per_block,
        lambda: _("Counted in both nets; He et al. 2015, Fig. 5"),
        Experiment(
            lambda: _("Show both blocks beside each other"),
            Focus(("net=resnet34", "net=resnet50"), net=1, node="layer3.1", stage="layer3", level="block"),
            _block_params,
        ),
    ),
)
BELIEFS = BeliefGroup(place=2, beliefs=_BELIEFS)
