"""A training job on another machine: what a task of a cluster runs there."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import torch

from resnet_viz.engine.training import train_parts, updates_after
from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import use_language
from resnet_viz.jobs.training import TrainNet
from resnet_viz.training.run import Moment

_SAME = ("torch", "torchvision")
"""What must be of one version on all machines for the same results."""


def carry_out_remotely(job: TrainNet, start: Moment | None, language: str) -> Iterator[tuple[str, Any]]:
    """Yields ("versions", …), ("part", …) for each part of the stream, then ("done", result) or ("failed", error)."""
    use_language(language)
    # A task of a cluster gets as many threads as its process was begun with, whatever it asks for: the bits of a run
    # depend on their number.
    torch.set_num_threads(1)
    yield "versions", {name: version(name) for name in _SAME}
    n_done = 0
    try:
        for part in train_parts(job, start):
            yield "part", part
            n_done = updates_after(part, n_done)
    except ResnetVizError as error:
        yield "failed", error
    else:
        yield "done", n_done
