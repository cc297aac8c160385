"""Data sets as tensors, at the input size and with the channels of a net."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_viz.datasets.digits import CLASSES, load_digits
from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.model.train.cifar import read_cifar10
from resnet_viz.spec.resnet import ResNetSpec

_EPOCHS_APART = 1_000_003
"""A prime, so that seeds and epochs do not soon meet in the same order of pictures."""
_COLOURS = 3


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures to train with and pictures held out: (N, C, H, W), float from 0 to 1 or uint8, and labels (N,)."""

    train: Tensor
    labels: Tensor
    held: Tensor
    held_labels: Tensor
    n_classes: int


@dataclass(frozen=True, slots=True)
class Feed:
    """The pictures of a data set for one net, on its device."""

    pictures: Pictures
    channels: int
    size: tuple[int, int]
    device: torch.device

    def batch(self, step: int, n: int, seed: int) -> tuple[Tensor, Tensor]:
        """Returns inputs (n, C, H, W) and labels (n,) of a step: each epoch has an order of its own, by seed."""
        epoch, place = divmod(step, len(self.pictures.labels) // n)
        order = torch.Generator().manual_seed((seed * _EPOCHS_APART + epoch) % 2**63)
        chosen = torch.randperm(len(self.pictures.labels), generator=order)[place * n : (place + 1) * n]
        return self._fitted(self.pictures.train[chosen]), self.pictures.labels[chosen].to(self.device)

    def held(self, n: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yields the pictures held out, n at a time."""
        for images, labels in zip(self.pictures.held.split(n), self.pictures.held_labels.split(n), strict=True):
            yield self._fitted(images), labels.to(self.device)

    def _fitted(self, images: Tensor) -> Tensor:
        return fit_input(images.to(self.device), self.channels, self.size)


def fit_input(images: Tensor, channels: int, size: tuple[int, int]) -> Tensor:
    """Returns pictures (N, 1 or 3, H, W) as inputs of a net: float32 from 0 to 1, bilinear to `size` (H, W).

    Grey of a colour picture is 0.299 red + 0.587 green + 0.114 blue; more channels take red, green and blue in turn, as
    `Preparation` does.
    """
    values = images.float() / 255 if images.dtype == torch.uint8 else images
    given = values.shape[1]
    if channels == 1 and given == _COLOURS:
        values = (values * values.new_tensor((0.299, 0.587, 0.114)).view(1, 3, 1, 1)).sum(1, keepdim=True)
    elif channels != given:
        values = values[:, [n % given for n in range(channels)]]
    if values.shape[2:] != size:
        values = F.interpolate(values, size, mode="bilinear", align_corners=False, antialias=True)
    return values


def open_feed(name: str, spec: ResNetSpec, device: torch.device) -> Feed:
    """Returns a data set for a net.

    Raises SpecError for a net with fewer outputs than the data has classes, WeightsError for data that is not here.
    """
    pictures = _OPENERS[name]()
    if spec.num_classes < pictures.n_classes:
        text = _("{name} has {got} classes and the data has {n}: choose {n} classes or more.")
        raise SpecError(text.format(name=spec.name, got=spec.num_classes, n=pictures.n_classes))
    return Feed(pictures, spec.in_channels, spec.input_size, device)


def _open_digits() -> Pictures:
    digits = load_digits()
    images, labels = torch.tensor(digits.images), torch.tensor(digits.labels)
    n = digits.n_train
    return Pictures(images[:n], labels[:n], images[n:], labels[n:], len(CLASSES))


def _open_cifar10() -> Pictures:
    (images, labels), (held, held_labels) = read_cifar10()
    return Pictures(images, labels, held, held_labels, len(CLASSES))


_OPENERS: Mapping[str, Callable[[], Pictures]] = MappingProxyType({"digits": _open_digits, "cifar10": _open_cifar10})
