"""The layers of a spec's net that have weights, in the order of its state dict, with the shapes of their tensors.

The same as torch would tell of the built net, without building it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from resnet_viz.spec.resnet import ResNetSpec

Shape = tuple[int, ...]
COUNTER = "num_batches_tracked"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer stands in a ResNet, whatever it is called.

    part: `stem`, `block`, `shortcut`, `squeeze` (squeeze-and-excitation), `last` (the norm after all blocks of a
    pre-activated net) or `head`. stage: from 1; block: from 0, as torchvision counts. number: of the convolution in its
    part, from 1; a norm has that of its convolution.
    """

    part: str
    number: int = 1
    is_norm: bool = False
    stage: int = 0
    block: int = 0


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: its place, and the shape of each of its tensors by torch's name, as in `running_mean`."""

    place: Place
    shapes: Mapping[str, Shape]


def layers_of(spec: ResNetSpec) -> Iterator[Layer]:
    """Yields the layers with weights of a spec's net, in the order of its state dict."""
    yield from _stem(spec)
    before = spec.stem_width
    for stage, n_blocks in enumerate(spec.layers, 1):
        after = spec.widths[stage - 1] * spec.expansion
        for block in range(n_blocks):
            yield from _block(spec, stage, block, before)
            before = after
    if spec.pre_activation:
        yield from _norm(spec, Place("last", is_norm=True), before)
    yield Layer(Place("head"), {"weight": (spec.num_classes, before), "bias": (spec.num_classes,)})


def _stem(spec: ResNetSpec) -> Iterator[Layer]:
    width, half = spec.stem_width, max(1, spec.stem_width // 2)
    if spec.stem != "deep":
        side = 7 if spec.stem == "7x7" else 3
        yield _convolution(Place("stem"), (width, spec.in_channels, side, side))
    else:
        widths = (spec.in_channels, half, half, width)
        for number in (1, 2, 3):
            yield _convolution(Place("stem", number), (widths[number], widths[number - 1], 3, 3))
            if number < len(widths) - 1:
                yield from _norm(spec, Place("stem", number, is_norm=True), half)
    if not spec.pre_activation:
        yield from _norm(spec, Place("stem", 3 if spec.stem == "deep" else 1, is_norm=True), width)


def _block(spec: ResNetSpec, stage: int, block: int, before: int) -> Iterator[Layer]:
    planes, inner = spec.widths[stage - 1], spec.inner_width(stage - 1)
    after = planes * spec.expansion
    if spec.block == "basic":
        shapes = [(planes, before, 3, 3), (planes, planes, 3, 3)]
    else:
        shapes = [(inner, before, 1, 1), (inner, inner // spec.groups, 3, 3), (after, inner, 1, 1)]
    inputs = [before, *(shape[0] for shape in shapes)]
    for number, shape in enumerate(shapes, 1):
        convolution = [_convolution(Place("block", number, stage=stage, block=block), shape)]
        width = inputs[number - 1] if spec.pre_activation else shape[0]
        norm = _norm(spec, Place("block", number, is_norm=True, stage=stage, block=block), width)
        yield from (*norm, *convolution) if spec.pre_activation else (*convolution, *norm)
    if spec.squeeze_excitation:
        yield from _squeeze(after, stage, block)
    if _is_projected(spec, stage, block, before, after):
        yield _convolution(Place("shortcut", stage=stage, block=block), (after, before, 1, 1))
        if not spec.pre_activation:
            yield from _norm(spec, Place("shortcut", is_norm=True, stage=stage, block=block), after)


def _is_projected(spec: ResNetSpec, stage: int, block: int, before: int, after: int) -> bool:
    if spec.shortcut == "C":
        return True
    return spec.shortcut == "B" and block == 0 and (stage > 1 or before != after)


def _squeeze(channels: int, stage: int, block: int) -> Iterator[Layer]:
    reduced = max(8, (channels // 16 + 4) // 8 * 8)
    for number, (n_in, n_out) in enumerate(((channels, reduced), (reduced, channels)), 1):
        place = Place("squeeze", number, stage=stage, block=block)
        yield Layer(place, {"weight": (n_out, n_in, 1, 1), "bias": (n_out,)})


def _convolution(place: Place, shape: Shape) -> Layer:
    return Layer(place, {"weight": shape})


def _norm(spec: ResNetSpec, place: Place, width: int) -> Iterator[Layer]:
    """Yields the norm, if the net has norms."""
    if spec.norm == "none":
        return
    shapes: dict[str, Shape] = {"weight": (width,), "bias": (width,)}
    if spec.norm != "group":
        shapes |= {"running_mean": (width,), "running_var": (width,)}
    if spec.norm == "batch":
        shapes[COUNTER] = ()
    yield Layer(place, shapes)
