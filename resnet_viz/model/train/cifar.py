"""CIFAR-10 by torchvision's own class, from the archive that was downloaded."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torchvision.datasets import CIFAR10

from resnet_viz.downloads.pictures import data_folder, has_data
from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _

N_HELD_OUT = 1_000
"""Of its 10,000 test pictures the first so many are held out: all would take longer than the training between."""


def read_cifar10() -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Returns training and held out pictures, each uint8 (N, 3, 32, 32) and labels (N,).

    Raises WeightsError where the archive is not on this machine, or cannot be unpacked.
    """
    if not has_data():
        raise WeightsError(
            _("CIFAR-10 is not on this machine: download it on the page Training, or with resnet-viz train --download.")
        )
    try:
        return _read(True, None), _read(False, N_HELD_OUT)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise WeightsError(
            _("CIFAR-10 cannot be unpacked ({reason}): make room and try again.").format(reason=reason)
        ) from error


def _read(is_train: bool, most: int | None) -> tuple[Tensor, Tensor]:
    # With `download` it unpacks the archive that is there; what it unpickles, it has checked by its own MD5s.
    found = CIFAR10(data_folder(), train=is_train, download=True)
    images = torch.from_numpy(np.ascontiguousarray(found.data[:most].transpose(0, 3, 1, 2)))
    return images, torch.tensor(found.targets[:most])
