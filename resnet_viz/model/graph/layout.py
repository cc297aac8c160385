"""Where the channels of a map lie: (N, C, H, W), or (N, H, W, C) as in Swin and within the blocks of ConvNeXt.

A shape does not tell. So the nearest op that does is asked: convolutions, norms and pooling of maps have channels
before positions, linear layers and layer norms over one axis have them last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from resnet_viz.records.trace import Node, Trace

_FIRST = re.compile(r"conv\w*2d|(batch|group|instance)_norm|\w*pool2d|interpolate|upsample\w*|pixel_(un)?shuffle")
# These move axes, or make others of them, whatever the shape.
_MOVES = re.compile(r"permute|transpose|swap\w+|move\w+|t|reshape|view|(un)?flatten|einsum|\w*matmul|bmm")


def has_channels_last(trace: Trace, node: Node) -> bool:
    """Whether an op's output of four axes is (N, H, W, C): by itself, else by the ops before it, or by those after it.

    False where none tells.
    """
    if len(node.out_shape) != 4 or node.kind == "input":
        return False
    told = _told_by(node)
    if told is None and not _moves(node):
        told = _nearest(node, lambda op: map(trace.nodes.__getitem__, op.inputs))
    if told is None:
        after = _consumers(trace)
        told = _nearest(node, lambda op: after.get(op.id, ()))
    return bool(told)


def _told_by(op: Node) -> bool | None:
    """Whether an op is one for channels in the last place; None for an op that may be for either."""
    if op.op == "linear":
        return True
    if op.op == "layer_norm" and op.params:
        return len(op.params[0].shape) == 1
    return False if _FIRST.fullmatch(op.op or "") or op.kind == "input" else None


def _moves(op: Node) -> bool:
    return bool(_MOVES.fullmatch(op.op or ""))


def _nearest(node: Node, step: Callable[[Node], Iterable[Node]]) -> bool | None:
    """Asks on from an op, breadth first, through those that leave its axes in their order."""
    found, seen = [node], {node.id}
    for op in found:  # It grows during iteration.
        for other in step(op):
            if other.id not in seen and len(other.out_shape) == 4:
                seen.add(other.id)
                told = _told_by(other)
                if told is not None:
                    return told
                if not _moves(other):
                    found.append(other)
    return None


def _consumers(trace: Trace) -> Mapping[str, Sequence[Node]]:
    found: dict[str, list[Node]] = {}
    for op in trace.ops:
        for source in op.inputs:
            found.setdefault(source, []).append(op)
    return found
