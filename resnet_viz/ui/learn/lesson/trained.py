"""Maps of a net that comes trained, on a digit that it was not trained with: what the lesson on maps speaks of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.organisms.index import Organism, organism_of
from resnet_viz.records.trace import Stage
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.finds import get_grad_cam, get_maps, get_predictions, get_prepared
from resnet_viz.ui.cache.pictures import get_digit
from resnet_viz.ui.cache.scene import Maps, Scene, organism_weights
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.page.pictures import picture_url
from resnet_viz.units import format_shape
from resnet_viz.views.maps.channels import strongest_channels
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.overlay import overlay_map, scale_cam
from resnet_viz.views.maps.pictures import fit, frame_part
from resnet_viz.views.maps.receptive import theoretical_box
from resnet_viz.views.maps.tiles import make_mosaic

if TYPE_CHECKING:
    from PIL.Image import Image

W_DIGIT, W_CLASS = "lesson_digit", "lesson_class"
_DIGITS = tuple(range(10))
_FIRST, _OTHER = 3, 8
_SIDE = 420
"""Pixels of a picture as it is sent; it is shown as large as there is room."""
_CHANNELS = 8


def show_trained(specs: tuple[ResNetSpec, ...], what: str, node: str, device: str) -> None:
    """Shows maps of the first net; `what` is one of MAPS. The field is that of all nets."""
    digit = _choose(_("Digit"), W_DIGIT, _FIRST)
    scenes = [scene for spec in specs if (scene := _scene(spec, digit, device)) is not None]
    if scenes:
        _SHOW[what](scenes, node)
        _tell_net(organism_of(specs[0]))


def _choose(label: str, key: str, first: int) -> int:
    st.session_state.setdefault(key, first)
    chosen: int | None = st.segmented_control(label, _DIGITS, key=key, required=True)
    return first if chosen is None else chosen


def _scene(spec: ResNetSpec, digit: int, device: str) -> Scene | None:
    organism = organism_of(spec)
    if organism is None:
        return None
    weights = organism_weights(organism, spec)
    return Scene(spec, device, weights, get_digit(digit), weights.preparation)


def _tell_net(organism: Organism | None) -> None:
    if organism is not None:
        words = _("{name} comes trained with the app; it names {percent} % of {n} digits right that it had not seen.")
        percent = f"{organism.accuracy:.0f}"
        st.caption(plain(words.format(name=organism.spec.name, percent=percent, n=organism.n_held)))


def _seen(scene: Scene, caption: str) -> None:
    picture = fit(_prepared(scene), _SIDE)
    st.image(picture_url(picture), caption=caption, width="stretch", alt=_("The digit that the net sees"))


def _prepared(scene: Scene) -> Image:
    return get_prepared(scene.picture.key, scene.preparation, scene.picture.image).seen


def _mosaic(maps: Maps, channels: tuple[int, ...], words: str, *, has_caption: bool = True) -> None:
    png = make_mosaic(maps, channels, colours=Colours(is_dark=reader.is_dark()), width=_SIDE).png
    st.image(picture_url(png), caption=words if has_caption else None, width="stretch", alt=words)


def _show_channel(scenes: list[Scene], node: str) -> None:
    (maps,) = get_maps(scenes[0], (node,)).values()
    channel = strongest_channels(maps, 1)[0]
    with st.container(horizontal=True, gap="medium", key="lesson_row_meant"):
        _seen(scenes[0], _("What the net sees"))
        _mosaic(maps, (channel,), _("Channel {n} of {node}").format(n=channel, node=node))


def _show_signed(scenes: list[Scene], node: str) -> None:
    (maps,) = get_maps(scenes[0], (node,)).values()
    with st.container(horizontal=True, gap="medium", key="lesson_row_meant_signed"):
        _seen(scenes[0], _("What the net sees"))
        words = _("All channels of {node}: in each, 0 is the middle of the colours").format(node=node)
        _mosaic(maps, tuple(range(len(maps))), words)


def _show_stages(scenes: list[Scene], node: str) -> None:
    trace = cache.get_trace(scenes[0].spec)
    found = get_maps(scenes[0], tuple(stage.id for stage in trace.stages))
    for stage in trace.stages:
        maps = found[stage.id]
        words = f"**{stage.name}** · {plain(format_shape((1, *maps.shape)))}"
        kind = "meant" if stage.id == node else "other"
        st.markdown(words)
        with st.container(horizontal=True, gap="xxsmall", key=f"lesson_tiles_{kind}_{stage.id}"):
            for channel in strongest_channels(maps, _CHANNELS):
                name = _("Channel {n} of {node}").format(n=channel, node=stage.id)
                _mosaic(maps, (channel,), name, has_caption=False)
    words = _("The {n} strongest channels of each stage, each from its smallest to its largest value.")
    st.caption(words.format(n=_CHANNELS))


def _show_field(scenes: list[Scene], _node: str) -> None:
    for n, scene in enumerate(scenes):
        trace = cache.get_trace(scene.spec)
        st.markdown(f"**{plain(trace.name)}**")
        with st.container(horizontal=True, gap="small", key=f"lesson_row_{'other' if n else 'meant'}_{n}"):
            for stage in trace.stages:
                _show_box(scene, stage)


def _show_box(scene: Scene, stage: Stage) -> None:
    if stage.field is None:
        return
    size = scene.preparation.size
    middle = (stage.out_shape[2] // 2, stage.out_shape[3] // 2)
    box = theoretical_box(stage.field, middle, size)
    place = (box.left, box.top, box.right, box.bottom)
    framed = frame_part(fit(_prepared(scene), _SIDE), place, (size[1], size[0]), "field")
    words = _("{stage}: {field} px; the picture has {side}").format(stage=stage.name, field=box.height, side=size[0])
    st.image(picture_url(framed), width="stretch", caption=words, alt=words)


def _show_evidence(scenes: list[Scene], node: str) -> None:
    scene = scenes[0]
    (best,) = get_predictions(scene, 1)
    other = _choose(_("Another class"), W_CLASS, _OTHER)
    with st.container(horizontal=True, gap="medium", key="lesson_row_meant"):
        _seen(scene, _("What the net sees"))
        words = _("Grad-CAM for the likeliest class, {name} ({percent} %)")
        likeliest = words.format(name=scene.name_class(best.index), percent=f"{100 * best.probability:.0f}")
        _show_cam(scene, node, best.index, likeliest)
        _show_cam(scene, node, other, _("Grad-CAM for {name}").format(name=scene.name_class(other)))


def _show_cam(scene: Scene, node: str, index: int, caption: str) -> None:
    values = get_grad_cam(scene, node, index)
    seen = fit(_prepared(scene), _SIDE)
    picture = overlay_map(seen, scale_cam(values, (seen.height, seen.width)), 0.55, Colours("Inferno"))
    words = caption if np.any(values) else _("{caption}: 0 everywhere").format(caption=caption)
    st.image(picture_url(picture), width="stretch", caption=words, alt=words)


_SHOW: Mapping[str, Callable[[list[Scene], str], None]] = {
    "channel": _show_channel,
    "signed": _show_signed,
    "stages": _show_stages,
    "field": _show_field,
    "evidence": _show_evidence,
}
