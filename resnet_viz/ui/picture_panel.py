"""The picture, which part of it the net sees, and how it comes into the net."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.preparation import Crop, Preparation
from resnet_viz.ui import controls, scene, state
from resnet_viz.ui.cache import Picture
from resnet_viz.ui.scene import Prepared, Weights
from resnet_viz.units import format_exact
from resnet_viz.views.pictures import fit, frame_part

_MOST_ZOOM = 8.0


def show_picture(weights: Weights) -> tuple[Picture, Preparation] | None:
    """Where the picture comes from, and what the net sees of it; None until there is one."""
    picture = controls.choose_picture()
    if picture is None:
        return None
    with st.popover(_("How it is prepared"), icon=":material/crop:", key="preparation"):
        steps_place = st.container()
        crop = _choose_crop(picture, weights.preparation.size)
    preparation = replace(weights.preparation, crop=crop)
    prepared = scene.get_prepared(picture.key, preparation, picture.image)
    with st.container(horizontal=True, gap="small"):
        whole = frame_part(picture.thumbnail, prepared.box, prepared.scaled)
        # A caption would widen its picture.
        st.image(fit(whole, 164), alt=_("The picture, whole"))
        st.image(fit(prepared.seen, 112), alt=_("The part that the net sees"))
    st.caption(_("The picture, and what the net sees of it. {about}").format(about=picture.caption))
    with steps_place:
        _show_steps(picture, prepared, preparation)
    return picture, preparation


def _choose_crop(picture: Picture, size: tuple[int, int]) -> Crop | None:
    """A part of the picture in the shape of the input; None for the middle, as the weights want it."""
    if not st.toggle(_("Choose another part"), key=state.W_CROP):
        return None
    zoom = st.slider(_("Zoom"), 1.0, _MOST_ZOOM, 1.0, 0.1, key=state.W_CROP_ZOOM)
    across = st.slider(_("Left to right"), 0, 100, 50, key=state.W_CROP_X, format="%d %%")
    down = st.slider(_("Top to bottom"), 0, 100, 50, key=state.W_CROP_Y, format="%d %%")
    height, width = size
    whole_width, whole_height = picture.image.size
    scale = min(whole_width / width, whole_height / height) / zoom
    part = (width * scale / whole_width, height * scale / whole_height)
    return Crop((1 - part[0]) * across / 100, (1 - part[1]) * down / 100, *part)


def _show_steps(picture: Picture, prepared: Prepared, preparation: Preparation) -> None:
    """Resize, crop, normalise, each with the numbers of this picture."""
    width, height = picture.image.size
    left, top, right, bottom = prepared.box
    steps = []
    if preparation.crop is None:
        steps.append(
            _("**Resize** from {before} to {after} (bilinear, antialiased): the short side becomes {side}.").format(
                before=f"{width:,}×{height:,}",
                after="×".join(map(format_exact, prepared.scaled)),
                side=format_exact(min(prepared.scaled)),
            )
        )
        steps.append(
            _("**Crop** the middle {size}, from column {left} and row {top} on.").format(
                size=f"{right - left}×{bottom - top}", left=left, top=top
            )
        )
    else:
        steps.append(
            _("**Crop** {size} from column {left} and row {top} on, of {whole}.").format(
                size=f"{right - left:,}×{bottom - top:,}", left=left, top=top, whole=f"{width:,}×{height:,}"
            )
        )
        steps.append(_("**Resize** that to {size}.").format(size="×".join(map(str, reversed(preparation.size)))))
    steps.append(
        _(
            "**Normalise** each colour: minus {mean}, divided by {std}. The values then lie from {low} to {high}."
        ).format(mean=preparation.mean, std=preparation.std, low=f"{prepared.low:.2f}", high=f"{prepared.high:.2f}")
    )
    st.markdown("\n".join(f"{n}. {step}" for n, step in enumerate(steps, start=1)))
