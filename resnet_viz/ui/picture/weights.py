"""Widgets that choose a net's weights: random ones, those it comes with, torchvision's by download, or a file's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_viz.downloads.copies import cached_weights, set_aside_damaged
from resnet_viz.downloads.fetch import download_weights
from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.organisms.index import Organism, organism_of
from resnet_viz.records.weights import PublishedWeights
from resnet_viz.spec.named import Net
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.words import TRAINED
from resnet_viz.ui.cache import scene
from resnet_viz.ui.cache.scene import Weights, organism_weights, random_weights
from resnet_viz.ui.page.callouts import show_error, show_notice
from resnet_viz.ui.picture.trained import choose_trained, trained_titles
from resnet_viz.ui.picture.weights_file import FileChoice, load_file
from resnet_viz.units import format_bytes
from resnet_viz.views.address.view import FILE, RANDOM

W_WEIGHTS, W_DOWNLOAD = "w_weights", "w_download"
W_NET_WEIGHTS = "w_same_weights"
"""Prefix of the keys, if there are several nets."""


def choose_weights(
    spec: ResNetSpec, name: str, device: str, on_choice: Callable[[str], None], of_file: FileChoice
) -> Weights:
    """Shows the weights of one net; returns the chosen ones. `name` is the current choice, `on_choice` gets a new one.

    If they are not available, shows why and returns random ones.
    """
    published = {found.name: found for found in scene.get_published(spec)}
    organism = organism_of(spec)
    own = {} if organism is None else {organism.name: organism}
    names = [RANDOM, *own, *published, *trained_titles([name]), FILE]
    if name not in names:
        words = _("{name} has no weights named {got}; random ones are used.")
        show_notice(words.format(name=spec.name, got=name))
    chosen = name if name in names else RANDOM
    st.session_state[W_WEIGHTS] = chosen
    titles = {**_titles(published, own), **trained_titles([name]), FILE: _("From a file …")}
    st.selectbox(
        _("Weights"),
        names,
        format_func=lambda name: titles[name],
        key=W_WEIGHTS,
        on_change=lambda: on_choice(st.session_state[W_WEIGHTS]),
        help=_(
            "Weights that come with the app, with their accuracy on held-out digits; torchvision's trained weights, "
            "with their top-1 accuracy on ImageNet; or a file of your own."
        ),
    )
    if chosen == RANDOM:
        return random_weights(spec)
    if chosen in own:
        _tell_training(own[chosen])
        return organism_weights(own[chosen], spec)
    if chosen.startswith(TRAINED):
        return choose_trained(spec, chosen, device) or random_weights(spec)
    found = load_file(spec, device, of_file) if chosen == FILE else _downloaded(published[chosen], spec)
    return found or random_weights(spec)


def choose_weights_here(
    nets: Sequence[Net], labels: Sequence[str], names: Sequence[str], on_choice: Callable[[int, str], None]
) -> tuple[Weights, ...]:
    """Shows the weights of several nets that are on this machine, and returns those chosen; downloads nothing.

    `names` are the current choices; `on_choice` is called with the index of a net and the name of its new choice.
    """
    return tuple(
        _choose_one_here(place, net, (label, name), partial(on_choice, at))
        for at, (net, label, name, place) in enumerate(zip(nets, labels, names, st.columns(len(nets)), strict=True))
    )


def _choose_one_here(
    place: DeltaGenerator, net: Net, chosen: tuple[str, str], on_choice: Callable[[str], None]
) -> Weights:
    label, usual = chosen
    published = scene.get_published(net) if isinstance(net, ResNetSpec) else ()
    here = {found.name: found for found in published if cached_weights(found)}
    organism = organism_of(net)
    own = {} if organism is None else {organism.name: organism}
    trained = trained_titles([usual]) if isinstance(net, ResNetSpec) else {}
    titles, names = {**_titles(here, own), **trained}, [RANDOM, *own, *reversed(here), *trained]
    # The current choice is part of the key: another address makes a new widget, which starts with its value.
    key = f"{W_NET_WEIGHTS}:{label}:{net.to_query()}:{usual}"
    name = place.selectbox(
        _("Weights of {net}").format(net=label),
        names,
        names.index(usual) if usual in names else 0,
        format_func=lambda name: titles[name],
        key=key,
        on_change=lambda: on_choice(st.session_state[key]),
    )
    if usual not in names:
        place.caption(_("The link's weights, {name}, are not on this machine.").format(name=usual))
    if published and not here:
        place.caption(_("Trained ones are not on this machine yet: Explore downloads them."))
    if name == RANDOM or not isinstance(net, ResNetSpec):
        return random_weights(net)
    if name in trained:
        with place:
            return choose_trained(net, name, "cpu", label) or random_weights(net)
    return organism_weights(own[name], net) if name in own else _published(here[name], net)


def _titles(published: Mapping[str, PublishedWeights], own: Mapping[str, Organism]) -> dict[str, str]:
    """Returns the labels of random weights, of those that come with the net, and of published sets, by name."""
    accuracies = {name: organism.accuracy for name, organism in own.items()}
    accuracies |= {name: found.top1 for name, found in published.items()}
    named = {name: f"{name} · {accuracy:.1f} %" for name, accuracy in accuracies.items()}
    return {RANDOM: _("Random, seed 0"), **named}


def _tell_training(organism: Organism) -> None:
    """Says what the weights have learned, from what, and what a picture should look like for them."""
    text = _(
        "Trained on handwritten digits, {steps} steps from seed {seed}: error {error} of its last batches in train "
        "mode, {accuracy} % right of {n} digits held out in eval mode. A digit is light ink on black and fills its "
        "picture."
    )
    plan = organism.plan
    error = f"{organism.error:.1%}".replace("%", " %")
    accuracy = f"{organism.accuracy:.1f}"
    st.caption(text.format(steps=plan.steps, seed=plan.seed, error=error, accuracy=accuracy, n=organism.n_held))


def _published(found: PublishedWeights, spec: ResNetSpec) -> Weights:
    return Weights(found.title, found.name, replace(found.preparation, size=spec.input_size), found.categories)


def _downloaded(published: PublishedWeights, spec: ResNetSpec) -> Weights | None:
    facts = _("Top-1 {acc1} %, top-5 {acc5} %. [How they were trained]({recipe})").format(
        acc1=published.top1, acc5=published.top5, recipe=published.recipe
    )
    st.caption(facts)
    if cached_weights(published):
        return _published(published, spec)
    size = format_bytes(published.size)
    if set_aside_damaged(published):
        text = _("The copy of {name} on this machine is damaged and is not used. Download it again.")
        st.warning(text.format(name=published.name), icon=":material/broken_image:")
    else:
        text = _("{name} is not on this machine yet. It is kept for the next time.")
        st.info(text.format(name=published.name), icon=":material/cloud_download:")
    if st.button(_("Download {size}").format(size=size), icon=":material/download:", key=W_DOWNLOAD):
        _download(published)
    return None


def _download(published: PublishedWeights) -> None:
    bar = st.progress(0.0)

    def show_progress(done: int, total: int) -> None:
        words = _("{done} of {total}").format(done=format_bytes(done), total=format_bytes(total))
        bar.progress(min(1.0, done / max(total, 1)), words)

    try:
        download_weights(published, show_progress)
    except WeightsError as error:
        bar.empty()
        show_error(error, "cloud_off")
    else:
        st.rerun()
