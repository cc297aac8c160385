"""Lesson 7: v1 and v1.5, the place of the stride."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.units import format_exact, format_macs
from resnet_viz.views.parts.block import main_convs
from resnet_viz.views.parts.words import setting_pair
from resnet_viz.views.structure.words import size_of
from resnet_viz.views.teach.figures import block_named, field_size, side
from resnet_viz.views.teach.focus import Focus, Traces
from resnet_viz.views.teach.taught import Lesson, Step

_NETS = ("net=resnet50&stride_in=1x1", "net=resnet50")
_BLOCK = "layer2.0"


def _where(traces: Traces) -> str:
    original, ours = traces
    return _(
        "In {block} of {original}, the net of the paper, {first} has the stride of {stride}. In torchvision's {ours} "
        "it is {second}. Everything else is equal. The second one is often called v1.5; torchvision's source says so "
        "itself, above the class."
    ).format(
        block=_BLOCK,
        original=original.name,
        first=_strided(original),
        stride=setting_pair(original.nodes[_strided(original)], "stride")[0],
        ours=ours.name,
        second=_strided(ours),
    )


def _shapes(traces: Traces) -> str:
    original, ours = traces
    return _(
        "So the 3×3 works on another map. After the three convolutions height and width are {early} in {original} and "
        "{late} in {ours}. The block takes and gives the same in both."
    ).format(early=_sizes(original), original=original.name, late=_sizes(ours), ours=ours.name)


def _cost(traces: Traces) -> str:
    original, ours = traces
    dearer = [block.id for block in ours.blocks if block.macs.known != block_named(original, block.id).macs.known]
    return _(
        "{ours} takes {more}, {original} takes {less}. The difference is in {n} blocks only: {blocks}, where the first "
        "1×1 now works on the larger map. Parameters are equal: {params}."
    ).format(
        ours=ours.name,
        more=format_macs(ours.macs.known),
        original=original.name,
        less=original.macs.text,
        n=len(dearer),
        blocks=", ".join(dearer),
        params=" / ".join(dict.fromkeys(format_exact(trace.n_params) for trace in traces)),
    )


def _skipped(traces: Traces) -> str:
    original = traces[0]
    conv = original.nodes[_strided(original)]
    before = original.in_shape(conv)
    return _(
        "A 1×1 with a stride looks at one place and skips the next. {layer} of {net} reads {read} of the {all} places "
        "of its map; what stands at the others does not go into F(x) at all. A 3×3 with the same stride reads every "
        "place."
    ).format(
        layer=conv.id,
        net=original.name,
        read=format_exact(side(conv) * conv.out_shape[3]),
        all=format_exact(before[2] * before[3]),
    )


def _field(traces: Traces) -> str:
    original, ours = traces
    return _(
        "The receptive field differs, too: {wide} pixels in {original}, {narrow} in {ours}. In {block} the 3×3 of "
        "{original} comes after the stride, where neighbours are {far} pixels of the picture apart; that of {ours} "
        "comes when they are {near} apart."
    ).format(
        wide=field_size(original),
        original=original.name,
        narrow=field_size(ours),
        ours=ours.name,
        block=_BLOCK,
        far=_jump_before(original),
        near=_jump_before(ours),
    )


def _no_bug(traces: Traces) -> str:
    basic = traces[0]
    block = block_named(basic, _BLOCK)
    return _(
        "Neither is a mistake. The net that weights were trained in is the one to load them into; their shapes fit "
        "both. Nets of basic blocks have no such choice: {block} of {net} has {convs} convolutions of 3×3, and the "
        "first one has the stride."
    ).format(block=block.id, net=basic.name, convs=len(main_convs(basic, block)))


def _strided(trace: Trace) -> str:
    """The convolution with the stride in this lesson's block."""
    convs = main_convs(trace, block_named(trace, _BLOCK))
    return next(conv.id for conv in convs if setting_pair(conv, "stride") != (1, 1))


def _sizes(trace: Trace) -> str:
    return " → ".join(size_of(conv.out_shape) for conv in main_convs(trace, block_named(trace, _BLOCK)))


def _jump_before(trace: Trace) -> int:
    """The jump at the input of the 3×3, in input pixels."""
    conv = main_convs(trace, block_named(trace, _BLOCK))[1]
    field = trace.nodes[conv.inputs[0]].field
    return (field[0].jump or 0) if field else 0


LESSON = Lesson(
    "versions",
    place=7,
    title=lambda: _("v1 and v1.5"),
    steps=(
        Step(
            _where,
            Focus(
                _NETS,
                net=1,
                node="layer2.0.conv2",
                stage="layer2",
                level="op",
                function="Bottleneck",
                code="ResNet V1.5",
            ),
            lambda: _("Read the comment at the top of the class, and find /2 in both drawings."),
            view="source",
        ),
        Step(
            _shapes,
            Focus(_NETS, net=1, node="layer2.0.conv1", stage="layer2", level="op", function="Bottleneck.forward"),
            lambda: _("Compare the shapes on the wires inside the block."),
            view="drawing",
        ),
        Step(
            _cost,
            Focus(_NETS, net=1, node="layer2.0", stage="layer2", level="block"),
            lambda: _(
                "Choose this block in one net and in the other: what comes and leaves is equal, the cost is not."
            ),
            view="blocks",
        ),
        Step(
            _skipped,
            Focus(_NETS, node="layer2.0.conv1", stage="layer2", level="op", function="conv1x1"),
            lambda: _("Look at the kernel and the stride of the layer: the step is longer than the window."),
            view="drawing",
        ),
        Step(
            _field,
            Focus(_NETS, node="layer4", stage="layer4"),
            lambda: _("Choose the last stage in both nets and compare the receptive fields."),
            view="drawing",
        ),
        Step(
            _no_bug,
            Focus(
                ("net=resnet34",),
                node="layer2.0.conv1",
                stage="layer2",
                level="op",
                function="BasicBlock.__init__",
                code="self.conv1 =",
            ),
            lambda: _("The source of BasicBlock gives the stride to conv1."),
            view="source",
        ),
    ),
    minutes=6,
)
