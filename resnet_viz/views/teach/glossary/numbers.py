"""Terms for layers, what they compute, and what is counted."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.views.teach.taught import Term, TermGroup

_TERMS = (
    Term(
        "convolution",
        lambda: _("convolution"),
        lambda: _("A layer that moves small filters over a map; each filter gives one channel."),
    ),
    Term(
        "kernel",
        lambda: _("kernel"),
        lambda: _("The window of a convolution or pooling, as in 3×3, and the weights in it."),
    ),
    Term(
        "channel",
        lambda: _("channel"),
        lambda: _("One map of many that lie on each other; the C of a shape C×H×W."),
    ),
    Term(
        "feature map",
        lambda: _("feature map"),
        lambda: _("What leaves a layer for a picture: channels of height × width values."),
    ),
    Term(
        "stride",
        lambda: _("stride"),
        lambda: _("How far a window moves from one output to the next; a stride of 2 halves height and width."),
    ),
    Term(
        "padding",
        lambda: _("padding"),
        lambda: _("Zeros added around a map, so that windows fit at its edges."),
    ),
    Term(
        "group",
        lambda: _("group"),
        lambda: _(
            "A part of the channels that a convolution treats by itself; with g groups it has a g-th of the weights."
        ),
    ),
    Term(
        "batch norm",
        lambda: _("batch norm"),
        lambda: _(
            "Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it; in eval mode it "
            "uses averages kept from training."
        ),
        "Ioffe and Szegedy 2015",
    ),
    Term(
        "ReLU",
        lambda: _("ReLU"),
        lambda: _("Lets positive values pass and makes all others zero."),
    ),
    Term(
        "pooling",
        lambda: _("pooling"),
        lambda: _("Takes the largest value or the mean of a window, without weights."),
    ),
    Term(
        "logits",
        lambda: _("logits"),
        lambda: _("The scores that leave the last layer, one for each class, before the softmax."),
    ),
    Term(
        "parameter",
        lambda: _("parameter"),
        lambda: _(
            "A number that training sets: a weight, or the scale or shift of a norm. One used twice counts once."
        ),
    ),
    Term(
        "MAC",
        lambda: _("MAC"),
        lambda: _(
            "A multiply-add. The paper calls them FLOPs, other counters give twice as many. Counted are those of "
            "convolutions and linear layers, without biases and norms."
        ),
    ),
    Term(
        "FLOP",
        lambda: _("FLOP"),
        lambda: _(
            "In the paper, and in our structure table, a multiply-add. Other counters take a multiplication and an "
            "addition for two: they give twice as many."
        ),
        "He et al. 2015, section 3.3",
    ),
    Term(
        "receptive field",
        lambda: _("receptive field"),
        lambda: _(
            "The pixels of the input that one place of a map can depend on. It may reach beyond the picture. That of a "
            "net is told after its last stage: behind the average pool it is the whole picture."
        ),
    ),
    Term(
        "activation memory",
        lambda: _("activation memory"),
        lambda: _("Bytes of the values that layers give, as opposed to those of the weights."),
    ),
    Term(
        "degradation",
        lambda: _("degradation"),
        lambda: _("With more layers the training error of a plain net rises. It is not overfitting."),
        "He et al. 2015, section 1 and Fig. 1",
    ),
    Term(
        "overfitting",
        lambda: _("overfitting"),
        lambda: _("A low error on the training data and a much higher one on others."),
    ),
    Term(
        "vanishing gradient",
        lambda: _("vanishing gradient"),
        lambda: _(
            "A gradient that becomes too small in early layers to train them. The paper finds none in its plain nets, "
            "which have batch norm."
        ),
        "He et al. 2015, section 4.1",
    ),
    Term(
        "block list",
        lambda: _("block list"),
        lambda: _("The number of blocks of each stage, as [3, 4, 6, 3] for ResNet-34 and ResNet-50."),
        "He et al. 2015, Table 1",
    ),
)
TERMS = TermGroup(place=2, terms=_TERMS)
