"""Boxes shaded by a figure instead of coloured by stage: where parameters sit, where compute, memory and fields are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from plotly.colors import sample_colorscale

from resnet_viz.i18n import _
from resnet_viz.records import Node
from resnet_viz.views.style import RAMPS

STEPS = 9
SHADES = ("stage", "params", "macs", "memory", "field")


@dataclass(frozen=True, slots=True)
class Metric:
    """A way to colour: its key, its name, what it is, and how its numbers are written (None for the stages)."""

    key: str
    name: str
    help: str
    kind: str | None


def list_metrics() -> list[Metric]:
    """All ways to colour the boxes, in the reader's language."""
    return [
        Metric("stage", _("Stage"), _("A colour for each stage."), None),
        Metric("params", _("Parameters"), _("Parameters of each box; a run's are those of all its blocks."), "count"),
        Metric("macs", _("MACs"), _("Multiply-adds of each box; a run's are those of all its blocks."), "macs"),
        Metric("memory", _("Activation memory"), _("Bytes newly allocated by each box in one pass."), "bytes"),
        Metric("field", _("Receptive field"), _("Input pixels that one position of the output can see."), "pixels"),
    ]


def amounts(node: Node, times: int = 1) -> dict[str, int | None]:
    """A node's figures by metric; `times` for so many equal blocks. None where no rule tells."""
    return {
        "params": times * node.n_params,
        "macs": times * node.n_macs,
        "memory": times * node.act_bytes,
        "field": node.field[0].size if node.field else None,
    }


@cache
def ramp(theme: str) -> tuple[str, ...]:
    """Fills from the lowest to the highest, as #rrggbb; the theme's ink stays readable on all of them."""
    colours = sample_colorscale(list(RAMPS[theme]), [step / (STEPS - 1) for step in range(STEPS)], colortype="tuple")
    return tuple("#" + "".join(f"{round(255 * part):02x}" for part in colour) for colour in colours)


def pick(colours: Sequence[str], amount: int, most: int) -> str:
    """The colour of `amount` on a ramp that goes from zero to `most`, linearly."""
    return colours[round((len(colours) - 1) * amount / most) if most else 0]
