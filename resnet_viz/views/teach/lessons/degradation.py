"""Lesson 9: degradation, seen: depth as a slope over several seeds, residual nets beside it, and the paper's errors.

The figures are of nets trained on digits (`views/teach/measured.py`); the page Training makes them anew.
"""

from __future__ import annotations

from collections.abc import Mapping

from resnet_viz.i18n import _
from resnet_viz.units import format_exact
from resnet_viz.views.parts.block import main_depth
from resnet_viz.views.structure.quotes import DEEP_PLAIN, PLAIN_ERRORS, RESIDUAL_ERRORS, SHALLOW_PLAIN
from resnet_viz.views.teach import measured as found
from resnet_viz.views.teach.focus import Focus, Traces, small_net, to_gradients, to_training
from resnet_viz.views.teach.taught import Lesson, Step

_DEPTHS = (20, 32, 44, 56)
_PLAIN = tuple(small_net(depth, "none") for depth in _DEPTHS)
_RESIDUAL = tuple(small_net(depth, "A") for depth in _DEPTHS)
_TWO = (_PLAIN[0], _PLAIN[-1])
_FOUR = (_PLAIN[0], _PLAIN[-1], _RESIDUAL[0], _RESIDUAL[-1])
_DEEP = (_PLAIN[-1], _RESIDUAL[-1])
_PAPER = ("net=plain18", "net=plain34", "net=resnet18&shortcut=A", "net=resnet34&shortcut=A")


def _copy(traces: Traces) -> str:
    shallow, deep = traces
    return _(
        "Two plain nets of one form, of {few} and {many} layers, for digits of {side}×{side} pixels. The deeper one "
        "has {more} parameters, the other {fewer}. It could do what the shallow one does, if its further layers passed "
        "on what they get; so its error in training need not be higher. Say first which it will be, then train both."
    ).format(
        few=main_depth(shallow),
        many=main_depth(deep),
        side=found.SIDE,
        more=format_exact(deep.n_params),
        fewer=format_exact(shallow.n_params),
    )


def _slope(traces: Traces) -> str:
    return _(
        "{conditions} Mean training loss of plain nets over the last {ten} steps, seeds {seeds}: {losses}. So depth is "
        "a slope, and nothing breaks at one number of layers. A picture of two depths would show a cliff that is not "
        "there, and in the middle of the slope two seeds of one net lie far apart."
    ).format(
        conditions=found.conditions(),
        ten=found.TEN,
        seeds=_seed_words(),
        losses=_losses(traces, found.PLAIN_LOSSES),
    )


def _seeds(traces: Traces) -> str:
    few, many = map(main_depth, traces)
    return _(
        "One run is one throw: another seed gives other start weights and another order of the digits. With seeds "
        "{seeds} the mean training loss of the last {ten} steps was {low} at {few} layers and {high} at {many}. Ranges "
        "that lie apart carry a claim; one pair of curves does not."
    ).format(
        seeds=_seed_words(),
        ten=found.TEN,
        low=found.PLAIN_LOSSES[few].text,
        few=few,
        high=found.PLAIN_LOSSES[many].text,
        many=many,
    )


def _beside(traces: Traces) -> str:
    return _(
        "The same nets with shortcuts of option A, which have no weights: {params} parameters at {few} layers, as many "
        "as the plain net. Mean training loss of the last {ten} steps, seeds {seeds}: {losses}. They have a slope, "
        "too, only later: of other seeds {right} percent of the digits were told right at {depths} layers, and {span} "
        "at {wide} layers alone."
    ).format(
        params=format_exact(traces[0].n_params),
        few=main_depth(traces[0]),
        ten=found.TEN,
        seeds=_seed_words(),
        losses=_losses(traces, found.RESIDUAL_LOSSES),
        right=", ".join(found.RESIDUAL_RIGHT.values()),
        depths=", ".join(map(str, found.RESIDUAL_RIGHT)),
        span=found.RESIDUAL_110.text,
        wide=list(found.RESIDUAL_RIGHT)[1],
    )


