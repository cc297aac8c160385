"""The guided tour above the code walk: the text of the current stop, and the way to the next."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.cache.walks import get_walks
from resnet_viz.ui.page.player import Played, show_player
from resnet_viz.ui.walk.state import walk
from resnet_viz.views.address.walk import WalkView
from resnet_viz.views.walk.tour import TOUR


def offer_tour(view: WalkView) -> None:
    """Shows a button that starts the tour, unless it is running."""
    if view.tour is None:
        st.button(
            _("Guided tour"), icon=":material/tour:", key="walk_tour_start", on_click=_go, args=(0,), width="stretch"
        )


def show_tour(view: WalkView) -> None:
    """Shows the stop in the URL, if there is one."""
    if view.tour is None:
        return
    number = min(view.tour, len(TOUR) - 1)
    stop = TOUR[number]
    played = Played(
        key="walk_tour",
        title=_("Guided tour: {title}").format(title=stop.title()),
        at=number,
        n=len(TOUR),
        text=stop.write(get_walks),
        is_here=_is_at(view, stop.view(number, get_walks)),
        go=_go,
    )
    show_player(played, _offer_end)


def _offer_end() -> None:
    st.button(_("End the tour"), icon=":material/close:", key="walk_tour_end", on_click=_end)


def _is_at(view: WalkView, stop: WalkView) -> bool:
    return (view.spec, view.kind, view.step, view.other) == (stop.spec, stop.kind, stop.step, stop.other)


def _go(number: int) -> None:
    there = TOUR[number].view(number, get_walks)
    # The drawing options are kept.
    drawn = walk.read().drawn
    walk.show(replace(there, drawn=replace(there.drawn, level=drawn.level, form=drawn.form, shade=drawn.shade)))


def _end() -> None:
    walk.change(tour=None)
