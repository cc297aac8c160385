"""What is looked at: a net with its weights on a device, and a prepared picture; and what is found there, cached.

Everything of a picture belongs to its session and dies with it. Nets are shared between sessions and only read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from threading import Semaphore
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.errors import ResnetVizError, SpecError
from resnet_viz.findings import BlockChange, Prediction
from resnet_viz.i18n import _, use_language
from resnet_viz.preparation import Preparation
from resnet_viz.spec import ResNetSpec
from resnet_viz.ui import cache
from resnet_viz.ui.budget import Held, check_budget
from resnet_viz.ui.cache import Picture
from resnet_viz.units import format_bytes
from resnet_viz.views.address import RANDOM
from resnet_viz.views.colours import Colours
from resnet_viz.views.filmstrip import Filmstrip, film_nodes, make_filmstrip
from resnet_viz.views.pictures import fit

if TYPE_CHECKING:
    from PIL.Image import Image
    from torchvision.models.resnet import ResNet

    from resnet_viz.model.block_maps import BlockMaps
    from resnet_viz.model.published import PublishedWeights
    from resnet_viz.model.weights import WeightsReport

# Two passes at once are slower than one after the other, and need twice the memory.
_pass = Semaphore(1)
_held = Held()
_HOUR = 3600
_MOST_TOGETHER = 256 * 2**20
_MOST_OF_ONE = 64 * 2**20
_THUMBNAIL = 224
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


@contextmanager
def _one_pass(scene: Scene) -> Iterator[ResNet]:
    """The net of a scene, for one pass at a time. Nobody's pass has to wait while it is built."""
    model = scene.model
    with _pass:
        yield model


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
    from resnet_viz.model.build import build_model
    from resnet_viz.model.weights import load_weights

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
    from resnet_viz.model.published import published_weights

    return published_weights(spec)


@dataclass(frozen=True)
class Prepared:
    """How a picture came into the net: what it was scaled to, what was cropped, what the net sees, and its values."""

    scaled: tuple[int, int]
    """Width and height."""
    box: tuple[int, int, int, int]
    seen: Image
    thumbnail: bytes
    """The same as a small PNG."""
    low: float
    high: float


@st.cache_resource(max_entries=4, scope="session", show_spinner=False)
def get_prepared(picture: str, preparation: Preparation, _image: Image) -> Prepared:
    """A picture's steps into the net; `picture` is its key."""
    from resnet_viz.model.images import prepare_steps

    steps = prepare_steps(_image, preparation)
    low, high = float(steps.tensor.min()), float(steps.tensor.max())
    buffer = BytesIO()
    fit(steps.seen, _THUMBNAIL).save(buffer, "PNG")
    return Prepared(steps.scaled.size, steps.box, steps.seen, buffer.getvalue(), low, high)


def capture_maps(scene: Scene, node_id: str, most: int) -> Maps:
    """The maps of a node, (C, H, W) or (C,), not to be written to.

    Raises SpecError where they are more than `most` bytes, and whatever `capture` raises.
    """
    from resnet_viz.model.capture import capture

    _check_size(scene, [node_id], most)
    with _one_pass(scene) as model:
        return capture(model, scene.picture.image, [node_id], scene.preparation)[node_id]


