"""Lesson 3: stride, padding and output size."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.views.parts.words import setting_pair
from resnet_viz.views.structure.words import size_of
from resnet_viz.views.teach.figures import side, size_sum, sizes_along
from resnet_viz.views.teach.focus import Focus, Traces
from resnet_viz.views.teach.taught import Lesson, Step

_NET, _ODD = ("net=resnet18",), ("net=resnet18&input_size=225x225",)


def _formula(traces: Traces) -> str:
    (trace,) = traces
    conv = trace.nodes["conv1"]
    return _(
        "A window of kernel k moves over the map in steps of the stride s, with p zeros added at each edge. It fits "
        "⌊(n + 2p − k) ÷ s⌋ + 1 times. For {layer} with k = {kernel}, s = {stride} and p = {padding}: {sum}."
    ).format(
        layer=conv.id,
        kernel=setting_pair(conv, "kernel")[0],
        stride=setting_pair(conv, "stride")[0],
        padding=setting_pair(conv, "padding")[0],
        sum=size_sum(trace, conv.id),
    )


def _pooling(traces: Traces) -> str:
    (trace,) = traces
    pool = trace.nodes["maxpool"]
    return _(
        "Pooling goes by the same formula, without weights: {sum}. So the stem alone brings {before} down to {after}, "
        "before the first block."
    ).format(
        sum=size_sum(trace, pool.id), before=size_of(trace.nodes["input"].out_shape), after=size_of(pool.out_shape)
    )


def _kept(traces: Traces) -> str:
    (trace,) = traces
    conv = trace.nodes["layer1.0.conv1"]
    return _(
        "Most 3×3 convolutions have stride {stride} and padding {padding}, and then the size stays: {sum}. The padding "
        "makes up for what the window loses at the edges. That is why x can be added at the end of the block."
    ).format(
        stride=setting_pair(conv, "stride")[0], padding=setting_pair(conv, "padding")[0], sum=size_sum(trace, conv.id)
    )


def _halved(traces: Traces) -> str:
    (trace,) = traces
    conv = trace.nodes["layer2.0.conv1"]
    return _(
        "The first convolution of conv3_x has stride {stride}, as those of conv4_x and conv5_x have: {sum}. There is "
        "no pooling between the stages; the convolutions make the map smaller themselves (He et al. 2015, section "
        "3.3)."
    ).format(stride=setting_pair(conv, "stride")[0], sum=size_sum(trace, conv.id))


def _all_the_way(traces: Traces) -> str:
    (trace,) = traces
    before, after = side(trace.nodes["input"]), side(trace.stages[-1])
    return _(
        "All the way it is {sizes}. The strides multiply: {before} ÷ {after} = {factor}. One step on the last map is "
        "{factor} pixels of the picture. The average pooling at the end takes any size, so the net does, too."
    ).format(sizes=sizes_along(trace), before=before, after=after, factor=before // after)


def _odd(traces: Traces) -> str:
    (trace,) = traces
    return _(
        "With one pixel more the brackets ⌊ ⌋ matter. From {input} it goes {sizes}: with this padding an odd size is "
        "halved and rounded up. For the last stage: {sum}."
    ).format(
        input=size_of(trace.nodes["input"].out_shape), sizes=sizes_along(trace), sum=size_sum(trace, "layer4.0.conv1")
    )


LESSON = Lesson(
    "stride",
    place=3,
    title=lambda: _("Stride, padding and output size"),
    steps=(
        Step(
            _formula,
            Focus(_NET, node="conv1", stage="stem", level="op", function="ResNet.__init__", code="self.conv1 ="),
            lambda: _("Kernel, stride and padding stand in the source where the layer is made."),
            view="source",
        ),
        Step(
            _pooling,
            Focus(_NET, node="maxpool", stage="stem", level="op", function="ResNet._forward_impl"),
            lambda: _("Compare the shapes before and after the pooling: the channels stay."),
            view="drawing",
        ),
        Step(
            _kept,
            Focus(_NET, node="layer1.0.conv1", stage="layer1", level="op", function="conv3x3", code="padding=dilation"),
            lambda: _("In the source of conv3x3 the padding follows the dilation; both are one here."),
            view="source",
        ),
        Step(
            _halved,
            Focus(
                _NET, node="layer2.0.conv1", stage="layer2", level="op", function="ResNet.__init__", code="self.layer"
            ),
            lambda: _("Of all stages only the first is made without a stride: the pooling has come just before it."),
            view="source",
        ),
        Step(
            _all_the_way,
            Focus(_NET, node="layer4", stage="layer4", level="block"),
            lambda: _("Read the output sizes of the table from top to bottom."),
        ),
        Step(
            _odd,
            Focus(_ODD, node="layer4.0.conv1", stage="layer4", level="block"),
            lambda: _("Set another input size and predict the sizes before you look."),
            has_size=True,
        ),
    ),
    minutes=6,
)
