"""A cell of a map and what it looks at: the theoretical receptive field as a box on the picture."""

from __future__ import annotations

from dataclasses import dataclass

from resnet_viz.records.trace import Field


@dataclass(frozen=True, slots=True)
class FieldBox:
    """A box on an input, in its pixels: what is left of the field inside of it, and how large the field really is."""

    left: int
    top: int
    right: int
    """The first column that is no longer in the box."""
    bottom: int
    """The first row that is no longer in the box."""
    height: int
    """Of the whole field, also of what lies beyond the input's edges."""
    width: int

    @property
    def is_clipped(self) -> bool:
        """Whether the field reaches beyond the input."""
        return (self.bottom - self.top, self.right - self.left) != (self.height, self.width)


def theoretical_box(field: tuple[Field, Field], position: tuple[int, int], size: tuple[int, int]) -> FieldBox:
    """What the cell at `position` (row, column) can depend on, on an input of `size` (H, W).

    `field` is a node's (vertical, horizontal). A cell that sees nothing but padding has a box without area.
    """
    (top, bottom), (left, right) = (
        _span(axis, index, length) for axis, index, length in zip(field, position, size, strict=True)
    )
    return FieldBox(left, top, right, bottom, field[0].size, field[1].size)


def _span(axis: Field, index: int, length: int) -> tuple[int, int]:
    """First pixel, and the first one behind, both clipped to 0…length."""
    moved = 0 if axis.jump is None else index * axis.jump
    first = min(max(axis.lo + moved, 0), length)
    return first, max(first, min(axis.hi + 1 + moved, length))
