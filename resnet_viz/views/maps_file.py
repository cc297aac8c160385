"""Feature maps as numbers to keep: an `.npz` that numpy reads without unpickling anything."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np

from resnet_viz.views.channels import Maps


def pack_maps(maps: Maps, channels: Sequence[int], node_id: str, net: str) -> bytes:
    """The bytes of an `.npz` of some channels of (C, H, W) or (C,), in the order they are given in.

    `maps` is float32, `channels` int64 (their numbers in the node), `node` and `net` are texts of shape ().
    `numpy.load` reads it with its default `allow_pickle=False`.
    """
    picked = np.asarray(channels, np.int64)
    buffer = BytesIO()
    np.savez_compressed(
        buffer, maps=maps[picked].astype(np.float32), channels=picked, node=np.str_(node_id), net=np.str_(net)
    )
    return buffer.getvalue()
