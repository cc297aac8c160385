"""Shading of nodes by a metric instead of by stage: parameters, MACs, memory or receptive field."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from plotly.colors import sample_colorscale

from resnet_viz.i18n import _
from resnet_viz.records.trace import Node
from resnet_viz.views.parts.words import field_sizes
from resnet_viz.views.style import RAMPS

STEPS = 9
SHADES = ("stage", "params", "macs", "memory", "field")
Unit = Literal["count", "macs", "bytes", "pixels"]
"""What a metric counts: the browser writes its amounts as `resnet_viz.units` does."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A colouring: key, text, index in a node's `amounts` (None: by stage), and unit."""

    key: str
    name: str
    help: str
    at: int | None = None
    kind: Unit | None = None


def list_metrics() -> tuple[Metric, ...]:
    """Returns the stage colouring and the metrics known without running a network, localised."""
    return (
        Metric("stage", _("Stage"), _("Each stage has its colour.")),
        Metric("params", _("Parameters"), _("Parameters of what a box stands for."), 0, "count"),
        Metric("macs", _("MACs"), _("Multiply-adds of what a box stands for."), 1, "macs"),
        Metric(
            "memory",
            _("Activation memory"),
            _("Bytes newly allocated by what a box stands for, in one pass."),
            2,
            "bytes",
        ),
        Metric(
            "field",
            _("Receptive field"),
            _("Input pixels, along one side, that one position after the box can see."),
            3,
            "pixels",
        ),
    )


def amounts(node: Node, times: int = 1) -> dict[str, int | None]:
    """Returns a node's values by metric, counts multiplied by `times`, the number of equal blocks. None: unknown.

    Behind a global pool the receptive field is the whole picture, and no number.
    """
    return {
        "params": times * node.n_params,
        "macs": node.macs.times(times).n,
        "memory": times * node.act_bytes,
        "field": sizes[0] if (sizes := field_sizes(node.field)) else None,
    }


@cache
def ramp(theme: str) -> tuple[str, ...]:
    """Returns STEPS fills from zero to the maximum, as #rrggbb; the theme's ink is readable on all of them."""
    return tuple(pick_fill(theme, step, STEPS - 1) for step in range(STEPS))


def pick_fill(theme: str, amount: int, most: int) -> str:
    """Returns the fill for `amount` on a linear scale from zero to `most`, as #rrggbb."""
    share = amount / most if most else 0.0
    (colour,) = sample_colorscale(list(RAMPS[theme]), [share], colortype="tuple")
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour)
