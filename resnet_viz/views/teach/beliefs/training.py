"""False beliefs about training: what residual nets solve, and what degradation is. The errors are the paper's."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.units import format_exact
from resnet_viz.views.parts.block import ops_of
from resnet_viz.views.structure.quotes import DEEP_PLAIN, PLAIN_ERRORS, RESIDUAL_ERRORS, SHALLOW_PLAIN
from resnet_viz.views.teach.focus import Focus, Traces, small_net, to_training
from resnet_viz.views.teach.measured import STEPS
from resnet_viz.views.teach.taught import Belief, BeliefGroup, Experiment, Finding

_SMALL = (small_net(20, "none"), small_net(56, "none"))


def _gradients(traces: Traces) -> str:
    plain = traces[0]
    return _(
        "The paper says that its plain nets do not suffer from vanishing gradients: they are trained with batch norm, "
        "which keeps signals alive in both directions. {net} has {norms} batch norms for its {convs} convolutions. "
        "What residual nets cure is degradation: with more layers the training error of plain nets rises."
    ).format(net=plain.name, norms=len(ops_of(plain, "batch_norm")), convs=len(ops_of(plain, "conv2d")))


def _count_norms(traces: Traces) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            _("{net}: convolutions, batch norms, adds").format(net=trace.name),
            ", ".join(str(len(ops_of(trace, op))) for op in ("conv2d", "batch_norm", "add")),
        )
        for trace in traces
    )


def _overfitting(traces: Traces) -> str:
    shallow, deep = traces
    return _(
        "Who overfits has a low error in training and a high one in testing. Here the *training* error rises with "
        "depth: the plain net of {deep_layers} layers has a higher one than that of {layers} (He et al. 2015, Fig. 1), "
        "and so has {deep} against {shallow} (Fig. 4), though it has {more} parameters against {fewer}."
    ).format(
        deep_layers=DEEP_PLAIN.text,
        layers=SHALLOW_PLAIN.text,
        deep=deep.name,
        shallow=shallow.name,
        more=format_exact(deep.n_params),
        fewer=format_exact(shallow.n_params),
    )


def _errors(traces: Traces) -> tuple[Finding, ...]:
    params = [Finding(_("{net}: parameters").format(net=trace.name), format_exact(trace.n_params)) for trace in traces]
    words = _("{depth} layers: validation error, plain and residual ({source})")
    return (
        *params,
        *(
            Finding(
                words.format(depth=depth, source=plain.source),
                f"{plain.text} %, {RESIDUAL_ERRORS[depth].text} %",
                is_printed=True,
            )
            for depth, plain in PLAIN_ERRORS.items()
        ),
    )


_BELIEFS = (
    Belief(
        "gradients",
        lambda: _("ResNet cures vanishing gradients."),
        _gradients,
        lambda: _("He et al. 2015, section 4.1, Plain Networks"),
        Experiment(
            lambda: _("Show the plain net beside the residual one"),
            Focus(("net=plain34", "net=resnet34"), node="layer1.0.bn1", stage="layer1", level="op"),
            _count_norms,
        ),
    ),
    Belief(
        "overfitting",
        lambda: _("Degradation is overfitting."),
        _overfitting,
        lambda: _("He et al. 2015, section 1, Fig. 1, Fig. 4 and Table 2"),
        Experiment(
            lambda: _("Show both plain nets"),
            Focus(("net=plain18", "net=plain34"), net=1),
            _errors,
            to_training(lambda: _("Train small ones and see the training error"), _SMALL, STEPS),
        ),
    ),
)
BELIEFS = BeliefGroup(place=1, beliefs=_BELIEFS)
