"""Frames that go on in another row of a drawing."""

from __future__ import annotations

import html
import re

import pygraphviz

from resnet_viz.i18n import _

LEAST_FRAME = 190.0
"""Points that the title of a frame takes which goes on from another row."""
_TITLE = re.compile(r">([^<>]+)</FONT>")
_KINDS = "tuvw"
"""Letters of the ids of what stands for a frame elsewhere; the browser counts it to the frame."""


def continue_frame(graph: pygraphviz.AGraph, frame: pygraphviz.AGraph, nth: int) -> pygraphviz.AGraph:
    """Adds to a drawing what stands of a frame in its nth further row; its title says so in the reader's language."""
    looks = _looks(frame)
    names = [part for part in _TITLE.findall(looks.get("label", ""))[:1] for part in part.split(" · ")][:-2]
    if names:
        words = html.escape(_("{stage} (continued)")).format(stage=" · ".join(names))
        looks["label"] = f"<{_TITLE.sub(lambda found: f'>{words}</FONT>', looks['label'], count=1)}>"
    return _add(graph, frame, nth, looks)


def continue_net(graph: pygraphviz.AGraph, frame: pygraphviz.AGraph, nth: int, label: str) -> pygraphviz.AGraph:
    """Adds the frame of one of several nets in its nth further row, with another label."""
    return _add(graph, frame, nth, {**_looks(frame), "label": label})


def _looks(frame: pygraphviz.AGraph) -> dict[str, str]:
    return {key: value for key, value in frame.graph_attr.items() if value and key not in ("bb", "lp")}


def _add(graph: pygraphviz.AGraph, frame: pygraphviz.AGraph, nth: int, looks: dict[str, str]) -> pygraphviz.AGraph:
    looks["id"] = f"{_KINDS[min(nth - 1, len(_KINDS) - 1)]}:{looks.get('id', '')[2:]}"
    return graph.add_subgraph(name=f"{frame.name}~{nth}", **looks)
