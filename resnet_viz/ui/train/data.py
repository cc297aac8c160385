"""The pictures that nets are trained on: which, whose they are, and their download where they are not here."""

from __future__ import annotations

import streamlit as st

from resnet_viz.datasets import digits
from resnet_viz.downloads.pictures import CIFAR10, download_data, has_data
from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.training.plan import DATA
from resnet_viz.ui.page.callouts import show_error
from resnet_viz.ui.train.state import train
from resnet_viz.units import format_bytes
from resnet_viz.views.address.train import TrainView

W_DATA, W_DOWNLOAD = "w_train_data", "w_train_download"
_CIFAR10 = DATA[1]


def choose_data(view: TrainView) -> None:
    """Shows which pictures are trained on."""
    titles = {"digits": _("Digits"), _CIFAR10: CIFAR10.title}
    st.session_state[W_DATA] = view.data
    st.segmented_control(
        _("Trained on"),
        DATA,
        format_func=lambda name: titles[name],
        key=W_DATA,
        required=True,
        on_change=lambda: train.show(train.read().with_data(st.session_state[W_DATA])),
    )


def show_data(view: TrainView) -> bool:
    """Says what is trained on and asked for; returns whether it is on this machine, else offers its download."""
    st.markdown(_words(view))
    st.caption(CIFAR10.credit if view.data == _CIFAR10 else digits.CREDIT)
    if view.data != _CIFAR10 or has_data():
        return True
    text = _("{name} is not on this machine yet. It is kept for the next time.")
    st.info(text.format(name=CIFAR10.title), icon=":material/cloud_download:")
    words = _("Download {size}").format(size=format_bytes(CIFAR10.size))
    if st.button(words, icon=":material/download:", key=W_DOWNLOAD):
        _download()
    return False


def _words(view: TrainView) -> str:
    if view.data == _CIFAR10:
        words = _(
            "The nets are trained on 50,000 small photographs of 32×32 pixels, and asked for 1,000 others. Whatever "
            "net is chosen gets three channels, ten outputs and pictures of {side}×{side} pixels."
        )
    else:
        words = _(
            "The nets are trained on 1,500 handwritten digits of 8×8 pixels, and asked for 297 others. Whatever net is "
            "chosen gets one channel, ten outputs and pictures of {side}×{side} pixels."
        )
    return words.format(side=view.side)


def _download() -> None:
    bar = st.progress(0.0)

    def show_progress(done: int, total: int) -> None:
        words = _("{done} of {total}").format(done=format_bytes(done), total=format_bytes(total))
        bar.progress(min(1.0, done / max(total, 1)), words)

    try:
        download_data(show_progress)
    except WeightsError as error:
        bar.empty()
        show_error(error, "cloud_off")
    else:
        st.rerun()
