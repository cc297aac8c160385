"""What the browser gets of a drawing."""

from __future__ import annotations

from typing import TypedDict

from resnet_viz.views.graph.facts import Facts


class WholeLevel(TypedDict):
    """All of a drawing's nets at one level: where that drawing is to be had, and how many boxes it has."""

    address: str
    boxes: int


class DrawingPayload(TypedDict):
    """A drawing and what is known of it; `net` is the same in all drawings of the same nets."""

    address: str
    net: str
    title: str
    """The nets in words, for a screen reader."""
    levels: dict[str, WholeLevel]
    svg: str
    facts: Facts
