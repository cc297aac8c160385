"""What a training takes of this machine: its time, from a speed that is measured once, and its memory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import streamlit as st

from resnet_viz import memory
from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.jobs.training import MeasureSpeed
from resnet_viz.records.trace import Trace
from resnet_viz.training.cost import Speed
from resnet_viz.ui.server.asking import ask
from resnet_viz.ui.server.flags import memory_share
from resnet_viz.units import format_bytes
from resnet_viz.workers.lanes import TRAINING

_COPIES = 4
"""Of the weights: themselves, gradients, velocity, and what is kept of the last moment."""


@st.cache_resource(max_entries=16, show_spinner=False)
def get_speed(device: str) -> Speed:
    """Returns how fast this machine trains on a device, beside others as on the page. Raises DeviceError.

    Processors that share a core, or memory, are slower together than one by one.
    """
    n = count_side_by_side() if device == "cpu" else 1
    with ThreadPoolExecutor(n) as pool:
        found = list(pool.map(lambda place: cast(Speed, ask(MeasureSpeed(device, place), TRAINING)), range(n)))
    return Speed(max(speed.seconds_per_op for speed in found), max(speed.seconds_per_mac for speed in found))


def count_side_by_side() -> int:
    """Returns how many nets this machine trains at a time without one slowing down another."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(TRAINING.crew.n_workers, processors)


def check_memory(traces: Sequence[Trace], batch: int) -> None:
    """Raises SpecError if nets in training, with all that a backward pass needs, exceed the memory for nets."""
    allowed = int(memory_share() * memory.memory_limit())
    needed = sum(_COPIES * trace.weight_bytes + 2 * batch * trace.act_bytes for trace in traces)
    if needed <= allowed:
        return
    raise SpecError(
        _(
            "Training these nets would take {needed}, more than the {allowed} that this server has for nets. Choose "
            "shallower or narrower nets, smaller pictures, or a smaller batch."
        ).format(needed=format_bytes(needed), allowed=format_bytes(allowed))
    )
