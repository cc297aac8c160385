"""The drawing on the page: an SVG laid out by Graphviz, to move in, open, choose from, search and shade.

All of that happens in the browser, from its own copy of the facts; Python hears of it in small messages and answers
with `mark_graph`, which costs a few bytes. The browser asks for the drawings themselves at the route of
`resnet_viz/ui/routes.py`, which the app must serve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from resnet_viz.i18n import current_language
from resnet_viz.ui.components.graph_view.words import view_words
from resnet_viz.ui.components.messages import is_count
from resnet_viz.ui.components.paths import DRAWING
from resnet_viz.views.address.changes import Change
from resnet_viz.views.graph.shade import SHADES, Metric, list_metrics, ramp
from resnet_viz.views.parts.detail import LEVELS
from resnet_viz.views.style import PALETTES, recolouring

__all__ = ["MESSAGES", "Mark", "Message", "graph_view", "mark_graph", "read_message"]

_HERE = Path(__file__).parent
# The browser gets one module: plain functions, each file one job; the last one holds the `export default`.
VIEW_FILES = (
    *(
        "registry",
        "dom",
        "drawing",
        "kin",
        "camera",
        "gestures",
        "titles",
        "minimap",
        "marks",
        "levels",
        "walk",
        "search",
    ),
    *("card", "tip", "amounts", "shade", "toolbar", "ready", "grown", "ask", "change", "graph_view"),
)
MARK_FILES = ("registry", "graph_mark")
REGISTRY = _HERE / "js" / "registry.js"
"""What other components join, to find a drawing of the same page."""
MESSAGES = ("selected", "shown", "revealed", "shaded")


def _join(names: Sequence[str]) -> str:
    return "\n".join((_HERE / "js" / f"{name}.js").read_text(encoding="utf-8") for name in names)


_view = st.components.v2.component(
    "graph_view",
    html='<div class="graph-view"></div>',
    css=(_HERE / "graph_view.css").read_text(encoding="utf-8"),
    js=_join(VIEW_FILES),
)
_mark = st.components.v2.component("graph_mark", html="<span hidden></span>", js=_join(MARK_FILES))


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody did in a drawing: `name` is one of MESSAGES; the rest is what belongs to it.

    selected: `id` (None: nothing). shown: `id` and `level`, and what is `selected` (None: nothing). revealed: `id`.
    shaded: `metric`. `turn` counts the messages of a drawing and goes back with `mark_graph`. Ids are as the browser
    sent them: look them up.
    """

    name: str
    turn: int
    id: str | None = None
    level: str | None = None
    metric: str | None = None
    selected: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What a drawing is to show: its address (`drawing_address`), the node marked in it, the metric that shades it.

    `turn` is that of the last message that was answered: a mark that is older than what was done since is ignored.
    """

    address: str
    selected: str | None = None
    shade: str = SHADES[0]
    turn: int = 0
    session: str = ""
    """Whatever names the session that counts the turns: another one begins anew."""


def graph_view(
    graph: str,
    on_message: Callable[[Message], None],
    link: str | None = None,
    metrics: Sequence[Metric] = (),
    ahead: Mapping[str, Sequence[Change]] | None = None,
) -> None:
    """A place for a drawing; `mark_graph` says which. `graph` is its name, of this one alone on the page.

    `on_message` is called, before the script runs again, with each thing that was done in it. Drawings with the same
    `link` move and zoom together. `metrics` are the ways to colour; without any, those that every net has. `ahead`
    holds for keys of Streamlit's own widgets what a click on each of its buttons comes to: the drawing then shows it
    at once, and not only after the script has run.
    """
    data = {
        "graph": graph,
        "link": link,
        "route": DRAWING,
        "language": current_language(),
        "recolour": recolouring(),
        "metrics": [asdict(metric) for metric in metrics or list_metrics()],
        "ramp": {theme: ramp(theme) for theme in PALETTES},
        "words": view_words(),
        "ahead": {key: [_ask(change) for change in changes] for key, changes in (ahead or {}).items()},
    }

    def answer(name: str) -> Callable[[], None]:
        def call() -> None:
            message = read_message(name, st.session_state[graph][name])
            if message is not None:
                on_message(message)

        return call

    _view(
        key=graph,
        data=data,
        on_selected_change=answer("selected"),
        on_shown_change=answer("shown"),
        on_revealed_change=answer("revealed"),
        on_shaded_change=answer("shaded"),
    )


def mark_graph(graph: str, mark: Mark) -> None:
    """Say what the drawing of that name is to show."""
    _mark(key=f"mark_{graph}", data={"graph": graph, **asdict(mark)})


def _ask(change: Change) -> dict[str, str]:
    """A change as the route reads it."""
    return {"do": change.kind, "what": change.what, "at": change.level}


def read_message(name: str, value: object) -> Message | None:
    """A message as it came from the browser, checked; None if it is not what a drawing sends."""
    if name not in MESSAGES or not isinstance(value, Mapping):
        return None
    turn, node_id, level, metric, selected = (value.get(key) for key in ("turn", "id", "level", "metric", "selected"))
    texts = [text for text in (node_id, level, metric, selected) if text is not None]
    if not is_count(turn) or not all(isinstance(text, str) for text in texts):
        return None
    needs = {"shown": (node_id, level), "revealed": (node_id,), "shaded": (metric,)}.get(name, ())
    if any(text is None for text in needs) or (name == "shown" and level not in LEVELS):
        return None
    return Message(name, turn, node_id, level, metric, selected)
