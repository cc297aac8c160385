"""Where teaching content sets the views: the nets to show, and in one of them a node, its stage and its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_viz.i18n import Words
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
    code: str = ""
    """What is meant in that source: the lines that have this text."""
    total: str | None = None
    """The row of totals to choose instead of a node."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a reader goes on from here: another page, as plain data."""

    label: Words
    page: str
    """The page's folder, as in `train` or `explore`."""
    params: tuple[tuple[str, str], ...]
    """Its query parameters."""


def to_training(
    label: Words, nets: Sequence[str], steps: int, seeds: Sequence[int] = (0,), recipe: Sequence[tuple[str, str]] = ()
) -> Lead:
    """Returns the way to the page Training: query strings of nets, and what differs from the usual recipe."""
    said = (("nets", "~".join(nets)), ("steps", str(steps)), ("seed", ",".join(map(str, seeds))), *recipe)
    return Lead(label, "train", said)


def to_gradients(label: Words, net: str) -> Lead:
    """Returns the way to the gradients and signals of a net on the page Explore."""
    pairs = tuple((key, value) for key, _equals, value in (pair.partition("=") for pair in net.split("&")))
    return Lead(label, "explore", (*pairs, ("look", "gradients")))


def to_evidence(label: Words, net: str, weights: str) -> Lead:
    """Returns the way to the prediction and Grad-CAM of a net with weights, on the page Explore."""
    return Lead(label, "explore", (("net", net), ("weights", weights), ("look", "prediction")))


def small_net(depth: int, shortcut: str, *settings: str) -> str:
    """Returns the query string of a net for digits: three stages of 8, 16 and 32 channels, one channel of 8×8."""
    n = (depth - 2) // 6
    form = f"block=basic&layers={n},{n},{n}&num_classes=10&in_channels=1&input_size=8x8&shortcut={shortcut}"
    return "&".join((f"{form}&stem=3x3&widths=8,16,32", *settings))


def focus_on(traces: Traces, net: int, node: Node) -> Focus:
    """Returns the focus on a node of one of the shown nets, and on the stage around it."""
    trace = traces[net]
    around = next((group for group in (node, *trace.ancestors(node)) if group.kind in ("stage", "stem")), None)
    return Focus(net=net, node=node.id, stage=around.id if around else None)
