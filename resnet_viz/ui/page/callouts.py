"""What a page says beside its subject: notices, errors, marks; and words of somebody else's made harmless."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from resnet_viz.i18n import _


def plain(text: str) -> str:
    """Words of somebody else's as they are, for a place that reads Markdown: they may not bring links and pictures.

    What looks like an address would become a link although it is escaped; a joiner that is not seen prevents it.
    """
    broken = re.sub(r"(?i)(?<=:/)(?=/)|(?<=www)(?=\.)|(?=@)", "\u2060", " ".join(text.split()))
    return re.sub(r"([\\`*_\[\]<>$~|!:])", r"\\\1", broken)


def show_error(error: Exception, icon: str = "error") -> None:
    """An error that a user can cause, as a sentence."""
    st.error(plain(str(error)), icon=f":material/{icon}:")


def show_notice(text: str) -> None:
    """What an address says wrongly, and what is shown instead."""
    st.warning(plain(text), icon=":material/link_off:")


def mark_random(nets: Sequence[str] = ()) -> None:
    """A mark on maps and predictions of random weights; `nets` are those that have them, where others have not."""
    if nets:
        text = _("Random weights: {nets}. This is the architecture at work, not what a trained net sees.")
        words = plain(text.format(nets=", ".join(nets)))
    else:
        words = _("Random weights: this is the architecture at work, not what a trained net sees.")
    # A badge of Streamlit's own would be cut off on a narrow screen.
    st.markdown(f":orange-background[:orange[:material/casino: {words}]]")
