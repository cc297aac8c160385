"""Which nets have a given depth, and how depth is counted: the paper's Table 1 counts weighted layers."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _, n_
from resnet_viz.spec.checks import CONVS_PER_BLOCK, MAX_BLOCKS, check_count
from resnet_viz.spec.resnet import TORCHVISION, ResNetSpec

MAX_DEPTH = 2 + max(CONVS_PER_BLOCK.values()) * MAX_BLOCKS
Layers = tuple[int, ...]
# The block lists of the paper's Table 1, without duplicates.
_PROPORTIONS: tuple[Layers, ...] = tuple(dict.fromkeys(spec.layers for spec in TORCHVISION.values()))


def specs_for_depth(depth: int) -> tuple[ResNetSpec, ...]:
    """Returns nets with `depth` layers, best match first; where there are none, those of the nearest depths.

    torchvision's own nets come first. The others distribute their blocks in a preset's proportions and are sorted by
    how closely whole numbers match these, basic blocks before bottlenecks; the CIFAR net of that depth comes last.
    Raises SpecError unless `depth` is an integer of at least 1.
    """
    wanted = min(check_count("depth", depth), MAX_DEPTH)
    for distance in range(MAX_DEPTH):
        depths = sorted({wanted - distance, wanted + distance})
        found = [option for near in depths for option in _exact_matches(near)]
        if found:
            return tuple(spec for _rank, spec in sorted(found, key=lambda option: option[0]))
    raise AssertionError("every depth has a neighbour that some list gives")


def explain_depth(spec: ResNetSpec) -> str:
    """Returns sentences that derive the depth, and list the convolutions it does not count."""
    convs, blocks = CONVS_PER_BLOCK[spec.block], sum(spec.layers)
    sum_text = n_(
        "{depth} = 1 + {convs}×{n} + 1: the stem, {n} block of {convs} convolutions, and the last layer.",
        "{depth} = 1 + {convs}×{n} + 1: the stem, {n} blocks of {convs} convolutions each, and the last layer.",
        blocks,
    ).format(depth=spec.depth, convs=convs, n=blocks)
    left_out = [
        (count_projections(spec), _("{n} in projections, which lie beside the main path")),
        (2 * blocks * spec.squeeze_excitation, _("{n} in squeeze and excitation, which only weighs channels")),
        (2 * (spec.stem == "deep"), _("{n} in the stem, which counts once")),
    ]
    uncounted = [text.format(n=n) for n, text in left_out if n]
    if not uncounted:
        return sum_text
    total = 1 + convs * blocks + sum(n for n, _text in left_out)
    note = _("Of its {n} convolutions some do not count: {uncounted}.").format(n=total, uncounted="; ".join(uncounted))
    return f"{sum_text} {note}"


def count_projections(spec: ResNetSpec) -> int:
    """Returns the number of blocks whose shortcut has weights."""
    if spec.shortcut == "C":
        return sum(spec.layers)
    return sum(_changes_shape(spec)) if spec.shortcut == "B" else 0


def _changes_shape(spec: ResNetSpec) -> Iterator[bool]:
    """Yields for each stage whether its first block, the only one that can, changes the shape."""
    dilated = (False, *(spec.replace_stride_with_dilation or ()))
    before = spec.stem_width
    for stage, planes in enumerate(spec.widths):
        is_strided = stage > 0 and not any(dilated[stage : stage + 1])
        after = planes * spec.expansion
        yield is_strided or before != after
        before = after


Rank = tuple[int, int, float, str]


def _exact_matches(depth: int) -> Iterator[tuple[Rank, ResNetSpec]]:
    """Yields the nets of exactly this depth, each with its sort key."""
    known = {(spec.block, spec.layers) for spec in TORCHVISION.values()}
    for block, convs in CONVS_PER_BLOCK.items():
        blocks, rest = divmod(depth - 2, convs)
        if rest or not 1 <= blocks <= MAX_BLOCKS:
            continue
        for layers in dict.fromkeys(_distribute(blocks, preset) for preset in _proportions_for(blocks)):
            place = 0 if (block, layers) in known else 1
            yield (place, depth, _distance(layers), block), ResNetSpec(block, layers)
    try:
        yield (2, depth, 0.0, "basic"), ResNetSpec.cifar(depth)
    except SpecError:
        return


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
