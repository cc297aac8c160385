"""Thin cached wrappers of what is costly; nothing else is cached anywhere, and every cache is bounded.

Words in a result make the language part of its key.
"""

from __future__ import annotations

import gc
import hashlib
from threading import Semaphore
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.i18n import use_language
from resnet_viz.records import Trace
from resnet_viz.spec import ResNetSpec
from resnet_viz.views.graph import draw_graph
from resnet_viz.views.tiles import Mosaic, make_mosaic

if TYPE_CHECKING:
    from PIL.Image import Image
    from torchvision.models.resnet import ResNet

    from resnet_viz.model.devices import Device

# Two forward passes at once are slower than one after the other, and need twice the memory.
_one_forward = Semaphore(1)
_HOUR = 3600


@st.cache_resource(show_spinner=False)
def load_engine() -> bool:
    """Import torch and all that needs it, once for all sessions."""
    import resnet_viz.model.capture
    import resnet_viz.model.samples
    import resnet_viz.views.render  # noqa: F401

    # Streamlit collects garbage after every run; torch's hundreds of thousands of objects never are any.
    gc.collect()
    gc.freeze()
    return True


@st.cache_resource(show_spinner=False)
def get_devices() -> tuple[Device, ...]:
    """The devices of this machine."""
    from resnet_viz.model.devices import list_devices

    return list_devices()


@st.cache_resource(max_entries=64, show_spinner=False)
def get_trace(spec: ResNetSpec) -> Trace:
    """The Trace of a net, without weights."""
    from resnet_viz.model.trace import trace_spec

    return trace_spec(spec)


@st.cache_data(max_entries=48, show_spinner=False)
def get_drawing(spec: ResNetSpec, level: str, form: str, language: str) -> str:
    """The drawing of a net as SVG."""
    from resnet_viz.views.render import render_graph

    use_language(language)
    return render_graph(draw_graph(get_trace(spec), level, form=form)).decode()


@st.cache_resource(max_entries=2, ttl=_HOUR, show_spinner=False)
def get_model(spec: ResNetSpec, device: str) -> ResNet:
    """The net with random weights on a device."""
    from resnet_viz.model.build import build_model

    return build_model(spec, device)


@st.cache_resource(max_entries=8, ttl=_HOUR, show_spinner=False)
def get_sample(key: str) -> Image:
    """One of the sample pictures."""
    from resnet_viz.model.samples import sample_image

    return sample_image(key)


@st.cache_data(max_entries=12, ttl=_HOUR, show_spinner=False)
def get_maps(spec: ResNetSpec, device: str, node_id: str, picture: str, _image: Image) -> npt.NDArray[np.float32]:
    """Feature maps of a picture at a node, float32 (C, H, W) or (C,); `picture` is the picture's digest."""
    from resnet_viz.model.capture import capture

    with _one_forward:
        return capture(get_model(spec, device), _image, [node_id], spec.input_size)[node_id]


@st.cache_data(max_entries=24, ttl=_HOUR, show_spinner=False)
def get_mosaic(
    key: tuple[Any, ...], most: int, strongest_first: bool, is_dark: bool, _maps: npt.NDArray[Any]
) -> Mosaic:
    """The mosaic of some maps; `key` is what they were made from."""
    return make_mosaic(_maps, most, strongest_first, is_dark=is_dark)


def digest(image: Image) -> str:
    """A short name for a picture by its pixels, for use as a key."""
    return hashlib.blake2b(image.tobytes() + repr(image.size).encode(), digest_size=12).hexdigest()
