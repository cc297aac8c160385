"""Which nets have a given depth, and how depth is counted: the paper's Table 1 counts weighted layers."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _, n_
from resnet_viz.spec.checks import CONVS_PER_BLOCK, MAX_BLOCKS, check_count
from resnet_viz.spec.proportions import lists_for_depth
from resnet_viz.spec.resnet import ResNetSpec

MAX_DEPTH = 2 + max(CONVS_PER_BLOCK.values()) * MAX_BLOCKS


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


def depths_near(depth: int) -> tuple[int, ...]:
    """Returns the depth if a net has it; else the nearest below and above that nets have, ascending."""
    return tuple(sorted({spec.depth for spec in specs_for_depth(depth)}))


def no_depth(depth: int, near: tuple[int, ...]) -> str:
    """Returns the sentence that no net has a depth, with the depths of `depths_near`."""
    if len(near) == 2:
        text = _("No ResNet has {depth} layers: {below} or {above}.")
        return text.format(depth=depth, below=near[0], above=near[1])
    return _("No ResNet has {depth} layers; the nearest has {near}.").format(depth=depth, near=near[0])


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


Rank = tuple[bool | int, int, float, str]


def _exact_matches(depth: int) -> Iterator[tuple[Rank, ResNetSpec]]:
    """Yields the nets of exactly this depth, each with its sort key."""
    for (is_other, distance, block), _block, layers in lists_for_depth(depth):
        yield (is_other, depth, distance, block), ResNetSpec(block, layers)
    try:
        yield (2, depth, 0.0, "basic"), ResNetSpec.cifar(depth)
    except SpecError:
        return
