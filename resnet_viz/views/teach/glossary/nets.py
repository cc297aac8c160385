"""Terms for nets and their parts."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.views.teach.taught import Term, TermGroup

_TERMS = (
    Term(
        "residual",
        lambda: _("residual branch"),
        lambda: _("The layers of a block, F(x). They learn what is to be added to x, not the whole of what leaves."),
        "He et al. 2015, section 3.1",
    ),
    Term(
        "shortcut",
        lambda: _("shortcut"),
        lambda: _("The way of x around the layers of a block, to the add: an identity or a projection."),
        "He et al. 2015, section 3.2",
    ),
    Term(
        "identity",
        lambda: _("identity"),
        lambda: _("A shortcut that leaves x as it is, without parameters. It fits where x and F(x) have one shape."),
        "He et al. 2015, Eqn. 1",
    ),
    Term(
        "projection",
        lambda: _("projection"),
        lambda: _("A shortcut with weights, a 1×1 convolution that brings x to the shape of F(x)."),
        "He et al. 2015, Eqn. 2",
    ),
    Term(
        "downsample",
        lambda: _("downsample"),
        lambda: _("torchvision's name for a projection with its batch norm, also where nothing gets smaller."),
        "torchvision, ResNet._make_layer",
    ),
    Term(
        "option",
        lambda: _("options A, B, C"),
        lambda: _(
            "Three kinds of shortcuts: A fills up with zeros where channels grow, B projects there, C projects "
            "everywhere."
        ),
        "He et al. 2015, sections 3.3 and 4.1",
    ),
    Term(
        "block",
        lambda: _("block"),
        lambda: _("A few layers and the shortcut around them, which meet in an add."),
        "He et al. 2015, Fig. 2",
    ),
    Term(
        "basic block",
        lambda: _("basic block"),
        lambda: _("A block of two 3×3 convolutions, as in ResNet-18 and ResNet-34."),
        "He et al. 2015, Fig. 5 (left)",
    ),
    Term(
        "bottleneck",
        lambda: _("bottleneck"),
        lambda: _("A block of 1×1, 3×3 and 1×1: few channels for the 3×3 in the middle, many at both ends."),
        "He et al. 2015, Fig. 5 (right)",
    ),
    Term(
        "planes",
        lambda: _("planes"),
        lambda: _("In torchvision's source the width of a block before expansion, the same for all blocks of a stage."),
        "torchvision, Bottleneck.__init__",
    ),
    Term(
        "expansion",
        lambda: _("expansion"),
        lambda: _("How many times its planes a block gives: four for a bottleneck, one for a basic block."),
        "torchvision, Bottleneck.expansion",
    ),
    Term(
        "width",
        lambda: _("width"),
        lambda: _("Channels of a layer; of a bottleneck those of its 3×3. A wide ResNet has more of them there."),
        "torchvision, wide_resnet50_2",
    ),
    Term(
        "stage",
        lambda: _("stage"),
        lambda: _(
            "Blocks in a row that give one shape: conv2_x to conv5_x in the paper, layer1 to layer4 in torchvision."
        ),
        "He et al. 2015, Table 1",
    ),
    Term(
        "stem",
        lambda: _("stem"),
        lambda: _("What comes before the first stage: a 7×7 convolution with stride 2 and a pooling with stride 2."),
        "He et al. 2015, Table 1",
    ),
    Term(
        "head",
        lambda: _("head"),
        lambda: _("What comes after the last stage: global average pooling and a fully connected layer."),
        "He et al. 2015, section 3.3",
    ),
    Term(
        "plain net",
        lambda: _("plain net"),
        lambda: _("The same layers without shortcuts; what the paper compares its residual nets with."),
        "He et al. 2015, section 3.3",
    ),
    Term(
        "depth",
        lambda: _("depth"),
        lambda: _("Layers with weights on the main path: convolutions and the fully connected layer, no projections."),
        "He et al. 2015, Table 1",
    ),
    Term(
        "pre-activation",
        lambda: _("pre-activation"),
        lambda: _("Norm and ReLU before each convolution instead of behind it, so that nothing follows the add."),
        "He et al. 2016, Fig. 1",
    ),
    Term(
        "v1.5",
        lambda: _("v1.5"),
        lambda: _(
            "A bottleneck net with the stride on the 3×3, as torchvision has it; v1, the paper's, has it on the 1×1."
        ),
        "torchvision, comment in Bottleneck",
    ),
    Term(
        "cardinality",
        lambda: _("cardinality"),
        lambda: _("How many groups the 3×3 convolutions of a ResNeXt have."),
        "Xie et al. 2017, section 1",
    ),
)
TERMS = TermGroup(place=1, terms=_TERMS)
