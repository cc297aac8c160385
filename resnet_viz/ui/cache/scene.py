"""Scenes: a net with its weights on a device, and a prepared picture; with the caches of nets and weights.

Results that depend on a picture are cached per session and end with it. Nets are shared between sessions, read-only.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _, use_language
from resnet_viz.records.devices import Device
from resnet_viz.records.preparation import Preparation
from resnet_viz.records.weights import PublishedWeights, WeightsReport
from resnet_viz.spec.named import NamedNet, Net
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import ShownNet
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.budget import Held, check_budget
from resnet_viz.ui.cache.pictures import Picture
from resnet_viz.views.address.view import RANDOM

if TYPE_CHECKING:
    from torch import nn

_held = Held()
MOST_MACS = 20_000_000_000
"""Of a library's net that is run on pictures: nearly twice those of ResNet-152 at 224×224."""
_HOUR = 3600
_PICTURE = 4  # (N, C, H, W)
# The weights of a net are the same for every input: it is built once for all sizes.
_ANY_SIZE = (224, 224)
Maps = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """The weights of a net: random ones, a published set by torchvision's name, or those of a file."""

    key: str = RANDOM
    """`random`, a set as in `ResNet50_Weights.IMAGENET1K_V2`, or the hash of the file."""
    title: str = ""
    preparation: Preparation = field(default_factory=Preparation)
    categories: tuple[str, ...] = ()
    """Names of the classes, if known; "" for one without a name."""
    data: bytes | tuple[bytes, ...] | None = None
    """Bytes of the file, if there is one; of each, if there are several."""
    part: str = ""
    """Which net of a file that holds several; "" for the one that is usually meant."""
    has_head: bool = True
    """Whether the last layer is trained with the others; else it is random."""

    @property
    def is_random(self) -> bool:
        """Whether the weights are untrained."""
        return self.key == RANDOM


@dataclass(frozen=True)
class Scene:
    """Everything that determines a result: net, device, weights, picture and its preparation."""

    spec: Net
    device: str
    weights: Weights
    picture: Picture
    preparation: Preparation

    @property
    def key(self) -> tuple[Hashable, ...]:
        """A cache key: equal for scenes with equal results."""
        return (self.spec.to_query(), self.device, self.weights.key, self.picture.key, self.preparation)

    @property
    def model(self) -> nn.Module:
        """The net with its weights, on its device. Raises as `load_model`."""
        return load_model(self.spec, self.device, self.weights)[0]

    @property
    def n_classes(self) -> int:
        """Number of the net's outputs, if they are those of classes."""
        if isinstance(self.spec, ResNetSpec):
            return self.spec.num_classes
        return cache.get_trace(self.spec).ops[-1].out_shape[-1]

    def name_class(self, index: int) -> str:
        """Returns the name of a class."""
        names = self.weights.categories
        return (names[index] if index < len(names) else "") or _("class {n}").format(n=index)


def are_run(nets: Iterable[ShownNet]) -> TypeGuard[tuple[Net, ...]]:
    """Whether all nets are run on pictures: of settings, or of a library with one picture as its input."""
    return all(isinstance(net, ResNetSpec) or (isinstance(net, NamedNet) and _takes_a_picture(net)) for net in nets)


def _takes_a_picture(net: NamedNet) -> bool:
    trace = cache.get_trace(net)
    n_inputs = sum(node.kind == "input" for node in trace.nodes.values())
    return n_inputs == 1 and len(trace.input.shape) == _PICTURE and (trace.n_macs or 0) <= MOST_MACS


def usual_preparation(net: Net) -> Preparation:
    """Returns how a picture is prepared for a net without weights of its own."""
    _n, channels, height, width = net.input_shape if isinstance(net, ResNetSpec) else cache.get_trace(net).input.shape
    return Preparation((height, width), channels=channels)


# How caches hash a scene: Streamlit would hash its picture pixel by pixel.
BY_KEY: dict[str | type[Any], Callable[[Any], Any]] = {Scene: lambda scene: scene.key}


def load_model(spec: Net, device: str, weights: Weights) -> tuple[nn.Module, WeightsReport | None]:
    """Returns the net and a report on its weights, None for random ones. Evicts cached nets if it does not fit.

    Raises SpecError if it exceeds the budget (`budget.py`) or the memory, DeviceError, and WeightsError if the weights
    are missing or do not fit.
    """
    try:
        return _check_and_get(spec, device, weights)
    except SpecError:
        _make_room(spec, device)
        return _check_and_get(spec, device, weights)


def _check_and_get(spec: Net, device: str, weights: Weights) -> tuple[nn.Module, WeightsReport | None]:
    # Those of libraries may have weights for each position of their input.
    net = replace(spec, input_size=_ANY_SIZE) if isinstance(spec, ResNetSpec) else spec
    with _held.making((net, device, weights.key), cache.get_trace(spec).weight_bytes) as others:
        check_budget(spec, device, others)
        return _get_model(net, device, weights.key, weights)


# At most once a minute (ttl): a net that never fits must not evict the others again and again.
@st.cache_resource(max_entries=64, ttl=60, show_spinner=False)
def _make_room(spec: Net, device: str) -> bool:
    check_budget(spec, device, 0)  # a net that would not fit even alone evicts none
    _get_model.clear()
    return True


# As many as Compare shows at once: with fewer, each rerun would rebuild them.
@st.cache_resource(max_entries=4, ttl=_HOUR, show_spinner=False)
def _get_model(spec: Net, device: str, key: str, _weights: Weights) -> tuple[nn.Module, WeightsReport | None]:
    from resnet_viz.model.named.build import build_named_model
    from resnet_viz.model.net.build import build_model
    from resnet_viz.model.weights.load import load_weights

    model = build_named_model(spec, device) if isinstance(spec, NamedNet) else build_model(spec, device)
    _held.add(model, (spec, device, key), sum(tensor.nbytes for tensor in model.state_dict().values()))
    if _weights.is_random:
        return model, None
    source = key if _weights.data is None else _weights.data
    return model, load_weights(model, source, _weights.part or None)


@st.cache_resource(max_entries=16, show_spinner=False)
def get_published(spec: ResNetSpec) -> tuple[PublishedWeights, ...]:
    """Returns torchvision's published weights for a net, the oldest first."""
    from resnet_viz.model.weights.published import published_weights

    return published_weights(spec)


@st.cache_resource(show_spinner=False)
def get_devices(language: str) -> tuple[Device, ...]:
    """Returns the devices of this machine, with titles in this language."""
    from resnet_viz.model.net.devices import list_devices

    use_language(language)
    return list_devices()