def _training(traces: Traces) -> str:
    return _(
        "Is it overfitting? Whoever overfits is good at the digits trained with, and bad at others. Here the loss on "
        "the digits trained with is what is higher: {deep} at {many} layers against {shallow} at {few}. The error on "
        "digits held out is asked for in eval mode, which is another net in the first steps: see which mode a curve is "
        "of."
    ).format(
        deep=found.PLAIN_LOSSES[56].text,
        many=main_depth(traces[1]),
        shallow=found.PLAIN_LOSSES[20].text,
        few=main_depth(traces[0]),
    )


def _gradients(traces: Traces) -> str:
    return _(
        "Is it the gradient? Take that of the first convolution over that of the last, in the plain net of {many} "
        "layers. In train mode it is {start} at the start: it explodes. After {ten} steps it is {later}. In eval mode "
        "at the start it is {eval}. One net, three answers: so each curve of gradients names its step and its mode."
    ).format(
        many=main_depth(traces[0]),
        start=found.GRADIENT_START.text,
        ten=found.TEN,
        later=found.GRADIENT_TEN.text,
        eval=found.GRADIENT_EVAL.text,
    )


def _paper(traces: Traces) -> str:
    return _(
        "The paper's figures. On CIFAR-10 its plain net of {deep} layers has the higher error than that of {shallow} "
        "in training, and therefore in testing, too (He et al. 2015, Fig. 1). On ImageNet the plain net of more layers "
        "is worse all through the training, and the residual one better in training and on held-out pictures (Fig. 4). "
        "Printed are {plain} percent for {names}, and {residual} with shortcuts (He et al. 2015, Table 2)."
    ).format(
        deep=DEEP_PLAIN.text,
        shallow=SHALLOW_PLAIN.text,
        plain=", ".join(quote.text for quote in PLAIN_ERRORS.values()),
        names=", ".join(trace.name for trace in traces[:2]),
        residual=", ".join(quote.text for quote in RESIDUAL_ERRORS.values()),
    )


def _losses(traces: Traces, losses: Mapping[int, found.Span]) -> str:
    words = _("{depth} layers {loss}")
    return "; ".join(words.format(depth=depth, loss=losses[depth].text) for depth in map(main_depth, traces))


def _seed_words() -> str:
    return ", ".join(map(str, found.SEEDS))


LESSON = Lesson(
    "degradation",
    place=9,
    title=lambda: _("Degradation: train it yourself"),
    steps=(
        Step(
            _copy,
            Focus(_TWO, net=1),
            lambda: _("Count the blocks of each stage in both nets: the deeper one has the shallow one in it."),
            to_training(lambda: _("Predict, then train both"), _TWO, found.STEPS),
        ),
        Step(
            _slope,
            Focus(_PLAIN, net=3),
            lambda: _("Watch where the curves of training error lie after the last step, in order of depth."),
            to_training(lambda: _("Train plain nets of four depths"), _PLAIN, found.STEPS),
        ),
        Step(
            _seeds,
            Focus(_TWO, net=1),
            lambda: _("Compare the thin lines, one for each seed: how far apart are those of one net?"),
            to_training(lambda: _("Train both with several seeds"), _TWO, found.STEPS, (*found.SEEDS, 2)),
        ),
        Step(
            _beside,
            Focus(_RESIDUAL, net=3, node="layer1.0.add", stage="layer1", level="op"),
            lambda: _("The add is all that the block has more than its plain counterpart."),
            to_training(lambda: _("Train residual nets of four depths"), _RESIDUAL, found.STEPS),
            view="drawing",
        ),
        Step(
            _training,
            Focus(_TWO, net=1),
            lambda: _("Set the curve of the training error beside that of the digits held out."),
            to_training(lambda: _("Train plain and residual nets"), _FOUR, found.STEPS),
        ),
        Step(
            _gradients,
            Focus(_DEEP, node="layer1.0", stage="layer1", level="block"),
            lambda: _("In the chart compare train mode with eval mode, then the plain net with the others."),
            to_gradients(lambda: _("Show the gradients of the plain net"), _PLAIN[-1]),
            view="drawing",
        ),
        Step(
            _paper,
            Focus(_PAPER, net=3),
            lambda: _("The chart has the paper's errors; yours on digits are no copy of them, only the same order."),
            view="errors",
        ),
    ),
    minutes=9,
)
