"""The code walk on the page: source that runs, step by step, with its values, and a player to go through it.

The browser asks the route `WALK` for both walks of a net and then needs no server: it steps, plays, folds and answers
what made a node by itself. It tells the drawing of the same page how far the net has come (`graph_view/js/grown.js`)
and the maps which op runs. Python hears of a step when somebody rests on it, and says with `mark_walk` which is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from resnet_viz.i18n import current_language
from resnet_viz.ui.components.graph_view import REGISTRY
from resnet_viz.ui.components.messages import is_count
from resnet_viz.ui.components.paths import WALK
from resnet_viz.ui.components.walk_view.words import view_words
from resnet_viz.views.address.walk import WALK_KINDS
from resnet_viz.views.style import PALETTES

__all__ = ["Rest", "WalkMark", "mark_walk", "read_rest", "walk_lists", "walk_view"]

_HERE = Path(__file__).parent
VIEW_FILES = (
    *("theme", "dom", "record", "folds", "load", "listing", "condition", "panel", "asked", "outline"),
    *("transport", "steps", "keys", "tell", "align", "stages", "walk_view"),
)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


_registry = _read(REGISTRY)
_view = st.components.v2.component(
    "walk_view",
    html='<div class="walk-view"></div>',
    css=_read(_HERE / "walk_view.css"),
    js="\n".join((_registry, *(_read(_HERE / "js" / f"{name}.js") for name in VIEW_FILES))),
)
_mark = st.components.v2.component(
    "walk_mark", html="<span hidden></span>", js="\n".join((_registry, _read(_HERE / "js" / "walk_mark.js")))
)


_lists = st.components.v2.component(
    "walk_lists",
    html='<div class="walk-view"></div>',
    css=_read(_HERE / "walk_view.css"),
    js="\n".join((_registry, *(_read(_HERE / "js" / f"{name}.js") for name in ("theme", "walk_lists")))),
)


@dataclass(frozen=True, slots=True)
class Rest:
    """The step that somebody rests on: of which walk, from 0. `turn` counts them and goes back with `mark_walk`."""

    kind: str
    step: int
    turn: int


@dataclass(frozen=True, slots=True)
class WalkMark:
    """What is to be shown: a step of a walk of a net, and the net that stands beside; nets as their query strings.

    `turn` is that of the last rest that was answered; `session` whatever names the session that counts them.
    """

    net: str
    kind: str
    step: int
    other: str | None = None
    turn: int = 0
    session: str = ""


def walk_view(walk: str, graph: str, on_rest: Callable[[Rest], None]) -> None:
    """A place for a walk; `mark_walk` says which. `walk` is its name, of this one alone on the page.

    `graph` is the name of the drawing that grows with it. `on_rest` is called, before the script runs again, with the
    step that somebody rests on; whether the walk has it, the walk must tell.
    """
    data = {
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
    """Say what the walk of that name is to show."""
    _mark(key=f"mark_{walk}", data={"walk": walk, **asdict(mark)})


def walk_lists(walk: str) -> None:
    """A place for the lists of the walk of that name: all steps, the calls of `_make_layer`, the keys."""
    _lists(key=f"lists_{walk}", data={"walk": walk})


def read_rest(value: object) -> Rest | None:
    """A rest as it came from the browser, checked; None if it is not what a walk sends."""
    if not isinstance(value, Mapping) or value.get("kind") not in WALK_KINDS:
        return None
    step, turn = value.get("step"), value.get("turn")
    if not (is_count(step) and is_count(turn)):
        return None
    return Rest(str(value["kind"]), step, turn)


def _paints() -> dict[str, dict[str, tuple[str, str]]]:
    """Fill and outline of stem, stages and head in each theme: those of the drawing."""
    found = {}
    for theme, palette in PALETTES.items():
        stages = {f"stage{n}": paint for n, paint in enumerate(palette.stages)}
        paints = {"stem": palette.stem, **stages, "head": palette.head}
        found[theme] = {name: (paint.fill, paint.line) for name, paint in paints.items()}
    return found
