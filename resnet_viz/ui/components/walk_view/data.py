"""What the code walk and the browser send each other."""

from __future__ import annotations

from typing import TypedDict

from resnet_viz.ui.components.walk_view.words import WalkWords


class WalkViewData(TypedDict):
    """Data of a code walk. The front end reads these keys."""

    walk: str
    """Key of the walk."""
    graph: str
    """Key of the drawing that grows with it."""
    route: str
    """Address of the route with both walks of a net."""
    language: str
    paints: dict[str, dict[str, tuple[str, str]]]
    """By theme: fill and outline of stem, stages and head."""
    words: WalkWords


class WalkMarkData(TypedDict):
    """What a code walk shows: `WalkMark`, and the key of the walk."""

    walk: str
    net: str
    kind: str
    step: int
    other: str | None
    turn: int
    session: str


class WalkPlaceData(TypedDict):
    """The place for a part of a code walk that stands apart: `side` or `lists`."""

    walk: str
    part: str


class RestMessage(TypedDict):
    """The step the user rests on, as the browser sends it."""

    net: str
    """The net that is walked through, as a link's query string."""
    kind: str
    step: int
    turn: int
