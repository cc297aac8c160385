"""The two branches of a residual block: the operands of its add, followed back to where they diverge.

He et al. 2015, section 3.3: an identity shortcut has no layers, a projection has weights (option B), a parameter-free
shortcut pads or pools (option A).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from resnet_viz.model.trace.calls import Call


@dataclass(frozen=True, slots=True)
class Branches:
    """A block's add, the ops of F(x) and of the shortcut, and the shortcut's kind."""

    shortcut: str
    add: str | None
    residual: tuple[str, ...]
    bypass: tuple[str, ...]
    stride: tuple[int, int]


def find_branches(path: str, calls: Mapping[str, Call], params: Mapping[str, int]) -> Branches:
    """Returns the branches of the block at `path`; `calls`: its ops in running order, `params`: parameters per op."""
    adds = [call for call in calls.values() if call.op == "add" and call.module == path and len(call.inputs) == 2]
    if not adds:
        ops = tuple(calls)
        return Branches("none", None, ops, (), _stride(calls, ops))
    add = adds[-1]
    sides = [_ancestry(source, calls) for source in add.inputs]
    trunk = sides[0] & sides[1]
    bypass, residual = sorted(
        (_ordered(side - trunk, calls) for side in sides), key=lambda ops: _branch_key(ops, params)
    )
    return Branches(_kind(bypass, params), add.id, residual, bypass, _stride(calls, residual))


def _kind(bypass: tuple[str, ...], params: Mapping[str, int]) -> str:
    if not bypass:
        return "identity"
    return "projection" if any(params[node_id] for node_id in bypass) else "parameter-free"


def _ancestry(node_id: str, calls: Mapping[str, Call]) -> set[str]:
    """Returns the op and all its predecessors inside the block."""
    found: set[str] = set()
    waiting = [node_id]
    while waiting:
        current = waiting.pop()
        if current in calls and current not in found:
            found.add(current)
            waiting += calls[current].inputs
    return found


def _ordered(ids: Iterable[str], calls: Mapping[str, Call]) -> tuple[str, ...]:
    wanted = set(ids)
    return tuple(node_id for node_id in calls if node_id in wanted)


def _branch_key(ops: tuple[str, ...], params: Mapping[str, int]) -> tuple[int, int, int]:
    """Sort key: the shortcut has fewer weighted ops, then fewer parameters, then fewer ops."""
    counts = [params[node_id] for node_id in ops]
    return sum(n > 0 for n in counts), sum(counts), len(ops)


def _stride(calls: Mapping[str, Call], ops: tuple[str, ...]) -> tuple[int, int]:
    # A globally pooled copy only weights channels (squeeze and excitation), so it does not count towards the stride.
    along = [calls[node_id] for node_id in ops if not calls[node_id].sees_all]
    steps = [windows for call in along for windows in call.windows if windows is not None]
    return prod(vertical.stride for vertical, _ in steps), prod(horizontal.stride for _, horizontal in steps)
