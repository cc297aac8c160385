"""What came of a training, in sentences that are made from its figures and claim no more than these carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import mean

from resnet_viz.i18n import _, n_
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.run import Run
from resnet_viz.units import three_figures
from resnet_viz.views.address.train import UNSURE
from resnet_viz.views.training.labels import is_plain

_LAST = 10
"""Steps whose mean is told."""
_BURST = 10
"""Times its first value that a loss must rise to for it to be told."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a net: its runs, one for each seed."""

    label: str
    spec: ResNetSpec
    runs: tuple[Run, ...]

    @property
    def error(self) -> float:
        """Training error, mean of the last ten batches, in train mode, and of all seeds; NaN if one has diverged."""
        return mean(float("nan") if run.has_diverged else run.final_error for run in self.runs)

    @property
    def held_error(self) -> float | None:
        """Error on the pictures held out, in eval mode, mean of all seeds; None where one was not measured."""
        return mean(run.held_error for run in self.runs) if all(len(run.held_errors) for run in self.runs) else None


def describe_end(outcomes: Sequence[Outcome]) -> list[str]:
    """Returns sentences on runs that have ended: their errors, what depth did, their losses' bursts and gradients."""
    told = [_describe_errors(outcomes), _describe_held(outcomes)]
    if _are_alike(outcomes):
        told.append(_describe_depth(outcomes))
    else:
        told.append(_("They ended after different steps, so that these figures do not set one net above another."))
    return [*(sentence for sentence in told if sentence), *_describe_bursts(outcomes), *_describe_gradients(outcomes)]


def judge_guess(guess: str, outcomes: Sequence[Outcome]) -> str:
    """Returns whether what was predicted was so: the number of the net with the lowest training error."""
    lowest = _lowest(outcomes)
    if not lowest or not guess:
        return ""
    if not _are_whole(outcomes):
        return _("What was predicted is of {n} steps, and not all nets came so far.").format(
            n=outcomes[0].runs[0].plan.steps
        )
    best = ", ".join(outcomes[at].label for at in lowest)
    figure = _percent(outcomes[lowest[0]].error)
    if guess == UNSURE:
        return _("You made no prediction. The lowest training error is that of {net}: {error}.").format(
            net=best, error=figure
        )
    chosen = outcomes[int(guess) - 1]
    if int(guess) - 1 in lowest:
        if len(lowest) > 1:
            return _("You predicted {net}. It shares the lowest training error, {error}: {nets}.").format(
                net=chosen.label, error=figure, nets=best
            )
        return _("You predicted {net}, and so it is: its training error, {error}, is the lowest.").format(
            net=chosen.label, error=figure
        )
    return _("You predicted {net}. It is not so: it has {own}, and the lowest is {error}, that of {best}.").format(
        net=chosen.label, own=_percent(chosen.error), error=figure, best=best
    )


def _are_alike(outcomes: Sequence[Outcome]) -> bool:
    """Whether all runs that have not diverged came to the same step."""
    return len({run.n_steps for outcome in outcomes for run in outcome.runs if not run.has_diverged}) < 2


def _are_whole(outcomes: Sequence[Outcome]) -> bool:
    """Whether all runs that have not diverged came to their last step."""
    return all(run.n_steps == run.plan.steps or run.has_diverged for outcome in outcomes for run in outcome.runs)


def _lowest(outcomes: Sequence[Outcome]) -> list[int]:
    """Nets that are equal as they are printed are equal."""
    known = {at: round(100 * outcome.error, 1) for at, outcome in enumerate(outcomes) if isfinite(outcome.error)}
    return [at for at, error in known.items() if error == min(known.values())]


def _describe_errors(outcomes: Sequence[Outcome]) -> str:
    n_steps = [run.n_steps for outcome in outcomes for run in outcome.runs]
    seeds = max(len(outcome.runs) for outcome in outcomes)
    after = (
        n_("After {n} step", "After {n} steps", n_steps[0]).format(n=n_steps[0])
        if len(set(n_steps)) == 1
        else _("After {least} to {most} steps").format(least=min(n_steps), most=max(n_steps))
    )
    what = _("{after} the training error is, as the mean of the last ten batches in train mode: {errors}.")
    if seeds > 1:
        what = _(
            "{after} the training error is, as the mean of the last ten batches in train mode and of {n} seeds: "
            "{errors}."
        )
    return what.format(after=after, n=seeds, errors=_listed(outcomes, [outcome.error for outcome in outcomes]))


