"""Notices, errors and badges of a page; escapes text from elsewhere for Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import ShownNet
from resnet_viz.ui.cache.nets import name_of


def plain(text: str) -> str:
    """Escapes text from elsewhere for Markdown, so that it shows as it is and adds no links or images.

    Streamlit makes a link even of an escaped URL; an invisible word joiner prevents that.
    """
    broken = re.sub(r"(?i)(?<=:/)(?=/)|(?<=www)(?=\.)|(?=@)", "\u2060", " ".join(text.split()))
    return re.sub(r"([\\`*_\[\]<>$~|!:])", r"\\\1", broken)


def prose(text: str) -> str:
    """Like `plain`, but with `code` and *italics*: for texts of this project, not for what comes from elsewhere."""
    shown = re.sub(r"\\`(.*?)\\`", lambda found: "`" + re.sub(r"\\(.)", r"\1", found[1]) + "`", plain(text))
    parts = shown.split("`")
    parts[::2] = [re.sub(r"\\\*(?! )([^*]+?)(?<! )\\\*", r"*\1*", part) for part in parts[::2]]
    return "`".join(parts)


def name_in_markdown(net: ShownNet) -> str:
    """Returns what to call a net, escaped where the name is not ours."""
    name = name_of(net)
    return name if isinstance(net, ResNetSpec) else plain(name)


def show_error(error: Exception, icon: str = "error") -> None:
    """Shows an error that a user can cause, as its sentence."""
    st.error(plain(str(error)), icon=f":material/{icon}:")


def show_notice(text: str) -> None:
    """Shows a sentence on what is wrong in the address, and what is shown instead."""
    st.warning(plain(text), icon=":material/link_off:")


def show_warnings(warnings: Sequence[str]) -> None:
    """Shows what a reader of a Trace must know."""
    for text in warnings:
        st.warning(plain(text), icon=":material/info:")


def mark_random(nets: Sequence[str] = ()) -> None:
    """Shows a badge on results of random weights; `nets` names those that have them, if others do not."""
    if nets:
        text = _("Random weights: {nets}. This is the architecture at work, not what a trained net sees.")
        words = plain(text.format(nets=", ".join(nets)))
    else:
        words = _("Random weights: this is the architecture at work, not what a trained net sees.")
    # st.badge would be cut off on a narrow screen.
    st.markdown(f":orange-background[:orange[:material/casino: {words}]]")
