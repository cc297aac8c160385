"""How fast this machine trains, from a few steps of two nets: one of small ops, one of many multiply-adds."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from resnet_viz.model.trace.plan import trace_spec
from resnet_viz.model.train.loop import Training, one_thread
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.cost import Speed, step_macs
from resnet_viz.training.plan import Plan, Recipe

_SMALL = ResNetSpec(
    "basic", (1, 1, 1), num_classes=10, in_channels=1, input_size=(8, 8), shortcut="A", stem="3x3", widths=(8, 16, 32)
)
_LARGE = replace(_SMALL, input_size=(32, 32), widths=(32, 64, 128))
_N_STEPS, _SMALL_BATCH, _LARGE_BATCH = 6, 64, 16
_LEAST = 1e-15
_ASKED_EVERY = 10
"""Steps between two looks at the pictures held out, in a run of usual length."""


def measure_speed(device: str = "cpu") -> Speed:
    """Returns what a step costs on a device; takes about a second. Raises DeviceError.

    Two equations for two unknowns; that more pictures make small ops slower, too, is in neither.
    """
    (ops, macs, seconds), (more_ops, more_macs, more_seconds) = (
        _measured(_SMALL, _SMALL_BATCH, device),
        _measured(_LARGE, _LARGE_BATCH, device),
    )
    per_mac = (more_seconds * ops - seconds * more_ops) / (more_macs * ops - macs * more_ops)
    per_mac = max(per_mac, _LEAST)
    return Speed(max((seconds - macs * per_mac) / ops, _LEAST), per_mac)


def _measured(spec: ResNetSpec, batch: int, device: str) -> tuple[int, int, float]:
    """Returns ops, multiply-adds and seconds of a step, with its share of asking for the pictures held out.

    The first step is left out, for it takes memory.
    """
    training = Training(Plan(spec, steps=_N_STEPS, recipe=Recipe(batch=batch)), device)
    trace = trace_spec(spec)
    times = [step.seconds for step in training.run()]
    begun = perf_counter()
    with one_thread():
        training.held_error()
    asking = (perf_counter() - begun) / _ASKED_EVERY
    return len(trace.ops), step_macs(trace.n_macs or 0, batch), min(times[1:]) + asking