def _describe_held(outcomes: Sequence[Outcome]) -> str:
    errors = [outcome.held_error for outcome in outcomes]
    known = [error for error in errors if error is not None]
    if len(known) < len(errors):
        return ""
    words = _("On the digits held out, in eval mode, it is: {errors}.")
    return words.format(errors=_listed(outcomes, known))


def _listed(outcomes: Sequence[Outcome], values: Sequence[float]) -> str:
    none = _("none, its loss is no number any more")
    told = [_percent(value) if isfinite(value) else none for value in values]
    return ", ".join(f"{outcome.label} {text}" for outcome, text in zip(outcomes, told, strict=True))


def _describe_depth(outcomes: Sequence[Outcome]) -> str:
    """Plain nets that differ in nothing but their depth, the shallowest and the deepest."""
    plain = sorted((each for each in outcomes if is_plain(each.spec)), key=lambda each: each.spec.depth)
    if len(plain) < 2 or plain[0].spec.depth == plain[-1].spec.depth or not _differ_in_depth(plain[0], plain[-1]):
        return ""
    shallow, deep = plain[0], plain[-1]
    if not (isfinite(shallow.error) and isfinite(deep.error)):
        return ""
    n_seeds = min(len(shallow.runs), len(deep.runs))
    seeds = n_("with {n} seed", "with {n} seeds", n_seeds).format(n=n_seeds)
    if round(100 * deep.error, 1) > round(100 * shallow.error, 1):
        words = _("The deeper plain net, {deep}, has the higher training error of the two here, {seeds}.")
    else:
        words = _("The deeper plain net, {deep}, has not the higher training error here, {seeds}.")
    return words.format(deep=deep.label, seeds=seeds)


def _differ_in_depth(one: Outcome, other: Outcome) -> bool:
    fields = [name for name in ResNetSpec.__dataclass_fields__ if name != "layers"]
    return all(getattr(one.spec, name) == getattr(other.spec, name) for name in fields)


def _describe_bursts(outcomes: Sequence[Outcome]) -> list[str]:
    """Losses that rose far above where they began, which the last steps need not show any more."""
    told = []
    for outcome in outcomes:
        losses = outcome.runs[-1].losses
        known = [float(loss) for loss in losses if isfinite(loss)]
        if known and max(known) > _BURST * known[0]:
            words = _("The loss of {net} began at {first} and rose to {most} at step {step} (seed {seed}).")
            step, seed = known.index(max(known)) + 1, outcome.runs[-1].plan.seed
            values = {"first": f"{known[0]:.2g}", "most": f"{max(known):.2g}"}
            told.append(words.format(net=outcome.label, step=step, seed=seed, **values))
    return told


def _describe_gradients(outcomes: Sequence[Outcome]) -> list[str]:
    """What the gradient of the first convolution is beside that of the last block, of plain nets, by step."""
    told = []
    for outcome in outcomes:
        run = outcome.runs[-1]
        n = run.n_steps
        if not is_plain(outcome.spec) or n < 2 or len(run.places) < 3:
            continue
        steps = [step for step in (1, _LAST + 1, n) if step <= n]
        ratios = [_ratio(run, step) for step in dict.fromkeys(steps)]
        said = ", ".join(
            _("{ratio} at step {step}").format(ratio=ratio, step=step)
            for ratio, step in zip(ratios, dict.fromkeys(steps), strict=True)
        )
        told.append(
            _(
                "{net}, train mode: the gradient's norm at {first}, divided by that at {last}, is {ratios} "
                "(seed {seed})."
            ).format(net=outcome.label, first=run.places[0], last=run.places[-2], ratios=said, seed=run.plan.seed)
        )
    return told


def _ratio(run: Run, step: int) -> str:
    norms = run.gradient_norms[step - 1]
    first, last = float(norms[0]), float(norms[-2])
    if not (isfinite(first) and isfinite(last)) or last == 0:
        return _("no number")
    value = first / last
    return three_figures(value) if value >= 1 else f"{value:.2g}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
