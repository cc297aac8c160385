"""Beside the mark of random weights: the way to trained ones, the net's own where it comes with some."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.organisms.index import organism_of, trained_name
from resnet_viz.spec.resnet import DIGITS
from resnet_viz.spec.shown import ShownNet
from resnet_viz.ui.page import reader
from resnet_viz.views.address.view import RANDOM, View, write_view

W_TRAINED: Final = "w_see_trained"
_SHOWN = DIGITS["digits14"]
"""The net that stands for trained ones: the one with the largest maps."""


def offer_trained(nets: Sequence[ShownNet], choose: Callable[[dict[int, str]], None]) -> None:
    """Offers the trained weights of nets that are shown with random ones; a link to another net where none has any.

    `choose` gets the names of the weights by the index of their net.
    """
    names = {at: trained_name(net, RANDOM) for at, net in enumerate(nets) if organism_of(net) is not None}
    if names:
        st.button(
            _("See it trained"),
            icon=":material/model_training:",
            key=W_TRAINED,
            on_click=choose,
            args=(names,),
            help=_("Weights that come with the app, trained on handwritten digits."),
        )
    else:
        link_trained()


def link_trained() -> None:
    """Shows a link to a net that comes trained, on the page Explore."""
    view = View(_SHOWN, weights=trained_name(_SHOWN, RANDOM), look="prediction")
    query = urlencode({**write_view(view), **reader.reader_params()})
    words = _("See a trained net")
    st.markdown(f":small[[{words}](./?{query})]")
