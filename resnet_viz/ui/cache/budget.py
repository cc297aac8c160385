"""Refuses a net that alone takes more than the memory that this server has for nets (`workers/holdings.py`).

The bytes of weights and of a pass are known from the Trace before either is allocated. Drawings, tables and figures
need neither.
"""

from __future__ import annotations

from dataclasses import replace
from math import isqrt

from resnet_viz import memory
from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.records.trace import WORKSPACE, Trace
from resnet_viz.spec.named import Net
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.server.flags import memory_share
from resnet_viz.units import format_bytes, format_exact

_STEP = 32  # the sides of an input are usually multiples of it


def check_budget(spec: Net, device: str) -> None:
    """Raises SpecError if weights and a pass of a net alone exceed the allowed share of the memory.

    Nets that are there already do not count: the workers let them go, the one used longest ago first.

    For a device other than the CPU only the weights count, which are made in this memory first.
    """
    allowed = int(memory_share() * memory.memory_limit())
    trace = cache.get_trace(spec)
    n_pass = _pass_bytes(trace) if device == "cpu" else 0
    if trace.weight_bytes + n_pass <= allowed:
        return
    raise SpecError(
        _(
            "{name} would take {needed} for its weights and {run} for a pass, more than the {allowed} that this server "
            "has for nets. {remedy} The drawing and the table need none of it."
        ).format(
            name=trace.name,
            needed=format_bytes(trace.weight_bytes),
            run=format_bytes(n_pass),
            allowed=format_bytes(allowed),
            remedy=_remedy(spec, trace, allowed, n_pass),
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
