"""Blocks per stage for a depth: lists in the proportions of the paper's Table 1, He et al. 2015."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from resnet_viz.spec.checks import CONVS_PER_BLOCK, MAX_BLOCKS

Layers = tuple[int, ...]
# The nets of Table 1: block and blocks per stage.
TABLE_1: tuple[tuple[str, Layers], ...] = (
    ("basic", (2, 2, 2, 2)),
    ("basic", (3, 4, 6, 3)),
    ("bottleneck", (3, 4, 6, 3)),
    ("bottleneck", (3, 4, 23, 3)),
    ("bottleneck", (3, 8, 36, 3)),
)
_PROPORTIONS = tuple(dict.fromkeys(layers for _block, layers in TABLE_1))


def lists_for_depth(depth: int) -> Iterator[tuple[tuple[int, float, str], str, Layers]]:
    """Yields block and blocks per stage of each net of exactly this depth, with a key to sort them by.

    Those of Table 1 are first, then by how closely whole numbers match its proportions, basic blocks before
    bottlenecks.
    """
    for block, convs in CONVS_PER_BLOCK.items():
        blocks, rest = divmod(depth - 2, convs)
        if rest or not 1 <= blocks <= MAX_BLOCKS:
            continue
        for layers in dict.fromkeys(_distribute(blocks, preset) for preset in _proportions_for(blocks)):
            yield ((block, layers) not in TABLE_1, _distance(layers), block), block, layers


def _proportions_for(blocks: int) -> list[Layers]:
    """Returns the preset proportions to use: those with an exact multiple, and the two nearest in number of blocks.

    A net of 20 layers in the proportions of ResNet-152 would be one long stage.
    """
    nearest = sorted(_PROPORTIONS, key=lambda layers: abs(log(blocks / sum(layers))))[:2]
    return [
        layers
        for layers in _PROPORTIONS
        if layers in nearest or not any(blocks * part % sum(layers) for part in layers)
    ]


def _distribute(blocks: int, proportions: Layers) -> Layers:
    """Distributes blocks in the given proportions, at least one per stage, by largest remainder."""
    if blocks < len(proportions):
        return (1,) * blocks
    shares = [blocks * part / sum(proportions) for part in proportions]
    layers = [max(1, int(share)) for share in shares]
    while sum(layers) != blocks:
        step = 1 if sum(layers) < blocks else -1
        able = [stage for stage, n in enumerate(layers) if n + step >= 1]
        layers[max(able, key=lambda stage: step * (shares[stage] - layers[stage]))] += step
    return tuple(layers)


def _distance(layers: Layers) -> float:
    """Returns the sum of differences between the stages' shares and those of the nearest preset."""
    return min(
        sum(abs(n / sum(layers) - part / sum(preset)) for n, part in zip(layers, preset, strict=False))
        for preset in _PROPORTIONS
    )
