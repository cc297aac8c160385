"""The widget that chooses the device a net runs on."""

from __future__ import annotations

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.ui.cache.scene import get_devices
from resnet_viz.ui.page.callouts import plain

W_DEVICE = "w_device"


def choose_device() -> str:
    """Shows this machine's devices by name; returns torch's key of the chosen one, as in `cuda:0`.

    Of a single one there is no choice, and it is only named.
    """
    devices = get_devices(current_language())
    if len(devices) == 1:
        st.caption(plain(_("The nets run on: {device}").format(device=devices[0].title)))
        return devices[0].key
    titles = {device.key: device.title for device in devices}
    key: str = st.selectbox(
        _("Device"),
        list(titles),
        format_func=lambda key: titles[key],
        key=W_DEVICE,
        help=_("Where the net runs. Only what this machine really has is offered."),
    )
    return key
