"""Scenes: a net with its weights on a device, and a prepared picture; with the caches of nets and weights.

Results that depend on a picture are cached per session and end with it. Nets are shared between sessions, read-only.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard, cast

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.datasets.digits import CLASSES
from resnet_viz.i18n import _, use_language
from resnet_viz.jobs.nets import Job, ListDevices, ListPublished, LoadNet, NetKey, WeightsKey
from resnet_viz.jobs.runs import Shot
from resnet_viz.organisms.index import Organism
from resnet_viz.organisms.preparing import is_of_digits, prepare_for_digits
from resnet_viz.pictures.samples import CAT, DIGIT
from resnet_viz.records.devices import Device
from resnet_viz.records.preparation import Preparation
from resnet_viz.records.weights import PublishedWeights, WeightsReport
from resnet_viz.spec.named import NamedNet, Net
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import ShownNet
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.budget import check_budget
from resnet_viz.ui.cache.pictures import Picture
from resnet_viz.ui.server.asking import ask
from resnet_viz.views.address.view import RANDOM
from resnet_viz.workers.lanes import SCREEN, Lane

MOST_MACS = 20_000_000_000
"""Of a library's net that is run on pictures: nearly twice those of ResNet-152 at 224×224."""
_PICTURE = 4  # (N, C, H, W)
# The weights of a net are the same for every input: it is built once for all sizes.
_ANY_SIZE = (224, 224)
Maps = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Weights:
    """The weights of a net: random ones, a published set or one of the package by its name, or those of a file."""

    key: str = RANDOM
    """`random`, a set as in `ResNet50_Weights.IMAGENET1K_V2` or `digits:resnet56`, or the hash of the file."""
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
    sample: str = CAT
    """The sample picture that is shown until the reader chooses one."""

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
    def shot(self) -> Shot:
        """What workers get of it."""
        return Shot(net_key(self.spec, self.device, self.weights), self.picture.key, self.preparation)

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
    """Returns how a picture is prepared for a net with random weights; for one of digits, as for trained ones."""
    if isinstance(net, ResNetSpec) and is_of_digits(net):
        return prepare_for_digits(net)
    _n, channels, height, width = net.input_shape if isinstance(net, ResNetSpec) else cache.get_trace(net).input.shape
    return Preparation((height, width), channels=channels)


def random_weights(net: Net) -> Weights:
    """Returns a net's random weights."""
    return Weights(preparation=usual_preparation(net), sample=DIGIT if is_of_digits(net) else CAT)


def organism_weights(organism: Organism, spec: ResNetSpec) -> Weights:
    """Returns weights that come with the package, for a net that they fit."""
    return Weights(organism.name, organism.name, prepare_for_digits(spec), CLASSES, sample=DIGIT)


def load_model(spec: Net, device: str, weights: Weights) -> WeightsReport | None:
    """Builds a net with its weights, where it will run; returns the report on them, None for random ones.

    Raises SpecError if it exceeds the budget (`budget.py`) or the memory, DeviceError, and WeightsError if the weights
    are missing or do not fit.
    """
    report: WeightsReport | None = ask_of_net(LoadNet(net_key(spec, device, weights)), spec, weights)
    return report


def net_key(spec: Net, device: str, weights: Weights) -> NetKey:
    """Returns the key of a net in the workers, which build it once for all input sizes."""
    # Those of libraries may have weights for each position of their input.
    net = replace(spec, input_size=_ANY_SIZE) if isinstance(spec, ResNetSpec) else spec
    return NetKey(net, device, WeightsKey(weights.key, weights.part, weights.data is not None))


def ask_of_net(
    job: Job,
    spec: Net,
    weights: Weights,
    picture: Picture | None = None,
    lane: Lane = SCREEN,
) -> Any:
    """Returns the result of a job that needs a net. Raises SpecError if the net exceeds the budget, and as `ask`."""
    assert job.net is not None
    check_budget(spec, job.net.device)

    def blobs(key: str) -> Any:
        if picture is not None and key == picture.key:
            return np.asarray(picture.image)
        return _packed(weights.data) if key == weights.key else None

    return ask(job, lane, cache.get_trace(spec).weight_bytes, blobs)


def _packed(data: bytes | tuple[bytes, ...] | None) -> Any:
    """Returns files in a form that goes through shared memory."""
    if data is None:
        return None
    return [np.frombuffer(part, np.uint8) for part in ((data,) if isinstance(data, bytes) else data)]


@st.cache_resource(max_entries=16, show_spinner=False)
def get_published(spec: ResNetSpec) -> tuple[PublishedWeights, ...]:
    """Returns torchvision's published weights for a net, the oldest first."""
    return cast(tuple[PublishedWeights, ...], ask(ListPublished(spec)))


@st.cache_resource(show_spinner=False)
def get_devices(language: str) -> tuple[Device, ...]:
    """Returns the devices of this machine, with titles in this language."""
    use_language(language)
    return cast(tuple[Device, ...], ask(ListDevices()))
