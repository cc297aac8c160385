"""Lesson 6: why a bottleneck, 34 layers against 50."""

from __future__ import annotations

from math import prod

from resnet_viz.i18n import _
from resnet_viz.units import format_bytes, format_exact, format_macs
from resnet_viz.views.parts.block import main_convs
from resnet_viz.views.parts.words import setting_pair
from resnet_viz.views.structure.table import FLOPS
from resnet_viz.views.teach.figures import block_list, block_named, channels
from resnet_viz.views.teach.focus import Focus, Traces
from resnet_viz.views.teach.taught import Lesson, Step

_NETS = ("net=resnet34", "net=resnet50")
_EVERYWHERE = ("net=resnet50", "net=resnet50&shortcut=C")


def _same_cost(traces: Traces) -> str:
    basic, deep = traces
    return _(
        "{basic} and {deep} have the same block list, [{layers}], and cost nearly the same: {less} and {more}. Only "
        "the block is another: each with two 3×3 becomes one of three layers (He et al. 2015, Table 1)."
    ).format(
        basic=basic.name,
        deep=deep.name,
        layers="] / [".join(dict.fromkeys(map(block_list, traces))),
        less=format_macs(basic.macs.known),
        more=format_macs(deep.macs.known),
    )


def _reason(traces: Traces) -> str:
    basic, deep = traces
    return _(
        "The paper gives a practical reason: the training time that could be afforded (He et al. 2015, section 4.1). "
        "It does not say that a bottleneck learns better by itself. {deep} has {deep_params} parameters, {basic} has "
        "{basic_params}."
    ).format(
        deep=deep.name,
        deep_params=format_exact(deep.n_params),
        basic=basic.name,
        basic_params=format_exact(basic.n_params),
    )


def _per_block(traces: Traces) -> str:
    basic, deep = traces
    one, other = block_named(basic, "layer3.1"), block_named(deep, "layer3.1")
    return _(
        "Take {block} of both. In {basic} it gives {few} channels and has {more} parameters; in {deep} it gives {many} "
        "channels and has {fewer}. More channels, one layer more, and yet not more weights."
    ).format(
        block=one.id,
        basic=basic.name,
        few=format_exact(channels(one)),
        more=format_exact(one.n_params),
        deep=deep.name,
        many=format_exact(channels(other)),
        fewer=format_exact(other.n_params),
    )


def _without(traces: Traces) -> str:
    deep = traces[1]
    block = block_named(deep, "layer3.1")
    middle = main_convs(deep, block)[1]
    wide = channels(block) ** 2 * prod(setting_pair(middle, "kernel"))
    return _(
        "The 3×3 is the dear one, for its weights grow with the square of the channels. In the narrow middle of "
        "{block} it has {narrow} weights; on all {channels} channels it would have {wide}, {times} times as many."
    ).format(
        block=block.id,
        narrow=format_exact(middle.n_params),
        channels=format_exact(channels(block)),
        wide=format_exact(wide),
        times=wide // middle.n_params,
    )


def _identity(traces: Traces) -> str:
    usual, everywhere = traces
    return _(
        "The shortcut ends on the wide side, so a projection is dear there. With projections in every block (option C) "
        "{net} would take {more} instead of {less}, and {more_params} parameters instead of {params}. For bottlenecks "
        "the identity matters most (He et al. 2015, section 4.1)."
    ).format(
        net=usual.name,
        more=format_macs(everywhere.macs.known),
        less=format_macs(usual.macs.known),
        more_params=format_exact(everywhere.n_params),
        params=format_exact(usual.n_params),
    )


def _price(traces: Traces) -> str:
    basic, deep = traces
    return _(
        "The price is memory. The wide maps must be kept for training: all outputs of one pass take {less} in {basic} "
        "and {more} in {deep}, at the same input size."
    ).format(less=format_bytes(basic.act_bytes), basic=basic.name, more=format_bytes(deep.act_bytes), deep=deep.name)


LESSON = Lesson(
    "bottleneck",
    place=6,
    title=lambda: _("Why a bottleneck: ResNet-34 against ResNet-50"),
    steps=(
        Step(
            _same_cost,
            Focus(_NETS, net=1, total=FLOPS, function="resnet50", code="[3, 4, 6, 3]"),
            lambda: _("Set both columns beside each other: the numbers behind the brackets are equal."),
        ),
        Step(
            _reason,
            Focus(_NETS, net=1, node="layer3", stage="layer3", function="Bottleneck"),
            lambda: _("Where do the additional parameters sit? Shade the boxes by parameters."),
            view="drawing",
        ),
        Step(
            _per_block,
            Focus(_NETS, net=1, node="layer3.1", stage="layer3", level="block", function="Bottleneck.forward"),
            lambda: _("Choose this block in one net and in the other."),
            view="blocks",
        ),
        Step(
            _without,
            Focus(_NETS, net=1, node="layer3.1.conv2", stage="layer3", level="op", function="Bottleneck.__init__"),
            lambda: _(
                "Compare the three convolutions of the block: the 1×1 layers move more channels with fewer weights."
            ),
            view="drawing",
        ),
        Step(
            _identity,
            Focus(_EVERYWHERE, net=1, node="layer3.1.downsample", stage="layer3", level="block"),
            lambda: _("Compare the shortcuts of the two nets block by block."),
            view="blocks",
        ),
        Step(
            _price,
            Focus(_NETS, net=1, node="layer1", stage="layer1"),
            lambda: _("Shade the boxes by activation memory: it is the early stages that take it."),
            view="drawing",
        ),
    ),
    minutes=6,
)
