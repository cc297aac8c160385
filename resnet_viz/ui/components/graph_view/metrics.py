"""The ways to colour the drawing: by stage, or shaded by a metric on one scale of colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from resnet_viz.i18n import _
from resnet_viz.views.facts import METRICS


@dataclass(frozen=True, slots=True)
class Metric:
    """A way to colour: its key and words, where it stands in a node's `amounts` (None: by stage), and its unit."""

    key: str
    name: str
    help: str
    at: int | None = None
    kind: str | None = None
    """`count`, `macs`, `bytes`, `pixels` or `milliseconds`."""


# Nine colours from little to much, on all of which the theme's ink can be read.
RAMPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "light": (
            "#fffaf0", "#ffefcd", "#ffe3aa", "#fed588", "#fcc56a", "#f9b352", "#f5a144", "#f08e3e", "#ea7b3c",
        ),
        "dark": (
            "#1f2630", "#2f2a2c", "#402e26", "#533322", "#66381d", "#783d19", "#8a4316", "#9c4914", "#ad5012",
        ),
    }
)  # fmt: skip


def default_metrics() -> tuple[Metric, ...]:
    """The stage, and what every net knows of its nodes without being run."""
    at = {name: index for index, name in enumerate(METRICS)}
    return (
        Metric("stage", _("Stage"), _("Each stage has its colour.")),
        Metric("params", _("Parameters"), _("Parameters of what a box stands for."), at["params"], "count"),
        Metric("macs", _("MACs"), _("Multiply-adds of what a box stands for."), at["macs"], "macs"),
        Metric(
            "memory",
            _("Activation memory"),
            _("Bytes newly allocated by what a box stands for, in one pass."),
            at["memory"],
            "bytes",
        ),
        Metric(
            "field",
            _("Receptive field"),
            _("Input pixels, along one side, that one position after the box can see."),
            at["field"],
            "pixels",
        ),
    )
