"""Results of a net on a picture, cached by scene: maps, predictions, gradients; and kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from threading import Semaphore
from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _, use_language
from resnet_viz.pictures.preparing import prepare_steps
from resnet_viz.records.findings import LABELS, BlockChange, BlockMaps, Prediction
from resnet_viz.records.preparation import COLOURS, Preparation
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache import scene as scenes
from resnet_viz.ui.cache.scene import BY_KEY, Maps, Scene
from resnet_viz.units import format_bytes
from resnet_viz.views.compare.maps import MapRows, compare_maps
from resnet_viz.views.compare.places import PlaceRow
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.filmstrip import Filmstrip, film_nodes, make_filmstrip
from resnet_viz.views.maps.pictures import fit

if TYPE_CHECKING:
    from PIL.Image import Image
    from torchvision.models.resnet import ResNet

_MOST_TOGETHER = 256 * 2**20
_MOST_OF_ONE = 64 * 2**20
_THUMBNAIL = 224

# Two passes at once are slower than one after the other, and need twice the memory.
_pass = Semaphore(1)


@contextmanager
def _one_pass(scene: Scene) -> Iterator[ResNet]:
    """Yields the net of a scene, to one pass at a time. No pass waits while a net is built: the lock is taken later."""
    model = scene.model
    with _pass:
        yield model


@dataclass(frozen=True)
class Prepared:
    """A picture prepared for a net: its scaled size, the crop, what the net sees, and the input's value range."""

    scaled: tuple[int, int]
    """Width and height in pixels; those of the picture if the crop was chosen by hand."""
    box: tuple[int, int, int, int]
    """Left, top, right and bottom of the crop, in pixels of the scaled picture."""
    seen: Image
    thumbnail: bytes
    """`seen` as a small PNG."""
    low: float
    high: float


@st.cache_resource(max_entries=4, scope="session", show_spinner=False)
def get_prepared(picture: str, preparation: Preparation, _image: Image) -> Prepared:
    """Returns a picture prepared for a net; `picture` is its cache key."""
    # All further channels repeat these; their number may be more than the memory holds.
    steps = prepare_steps(_image, replace(preparation, channels=min(preparation.n_channels, COLOURS)))
    low, high = float(steps.input.min()), float(steps.input.max())
    buffer = BytesIO()
    fit(steps.seen, _THUMBNAIL).save(buffer, "PNG")
    return Prepared(steps.scaled.size, steps.box, steps.seen, buffer.getvalue(), low, high)


def capture_maps(scene: Scene, node_id: str, most: int) -> Maps:
    """Returns the maps of a node, (C, H, W) or (C,), read-only.

    Raises SpecError if they take more than `most` bytes, and whatever `capture` raises.
    """
    from resnet_viz.model.run.capture import capture

    _check_size(scene, [node_id], most)
    with _one_pass(scene) as model:
        return capture(model, scene.picture.image, [node_id], scene.preparation)[node_id]


