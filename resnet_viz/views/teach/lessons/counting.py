"""Lesson 5: counting layers, parameters, MACs."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.units import format_exact, format_macs, format_share
from resnet_viz.views.parts.block import main_depth, ops_of
from resnet_viz.views.structure.quotes import PRINTED_FLOPS
from resnet_viz.views.structure.table import FLOPS
from resnet_viz.views.teach.figures import projection_convs, side, weight_sum
from resnet_viz.views.teach.focus import Focus, Traces
from resnet_viz.views.teach.taught import Lesson, Step

_18, _34 = ("net=resnet18",), ("net=resnet34",)
_CONV, _NORM = "layer3.1.conv2", "layer3.1.bn2"


def _layers(traces: Traces) -> str:
    (trace,) = traces
    convs, beside = len(ops_of(trace, "conv2d")), len(projection_convs(trace))
    return _(
        "{net} has {convs} convolutions. {beside} of them are projections, which lie beside the main path and do not "
        "count. The other {main} and the fully connected layer make {depth}. Norms, ReLUs and poolings do not count "
        "either."
    ).format(net=trace.name, convs=convs, beside=beside, main=convs - beside, depth=main_depth(trace))


def _params(traces: Traces) -> str:
    (trace,) = traces
    return _(
        "A convolution has output channels × input channels × kernel height × kernel width weights. For {layer}: "
        "{sum}. The size of the map is not in it: a convolution uses the same weights everywhere."
    ).format(layer=_CONV, sum=weight_sum(trace, _CONV))


def _norms(traces: Traces) -> str:
    (trace,) = traces
    norm = trace.nodes[_NORM]
    return _(
        "The convolutions have no bias, because the batch norm behind each of them shifts anyhow. It has a scale and a "
        "shift for each channel: {n} parameters in {layer}. All norms of {net} together have {all}, {share} of its "
        "parameters."
    ).format(
        n=format_exact(norm.n_params),
        layer=norm.id,
        net=trace.name,
        all=format_exact(_norm_params(traces)),
        share=format_share(_norm_params(traces), trace.n_params),
    )


def _macs(traces: Traces) -> str:
    (trace,) = traces
    conv = trace.nodes[_CONV]
    return _(
        "Each weight is used once at each place of the output. So the multiply-adds (MACs) of {layer} are its weights "
        "× output height × output width: {weights} × {height} × {width} = {macs}. Norms and biases are left out of "
        "this count."
    ).format(
        layer=conv.id,
        weights=format_exact(conv.n_params),
        height=side(conv),
        width=conv.out_shape[3],
        macs=format_exact(conv.macs.known),
    )


def _even(traces: Traces) -> str:
    (trace,) = traces
    costs = {block.macs.known for block in trace.blocks if block.shortcut == "identity"}
    return _(
        "From stage to stage height and width are halved, which leaves a quarter of the places, and channels double, "
        "which makes four times the weights. So blocks with an identity cost the same in every stage: {macs} MACs (He "
        "et al. 2015, section 3.3)."
    ).format(macs=" / ".join(map(format_exact, sorted(costs))))


def _shares(traces: Traces) -> str:
    (trace,) = traces
    last = trace.stages[-1]
    return _(
        "Weights are not spread like that: {stage} holds {params} of the parameters of {net} and takes {macs} of its "
        "MACs. Much memory for weights is late in the net, the work is everywhere."
    ).format(
        stage=last.name,
        params=format_share(last.n_params, trace.n_params),
        net=trace.name,
        macs=format_share(last.macs.known, trace.macs.known),
    )


def _flops(traces: Traces) -> str:
    (trace,) = traces
    return _(
        "{net} takes {macs}; counted as multiplications and additions one by one, these are twice as many FLOPs, "
        "{flops}. The paper writes FLOPs for multiply-adds and prints {printed} × 10⁹ (He et al. 2015, section 3.3 and "
        "Table 1). Look which of the two a figure is before you compare it."
    ).format(
        net=trace.name,
        macs=format_macs(trace.macs.known),
        flops=format_exact(2 * trace.macs.known),
        printed=PRINTED_FLOPS[main_depth(trace)].text,
    )


def _norm_params(traces: Traces) -> int:
    return sum(norm.n_params for norm in ops_of(traces[0], "batch_norm"))


LESSON = Lesson(
    "counting",
    place=5,
    title=lambda: _("Counting layers, parameters, MACs"),
    steps=(
        Step(
            _layers,
            Focus(_18, node="layer2.0.downsample", stage="layer2", level="op", function="ResNet._make_layer"),
            lambda: _("Count the convolutions on the spine, and those on the shortcuts."),
            view="drawing",
        ),
        Step(
            _params,
            Focus(_18, node=_CONV, stage="layer3", level="op", function="conv3x3"),
            lambda: _("The parameters of the chosen layer stand below the drawing."),
            view="drawing",
        ),
        Step(
            _norms,
            Focus(_18, node=_NORM, stage="layer3", level="op", function="conv3x3", code="bias=False"),
            lambda: _("Look for `bias=False` in conv3x3 and conv1x1."),
            view="source",
        ),
        Step(
            _macs,
            Focus(_18, node=_CONV, stage="layer3", level="op", function="BasicBlock.forward"),
            lambda: _("Double the input size: parameters stay, MACs become four times as many."),
            view="drawing",
            has_size=True,
        ),
        Step(
            _even,
            Focus(_34, node="layer3.1", stage="layer3", level="block"),
            lambda: _("Shade the boxes by MACs: within the stages they are alike."),
            view="drawing",
        ),
        Step(
            _shares,
            Focus(_18, node="layer4", stage="layer4"),
            lambda: _("Shade the boxes by parameters, then by MACs."),
            view="drawing",
        ),
        Step(
            _flops,
            Focus(_34, total=FLOPS),
            lambda: _("Compare the last row of the table with the paper's printed values."),
        ),
    ),
    minutes=7,
)