# Four nets that are compared, at the ends of their stages and at one depth of choice.
@st.cache_resource(max_entries=8, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_maps(scene: Scene, node_ids: tuple[str, ...]) -> dict[str, Maps]:
    """The maps of some nodes from one pass, (C, H, W) or (C,) by id, not to be written to.

    Raises SpecError where they are too many to be kept for the page, and whatever `capture` raises.
    """
    from resnet_viz.model.capture import capture

    _check_size(scene, node_ids, _MOST_OF_ONE)
    with _one_pass(scene) as model:
        return capture(model, scene.picture.image, node_ids, scene.preparation)


@st.cache_resource(max_entries=2, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_filmstrip(scene: Scene, colours: Colours, language: str) -> Filmstrip:
    """The whole net at work: pictures of the strongest channels of every block."""
    from resnet_viz.model.capture import capture

    use_language(language)
    trace = cache.get_trace(scene.spec)
    _check_size(scene, film_nodes(trace), _MOST_TOGETHER)
    with _one_pass(scene) as model:
        maps = capture(model, scene.picture.image, film_nodes(trace), scene.preparation)
    return make_filmstrip(trace, maps, colours=colours)


@st.cache_resource(max_entries=1, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_block_maps(scene: Scene, block_id: str) -> BlockMaps:
    """x, F(x), shortcut, sum and output of a block."""
    from resnet_viz.model.block_maps import capture_block

    block = cache.get_trace(scene.spec).nodes[block_id]
    _check_size(scene, [*block.inputs[:1], *[block_id] * 4], _MOST_TOGETHER)
    with _one_pass(scene) as model:
        return capture_block(model, scene.picture.image, block_id, scene.preparation)


@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_block_changes(scene: Scene) -> tuple[BlockChange, ...]:
    """How much each block changes its signal."""
    from resnet_viz.model.block_maps import block_changes

    with _one_pass(scene) as model:
        return block_changes(model, scene.picture.image, scene.preparation)


@st.cache_resource(max_entries=8, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_predictions(scene: Scene, k: int) -> tuple[Prediction, ...]:
    """The likeliest classes."""
    from resnet_viz.model.predict import predict

    with _one_pass(scene) as model:
        return predict(model, scene.picture.image, k, scene.preparation)


@st.cache_resource(max_entries=8, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_grad_cam(scene: Scene, node_id: str, class_index: int) -> Maps:
    """Where a node speaks for a class, (H, W) of the node."""
    from resnet_viz.model.gradients import grad_cam

    with _one_pass(scene) as model:
        return grad_cam(model, scene.picture.image, node_id, class_index, scene.preparation)


@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_input_gradient(scene: Scene, class_index: int) -> Maps:
    """How strongly a class depends on each pixel, (H, W) of the input."""
    from resnet_viz.model.gradients import input_gradient

    with _one_pass(scene) as model:
        return input_gradient(model, scene.picture.image, class_index, scene.preparation)


def find_occlusion(scene: Scene, class_index: int) -> Maps | None:
    """What `make_occlusion` gave, as long as it is remembered."""
    return _occlusions(scene, class_index).get("map")


def make_occlusion(scene: Scene, class_index: int, on_progress: Callable[[int, int], None]) -> Maps:
    """By how much a class's probability drops where a patch covers the picture, (rows, columns)."""
    from resnet_viz.model.occlusion import occlusion

    with _one_pass(scene) as model:
        found = occlusion(
            model, scene.picture.image, class_index, input_size=scene.preparation, on_progress=on_progress
        )
    _occlusions(scene, class_index)["map"] = found
    return found


# A place for it, empty at first: what is shown while a cached function runs, Streamlit would want to show again.
@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def _occlusions(scene: Scene, class_index: int) -> dict[str, Maps]:
    return {}


@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_effective_field(scene: Scene, node_id: str, position: tuple[int, int]) -> Maps:
    """How strongly a cell depends on each pixel, (H, W) of the input."""
    from resnet_viz.model.gradients import effective_field

    with _one_pass(scene) as model:
        return effective_field(model, scene.picture.image, node_id, position, scene.preparation)


def _check_size(scene: Scene, node_ids: Sequence[str], most: int) -> None:
    """Raises SpecError where the outputs of some nodes together are too many to be kept for the page."""
    nodes = cache.get_trace(scene.spec).nodes
    n_bytes = sum(nodes[node_id].outputs[0].n_bytes for node_id in node_ids)
    if n_bytes > most:
        raise SpecError(
            _("What is to be shown takes {size}; the page keeps at most {most}. Choose a smaller input.").format(
                size=format_bytes(n_bytes), most=format_bytes(most)
            )
        )


def get_kernels(scene: Scene, node_id: str) -> Maps:
    """The kernels of a convolution, (out, in, kH, kW)."""
    from resnet_viz.model.kernels import read_kernels

    return read_kernels(scene.model, node_id)
