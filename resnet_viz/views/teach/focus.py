"""Where teaching content sets the views: the nets to show, and in one of them a node, its stage and its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_viz.records.trace import Node, Trace

Traces = Sequence[Trace]


@dataclass(frozen=True, slots=True)
class Focus:
    """Where to look. It sets the views once; the reader can change all of them."""

    nets: tuple[str, ...] = ()
    """Query strings of the nets to show; empty for those already shown."""
    net: int = 0
    """Index of the net, from 0."""
    node: str | None = None
    """The node to choose in it; None for the net as a whole."""
    stage: str | None = None
    """The id of the stage or stem around the node, or of the node itself."""
    level: str = "folded"
    """How far the drawing is open, one of LEVELS in `views/parts/detail.py`."""
    function: str | None = None
    """The source to show, by its qualified name in `torchvision.models.resnet`, as in `Bottleneck.forward`."""


def focus_on(traces: Traces, net: int, node: Node) -> Focus:
    """Returns the focus on a node of one of the shown nets, and on the stage around it."""
    trace = traces[net]
    around = next((group for group in (node, *trace.ancestors(node)) if group.kind in ("stage", "stem")), None)
    return Focus(net=net, node=node.id, stage=around.id if around else None)
