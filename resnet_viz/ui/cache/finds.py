"""Results of a net on a picture, cached by scene: maps, predictions, gradients; and kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.jobs.nets import ReadKernels
from resnet_viz.jobs.runs import (
    Capture,
    CaptureBlock,
    EffectiveField,
    GradCam,
    InputGradient,
    MakeFilm,
    MeasureChanges,
    MeasureNorms,
    Occlude,
    Predict,
    RunJob,
)
from resnet_viz.pictures.preparing import prepare_steps
from resnet_viz.records.findings import LABELS, BlockChange, BlockMaps, NetNorms, Prediction
from resnet_viz.records.preparation import COLOURS, Preparation
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache import scene as scenes
from resnet_viz.ui.cache.kept import FINDS
from resnet_viz.ui.cache.scene import Maps, Scene
from resnet_viz.units import format_bytes
from resnet_viz.views.compare.maps import MapRows, compare_maps
from resnet_viz.views.compare.places import PlaceRow
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.filmstrip import Filmstrip, film_nodes
from resnet_viz.views.maps.pictures import fit
from resnet_viz.workers.lanes import LONG, SCREEN, Lane

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST_TOGETHER = 256 * 2**20
_MOST_OF_ONE = 64 * 2**20
_THUMBNAIL = 224
_LONG_MACS = 60_000_000_000
"""Of a pass that others need not wait for: five times ResNet-152's at 224×224, which takes about a second."""


_BOTH_WAYS = 3
"""Passes forward that a pass forward and back takes as long as."""


def _run(job: RunJob, scene: Scene, lane: Lane | None = None) -> Any:
    """Returns the result of a job of a scene, from a worker. Raises as `ask_of_net`."""
    lane = lane or (LONG if _is_long(scene) else SCREEN)
    return scenes.ask_of_net(job, scene.spec, scene.weights, scene.picture, lane)


def _found(job: RunJob, scene: Scene, lane: Lane | None = None) -> Any:
    """Like `_run`, but kept."""
    return FINDS.get(job, lambda: _run(job, scene, lane))


def _is_long(scene: Scene, times: int = 1) -> bool:
    """Whether so many passes are those of an input so large that others must not wait for it."""
    return times * (cache.get_trace(scene.spec).n_macs or 0) > _LONG_MACS


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


def get_prepared(picture: str, preparation: Preparation, image: Image) -> Prepared:
    """Returns a picture prepared for a net; `picture` is its cache key."""
    return FINDS.get(("prepared", picture, preparation), lambda: _prepare(image, preparation))


def _prepare(image: Image, preparation: Preparation) -> Prepared:
    # All further channels repeat these; their number may be more than the memory holds.
    steps = prepare_steps(image, replace(preparation, channels=min(preparation.n_channels, COLOURS)))
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


def get_maps(scene: Scene, node_ids: tuple[str, ...]) -> dict[str, Maps]:
    """Returns maps by node id from one pass, (C, H, W) or (C,), read-only.

    Raises SpecError if they take more bytes than the page may keep, and whatever `capture` raises.
    """
    _check_size(scene, node_ids, _MOST_OF_ONE)
    return cast(dict[str, Maps], _found(Capture(scene.shot, node_ids), scene))


def get_filmstrip(scene: Scene, colours: Colours, language: str) -> Filmstrip:
    """Returns pictures of the strongest channels of every block. Raises SpecError as `get_maps`."""
    _check_size(scene, film_nodes(cache.get_trace(scene.spec)), _MOST_TOGETHER)
    job = MakeFilm(scene.shot, scene.spec, colours)
    return cast(Filmstrip, FINDS.get((job, language), lambda: _run(job, scene, LONG)))


def get_block_maps(scene: Scene, block_id: str) -> BlockMaps:
    """Returns x, F(x), shortcut, sum and output of a block. Raises SpecError as `get_maps`."""
    block = cache.get_trace(scene.spec).nodes[block_id]
    _check_size(scene, [*block.inputs[:1], *[block_id] * 4], _MOST_TOGETHER)
    return cast(BlockMaps, _found(CaptureBlock(scene.shot, block_id), scene))


def get_block_changes(scene: Scene) -> tuple[BlockChange, ...]:
    """Returns how much each block changes its signal."""
    return cast(tuple[BlockChange, ...], _found(MeasureChanges(scene.shot), scene))


def get_norms(scene: Scene, target: int, mode: str) -> NetNorms:
    """Returns norms of gradients and signals for the cross entropy of a class; `mode` is one of MODES."""
    lane = LONG if _is_long(scene, _BOTH_WAYS) else SCREEN
    return cast(NetNorms, _found(MeasureNorms(scene.shot, target, mode), scene, lane))


def get_predictions(scene: Scene, k: int, labels: str = LABELS[0]) -> tuple[Prediction, ...]:
    """Returns the `k` most probable classes; `labels` is that of `predict`."""
    return cast(tuple[Prediction, ...], _found(Predict(scene.shot, k, labels), scene))


def get_grad_cam(scene: Scene, node_id: str, class_index: int) -> Maps:
    """Returns Grad-CAM of a class at a node, (H, W) of the node."""
    return cast(Maps, _found(GradCam(scene.shot, node_id, class_index), scene))


def get_input_gradient(scene: Scene, class_index: int) -> Maps:
    """Returns how strongly a class depends on each pixel, (H, W) of the input."""
    return cast(Maps, _found(InputGradient(scene.shot, class_index), scene))


def find_occlusion(scene: Scene, class_index: int, labels: str) -> Maps | None:
    """Returns the result of `make_occlusion` if it is there, else None."""
    return cast("Maps | None", FINDS.find(Occlude(scene.shot, class_index, labels)))


def make_occlusion(scene: Scene, class_index: int, labels: str) -> Maps:
    """Returns, and keeps, the drop of a class's probability by where a patch covers the picture, (rows, columns)."""
    return cast(Maps, _found(Occlude(scene.shot, class_index, labels), scene, LONG))


def get_effective_field(scene: Scene, node_id: str, position: tuple[int, int]) -> Maps:
    """Returns the effective receptive field of a cell (row, column) of a node, (H, W) of the input."""
    return cast(Maps, _found(EffectiveField(scene.shot, node_id, position), scene))


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
    key = ("rows", tuple(scene.key for scene in scenes_of_nets), rows, at, chosen, colours, n_channels, language)

    def make() -> MapRows:
        return compare_maps(_place_maps(scenes_of_nets, rows, at), *chosen, colours, n_channels)

    return FINDS.get(key, make)


def _place_maps(scenes_of_nets: tuple[Scene, ...], rows: tuple[PlaceRow, ...], at: int) -> list[Maps]:
    found = []
    for net, scene in enumerate(scenes_of_nets):
        place = rows[at].places[net]
        if place is not None:
            wanted = tuple(other.node for row in rows if (other := row.places[net]) is not None)
            found.append(get_maps(scene, wanted)[place.node])
    return found
