"""The theoretical receptive field of a cell as a box on the input image."""

from __future__ import annotations

from dataclasses import dataclass

from resnet_viz.records.trace import Field


@dataclass(frozen=True, slots=True)
class FieldBox:
    """A box on an input, in pixels: the field clipped to the input, and the size of the whole field."""

    left: int
    top: int
    right: int
    """Exclusive: the first column after the box."""
    bottom: int
    """Exclusive: the first row after the box."""
    height: int
    """Of the whole field, including what lies beyond the input's edges."""
    width: int

    @property
    def is_clipped(self) -> bool:
        """Whether the field extends beyond the input."""
        return (self.bottom - self.top, self.right - self.left) != (self.height, self.width)


def theoretical_box(field: tuple[Field, Field], position: tuple[int, int], size: tuple[int, int]) -> FieldBox:
    """Returns the input region that the cell at `position` (row, column) depends on, for an input of `size` (H, W).

    `field` is a node's (vertical, horizontal). A cell that sees only padding has a box without area.
    """
    (top, bottom), (left, right) = (
        _span(axis, index, length) for axis, index, length in zip(field, position, size, strict=True)
    )
    return FieldBox(left, top, right, bottom, field[0].size, field[1].size)


def _span(axis: Field, index: int, length: int) -> tuple[int, int]:
    """First pixel and exclusive end, both clipped to 0…length."""
    moved = 0 if axis.jump is None else index * axis.jump
    first = min(max(axis.lo + moved, 0), length)
    return first, max(first, min(axis.hi + 1 + moved, length))
