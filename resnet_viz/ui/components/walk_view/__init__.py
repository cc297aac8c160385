"""The code walk: source code with its values, step by step as it ran, and a player to go through it.

The browser requests both walks of a net from the route `WALK` and then needs no server: it steps, plays, folds and
finds what made a node by itself. It notifies the drawing of the same page how far the net has come
(`js/telling/beside.js`), and the maps which op runs. Python receives a step once the user rests on it, and sets the
step shown with `mark_walk`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from resnet_viz.i18n import current_language
from resnet_viz.ui.components.joining import BASE, join_modules, join_styles
from resnet_viz.ui.components.messages import is_count
from resnet_viz.ui.components.paths import WALK
from resnet_viz.ui.components.walk_view.data import WalkMarkData, WalkPlaceData, WalkViewData
from resnet_viz.ui.components.walk_view.words import view_words
from resnet_viz.views.address.walk import WALK_KINDS
from resnet_viz.views.style import PALETTES, THEMES

__all__ = ["Rest", "WalkMark", "mark_walk", "read_rest", "walk_lists", "walk_side", "walk_view"]

_HERE = Path(__file__).parent
_view = st.components.v2.component(
    "walk_view",
    html='<div class="walk-view"></div>',
    css=join_styles(BASE, _HERE / "walk_view.css"),
    js=join_modules(_HERE / "js" / "walk_view.js"),
)
_mark = st.components.v2.component(
    "walk_mark", html="<span hidden></span>", js=join_modules(_HERE / "js" / "walk_mark.js")
)
_place = st.components.v2.component(
    "walk_place",
    html='<div class="walk-view"></div>',
    css=join_styles(BASE, _HERE / "walk_view.css"),
    js=join_modules(_HERE / "js" / "walk_place.js"),
)


@dataclass(frozen=True, slots=True)
class Rest:
    """The step the user rests on: net as a query string, kind of walk, index from 0.

    `turn` counts messages; return it with `mark_walk`.
    """

    net: str
    kind: str
    step: int
    turn: int


@dataclass(frozen=True, slots=True)
class WalkMark:
    """What to show: a step of a net's walk, and `other`, the net beside it, if any; nets as query strings.

    `turn` is that of the last Rest handled; `session` identifies the session that counts them.
    """

    net: str
    kind: str
    step: int
    other: str | None = None
    turn: int = 0
    session: str = ""


def walk_view(walk: str, graph: str, on_rest: Callable[[Rest], None]) -> None:
    """Mounts a code walk, whose content `mark_walk` sets. `walk` is its key, unique on the page.

    `graph` is the key of the drawing that grows with it. `on_rest` is called before the rerun, with the step the user
    rests on; the caller must check that the walk has such a step.
    """
    data: WalkViewData = {
        "walk": walk,
        "graph": graph,
        "route": WALK,
        "language": current_language(),
        "paints": _paints(),
        "words": view_words(),
    }

    def answer() -> None:
        rest = read_rest(st.session_state[walk]["rested"])
        if rest is not None:
            on_rest(rest)

    _view(key=walk, data=data, on_rested_change=answer)


def mark_walk(walk: str, mark: WalkMark) -> None:
    """Sets what the walk of this key shows."""
    data: WalkMarkData = {
        "walk": walk,
        "net": mark.net,
        "kind": mark.kind,
        "step": mark.step,
        "other": mark.other,
        "turn": mark.turn,
        "session": mark.session,
    }
    _mark(key=f"mark_{walk}", data=data)


def walk_lists(walk: str) -> None:
    """Mounts the lists of the walk of this key: all steps, the calls of `_make_layer`, the keyboard keys."""
    _mount_place(walk, "lists")


def walk_side(walk: str) -> None:
    """Mounts what is told of the step of the walk of this key: its condition, the variables, the call stack.

    Without it they stand beside the code.
    """
    _mount_place(walk, "side")


def _mount_place(walk: str, part: str) -> None:
    data: WalkPlaceData = {"walk": walk, "part": part}
    _place(key=f"{part}_{walk}", data=data)


def read_rest(value: object) -> Rest | None:
    """Returns a value from the browser as a Rest; None if a walk does not send such a value."""
    if not isinstance(value, Mapping) or value.get("kind") not in WALK_KINDS:
        return None
    net, step, turn = value.get("net"), value.get("step"), value.get("turn")
    if not (isinstance(net, str) and is_count(step) and is_count(turn)):
        return None
    return Rest(net, str(value["kind"]), step, turn)


def _paints() -> dict[str, dict[str, tuple[str, str]]]:
    """Returns, by theme, fill and outline of stem, stages and head, as in the drawing."""
    found = {}
    for theme in THEMES:
        palette = PALETTES[theme]
        stages = {f"stage{n}": paint for n, paint in enumerate(palette.stages)}
        paints = {"stem": palette.stem, **stages, "head": palette.head}
        found[theme] = {name: (paint.fill, paint.line) for name, paint in paints.items()}
    return found
