"""Jobs about a net alone, and the keys by which jobs name nets, weights and pictures."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from resnet_viz.spec.named import Net
from resnet_viz.spec.resnet import ResNetSpec

RANDOM = "random"


@dataclass(frozen=True, slots=True)
class WeightsKey:
    """Weights by name: random ones, a published set's title, or the hash of files that a worker asks for."""

    name: str = RANDOM
    part: str = ""
    """Which net of a file that holds several; "" for the one that is usually meant."""
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class NetKey:
    """A net with its weights on a device: what workers keep, and by which a job goes where its net is."""

    net: Net
    device: str
    weights: WeightsKey


class Job:
    """Base class: a frozen record, with the net and the picture that it needs."""

    __slots__ = ()

    @property
    def net(self) -> NetKey | None:
        """The net that must be built for it, None if it needs none."""
        return None

    @property
    def picture(self) -> str:
        """The key of the picture that it needs, "" if it needs none."""
        return ""


@dataclass(frozen=True, slots=True)
class TraceNet(Job):
    """The Trace of a net. Result: Trace."""

    of: Net


@dataclass(frozen=True, slots=True)
class DrawNet(Job):
    """The drawing of a net. Result: DrawingPayload as gzipped JSON.

    `detail` is that of views, which only whoever draws has to know; `form`: across or down.
    """

    of: Net
    detail: Hashable
    form: str


@dataclass(frozen=True, slots=True)
class DrawCompared(Job):
    """Several nets in one drawing. Result: DrawingPayload as gzipped JSON. `view` is that of views."""

    view: Hashable


@dataclass(frozen=True, slots=True)
class PackWalks(Job):
    """The code walks of a net for the browser. Result: WalkPayload as gzipped JSON."""

    spec: ResNetSpec


@dataclass(frozen=True, slots=True)
class RecordWalks(Job):
    """The code walks of a net. Result: tuple of CodeWalk, `build` and `forward`."""

    spec: ResNetSpec


@dataclass(frozen=True, slots=True)
class FindNamed(Job):
    """The net of a word that somebody typed, as `timm:resnet26d`. Result: Net."""

    text: str


@dataclass(frozen=True, slots=True)
class ListDevices(Job):
    """The devices of this machine. Result: tuple of Device."""


@dataclass(frozen=True, slots=True)
class ListPublished(Job):
    """torchvision's published weights for a net. Result: tuple of PublishedWeights."""

    spec: ResNetSpec


@dataclass(frozen=True, slots=True)
class LoadNet(Job):
    """Builds a net and loads its weights. Result: WeightsReport, None for random ones."""

    key: NetKey

    @property
    def net(self) -> NetKey | None:
        """The net."""
        return self.key


@dataclass(frozen=True, slots=True)
class ReadKernels(Job):
    """The kernels of a convolution. Result: array (out, in, kH, kW)."""

    key: NetKey
    node: str

    @property
    def net(self) -> NetKey | None:
        """The net."""
        return self.key
