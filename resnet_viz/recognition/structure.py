"""Finds a ResNet by the shapes of its tensors where names tell nothing: a candidate, for others may have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from resnet_viz.errors import SpecError
from resnet_viz.naming.layers import COUNTER, Shape
from resnet_viz.naming.renaming import shapes_of
from resnet_viz.spec.resnet import ResNetSpec

_KERNEL_AXES, _MATRIX_AXES = 4, 2
# More tensors than ResNet-1202 has are not looked at.
_MOST = 10_000


def find_by_shapes(shapes: Mapping[str, Shape]) -> ResNetSpec | None:
    """Returns the plain ResNet that has just these shapes, each as often as they are there, whatever the names.

    Batch counters do not count, nor does a missing head. None where there is none.
    """
    if len(shapes) > _MOST:
        return None
    given = Counter(shape for shape in shapes.values() if shape)
    spec = _guess(given)
    if spec is None:
        return None
    wanted = {key: shape for key, shape in shapes_of(spec).items() if not key.endswith(f".{COUNTER}")}
    body = Counter(shape for key, shape in wanted.items() if not key.startswith("fc."))
    return spec if given in (Counter(wanted.values()), body) else None


def _guess(given: Counter[Shape]) -> ResNetSpec | None:
    """Counts the 3×3 kernels: a bottleneck has one to a block, of one width; a basic block has two."""
    kernels = {shape: n for shape, n in given.items() if len(shape) == _KERNEL_AXES}
    stems = [shape for shape in kernels if shape[2:] == (7, 7)]
    squares = {shape[0]: n for shape, n in kernels.items() if shape[2:] == (3, 3)}
    if len(stems) != 1 or stems[0][0] not in {shape[0] for shape in kernels} or not squares:
        return None
    widths = tuple(sorted(squares))
    classes = next((shape[0] for shape in given if len(shape) == _MATRIX_AXES), ResNetSpec.num_classes)
    is_basic = any(shape[2:] == (3, 3) and shape[0] == 2 * shape[1] for shape in kernels)
    try:
        return _with_blocks(is_basic, kernels, widths, classes, stems[0])
    except (SpecError, ZeroDivisionError):
        return None


def _with_blocks(
    is_basic: bool, kernels: Mapping[Shape, int], widths: tuple[int, ...], classes: int, stem: Shape
) -> ResNetSpec:
    of_width = [sum(n for shape, n in kernels.items() if shape[2:] == (3, 3) and shape[0] == w) for w in widths]
    layers = tuple(n // 2 if is_basic else n for n in of_width)
    planes = widths if is_basic else tuple(stem[0] << stage for stage in range(len(widths)))
    plain = ResNetSpec("basic" if is_basic else "bottleneck", layers, classes, widths=planes, in_channels=stem[1])
    if is_basic:
        return plain
    groups = next(shape[0] // shape[1] for shape in kernels if shape[2:] == (3, 3) and shape[0] == widths[0])
    return replace(plain, groups=groups, width_per_group=round(widths[0] * 64 / (planes[0] * groups)))
