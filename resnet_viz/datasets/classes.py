"""The names of the classes of each data set."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from resnet_viz.datasets import digits

CLASSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "digits": digits.CLASSES,
        # As in the archive's own `batches.meta`.
        "cifar10": (
            *("airplane", "automobile", "bird", "cat", "deer"),
            *("dog", "frog", "horse", "ship", "truck"),
        ),
    }
)
