"""False beliefs about what training does to small nets, each to be tried on the page Training.

The figures are of nets trained on digits (`views/teach/measured.py`), and claim nothing of other data or sizes.
"""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.units import format_exact
from resnet_viz.views.parts.block import main_depth, ops_of
from resnet_viz.views.teach import measured as found
from resnet_viz.views.teach.figures import projection_convs
from resnet_viz.views.teach.focus import Focus, Traces, small_net, to_gradients, to_training
from resnet_viz.views.teach.taught import Belief, BeliefGroup, Experiment, Finding

_PLAIN, _RESIDUAL = small_net(56, "none"), small_net(56, "A")
_OPTIONS = (small_net(20, "A"), small_net(20, "B"))
_ZEROS = (_RESIDUAL, small_net(56, "A", "zero_init_residual=1"))
_BARE = (small_net(20, "none", "norm=none"), small_net(20, "A", "norm=none"))


def _vanishing(traces: Traces) -> str:
    return _(
        "With batch norm they do the opposite at first. In the plain net of {depth} layers, train mode, the gradient "
        "of the first convolution over that of the last is {start} at the start. After {ten} steps it has shrunk to "
        "{later}. In eval mode at the start it is {eval}. What is seen depends on the step and the mode; the paper "
        "does not put degradation down to vanishing gradients."
    ).format(
        depth=main_depth(traces[0]),
        start=found.GRADIENT_START.text,
        ten=found.TEN,
        later=found.GRADIENT_TEN.text,
        eval=found.GRADIENT_EVAL.text,
    )


def _ratios(traces: Traces) -> tuple[Finding, ...]:
    depth = main_depth(traces[0])
    train = _("Plain, {depth} layers, first over last convolution, train mode, step {n}")
    held = _("Plain, {depth} layers, first over last convolution, eval mode, step {n}")
    return (
        Finding(train.format(depth=depth, n=0), found.GRADIENT_START.text),
        Finding(train.format(depth=depth, n=found.TEN), found.GRADIENT_TEN.text),
        Finding(held.format(depth=depth, n=0), found.GRADIENT_EVAL.text),
    )


def _padding(traces: Traces) -> str:
    padded, projected = traces
    return _(
        "On digits option A, which pads with zeros, was the better one in each seed that was tried. At {depth} layers, "
        "seeds {seeds}, its training loss is {a} at the end, that with projections (option B) {b}. It has {fewer} "
        "parameters, the other {more}. On ImageNet the paper finds B slightly better than A (He et al. 2015, section "
        "4.1): neither is a law."
    ).format(
        depth=main_depth(padded),
        seeds=", ".join(map(str, found.SEEDS)),
        a=found.OPTION_LOSSES["A"].text,
        b=found.OPTION_LOSSES["B"].text,
        fewer=format_exact(padded.n_params),
        more=format_exact(projected.n_params),
    )


def _options(traces: Traces) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            _("Option {option}: projections; training loss at the end").format(option=option),
            f"{len(projection_convs(trace))}; {found.OPTION_LOSSES[option].text}",
        )
        for option, trace in zip("AB", traces, strict=True)
    )


def _zero_gamma(traces: Traces) -> str:
    return _(
        "It starts as a shallow net, and that costs time: over the first {steps} steps the mean loss was higher by "
        "{more} at {depth} layers. What it brings is another thing: held-out digits in eval mode, {zeros} percent told "
        "right against {ones}, so steadier. Both are of digits and these steps."
    ).format(
        steps=found.FIFTY,
        more=found.ZERO_EXTRA[56].text,
        depth=main_depth(traces[1]),
        zeros=found.ZERO_HELD.text,
        ones=found.ONE_HELD.text,
    )


def _zero_figures(traces: Traces) -> tuple[Finding, ...]:
    text = _("Mean loss of the first {steps} steps, higher with zeros, {depth} layers")
    return tuple(
        Finding(text.format(steps=found.FIFTY, depth=depth), more.text) for depth, more in found.ZERO_EXTRA.items()
    )


def _without_norm(traces: Traces) -> str:
    plain = traces[0]
    return _(
        "A residual one can. With PyTorch's own start, which makes each branch small, residual nets without a single "
        "norm told {right} percent of the digits right after {steps} steps; plain ones stay at a loss of {chance}, as "
        "by guessing. With He's start, made for plain nets, the residual one of {deep} layers begins at a loss of "
        "{he}, and ends no better than guessing or as no number at all; that of {few} layers still trains. The nets "
        "shown have {norms} norms and {convs} convolutions."
    ).format(
        right=found.BARE_RIGHT.text,
        steps=found.BARE_STEPS,
        chance=found.CHANCE_LOSS,
        deep=56,
        few=main_depth(plain),
        he=found.HE_LOSS.text,
        norms=len(ops_of(plain, "batch_norm")),
        convs=len(ops_of(plain, "conv2d")),
    )


def _bare_figures(traces: Traces) -> tuple[Finding, ...]:
    return (
        Finding(_("Residual, PyTorch's start: told right"), f"{found.BARE_RIGHT.text} %"),
        Finding(_("Plain, PyTorch's start: loss"), found.CHANCE_LOSS),
        Finding(_("Residual, He's start, deep: loss at the start"), found.HE_LOSS.text),
    )


_BELIEFS = (
    Belief(
        "vanishing",
        lambda: _("Deep plain nets fail because their gradients vanish."),
        _vanishing,
        lambda: found.conditions(found.TEN),
        Experiment(
            lambda: _("Show both nets"),
            Focus((_PLAIN, _RESIDUAL), node="layer1.0", stage="layer1", level="block"),
            _ratios,
            to_gradients(lambda: _("Show the gradients of the plain net"), _PLAIN),
        ),
    ),
    Belief(
        "padding",
        lambda: _("Projections beat padding."),
        _padding,
        lambda: found.conditions(),
        Experiment(
            lambda: _("Show both nets"),
            Focus(_OPTIONS, net=1, node="layer2.0", stage="layer2", level="block"),
            _options,
            to_training(lambda: _("Train both options"), _OPTIONS, found.STEPS, found.SEEDS),
        ),
    ),
    Belief(
        "zero-gamma",
        lambda: _("A zero last gamma makes a net learn faster."),
        _zero_gamma,
        lambda: found.conditions(found.FIFTY),
        Experiment(
            lambda: _("Show both nets"),
            Focus(_ZEROS, net=1, node="layer1.0.bn2", stage="layer1", level="op"),
            _zero_figures,
            to_training(lambda: _("Train with and without zeros"), _ZEROS, 100, found.SEEDS),
        ),
    ),
    Belief(
        "without-norm",
        lambda: _("A net without batch norm cannot be trained."),
        _without_norm,
        lambda: found.conditions(found.BARE_STEPS),
        Experiment(
            lambda: _("Show both nets"),
            Focus(_BARE, net=1, node="layer1.0", stage="layer1", level="op"),
            _bare_figures,
            to_training(lambda: _("Train both without norms"), _BARE, found.BARE_STEPS, recipe=(("start", "torch"),)),
        ),
    ),
)
BELIEFS = BeliefGroup(place=4, beliefs=_BELIEFS)
