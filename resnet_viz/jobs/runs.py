"""Jobs that run a net on a picture. What each returns is what the function of its name in `model/run` returns."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from resnet_viz.jobs.nets import Job, NetKey
from resnet_viz.records.preparation import Preparation
from resnet_viz.spec.named import Net


@dataclass(frozen=True, slots=True)
class Shot:
    """What a pass depends on: a net with its weights, a picture by its key, and how it is prepared."""

    net: NetKey
    picture: str
    preparation: Preparation


@dataclass(frozen=True, slots=True)
class RunJob(Job):
    """Base class of all jobs that need a picture."""

    shot: Shot

    @property
    def net(self) -> NetKey | None:
        """The net that runs."""
        return self.shot.net

    @property
    def picture(self) -> str:
        """The picture that it runs on."""
        return self.shot.picture


@dataclass(frozen=True, slots=True)
class Capture(RunJob):
    """Maps of nodes. Result: dict of arrays (C, H, W) or (C,), by node."""

    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MakeFilm(RunJob):
    """Pictures of the strongest channels of every block. Result: Filmstrip.

    `spec` is the net with its input size; `colours` are those of views, which only whoever draws has to know.
    """

    spec: Net
    colours: Hashable


@dataclass(frozen=True, slots=True)
class CaptureBlock(RunJob):
    """The five maps of a block. Result: BlockMaps."""

    block: str


@dataclass(frozen=True, slots=True)
class MeasureChanges(RunJob):
    """How much each block changes its signal. Result: tuple of BlockChange."""


@dataclass(frozen=True, slots=True)
class MeasureNorms(RunJob):
    """Norms of gradients and signals for the cross entropy of a class, in a mode: one of MODES. Result: NetNorms."""

    target: int
    mode: str


@dataclass(frozen=True, slots=True)
class Predict(RunJob):
    """The `k` most probable classes. Result: tuple of Prediction."""

    k: int
    labels: str


@dataclass(frozen=True, slots=True)
class GradCam(RunJob):
    """Grad-CAM of a class at a node. Result: array (H, W) of the node."""

    node: str
    class_index: int


@dataclass(frozen=True, slots=True)
class InputGradient(RunJob):
    """How strongly a class depends on each pixel. Result: array (H, W) of the input."""

    class_index: int


@dataclass(frozen=True, slots=True)
class Occlude(RunJob):
    """The drop of a class's probability by where a patch covers the picture; tells how many places are done, and all.

    Result: array (rows, columns).
    """

    class_index: int
    labels: str


@dataclass(frozen=True, slots=True)
class EffectiveField(RunJob):
    """The effective receptive field of a cell (row, column) of a node. Result: array (H, W) of the input."""

    node: str
    position: tuple[int, int]