# Up to four compared nets, each at the ends of its stages and at one chosen depth.
@st.cache_resource(max_entries=8, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_maps(scene: Scene, node_ids: tuple[str, ...]) -> dict[str, Maps]:
    """Returns maps by node id from one pass, (C, H, W) or (C,), read-only.

    Raises SpecError if they take more bytes than the page may keep, and whatever `capture` raises.
    """
    from resnet_viz.model.run.capture import capture

    _check_size(scene, node_ids, _MOST_OF_ONE)
    with _one_pass(scene) as model:
        return capture(model, scene.picture.image, node_ids, scene.preparation)


@st.cache_resource(max_entries=2, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_filmstrip(scene: Scene, colours: Colours, language: str) -> Filmstrip:
    """Returns pictures of the strongest channels of every block. Raises SpecError as `get_maps`."""
    from resnet_viz.model.run.capture import capture

    use_language(language)
    trace = cache.get_trace(scene.spec)
    _check_size(scene, film_nodes(trace), _MOST_TOGETHER)
    with _one_pass(scene) as model:
        maps = capture(model, scene.picture.image, film_nodes(trace), scene.preparation)
    return make_filmstrip(trace, maps, colours=colours)


@st.cache_resource(max_entries=1, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_block_maps(scene: Scene, block_id: str) -> BlockMaps:
    """Returns x, F(x), shortcut, sum and output of a block. Raises SpecError as `get_maps`."""
    from resnet_viz.model.run.block_maps import capture_block

    block = cache.get_trace(scene.spec).nodes[block_id]
    _check_size(scene, [*block.inputs[:1], *[block_id] * 4], _MOST_TOGETHER)
    with _one_pass(scene) as model:
        return capture_block(model, scene.picture.image, block_id, scene.preparation)


@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_block_changes(scene: Scene) -> tuple[BlockChange, ...]:
    """Returns how much each block changes its signal."""
    from resnet_viz.model.run.block_maps import block_changes

    with _one_pass(scene) as model:
        return block_changes(model, scene.picture.image, scene.preparation)


@st.cache_resource(max_entries=8, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_predictions(scene: Scene, k: int, labels: str = LABELS[0]) -> tuple[Prediction, ...]:
    """Returns the `k` most probable classes; `labels` is that of `predict`."""
    from resnet_viz.model.run.predict import predict

    with _one_pass(scene) as model:
        return predict(model, scene.picture.image, k, scene.preparation, labels=labels)


@st.cache_resource(max_entries=8, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_grad_cam(scene: Scene, node_id: str, class_index: int) -> Maps:
    """Returns Grad-CAM of a class at a node, (H, W) of the node."""
    from resnet_viz.model.run.gradients import grad_cam

    with _one_pass(scene) as model:
        return grad_cam(model, scene.picture.image, node_id, class_index, scene.preparation)


@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_input_gradient(scene: Scene, class_index: int) -> Maps:
    """Returns how strongly a class depends on each pixel, (H, W) of the input."""
    from resnet_viz.model.run.gradients import input_gradient

    with _one_pass(scene) as model:
        return input_gradient(model, scene.picture.image, class_index, scene.preparation)


def find_occlusion(scene: Scene, class_index: int, labels: str) -> Maps | None:
    """Returns the cached result of `make_occlusion`, or None."""
    return _occlusions(scene, class_index, labels).get("map")


def make_occlusion(scene: Scene, class_index: int, labels: str, on_progress: Callable[[int, int], None]) -> Maps:
    """Returns, and caches, the drop of a class's probability by where a patch covers the picture, (rows, columns)."""
    from resnet_viz.model.run.occlusion import occlusion

    with _one_pass(scene) as model:
        found = occlusion(
            model,
            scene.picture.image,
            class_index,
            input_size=scene.preparation,
            on_progress=on_progress,
            labels=labels,
        )
    _occlusions(scene, class_index, labels)["map"] = found
    return found


# An entry that starts empty: elements shown inside a cached function, here a progress bar, Streamlit would replay.
@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def _occlusions(scene: Scene, class_index: int, labels: str) -> dict[str, Maps]:
    return {}


@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_effective_field(scene: Scene, node_id: str, position: tuple[int, int]) -> Maps:
    """Returns the effective receptive field of a cell (row, column) of a node, (H, W) of the input."""
    from resnet_viz.model.run.gradients import effective_field

    with _one_pass(scene) as model:
        return effective_field(model, scene.picture.image, node_id, position, scene.preparation)


def _check_size(scene: Scene, node_ids: Sequence[str], most: int) -> None:
    """Raises SpecError if the outputs of the nodes together take more than `most` bytes."""
    nodes = cache.get_trace(scene.spec).nodes
    n_bytes = sum(nodes[node_id].outputs[0].n_bytes for node_id in node_ids)
    if n_bytes > most:
        raise SpecError(
            _("What is to be shown takes {size}; the page keeps at most {most}. Choose a smaller input.").format(
                size=format_bytes(n_bytes), most=format_bytes(most)
            )
        )


def get_kernels(scene: Scene, node_id: str) -> Maps:
    """Returns the kernels of a convolution, (out, in, kH, kW)."""
    from resnet_viz.model.run.capture import read_kernels

    return read_kernels(scene.model, node_id)


@st.cache_resource(max_entries=32, scope="session", show_spinner=False, hash_funcs=scenes.BY_KEY)
def get_map_rows(
    scenes_of_nets: tuple[Scene, ...],
    rows: tuple[PlaceRow, ...],
    at: int,
    chosen: tuple[str, str],
    colours: Colours,
    n_channels: int,
    language: str,
) -> MapRows:
    """Returns pictures of one place of each net, `rows[at]`; `chosen` and `n_channels` are those of `compare_maps`.

    The maps of all places of a net come from one pass. Raises SpecError as `get_maps`.
    """
    use_language(language)
    found = []
    for net, scene in enumerate(scenes_of_nets):
        place = rows[at].places[net]
        if place is not None:
            wanted = tuple(other.node for row in rows if (other := row.places[net]) is not None)
            found.append(get_maps(scene, wanted)[place.node])
    return compare_maps(found, *chosen, colours, n_channels)
