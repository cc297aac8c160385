"""What is looked at: a net with its weights on a device, and a prepared picture; and what is found there, cached.

Everything of a picture belongs to its session and dies with it. Nets are shared between sessions and only read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.errors import ResnetVizError, SpecError
from resnet_viz.i18n import _, use_language
from resnet_viz.records.preparation import Preparation
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.budget import Held, check_budget
from resnet_viz.ui.cache.pictures import Picture
from resnet_viz.views.address.view import RANDOM

if TYPE_CHECKING:
    from torchvision.models.resnet import ResNet

    from resnet_viz.model.net.devices import Device
    from resnet_viz.model.weights.load import WeightsReport
    from resnet_viz.model.weights.published import PublishedWeights

_held = Held()
_HOUR = 3600
Maps = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """Which weights a net has: random ones, a published set by torchvision's name, or those of a file."""

    key: str = RANDOM
    """`random`, as in `ResNet50_Weights.IMAGENET1K_V2`, or the hash of the file."""
    title: str = ""
    preparation: Preparation = field(default_factory=Preparation)
    categories: tuple[str, ...] = ()
    """The names of the classes, where they are known."""
    data: bytes | None = None
    """The file."""

    @property
    def is_random(self) -> bool:
        """Whether the net has learned nothing."""
        return self.key == RANDOM


@dataclass(frozen=True)
class Scene:
    """All that decides what there is to be seen."""

    spec: ResNetSpec
    device: str
    weights: Weights
    picture: Picture
    preparation: Preparation

    @property
    def key(self) -> tuple[Hashable, ...]:
        """The same for the same sight."""
        return (self.spec.to_query(), self.device, self.weights.key, self.picture.key, self.preparation)

    @property
    def model(self) -> ResNet:
        """The net, on its device."""
        return load_model(self.spec, self.device, self.weights)[0]

    def name_class(self, index: int) -> str:
        """What a class is called."""
        names = self.weights.categories
        return names[index] if index < len(names) else _("class {n}").format(n=index)


# What the caches know a scene by: its picture would be hashed pixel by pixel.
BY_KEY: dict[str | type[Any], Callable[[Any], Any]] = {Scene: lambda scene: scene.key}


def load_model(spec: ResNetSpec, device: str, weights: Weights) -> tuple[ResNet, WeightsReport | None]:
    """The net and what was loaded into it. Nets that only the cache holds make room for one that does not fit.

    Raises SpecError for a net that takes more than this server gives (`budget.py`) or has, DeviceError, and
    WeightsError for weights that are not there or do not fit.
    """
    try:
        return _check_and_get(spec, device, weights)
    except SpecError:
        _make_room(spec, device)
        return _check_and_get(spec, device, weights)


def _check_and_get(spec: ResNetSpec, device: str, weights: Weights) -> tuple[ResNet, WeightsReport | None]:
    with _held.making((spec, device, weights.key), cache.get_trace(spec).weight_bytes) as others:
        check_budget(spec, device, others)
        return _get_model(spec, device, weights.key, weights)


# Once a minute at most: a net that fits nowhere is not to take the others' place again and again.
@st.cache_resource(max_entries=64, ttl=60, show_spinner=False)
def _make_room(spec: ResNetSpec, device: str) -> bool:
    check_budget(spec, device, 0)  # what would not fit into an empty server, either, empties none
    _get_model.clear()
    return True


# As many as are compared at once: with fewer each look at the next net would build it anew.
@st.cache_resource(max_entries=4, ttl=_HOUR, show_spinner=False)
def _get_model(spec: ResNetSpec, device: str, key: str, _weights: Weights) -> tuple[ResNet, WeightsReport | None]:
    from resnet_viz.model.net.build import build_model
    from resnet_viz.model.weights.load import load_weights

    model = build_model(spec, device)
    _held.add(model, (spec, device, key), cache.get_trace(spec).weight_bytes)
    if _weights.is_random:
        return model, None
    return model, load_weights(model, key if _weights.data is None else _weights.data)


@dataclass(frozen=True)
class FileOutcome:
    """What came of a file of weights: weights to use and what was loaded, or why there are none."""

    weights: Weights | None = None
    report: WeightsReport | None = None
    error: ResnetVizError | None = None


@st.cache_resource(max_entries=2, scope="session", show_spinner=False)
def read_file(spec: ResNetSpec, device: str, file_id: str, language: str, _file: Any) -> FileOutcome:
    """A file of weights, read and loaded once; `file_id` names it, `_file` gives its name and bytes."""
    use_language(language)
    published = get_published(spec)
    data = _file.getvalue()
    weights = Weights(
        key=hashlib.sha256(data).hexdigest()[:24],
        title=_file.name,
        preparation=Preparation(spec.input_size),
        categories=published[-1].categories if published else (),
        data=data,
    )
    try:
        return FileOutcome(weights, load_model(spec, device, weights)[1])
    except ResnetVizError as error:
        return FileOutcome(error=error)


@st.cache_resource(max_entries=16, show_spinner=False)
def get_published(spec: ResNetSpec) -> tuple[PublishedWeights, ...]:
    """torchvision's sets of weights for a net, the oldest first."""
    from resnet_viz.model.weights.published import published_weights

    return published_weights(spec)


@st.cache_resource(show_spinner=False)
def get_devices(language: str) -> tuple[Device, ...]:
    """The devices of this machine, named in a language."""
    from resnet_viz.model.net.devices import list_devices

    use_language(language)
    return list_devices()
