"""What nets may take of this server's memory, all of them together, so that one large one leaves room for everybody.

What weights and a pass take is known from the plan before either is made. Drawings, tables and figures need neither.
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

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import nets as cache
from resnet_viz.units import format_bytes, format_exact

SHARE = "RESNET_VIZ_MEMORY_SHARE"
"""The environment's variable for the share of the memory that nets may take, above 0 and at most 1."""
USUAL_SHARE = 0.5
_STEP = 32  # what the sides of an input are usually multiples of


def memory_share() -> float:
    """The share that is set, or the usual one where none is, or none that can be."""
    try:
        share = float(os.environ.get(SHARE, USUAL_SHARE))
    except ValueError:
        return USUAL_SHARE
    return share if 0 < share <= 1 else USUAL_SHARE


class Held:
    """The weights that nets hold or will hold in a moment, in bytes, by what tells the nets apart."""

    def __init__(self) -> None:
        self._nets: WeakKeyDictionary[Any, tuple[Hashable, int]] = WeakKeyDictionary()
        self._coming: Counter[tuple[Hashable, int]] = Counter()
        self._lock = Lock()

    def add(self, net: Any, name: Hashable, n_bytes: int) -> None:
        """It counts as long as somebody holds it."""
        with self._lock:
            self._nets[net] = name, n_bytes

    @contextmanager
    def making(self, name: Hashable, n_bytes: int) -> Iterator[int]:
        """Count a net while it is made, and give what all others hold by then."""
        with self._lock:
            others = [*self._nets.values(), *self._coming]
            self._coming[name, n_bytes] += 1
        try:
            yield sum(n for other, n in others if other != name)
        finally:
            with self._lock:
                self._coming[name, n_bytes] -= 1
                self._coming += Counter()  # without those that nobody makes any more


def check_budget(spec: ResNetSpec, device: str, others: int) -> None:
    """Raise SpecError where weights and a pass of a net would, beside `others` bytes, take more than the share.

    Of a net that runs on another device only the weights count, which are made here.
    """
    from resnet_viz.model.net.memory import memory_limit

    allowed = int(memory_share() * memory_limit())
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
    from resnet_viz.model.run.passes import WORKSPACE

    return WORKSPACE * trace.peak_bytes


def _remedy(spec: ResNetSpec, trace: Trace, room: int, n_pass: int) -> str:
    """What would fit."""
    if trace.weight_bytes >= room:
        per_class = 4 * trace.nodes["fc"].n_params // spec.num_classes  # in float32
        n_classes = (room - n_pass - trace.weight_bytes) // per_class + spec.num_classes
        if n_classes > 0:
            return _("With at most {n} classes it would fit.").format(n=format_exact(n_classes))
        return _("Choose fewer blocks or a smaller width.")
    side = _largest_side(spec, trace, room)
    return _("An input of {side}×{side} would fit.").format(side=side) if side else _("Choose a smaller input size.")


def _largest_side(spec: ResNetSpec, trace: Trace, room: int) -> int:
    """Of a square input, a multiple of 32; 0 where there is none."""
    height, width = spec.input_size
    side = isqrt(height * width * (room - trace.weight_bytes) // _pass_bytes(trace)) // _STEP * _STEP
    # Maps grow with the input's area but for their edges: mostly the first is right.
    for smaller in range(side, max(0, side - 4 * _STEP), -_STEP):
        if _pass_bytes(cache.get_trace(replace(spec, input_size=(smaller, smaller)))) <= room - trace.weight_bytes:
            return smaller
    return 0
