"""Data sets that are downloaded on request, with progress, and go on where a download broke off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from resnet_viz.downloads.copies import cached_weights, weights_folder
from resnet_viz.downloads.fetch import download_weights


@dataclass(frozen=True, slots=True)
class PublishedData:
    """An archive of a data set; `credit`: who made it."""

    title: str
    url: str
    file_name: str
    size: int
    hash_prefix: str
    credit: str
    hash_name: str = "md5"


# Address and MD5 are those of torchvision's class (`torchvision/datasets/cifar.py`), which unpacks and reads it.
CIFAR10 = PublishedData(
    "CIFAR-10",
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    "cifar-10-python.tar.gz",
    170_498_071,
    "c58f30108f718f92721af3b95e74349a",
    "A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
)


def data_folder() -> Path:
    """Returns the folder of data sets, beside torch.hub's."""
    return weights_folder().parent.parent / "datasets"


def has_data(published: PublishedData = CIFAR10) -> bool:
    """Whether the archive is on this machine, whole."""
    return cached_weights(published, data_folder()) is not None


def download_data(
    on_progress: Callable[[int, int], None], published: PublishedData = CIFAR10, base_url: str | None = None
) -> Path:
    """Downloads an archive and returns its path, as `download_weights` does. Raises WeightsError."""
    return download_weights(published, on_progress, data_folder(), base_url)
