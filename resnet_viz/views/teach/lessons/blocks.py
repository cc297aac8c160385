"""Lesson 2: BasicBlock and Bottleneck, and what expansion is."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.units import format_exact
from resnet_viz.views.parts.block import main_convs
from resnet_viz.views.parts.words import stage_names
from resnet_viz.views.teach.figures import block_named, channels, channels_in
from resnet_viz.views.teach.focus import Focus, Traces
from resnet_viz.views.teach.taught import Lesson, Step

_BASIC, _BOTTLENECK = "net=resnet34", "net=resnet50"


def _basic(traces: Traces) -> str:
    (trace,) = traces
    block = block_named(trace, "layer1.0")
    return _(
        "A BasicBlock has {n} convolutions of 3×3, both with {channels} channels here. What they make of x is F(x). "
        "The block gives ReLU(F(x) + x): x goes around the layers and is added, and only then comes the ReLU (He et "
        "al. 2015, Eqn. 1 and Fig. 2)."
    ).format(n=len(main_convs(trace, block)), channels=channels(block))


def _bottleneck(traces: Traces) -> str:
    (trace,) = traces
    block = block_named(trace, "layer1.1")
    first, middle, last = main_convs(trace, block)
    return _(
        "A Bottleneck has a 1×1 that makes few channels of many ({before} to {narrow}), a 3×3 that works on the few "
        "({narrow} to {kept}), and a 1×1 that makes many of them again ({narrow} to {after}) (He et al. 2015, Fig. 5)."
    ).format(before=channels_in(trace, first), narrow=channels(first), kept=channels(middle), after=channels(last))


def _expansion(traces: Traces) -> str:
    (trace,) = traces
    block = block_named(trace, "layer1.1")
    planes, after = channels(main_convs(trace, block)[0]), channels(block)
    return _(
        "In torchvision's source `planes` is the number of the narrow channels, here {planes}, and `expansion` is how "
        "many times as many leave the block: {after} ÷ {planes} = {expansion}. A BasicBlock has an expansion of one."
    ).format(planes=planes, after=after, expansion=after // planes)


def _where(traces: Traces) -> str:
    (trace,) = traces
    pairs = []
    for stage in trace.stages:
        block = trace.blocks_of(stage)[-1]
        pairs.append(f"{stage_names(stage)}: {channels(main_convs(trace, block)[0])} → {channels(block)}")
    return _(
        "Only the last convolution has the expanded number; the first two keep to `planes`. From stage to stage planes "
        "double, and with them what leaves: {pairs}."
    ).format(pairs="; ".join(pairs))


def _cost(traces: Traces) -> str:
    basic, deep = traces
    one, other = block_named(basic, "layer3.1"), block_named(deep, "layer1.1")
    return _(
        "Both of these blocks take and give {channels} channels: {basic} of {basic_net} with {more} parameters, {deep} "
        "of {deep_net} with {fewer}. The narrow middle is what makes wide channels affordable."
    ).format(
        channels=" / ".join(dict.fromkeys((str(channels(one)), str(channels(other))))),
        basic=one.id,
        basic_net=basic.name,
        more=format_exact(one.n_params),
        deep=other.id,
        deep_net=deep.name,
        fewer=format_exact(other.n_params),
    )


LESSON = Lesson(
    "blocks",
    place=2,
    title=lambda: _("BasicBlock and Bottleneck, and what expansion is"),
    steps=(
        Step(
            _basic,
            Focus((_BASIC,), node="layer1.0", stage="layer1", level="op", function="BasicBlock.forward"),
            lambda: _("Find the two ways from x to the add: one through the convolutions, one around them."),
            view="drawing",
        ),
        Step(
            _bottleneck,
            Focus((_BOTTLENECK,), node="layer1.1", stage="layer1", level="op", function="Bottleneck.forward"),
            lambda: _("Read the lines of the bracket with their channels: from wide to narrow, narrow, wide again."),
            view="cell",
        ),
        Step(
            _expansion,
            Focus(
                (_BOTTLENECK,),
                node="layer1.1.conv3",
                stage="layer1",
                level="op",
                function="Bottleneck",
                code="planes * self.expansion",
            ),
            lambda: _("Look for `planes * self.expansion` in the source: it stands at the last convolution."),
            view="source",
        ),
        Step(
            _where,
            Focus((_BOTTLENECK,), node="layer4", stage="layer4", function="Bottleneck.__init__"),
            lambda: _("Read the brackets of the column from top to bottom: two equal numbers, then a larger one."),
        ),
        Step(
            _cost,
            Focus((_BASIC, _BOTTLENECK), net=1, node="layer1.1", stage="layer1", level="block"),
            lambda: _("Choose one block and then the other, and compare their parameters layer by layer."),
            view="drawing",
        ),
    ),
    minutes=5,
)
