"""The panel of the picture: its source, the crop that the net sees, and the preparation step by step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.records.preparation import COLOURS, Preparation
from resnet_viz.ui.cache.finds import Prepared, get_prepared
from resnet_viz.ui.cache.pictures import Picture
from resnet_viz.ui.cache.scene import Weights
from resnet_viz.ui.components.crop_view import Framing, crop_view
from resnet_viz.ui.page.pictures import picture_url
from resnet_viz.ui.picture.source import choose_picture
from resnet_viz.units import format_exact
from resnet_viz.views.maps.pictures import fit

if TYPE_CHECKING:
    pass

_SEEN = 112

W_CROP = "crop"


def show_picture(weights: Weights) -> tuple[Picture, Preparation] | None:
    """Shows the picture's source and crop; returns the picture and its preparation, None until there is one."""
    picture = choose_picture(weights.sample)
    if picture is None:
        return None
    with st.container(horizontal=True, gap="small"):
        crop = crop_view(f"{W_CROP}_{picture.series}", _frame_of(picture, weights.preparation))
        preparation = replace(weights.preparation, crop=crop)
        prepared = get_prepared(picture.key, preparation, picture.image)
        # A caption would widen its picture.
        st.image(picture_url(fit(prepared.seen, _SEEN)), alt=_("The part that the net sees"))
    st.caption(_("The picture, and what the net sees of it. {about}").format(about=picture.caption))
    with st.popover(_("How it is prepared"), icon=":material/crop:", key="preparation"):
        _show_steps(picture, prepared, preparation)
    return picture, preparation


def _frame_of(picture: Picture, preparation: Preparation) -> Framing:
    size = picture.image.height, picture.image.width
    return Framing(picture.small, size, preparation.size, preparation.middle(*size))


def _interpolation_words(preparation: Preparation) -> str:
    words = {
        "nearest": _("nearest neighbour"),
        "bilinear": _("bilinear, antialiased"),
        "bicubic": _("bicubic, antialiased"),
        "lanczos": _("Lanczos"),
    }
    return words[preparation.interpolation]


def _default_crop_steps(whole: str, prepared: Prepared, preparation: Preparation) -> list[str]:
    left, top, right, bottom = prepared.box
    return [
        _("**Resize** from {before} to {after} ({how}): the short side becomes {side}.").format(
            before=whole,
            how=_interpolation_words(preparation),
            after="×".join(map(format_exact, prepared.scaled)),
            side=format_exact(min(prepared.scaled)),
        ),
        _("**Crop** the middle {size}, from column {left} and row {top} on.").format(
            size=f"{right - left}×{bottom - top}", left=left, top=top
        ),
    ]


def _chosen_crop_steps(whole: str, prepared: Prepared, preparation: Preparation) -> list[str]:
    left, top, right, bottom = prepared.box
    return [
        _("**Crop** {size} from column {left} and row {top} on, of {whole}.").format(
            size=f"{right - left:,}×{bottom - top:,}", left=left, top=top, whole=whole
        ),
        _("**Resize** that to {size} ({how}).").format(
            size="×".join(map(str, reversed(preparation.size))), how=_interpolation_words(preparation)
        ),
    ]


def _show_steps(picture: Picture, prepared: Prepared, preparation: Preparation) -> None:
    """Lists resize, crop and normalise, each with the numbers of this picture."""
    width, height = picture.image.size
    whole = f"{width:,}×{height:,}"
    if preparation.crop is None:
        steps = _default_crop_steps(whole, prepared, preparation)
    else:
        steps = _chosen_crop_steps(whole, prepared, preparation)
    steps += _channel_steps(preparation)
    mean, std = (
        ", ".join(f"{value:.4g}" for value in values[:COLOURS])
        for values in (preparation.channel_mean, preparation.channel_std)
    )
    steps.append(
        _(
            "**Normalise** each channel: minus {mean}, divided by {std}. The values then lie from {low} to {high}."
        ).format(mean=mean, std=std, low=f"{prepared.low:.2f}", high=f"{prepared.high:.2f}")
    )
    st.markdown("\n".join(f"{n}. {step}" for n, step in enumerate(steps, start=1)))


def _channel_steps(preparation: Preparation) -> list[str]:
    """Tells what the channels of the input are, where they are not the three colours."""
    n = preparation.n_channels
    if n == COLOURS:
        return []
    if n == 1 and len(preparation.mean) == 1:
        return [_("**Grey**, since the net takes one channel: 0.299 red + 0.587 green + 0.114 blue (ITU-R 601-2).")]
    if n == 1:
        return [
            _(
                "**Grey**, since the net takes one channel: 0.299 red + 0.587 green + 0.114 blue (ITU-R 601-2). Mean "
                "and deviation are the means of the three colours'."
            )
        ]
    names = (_("red"), _("green"), _("blue"))
    shown = ", ".join(names[i % COLOURS] for i in range(min(n, 2 * COLOURS))) + (", …" if n > 2 * COLOURS else "")
    text = _("**Channels**: the net takes {n}, and a picture has three. They are taken in turn: {channels}.")
    return [text.format(n=format_exact(n), channels=shown)]
