"""The theoretical receptive field of every op, by arithmetic on windows (Araujo et al. 2019, Distill, eq. 1–4).

Bounds are integers in input pixels, so that joins of branches with unequal padding are exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resnet_viz.model.graph.calls import Call
from resnet_viz.model.graph.windows import POINTWISE, Window
from resnet_viz.records.trace import Field

Fields = tuple[Field, Field]


_ONE_POINT = [POINTWISE]


def input_field() -> Fields:
    """Returns the field of an input pixel: itself."""
    return Field(0, 0, 1), Field(0, 0, 1)


def op_field(call: Call, known: Mapping[str, Fields | None], sides: tuple[int, ...]) -> tuple[Fields | None, bool]:
    """Returns an op's field, and whether an input is a gate over the whole image. `sides`: (H, W) of its input."""
    if len(call.inputs) == 1 and call.windows == _ONE_POINT and not call.sees_all:
        return known[call.inputs[0]], False
    arriving = [known[source] for source in call.inputs]
    fields = [field for field in arriving if field is not None]
    if not fields or len(fields) != len(arriving):
        return None, False
    # A gate has one value per channel: it scales the map but does not widen the convolutional field.
    local = [field for field in fields if field[0].jump is not None]
    has_gate = bool(local) and len(local) != len(fields)
    joined = _join(local or fields)
    for windows in call.windows:
        if joined is not None and joined[0].jump is None and joined[1].jump is None:
            break  # Each position sees the whole map, and so does what is made of it.
        if joined is None or windows is None:
            return None, has_gate
        if call.sees_all and len(sides) == 2:
            joined = _whole(joined[0], sides[0]), _whole(joined[1], sides[1])
        else:
            joined = _through(joined[0], windows[0]), _through(joined[1], windows[1])
    return joined, has_gate


def _join(fields: Sequence[Fields]) -> Fields | None:
    """Returns the union of the branches' fields; None where their strides disagree."""
    vertical = _union([field[0] for field in fields])
    horizontal = _union([field[1] for field in fields])
    return (vertical, horizontal) if vertical and horizontal else None


def _union(fields: Sequence[Field]) -> Field | None:
    first = fields[0]
    if len(fields) == 1:
        return first
    if any(field.jump != first.jump for field in fields):
        return None
    return Field(min(field.lo for field in fields), max(field.hi for field in fields), first.jump)


def _through(field: Field, window: Window) -> Field:
    if field.jump is None:
        return field
    kernel, stride, padding, dilation = window
    lo = field.lo - padding * field.jump
    hi = field.hi + (dilation * (kernel - 1) - padding) * field.jump
    return Field(lo, hi, field.jump * stride)


def _whole(field: Field, side: int) -> Field:
    """Returns the field from the start of the first position's field to the end of the last one's."""
    return field if field.jump is None else Field(field.lo, field.hi + (side - 1) * field.jump, None)
