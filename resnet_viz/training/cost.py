"""What a training costs, before it is begun: multiply-adds, and seconds on this machine."""

from __future__ import annotations

from dataclasses import dataclass

PASSES = 3
"""Multiply-adds of a step ÷ those of a forward pass: a backward pass has about twice as many (2.94 in all, for no
gradient goes to the picture)."""


@dataclass(frozen=True, slots=True)
class Speed:
    """What a machine takes for a step in one thread: so much for each op of the net, and for each multiply-add."""

    seconds_per_op: float
    seconds_per_mac: float


def step_macs(n_macs: int, batch: int) -> int:
    """Returns the multiply-adds of a step on `batch` pictures; `n_macs` are those of a pass on one."""
    return PASSES * n_macs * batch


def step_seconds(n_ops: int, n_macs: int, batch: int, speed: Speed) -> float:
    """Returns about how many seconds of one processor a step takes; `n_ops` of a forward pass."""
    return n_ops * speed.seconds_per_op + step_macs(n_macs, batch) * speed.seconds_per_mac
