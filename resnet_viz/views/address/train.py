"""URL query of the page Training: `nets=…~…&steps=300&seed=0,1&lr=0.1&guess=2`: nets, recipe, seeds, prediction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.training.fitting import FORMS
from resnet_viz.training.plan import DATA, MOST_SEED, MOST_STEPS, Plan, Recipe
from resnet_viz.training.words import read_recipe, write_recipe
from resnet_viz.typed import split_list
from resnet_viz.views.address.compare import NETS, read_specs, write_nets
from resnet_viz.views.address.params import parse_number, read_choice

SOURCE, SIDE, STEPS, SEEDS, GUESS, RUN = "data", "size", "steps", "seed", "guess", "run"
RECIPE = tuple(Recipe.__dataclass_fields__)
LEAST, MOST, MOST_SEEDS = 2, 4, 8
SIDES = (8, 16, 32)
"""Heights and widths that pictures are brought to, in pixels."""
UNSURE = "?"
_DIGITS = DATA[0]


def small_net(depth: int, shortcut: str, widths: tuple[int, ...] = (8, 16, 32), side: int = SIDES[0]) -> ResNetSpec:
    """Returns a net of He et al. 2015, section 4.2, of other widths and for digits. Raises SpecError for the depth."""
    return fit_net(replace(ResNetSpec.cifar(depth, shortcut), widths=widths), side)


def fit_net(spec: ResNetSpec, side: int, data: str = _DIGITS) -> ResNetSpec:
    """Returns a net with the classes and channels of the data, and an input of side×side pixels."""
    form = FORMS[data]
    return replace(spec, num_classes=form.n_classes, in_channels=form.channels, input_size=(side, side))


DEFAULT_NETS = tuple(small_net(depth, shortcut) for depth in (20, 56) for shortcut in ("none", "A"))


@dataclass(frozen=True)
class TrainView:
    """Which nets are trained, how, and what the reader has predicted. Nets are fitted to the data by `fit_net`."""

    nets: tuple[ResNetSpec, ...] = DEFAULT_NETS
    side: int = SIDES[0]
    steps: int = 300
    seeds: tuple[int, ...] = (0,)
    recipe: Recipe = field(default_factory=Recipe)
    data: str = _DIGITS
    """`digits` or `cifar10`."""
    guess: str = ""
    """The number of a net, from 1; `?` for "I don't know"; "" before anything is chosen."""
    is_run: bool = False
    """Whether it was trained where the address comes from."""

    def plans_of(self, net: int) -> tuple[Plan, ...]:
        """Returns the plans of a net by its index, one for each seed."""
        return tuple(Plan(self.nets[net], self.data, self.steps, seed, self.recipe) for seed in self.seeds)

    def with_net(self, net: int, spec: ResNetSpec) -> TrainView:
        """Replaces a net, which is fitted to the data."""
        return self.with_nets((*self.nets[:net], fit_net(spec, self.side, self.data), *self.nets[net + 1 :]))

    def with_nets(self, nets: tuple[ResNetSpec, ...]) -> TrainView:
        """Returns the view of other nets: what was predicted, and whether it was trained, is not of these."""
        return replace(self, nets=nets, guess="", is_run=False)

    def with_plan(self, **changes: Any) -> TrainView:
        """Returns the view with another recipe, number of steps or seed; what was trained was another."""
        return replace(self, **changes, guess="", is_run=False)

    def with_side(self, side: int) -> TrainView:
        """Returns the view with another size of its pictures."""
        return self.with_plan(side=side, nets=_fitted(self.nets, side, self.data))

    def with_data(self, data: str) -> TrainView:
        """Returns the view with another data set, its pictures at their own size."""
        side = FORMS[data].size[0]
        return self.with_plan(data=data, side=side, nets=_fitted(self.nets, side, data))


def read_train(params: Mapping[str, str]) -> tuple[TrainView, list[str]]:
    """Returns the view of query parameters, and a sentence for each invalid value, which is replaced."""
    notes: list[str] = []
    data = read_choice(params, SOURCE, DATA, notes)
    own_side = FORMS[data].size[0]
    side = _read_number(params, SIDE, own_side, notes, SIDES[0], SIDES[-1])
    if side not in SIDES:
        notes.append(_("size: got {got}; {sides} are possible.").format(got=side, sides=", ".join(map(str, SIDES))))
        side = own_side
    nets = _fitted(read_specs(params.get(NETS, ""), MOST, notes), side, data)
    usual = _fitted(DEFAULT_NETS, side, data)
    if len(nets) < LEAST:
        nets = (*nets, *(net for net in usual if net not in nets))[: LEAST if nets else MOST]
    view = TrainView(
        nets,
        side,
        _read_number(params, STEPS, TrainView().steps, notes, 1, MOST_STEPS),
        _read_seeds(params, notes),
        _read_recipe(params, notes),
        data,
        is_run=params.get(RUN) == "1",
    )
    return replace(view, guess=_read_guess(params, len(nets))), notes


def write_train(view: TrainView) -> dict[str, str]:
    """Returns the view as query parameters; defaults are omitted."""
    usual = TrainView()
    seeds = ",".join(map(str, view.seeds))
    choices = {
        SOURCE: (view.data, usual.data),
        SIDE: (str(view.side), str(FORMS[view.data].size[0])),
        STEPS: (str(view.steps), str(usual.steps)),
        SEEDS: (seeds, "0"),
        GUESS: (view.guess, ""),
        RUN: ("1" if view.is_run else "", ""),
    }
    is_usual = view.nets == _fitted(DEFAULT_NETS, view.side, view.data)
    return {
        **({} if is_usual else {NETS: write_nets([_bare(spec) for spec in view.nets])}),
        **{key: value for key, (value, default) in choices.items() if value != default},
        **write_recipe(view.recipe),
    }


def _fitted(nets: Iterable[ResNetSpec], side: int, data: str) -> tuple[ResNetSpec, ...]:
    return tuple(fit_net(spec, side, data) for spec in nets)


def _bare(spec: ResNetSpec) -> ResNetSpec:
    """The net without what `fit_net` sets, whose link is shorter."""
    if spec.preset_name is not None:
        return replace(PRESETS[spec.preset_name], norm=spec.norm, zero_init_residual=spec.zero_init_residual)
    usual = PRESETS["resnet18"]
    return replace(spec, num_classes=usual.num_classes, in_channels=usual.in_channels, input_size=usual.input_size)


def _read_number(params: Mapping[str, str], key: str, usual: int, notes: list[str], least: int, most: int) -> int:
    got = params.get(key)
    if got is None:
        return usual
    number = parse_number(got)
    if number is not None and least <= number <= most:
        return number
    text = _("{key}: got “{got}”; a whole number from {least} to {most} is expected. It is {usual} instead.")
    notes.append(text.format(key=key, got=got[:60], least=least, most=f"{most:,}", usual=usual))
    return usual


def _read_seeds(params: Mapping[str, str], notes: list[str]) -> tuple[int, ...]:
    got = params.get(SEEDS, "0")
    words = split_list(got)
    if all(re.fullmatch("[0-9]{1,19}", word) for word in words) and 1 <= len(words) <= MOST_SEEDS:
        seeds = tuple(dict.fromkeys(map(int, words)))
        if max(seeds) <= MOST_SEED:
            return seeds
    text = _("seed: got “{got}”; up to {n} whole numbers are expected, as in 0,1,2. It is 0 instead.")
    notes.append(text.format(got=got[:60], n=MOST_SEEDS))
    return (0,)


def _read_recipe(params: Mapping[str, str], notes: list[str]) -> Recipe:
    try:
        return read_recipe({key: params[key] for key in RECIPE if key in params})
    except SpecError as error:
        notes.append(_("{reason} The usual recipe is taken.").format(reason=str(error)))
        return Recipe()


def _read_guess(params: Mapping[str, str], n_nets: int) -> str:
    got = params.get(GUESS, "")
    return got if got in (UNSURE, *map(str, range(1, n_nets + 1))) else ""
