"""False beliefs about figures of whole nets: what the depth counts, and receptive fields."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.units import format_pixels
from resnet_viz.views.parts.block import main_depth, ops_of
from resnet_viz.views.parts.words import stage_names
from resnet_viz.views.teach.figures import field_size, projection_convs
from resnet_viz.views.teach.focus import Focus, Traces
from resnet_viz.views.teach.taught import Belief, BeliefGroup, Experiment, Finding


def _convolutions(traces: Traces) -> str:
    (trace,) = traces
    convs, beside = len(ops_of(trace, "conv2d")), len(projection_convs(trace))
    return _(
        "It has {convs}: {main} on the main path and {beside} in projections. The {depth} in its name are the {main} "
        "and the fully connected layer. The paper counts layers with weights along the main path."
    ).format(convs=convs, main=convs - beside, beside=beside, depth=main_depth(trace))


def _counts(traces: Traces) -> tuple[Finding, ...]:
    (trace,) = traces
    convs, beside = len(ops_of(trace, "conv2d")), len(projection_convs(trace))
    return (
        Finding(_("Convolutions"), str(convs)),
        Finding(_("Of these in projections"), str(beside)),
        Finding(_("Fully connected layers"), str(len(ops_of(trace, "linear")))),
        Finding(_("Depth"), f"{convs} − {beside} + {len(ops_of(trace, 'linear'))} = {main_depth(trace)}"),
    )


def _smaller_field(traces: Traces) -> str:
    shallow, deep = traces
    return _(
        "After the last stage {shallow} sees {wide} pixels along a side and {deep} sees {narrow}. A field grows with "
        "every 3×3, and each block of {deep} has only one of them where a block of {shallow} has two. These are "
        "theoretical fields: what a place really listens to is smaller, and lies in the middle."
    ).format(shallow=shallow.name, wide=field_size(shallow), deep=deep.name, narrow=field_size(deep))


def _fields(traces: Traces) -> tuple[Finding, ...]:
    """After each stage, net by net."""
    return tuple(
        Finding(f"{trace.name} · {stage_names(stage)}", format_pixels(stage.field[0].size, stage.field[1].size))
        for trace in traces
        for stage in trace.stages
        if stage.field
    )


def _original_field(traces: Traces) -> str:
    original, ours = traces
    return _(
        "{wide} pixels is the field of {original}, the net of the paper, with the stride on the first 1×1. "
        "torchvision's {ours} has the stride on the 3×3, which therefore works on neighbours that lie closer together: "
        "{narrow} pixels."
    ).format(wide=field_size(original), original=original.name, ours=ours.name, narrow=field_size(ours))


_BELIEFS = (
    Belief(
        "convolutions",
        lambda: _("ResNet-18 has 18 convolutions."),
        _convolutions,
        lambda: _("He et al. 2015, Table 1; counted in torchvision's net"),
        Experiment(
            lambda: _("Count them in the drawing"),
            Focus(("net=resnet18",), node="layer2.0.downsample", stage="layer2", level="op", function="resnet18"),
            _counts,
        ),
    ),
    Belief(
        "field",
        lambda: _("The receptive field of ResNet-18 is smaller than that of ResNet-50."),
        _smaller_field,
        lambda: _("Computed from kernels, strides and paddings; on what is really seen Luo et al. 2016"),
        Experiment(
            lambda: _("Show both last stages"),
            Focus(("net=resnet18", "net=resnet50"), node="layer4", stage="layer4"),
            _fields,
        ),
    ),
    Belief(
        "field-v1",
        lambda: _("The receptive field of torchvision's ResNet-50 is 483 pixels."),
        _original_field,
        lambda: _("Computed; the place of the stride is told in the source of torchvision's Bottleneck"),
        Experiment(
            lambda: _("Show v1 beside torchvision's net"),
            Focus(
                ("net=resnet50&stride_in=1x1", "net=resnet50"),
                net=1,
                node="layer2.0.conv2",
                stage="layer2",
                level="op",
                function="Bottleneck",
            ),
            _fields,
        ),
    ),
)
BELIEFS = BeliefGroup(place=3, beliefs=_BELIEFS)
