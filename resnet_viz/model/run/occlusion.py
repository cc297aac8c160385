"""Occlusion sensitivity: which part of a picture a class depends on (Zeiler and Fergus 2014)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import ceil

import numpy as np
import numpy.typing as npt
from PIL.Image import Image
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.net.devices import free_bytes
from resnet_viz.model.run.obstacles import check_scores
from resnet_viz.model.run.passes import Pass, check_whole, open_pass, sealed
from resnet_viz.model.run.predict import choose_class
from resnet_viz.model.run.scores import check_labels, probabilities, run_scores
from resnet_viz.pictures.preparing import SizeOrPreparation, preparation_of
from resnet_viz.records.findings import LABELS
from resnet_viz.records.preparation import MAX_SIDE
from resnet_viz.records.trace import WORKSPACE

MAX_POSITIONS = 4_096
_BATCH = 16
_PATCH = 56

Progress = Callable[[int, int], None]


def occlusion(
    model: nn.Module,
    image: Image,
    class_index: int | None = None,
    *,
    patch: int | None = None,
    stride: int | None = None,
    input_size: SizeOrPreparation = (224, 224),
    on_progress: Progress | None = None,
    labels: str = LABELS[0],
) -> npt.NDArray[np.float32]:
    """Returns how much a class's probability drops per patch position: float32 (rows, columns), from -1 to 1.

    The patch is a square of `patch` input pixels in the mean colour of the training pictures (0 after normalisation),
    moved by `stride`. By default it has a quarter of the input's longer side, at most 56, and is moved by half of that:
    position (i, j) covers rows from i · stride and columns from j · stride, clipped to the input.
    `class_index` defaults to the class predicted without a patch. `on_progress` is called with the number of finished
    positions and the total; an exception it raises ends the run. `labels` is that of `predict`.

    Preparation and run are those of `capture`. Raises what `capture` raises, and TraceError for an unknown class, an
    invalid patch or stride, more than `MAX_POSITIONS` positions, or a net whose output is not (N, classes).
    """
    longer = max(preparation_of(input_size).size)
    side = check_whole(_("Patch"), min(_PATCH, max(1, longer // 4)) if patch is None else patch, 1, MAX_SIDE)
    step = check_whole(_("Stride"), max(1, side // 2) if stride is None else stride, 1, MAX_SIDE)
    labels = check_labels(labels)
    with open_pass(model, image, input_size, reads_maps=False) as run:
        height, width = run.preparation.size
        n_rows, n_columns = _count_positions(height, side, step), _count_positions(width, side, step)
        _check_positions(n_rows * n_columns)
        run.check_memory(0)
        tensor = run.input()
        scores = run_scores(run.model, tensor)
        check_scores(run, scores.values)
        chosen = choose_class(scores.values, class_index)
        corners = [(row * step, column * step) for row, column in product(range(n_rows), range(n_columns))]
        covered: list[float] = []
        for batch in _batches(corners, _batch_size(run)):
            # Inference mode ends with each batch, so that `on_progress` does not run in it.
            values = run_scores(run.model, _cover(tensor, batch, side)).values
            check_scores(run, values)
            _check_is_of_each(run, values, len(batch))
            covered += probabilities(values, scores.kind, labels)[:, chosen].tolist()
            if on_progress is not None:
                on_progress(len(covered), len(corners))
    drops = float(probabilities(scores.values, scores.kind, labels)[0, chosen]) - np.asarray(covered).reshape(
        n_rows, n_columns
    )
    return sealed(drops.astype(np.float32))


def _check_is_of_each(run: Pass, values: Tensor, n: int) -> None:
    if len(values) != n:
        text = _("{name} gives {got} answers for a batch of {n} pictures, so it cannot be asked for each alone.")
        raise TraceError(text.format(name=run.trace.name, got=len(values), n=n))


def _count_positions(length: int, side: int, step: int) -> int:
    """Returns the number of positions needed to reach the last pixel."""
    return 1 + ceil(max(length - side, 0) / step)


def _check_positions(n_positions: int) -> None:
    if n_positions > MAX_POSITIONS:
        text = _("There are {got} places to cover, and at most {most} are allowed: choose a larger stride.")
        raise TraceError(text.format(got=f"{n_positions:,}", most=f"{MAX_POSITIONS:,}"))


def _batch_size(run: Pass) -> int:
    """Returns the batch size that fits into half of the free memory."""
    each = WORKSPACE * run.trace.peak_bytes + run.trace.input.n_bytes
    return max(1, min(_BATCH, free_bytes(run.device) // (2 * each)))


def _batches(corners: Sequence[tuple[int, int]], size: int) -> Iterator[Sequence[tuple[int, int]]]:
    for start in range(0, len(corners), size):
        yield corners[start : start + size]


def _cover(tensor: Tensor, corners: Sequence[tuple[int, int]], side: int) -> Tensor:
    """Returns one copy of the input (1, C, H, W) for each corner (top, left), with the patch there."""
    copies = tensor.repeat(len(corners), 1, 1, 1)
    for copy, (top, left) in zip(copies, corners, strict=True):
        copy[:, top : top + side, left : left + side] = 0
    return copies
