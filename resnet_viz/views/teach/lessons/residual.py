"""Lesson 8: why residual, what the paper argues and what it does not."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.units import format_exact
from resnet_viz.views.parts.block import ops_of
from resnet_viz.views.structure.quotes import DEEP_PLAIN, PLAIN_ERRORS, RESIDUAL_ERRORS, SHALLOW_PLAIN
from resnet_viz.views.teach.figures import block_named
from resnet_viz.views.teach.focus import Focus, Traces
from resnet_viz.views.teach.taught import Lesson, Step

_PLAIN, _BOTH = ("net=plain34",), ("net=plain34", "net=resnet34&shortcut=A")
_OURS = ("net=plain34", "net=resnet34")
_FOUR = ("net=plain18", "net=plain34", "net=resnet18&shortcut=A", "net=resnet34&shortcut=A")


def _degradation(traces: Traces) -> str:
    return _(
        "The finding that starts the paper: a plain net of {deep} layers has a higher error on the *training* data "
        "than one of {shallow} (He et al. 2015, Fig. 1). Too many parameters would lower the training error; so this "
        "is not overfitting. The paper calls it degradation."
    ).format(deep=DEEP_PLAIN.text, shallow=SHALLOW_PLAIN.text)


def _argument(traces: Traces) -> str:
    plain, residual = traces
    return _(
        "The argument: a deeper net can copy a shallower one and let its other layers pass x on unchanged, so it need "
        "not be worse (He et al. 2015, section 1). That training does not find this says that it is hard to find. "
        "{plain} has {none} adds, {residual} has {adds}: there, passing x on is what happens when F(x) is zero."
    ).format(
        plain=plain.name,
        none=len(ops_of(plain, "add")),
        residual=residual.name,
        adds=len(ops_of(residual, "add")),
    )


def _block(traces: Traces) -> str:
    residual = traces[1]
    block = block_named(residual, "layer1.0")
    add, last = residual.nodes[block.add or block.id], residual.last_op(block)
    return _(
        "A block learns F, not the identity: it gives ReLU(F(x) + x) (He et al. 2015, Eqn. 1 and section 3.2). Of the "
        "{n} ops of {net} the add of {block} is number {add}, and the ReLU behind it number {relu}."
    ).format(n=len(residual.ops), net=residual.name, block=block.id, add=add.order + 1, relu=last.order + 1)


def _fair(traces: Traces) -> str:
    plain, residual = traces
    return _(
        "The comparison is fair. With shortcuts of option A, which have no weights, {residual} has {params} "
        "parameters, and {plain} has {plain_params}; {macs} multiply-adds are to be done in one, {plain_macs} in the "
        "other."
    ).format(
        residual=residual.name,
        params=format_exact(residual.n_params),
        plain=plain.name,
        plain_params=format_exact(plain.n_params),
        macs=format_exact(residual.macs.known),
        plain_macs=format_exact(plain.macs.known),
    )


def _result(traces: Traces) -> str:
    return _(
        "Errors on ImageNet, in percent (He et al. 2015, Table 2): {plain18} {a}, {plain34} {b}; {residual18} {c}, "
        "{residual34} {d}. Deeper is worse without shortcuts, and better with them. At the smaller depth both kinds "
        "are about as good, but the residual net gets there faster (section 4.1)."
    ).format(
        plain18=traces[0].name,
        a=PLAIN_ERRORS[18].text,
        plain34=traces[1].name,
        b=PLAIN_ERRORS[34].text,
        residual18=traces[2].name,
        c=RESIDUAL_ERRORS[18].text,
        residual34=traces[3].name,
        d=RESIDUAL_ERRORS[34].text,
    )


def _not_gradients(traces: Traces) -> str:
    plain = traces[0]
    return _(
        "What the paper does not argue: that shortcuts cure vanishing gradients. {plain} has {norms} batch norms, one "
        "behind each of its {convs} convolutions, and with them signals vanish neither forward nor backward (He et al. "
        "2015, section 4.1). The paper supposes that plain nets converge very slowly, and leaves the cause open."
    ).format(plain=plain.name, norms=len(ops_of(plain, "batch_norm")), convs=len(ops_of(plain, "conv2d")))


def _later(traces: Traces) -> str:
    residual = traces[1]
    identities = [block for block in residual.blocks if block.shortcut == "identity"]
    return _(
        "Later work looked closer. Delete one block of a trained residual net, and it degrades gently, except at the "
        "starts of stages; a plain net is destroyed (Veit et al. 2016). In {net} {n} of {all} blocks have an identity "
        "beside them, by which x goes on when the block is gone."
    ).format(net=residual.name, n=len(identities), all=len(residual.blocks))


LESSON = Lesson(
    "residual",
    place=8,
    title=lambda: _("Why residual: what the paper argues and what it does not"),
    steps=(
        Step(
            _degradation,
            Focus(("net=cifar20&shortcut=none", "net=cifar56&shortcut=none"), net=1),
            lambda: _("Both nets have the same shape; the deeper one has more blocks in each stage."),
        ),
        Step(
            _argument,
            Focus(_BOTH, net=1, node="layer1.0", stage="layer1", level="block"),
            lambda: _("Draw one net, then the other: the wires around the blocks are all that is new."),
            view="drawing",
        ),
        Step(
            _block,
            Focus(
                _OURS,
                net=1,
                node="layer1.0.add",
                stage="layer1",
                level="op",
                function="BasicBlock.forward",
                code="out += identity",
            ),
            lambda: _("In the source `out += identity` stands before the last `self.relu(out)`."),
            view="source",
        ),
        Step(
            _fair,
            Focus(_BOTH, net=1, node="layer2.0", stage="layer2", level="block"),
            lambda: _("Choose the shortcut of this block: it pads with zeros and has no parameters."),
            view="drawing",
        ),
        Step(
            _result,
            Focus(_FOUR, net=3),
            lambda: _("The errors in the chart are the paper's: no training is done here."),
            view="errors",
        ),
        Step(
            _not_gradients,
            Focus(_PLAIN, node="layer1.0.bn1", stage="layer1", level="op"),
            lambda: _("Behind every convolution of the plain net there is a batch norm."),
            view="drawing",
        ),
        Step(
            _later,
            Focus(_BOTH, net=1, node="layer3.1", stage="layer3", level="block"),
            lambda: _("Cover a block in your mind: in one net x still gets by, in the other it does not."),
            view="drawing",
        ),
    ),
    minutes=7,
)
