"""Where the channels of maps lie: (N, C, H, W), or (N, H, W, C) as in Swin and within the blocks of ConvNeXt.

A shape does not tell. So the axis is followed from the input on, where convolutions, norms and pooling of maps have it
before the positions, through ops that move axes in a known way. Where it is lost, as behind a `view`, the nearest op
after that tells: linear layers and layer norms over one axis then have it last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from resnet_viz.records.trace import Node, Trace

FIRST, LAST, N_AXES = 1, 3, 4
_OF_MAPS = re.compile(r"conv\w*2d|(batch|group|instance)_norm|\w*pool2d|interpolate|upsample\w*|pixel_(un)?shuffle")
_OF_LAST = re.compile(r"linear|layer_norm|rms_norm")
_RESHAPES = re.compile(r"reshape\w*|view\w*|(un)?flatten|einsum|(un)?squeeze|(un)?fold")
_MOVES = re.compile(r"t|permute|transpose|swap\w+|move\w+")
_PRODUCTS = re.compile(r"\w*matmul|bmm|mm")


def channel_axes(trace: Trace) -> Mapping[str, int]:
    """Returns the axis of channels by id of each op whose output has four axes, if it is not the second."""
    if not any(_may_move(op) for op in trace.ops):
        return {}
    known: dict[str, int | None] = {}
    for op in trace.ops:
        if len(op.out_shape) == N_AXES:
            known[op.id] = _axis(trace, op, known)
    after = _users(trace)
    for op in reversed(trace.ops):
        if op.id in known and known[op.id] is None:
            known[op.id] = _axis_by_users(after.get(op.id, ()), known)
    # What was lost and found again holds on to the next ops.
    for op in trace.ops:
        if op.id in known and known[op.id] is None:
            known[op.id] = _axis(trace, op, known)
    return {node_id: axis for node_id, axis in known.items() if axis not in (None, FIRST)}


def _may_move(op: Node) -> bool:
    if len(op.out_shape) != N_AXES:
        return False
    return any(_loses(name) or _OF_LAST.fullmatch(name) for name in _functions(op))


def _loses(function: str) -> bool:
    return bool(_RESHAPES.fullmatch(function) or _MOVES.fullmatch(function))


def _order(op: Node) -> tuple[int, ...] | None:
    """Returns how an op moves the axes, if that is known."""
    axes = op.attrs.get("axes")
    if not isinstance(axes, tuple) or len(axes) != N_AXES or any(map(_RESHAPES.fullmatch, _functions(op))):
        return None
    return axes


def _functions(op: Node) -> Sequence[str]:
    """Returns the functions of an op: a leaf module may call several."""
    found = op.attrs.get("functions")
    return found if isinstance(found, tuple) else (op.op or "",)


def _axis(trace: Trace, op: Node, known: Mapping[str, int | None]) -> int | None:
    """Returns the axis by the op itself, else by its inputs; None where it is lost."""
    functions, axes = _functions(op), _order(op)
    before = next((axis for source in op.inputs if (axis := _axis_of(trace, source, known)) is not None), None)
    if axes is not None:
        return None if before is None else axes.index(before)
    if any(_OF_MAPS.fullmatch(name) for name in functions):
        return FIRST
    if any(map(_loses, functions)):
        return None
    if len(op.inputs) > 1 and any(_PRODUCTS.fullmatch(name) for name in functions):
        return None
    if before is None and any(_OF_LAST.fullmatch(name) for name in functions) and not _is_of_many_axes(op):
        return LAST
    return before


def _axis_of(trace: Trace, source: str, known: Mapping[str, int | None]) -> int | None:
    node = trace.nodes[source]
    return FIRST if node.kind == "input" and len(node.out_shape) == N_AXES else known.get(source)


def _is_of_many_axes(op: Node) -> bool:
    """Whether it is a norm over channels and positions together."""
    return bool(op.params) and op.op == "layer_norm" and len(op.params[0].shape) > 1


def _axis_by_users(users: Sequence[Node], known: Mapping[str, int | None]) -> int | None:
    """Returns the axis by the ops that take a value: those that want it last, else those whose own is known."""
    for user in users:
        functions, axes, axis = _functions(user), _order(user), known.get(user.id)
        if axes is not None:
            if axis is not None:
                return axes[axis]
        elif any(_OF_MAPS.fullmatch(name) for name in functions):
            return FIRST
        elif axis is not None and not any(map(_loses, functions)):
            return axis
    return None


def _users(trace: Trace) -> Mapping[str, Sequence[Node]]:
    found: dict[str, list[Node]] = {}
    for op in trace.ops:
        for source in op.inputs:
            found.setdefault(source, []).append(op)
    return found
