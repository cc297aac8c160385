"""The whole net at work: a row for each stage, and a player that steps through its depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.ui.cache.finds import get_filmstrip, get_prepared
from resnet_viz.ui.cache.scene import Scene
from resnet_viz.ui.explore.ways.way import Way
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.pictures import picture_url
from resnet_viz.ui.page.state import PageState
from resnet_viz.views.address.view import View
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.filmstrip import FilmRow, Filmstrip, Frame
from resnet_viz.views.maps.pictures import fit
from resnet_viz.views.parts.ids import Chosen

if TYPE_CHECKING:
    from PIL.Image import Image

_SECONDS = 0.8
_TILES = 112

W_PLAY = "w_play"
W_FRAME = "w_frame"
W_FILM_STARTED = "w_film_started"


def show_filmstrip(scene: Scene, at: Chosen, page: PageState[View]) -> None:
    """Shows the picture, then the strongest channels of every block."""
    is_dark = reader.is_dark()
    strip = get_filmstrip(scene, Colours(is_dark=is_dark), current_language())
    seen = get_prepared(scene.picture.key, scene.preparation, scene.picture.image).seen
    _play(strip)
    for row in strip.rows:
        with st.container(border=True, gap="xsmall"):
            _show_row(scene, row, seen if row is strip.rows[0] else None)


@st.fragment
def _play(strip: Filmstrip) -> None:
    """One frame large; while playing it advances in a loop."""
    is_playing = st.toggle(_("Play"), key=W_PLAY)
    st.fragment(_show_frame, run_every=_SECONDS if is_playing else None)(strip, is_playing)


def _show_frame(strip: Filmstrip, is_playing: bool) -> None:
    frames = strip.frames
    at = min(st.session_state.get(W_FRAME, 0), len(frames) - 1)
    if is_playing and st.session_state.get(W_FILM_STARTED):
        at = (at + 1) % len(frames)
    st.session_state[W_FILM_STARTED] = is_playing
    st.session_state[W_FRAME] = at
    chosen = st.slider(_("Depth"), 0, len(frames) - 1, key=W_FRAME, label_visibility="collapsed")
    frame = frames[chosen]
    st.markdown(f"**`{frame.title}`** {frame.shape} · " + _("{n} of {total}").format(n=chosen + 1, total=len(frames)))
    st.image(picture_url(frame.png), width=360, alt=_words_of(frame))


def _show_row(scene: Scene, row: FilmRow, seen: Image | None) -> None:
    """A stage; the first row starts with the picture."""
    st.markdown(f"**{row.title}**")
    if row.bars:
        st.caption(
            _("Greatest outputs: {classes}").format(
                classes=", ".join(f"{scene.name_class(bar.index)} ({bar.value:.2f})" for bar in row.bars[:5])
            )
        )
        return
    front = [] if seen is None else [picture_url(fit(seen, _TILES))]
    st.image(
        [*front, *(picture_url(frame.png) for frame in row.frames)],
        caption=[_("picture")] * len(front) + [_caption_of(frame) for frame in row.frames],
        width=_TILES,
        alt=[_("The picture as the net sees it")] * len(front) + [_words_of(frame) for frame in row.frames],
    )


def _caption_of(frame: Frame) -> str:
    return f"{frame.title.rpartition('.')[2]} · {frame.shape}"


def _words_of(frame: Frame) -> str:
    return _("Strongest channels of {node}: {channels}").format(
        node=frame.title, channels=", ".join(map(str, frame.channels))
    )


WAY = Way("filmstrip", lambda: _("Filmstrip"), show_filmstrip)
