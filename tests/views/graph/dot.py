"""Nets that are drawn, and the DOT of their drawings as Graphviz reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pygraphviz
import pytest

from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.graph.draw import FORMS, draw_graph
from tests.nets import trace_of, trace_two_stages

SPECS = {
    **{name: PRESETS[name] for name in ("resnet18", "resnet34", "resnet50", "resnet152")},
    "ones": ResNetSpec("bottleneck", (1, 1, 1, 1)),
    "2352": ResNetSpec("basic", (2, 3, 5, 2)),
    "group norm": ResNetSpec("bottleneck", (3, 4, 6, 3), norm="group"),
    "dilated": ResNetSpec("bottleneck", (3, 4, 6, 3), replace_stride_with_dilation=(False, True, True)),
}
NETS = (*SPECS, "plain", "option A")
Attributes = dict[str, str]


@dataclass
class Drawn:
    """The DOT as Graphviz reads it: boxes by name, visible wires, and frames by name."""

    nodes: dict[str, Attributes]
    wires: list[tuple[str, str, Attributes]]
    """From box to box: of what passes a fork only the part behind it, from the box before the fork."""
    frames: dict[str, Attributes]
    runs: dict[str, Attributes]
    """The frames around equal blocks, two around each."""

    def spine(self) -> list[str]:
        """From the input along the main wires."""
        following = {src: dst for src, dst, wire in self.wires if role_of(wire) == "main"}
        names = ["input"]
        while names[-1] in following:
            names.append(following[names[-1]])
        return names


def traced(net: str) -> Trace:
    """The Trace of a net that is drawn; made once."""
    return trace_of(SPECS[net]) if net in SPECS else trace_two_stages(net == "option A")


@cache
def drawn(net: str, level: str, form: str) -> Drawn:
    """The drawing of a net as Graphviz reads it; made once."""
    return read(draw_graph(traced(net), level, form=form).source)


def read(dot: str) -> Drawn:
    """A drawing's DOT as Graphviz reads it."""
    graph = pygraphviz.AGraph(string=dot)
    wires = [(str(edge[0]), str(edge[1]), edge.attr.to_dict()) for edge in graph.edges()]
    nodes = {str(node): node.attr.to_dict() for node in graph.nodes()}
    forks = {name for name, node in nodes.items() if node.get("class") == "fork"}
    before = {dst: src for src, dst, _wire in wires if dst in forks}
    frames = {frame.name: dict(frame.graph_attr.items()) for frame in clusters(graph)}
    runs = {name for name, frame in frames.items() if frame.get("class") == "run-frame"}
    titles = {name for name, node in nodes.items() if node.get("id", "").startswith("t:") and ".." in name}
    return Drawn(
        nodes={name: node for name, node in nodes.items() if name not in forks | titles},
        wires=[
            (before.get(src, src), dst, wire)
            for src, dst, wire in wires
            if wire.get("style") != "invis" and dst not in forks
        ],
        # What goes on from another row is the same frame.
        frames={name: frame for name, frame in frames.items() if name not in runs and not re.search(r"~\d+$", name)},
        runs={name: frame for name, frame in frames.items() if name in runs},
    )


def clusters(graph: Any) -> Iterator[Any]:
    """The frames of a drawing, inner ones too."""
    for frame in graph.subgraphs():
        if str(frame.name).startswith("cluster"):
            yield frame
        yield from clusters(frame)


def role_of(wire: Attributes) -> str:
    """What a wire is: main, identity, projection or parameter-free."""
    kind, role = wire["class"].split(" ")
    assert kind == "wire"
    return role


every_net = pytest.mark.parametrize("net", NETS)
every_form = pytest.mark.parametrize("form", FORMS)
folded_and_block = pytest.mark.parametrize("level", ["folded", "block"])
