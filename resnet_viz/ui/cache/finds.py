"""Results of a net on a picture, cached by scene: maps, predictions, gradients; and kernels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _, use_language
from resnet_viz.jobs.nets import ReadKernels
from resnet_viz.jobs.runs import (
    Capture,
    CaptureBlock,
    EffectiveField,
    GradCam,
    InputGradient,
    MeasureChanges,
    Occlude,
    Predict,
    RunJob,
)
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
from resnet_viz.workers.lanes import LONG, SCREEN, Lane

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST_TOGETHER = 256 * 2**20
_MOST_OF_ONE = 64 * 2**20
_THUMBNAIL = 224
_LONG_MACS = 60_000_000_000
"""Of a pass that others need not wait for: five times ResNet-152's at 224×224, which takes about a second."""


def _run(
    job: RunJob, scene: Scene, lane: Lane | None = None, on_progress: Callable[[int, int], None] | None = None
) -> Any:
    """Returns the result of a job of a scene, from a worker. Raises as `ask_of_net`."""
    lane = lane or (LONG if _is_long(scene) else SCREEN)
    return scenes.ask_of_net(job, scene.spec, scene.weights, scene.picture, lane, on_progress)


def _is_long(scene: Scene) -> bool:
    """Whether a pass is that of an input so large that others must not wait for it."""
    return (cache.get_trace(scene.spec).n_macs or 0) > _LONG_MACS


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
    _check_size(scene, [node_id], most)
    return cast(Maps, _run(Capture(scene.shot, (node_id,)), scene)[node_id])


# Up to four compared nets, each at the ends of its stages and at one chosen depth.
@st.cache_resource(max_entries=8, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_maps(scene: Scene, node_ids: tuple[str, ...]) -> dict[str, Maps]:
    """Returns maps by node id from one pass, (C, H, W) or (C,), read-only.

    Raises SpecError if they take more bytes than the page may keep, and whatever `capture` raises.
    """
    _check_size(scene, node_ids, _MOST_OF_ONE)
    return cast(dict[str, Maps], _run(Capture(scene.shot, node_ids), scene))


@st.cache_resource(max_entries=2, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_filmstrip(scene: Scene, colours: Colours, language: str) -> Filmstrip:
    """Returns pictures of the strongest channels of every block. Raises SpecError as `get_maps`."""
    use_language(language)
    trace = cache.get_trace(scene.spec)
    _check_size(scene, film_nodes(trace), _MOST_TOGETHER)
    maps = _run(Capture(scene.shot, tuple(film_nodes(trace))), scene, LONG)
    return make_filmstrip(trace, maps, colours=colours)


@st.cache_resource(max_entries=1, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_block_maps(scene: Scene, block_id: str) -> BlockMaps:
    """Returns x, F(x), shortcut, sum and output of a block. Raises SpecError as `get_maps`."""
    block = cache.get_trace(scene.spec).nodes[block_id]
    _check_size(scene, [*block.inputs[:1], *[block_id] * 4], _MOST_TOGETHER)
    return cast(BlockMaps, _run(CaptureBlock(scene.shot, block_id), scene))


@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_block_changes(scene: Scene) -> tuple[BlockChange, ...]:
    """Returns how much each block changes its signal."""
    return cast(tuple[BlockChange, ...], _run(MeasureChanges(scene.shot), scene))


@st.cache_resource(max_entries=8, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_predictions(scene: Scene, k: int, labels: str = LABELS[0]) -> tuple[Prediction, ...]:
    """Returns the `k` most probable classes; `labels` is that of `predict`."""
    return cast(tuple[Prediction, ...], _run(Predict(scene.shot, k, labels), scene))


@st.cache_resource(max_entries=8, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_grad_cam(scene: Scene, node_id: str, class_index: int) -> Maps:
    """Returns Grad-CAM of a class at a node, (H, W) of the node."""
    return cast(Maps, _run(GradCam(scene.shot, node_id, class_index), scene))


@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_input_gradient(scene: Scene, class_index: int) -> Maps:
    """Returns how strongly a class depends on each pixel, (H, W) of the input."""
    return cast(Maps, _run(InputGradient(scene.shot, class_index), scene))


def find_occlusion(scene: Scene, class_index: int, labels: str) -> Maps | None:
    """Returns the cached result of `make_occlusion`, or None."""
    return _occlusions(scene, class_index, labels).get("map")


def make_occlusion(scene: Scene, class_index: int, labels: str, on_progress: Callable[[int, int], None]) -> Maps:
    """Returns, and caches, the drop of a class's probability by where a patch covers the picture, (rows, columns)."""
    found = cast(Maps, _run(Occlude(scene.shot, class_index, labels), scene, LONG, on_progress))
    _occlusions(scene, class_index, labels)["map"] = found
    return found


# An entry that starts empty: elements shown inside a cached function, here a progress bar, Streamlit would replay.
@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def _occlusions(scene: Scene, class_index: int, labels: str) -> dict[str, Maps]:
    return {}


@st.cache_resource(max_entries=4, scope="session", show_spinner=False, hash_funcs=BY_KEY)
def get_effective_field(scene: Scene, node_id: str, position: tuple[int, int]) -> Maps:
    """Returns the effective receptive field of a cell (row, column) of a node, (H, W) of the input."""
    return cast(Maps, _run(EffectiveField(scene.shot, node_id, position), scene))


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
    return cast(Maps, scenes.ask_of_net(ReadKernels(scene.shot.net, node_id), scene.spec, scene.weights))


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
