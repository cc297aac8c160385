"""Limits the memory that all nets together take on this server, so that a large one leaves room for other sessions.

The bytes of weights and of a pass are known from the Trace before either is allocated. Drawings, tables and figures
need neither.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import isqrt
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from resnet_viz import memory
from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.records.trace import WORKSPACE, Trace
from resnet_viz.spec.named import Net
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.server.flags import SHARE, is_share
from resnet_viz.units import format_bytes, format_exact

USUAL_SHARE = 0.5
_STEP = 32  # the sides of an input are usually multiples of it


def memory_share() -> float:
    """Returns the share set in the environment; USUAL_SHARE if it is missing or invalid."""
    share = os.environ.get(SHARE, "")
    return float(share) if is_share(share) else USUAL_SHARE


class Held:
    """Counts the bytes of weights, by name, of nets that exist or are being built. Thread-safe."""

    def __init__(self) -> None:
        self._nets: WeakKeyDictionary[Any, tuple[Hashable, int]] = WeakKeyDictionary()
        self._coming: Counter[tuple[Hashable, int]] = Counter()
        self._lock = Lock()

    def add(self, net: Any, name: Hashable, n_bytes: int) -> None:
        """Counts a net until it is garbage-collected."""
        with self._lock:
            self._nets[net] = name, n_bytes

    @contextmanager
    def making(self, name: Hashable, n_bytes: int) -> Iterator[int]:
        """Counts a net while it is being built; yields the bytes of all nets of other names."""
        with self._lock:
            others = [*self._nets.values(), *self._coming]
            self._coming[name, n_bytes] += 1
        try:
            yield sum(n for other, n in others if other != name)
        finally:
            with self._lock:
                self._coming[name, n_bytes] -= 1
                self._coming += Counter()  # drops entries that are 0


def check_budget(spec: Net, device: str, others: int) -> None:
    """Raises SpecError if weights and a pass of a net, plus `others` bytes, exceed the allowed share of the memory.

    For a device other than the CPU only the weights count, which are made in this memory first.
    """
    allowed = int(memory_share() * memory.memory_limit())
    trace = cache.get_trace(spec)
    n_pass = _pass_bytes(trace) if device == "cpu" else 0
    if trace.weight_bytes + n_pass + others <= allowed:
        return
    raise SpecError(
        _(
            "{name} would take {needed} for its weights and {run} for a pass, more than the {allowed} that this server "
            "has for nets{others}. {remedy} The drawing and the table need none of it."
        ).format(
            name=trace.name,
            needed=format_bytes(trace.weight_bytes),
            run=format_bytes(n_pass),
            allowed=format_bytes(allowed),
            others=_(", of which others hold {n}").format(n=format_bytes(others)) if others else "",
            remedy=_remedy(spec, trace, allowed - others, n_pass),
        )
    )


def _pass_bytes(trace: Trace) -> int:
    return WORKSPACE * trace.peak_bytes


def _remedy(spec: Net, trace: Trace, room: int, n_pass: int) -> str:
    """Returns a sentence on what would fit."""
    if not isinstance(spec, ResNetSpec):
        return _("Choose a smaller net or input size.")
    if trace.weight_bytes >= room:
        per_class = 4 * trace.nodes["fc"].n_params // spec.num_classes  # in float32
        n_classes = (room - n_pass - trace.weight_bytes) // per_class + spec.num_classes
        if n_classes > 0:
            return _("With at most {n} classes it would fit.").format(n=format_exact(n_classes))
        return _("Choose fewer blocks or a smaller width.")
    side = _largest_side(spec, trace, room)
    return _("An input of {side}×{side} would fit.").format(side=side) if side else _("Choose a smaller input size.")


def _largest_side(spec: ResNetSpec, trace: Trace, room: int) -> int:
    """Returns the side in pixels of the largest square input that fits, a multiple of 32; 0 if none does."""
    height, width = spec.input_size
    side = isqrt(height * width * (room - trace.weight_bytes) // _pass_bytes(trace)) // _STEP * _STEP
    # Maps grow with the input's area except at their borders: mostly the first try fits.
    for smaller in range(side, max(0, side - 4 * _STEP), -_STEP):
        if _pass_bytes(cache.get_trace(replace(spec, input_size=(smaller, smaller)))) <= room - trace.weight_bytes:
            return smaller
    return 0
