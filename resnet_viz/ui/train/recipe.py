"""How all nets are trained: steps, learning rate, momentum, batch, seed, start, and the size of the pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.training.plan import MOST_BATCH, MOST_STEPS, STARTS, Recipe
from resnet_viz.ui.train.state import train
from resnet_viz.views.address.train import SIDES, TrainView

W_STEPS, W_RATE, W_MOMENTUM, W_BATCH = "w_train_steps", "w_train_rate", "w_train_momentum", "w_train_batch"
W_SEED, W_START, W_SIDE = "w_train_seed", "w_train_start", "w_train_side"
_MOST_SEED = 2**31 - 1
"""Of a number that a browser shows exactly; a link may have a larger one."""


def choose_recipe(view: TrainView) -> None:
    """Shows the recipe, the same for all nets."""
    session, recipe = st.session_state, view.recipe
    session[W_STEPS], session[W_RATE], session[W_MOMENTUM] = view.steps, recipe.lr, recipe.momentum
    session[W_BATCH], session[W_SEED] = recipe.batch, min(view.seeds[0], _MOST_SEED)
    session[W_START], session[W_SIDE] = recipe.start, view.side
    left, right = st.columns(2)
    with left:
        _ask_number(_("Steps"), W_STEPS, (1, MOST_STEPS, 50), lambda n: _set(steps=n))
        _ask_number(_("Batch"), W_BATCH, (2, MOST_BATCH, 16), lambda n: _set_recipe(batch=n))
        _ask_number(
            _("Seed"),
            W_SEED,
            (0, _MOST_SEED, 1),
            lambda n: _set(seeds=(n,)),
            _("Of the start weights and of the order of pictures. The same seed gives the same bits on one machine."),
        )
    with right:
        _ask_number(_("Learning rate"), W_RATE, (0.0, 100.0, 0.01), lambda x: _set_recipe(lr=x), form="%.4g")
        _ask_number(_("Momentum"), W_MOMENTUM, (0.0, 0.999, 0.05), lambda x: _set_recipe(momentum=x), form="%.3g")
        st.selectbox(
            _("Pictures"),
            SIDES,
            format_func=lambda side: f"{side}×{side}",
            key=W_SIDE,
            on_change=lambda: train.show(train.read().with_side(session[W_SIDE])),
            help=_("Digits are 8×8 pixels, those of CIFAR-10 32×32; other sizes are made by bilinear interpolation."),
        )
    titles = {"he": _("He's"), "torch": _("PyTorch's own")}
    st.segmented_control(
        _("Start weights"),
        STARTS,
        format_func=lambda name: titles[name],
        key=W_START,
        required=True,
        on_change=lambda: _set_recipe(start=session[W_START]),
        help=_("He's: normal, by fan-out, as torchvision's nets have it. PyTorch's own: uniform, and smaller."),
    )


def _ask_number(label: str, key: str, span: tuple[Any, Any, Any], use: Any, text: str = "", form: str = "%d") -> None:
    least, most, step = span

    def take() -> None:
        if st.session_state[key] is not None:
            use(st.session_state[key])

    st.number_input(label, least, most, step=step, format=form, key=key, on_change=take, help=text or None)


def _set(**changes: Any) -> None:
    train.show(train.read().with_plan(**changes))


def _set_recipe(**changes: Any) -> None:
    recipe: Recipe = train.read().recipe
    _set(recipe=replace(recipe, **changes))
