"""The weights of one net or several, out of those that are on this machine already: a choice that downloads nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.records.preparation import Preparation
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import scene as scenes
from resnet_viz.ui.cache.scene import Weights
from resnet_viz.views.address.view import RANDOM

W_NET_WEIGHTS = "w_same_weights"


def choose_weights(
    specs: Sequence[ResNetSpec], labels: Sequence[str], names: Sequence[str], on_choice: Callable[[int, str], None]
) -> tuple[Weights, ...]:
    """Which weights each net has: random ones, or a published set that is on this machine already.

    `names` are those that are chosen so far; `on_choice` hears of another one, with the net's place.
    """
    chosen = []
    for at, (spec, label, place) in enumerate(zip(specs, labels, st.columns(len(specs)), strict=True)):
        with place:
            chosen.append(_choose_set(spec, label, names[at], partial(on_choice, at)))
    return tuple(chosen)


def _choose_set(spec: ResNetSpec, label: str, usual: str, on_choice: Callable[[str], None]) -> Weights:
    from resnet_viz.model.weights.published import cached_weights

    published = scenes.get_published(spec)
    here = {found.name: found for found in published if cached_weights(found)}
    titles = {RANDOM: _("Random, seed 0")} | {name: f"{name} · {found.top1:.1f} %" for name, found in here.items()}
    names = [RANDOM, *reversed(here)]
    # A key of what is chosen, as for the nets.
    key = f"{W_NET_WEIGHTS}:{label}:{spec.to_query()}:{usual}"
    name = st.selectbox(
        _("Weights of {net}").format(net=label),
        names,
        names.index(usual) if usual in names else 0,
        format_func=lambda name: titles[name],
        key=key,
        on_change=lambda: on_choice(st.session_state[key]),
    )
    if usual not in names:
        st.caption(_("The link's weights, {name}, are not on this machine.").format(name=usual))
    if published and not here:
        st.caption(_("Trained ones are not on this machine yet: Explore downloads them."))
    if name == RANDOM:
        return Weights(preparation=Preparation(spec.input_size))
    found = here[name]
    return Weights(found.title, found.name, replace(found.preparation, size=spec.input_size), found.categories)
