"""The drawing: an SVG laid out by Graphviz, with pan and zoom, parts that open, selection, search and shading.

All of that happens in the browser, from its own copy of the facts; Python receives small messages and responds with
`mark_graph`, a few bytes. The browser requests the drawings themselves from the route `DRAWING`
(`resnet_viz/ui/routes.py`), which the app must serve.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TypedDict

import streamlit as st

from resnet_viz.i18n import current_language
from resnet_viz.ui.components.graph_view.words import GraphWords, view_words
from resnet_viz.ui.components.joining import BASE, join_modules, join_styles
from resnet_viz.ui.components.messages import is_count
from resnet_viz.ui.components.paths import DRAWING
from resnet_viz.views.address.changes import Change
from resnet_viz.views.graph.shade import SHADES, Unit, list_metrics, ramp
from resnet_viz.views.parts.detail import LEVELS
from resnet_viz.views.style import PALETTES, recolouring

__all__ = ["MESSAGES", "Mark", "Message", "graph_view", "mark_graph", "measure_graph", "read_message"]

_HERE = Path(__file__).parent
MESSAGES = ("selected", "shown", "revealed", "shaded")


_view = st.components.v2.component(
    "graph_view",
    html='<div class="graph-view"></div>',
    css=join_styles(BASE, _HERE / "graph_view.css"),
    js=join_modules(_HERE / "js" / "graph_view.js"),
)
_mark = st.components.v2.component(
    "graph_mark", html="<span hidden></span>", js=join_modules(_HERE / "js" / "graph_mark.js")
)


_measure = st.components.v2.component(
    "graph_measure", html="<span hidden></span>", js=join_modules(_HERE / "js" / "graph_measure.js")
)


class ShadeMetric(TypedDict):
    """A way to colour the drawing; `at` is its place among a node's `amounts`, None for the stages' colours."""

    key: str
    name: str
    help: str
    at: int | None
    kind: Unit | None


class ChangeParams(TypedDict):
    """A change of the drawing, as the route takes it."""

    do: str
    what: str
    at: str


class GraphData(TypedDict):
    """What a drawing's view gets from the script."""

    graph: str
    """The drawing's key."""
    slim: bool
    """Whether the page tells the figures of what is selected elsewhere, so that the card need not."""
    route: str
    language: str
    ahead: dict[str, list[ChangeParams]]
    """By a widget's key, what a click on each of its buttons does."""
    recolour: dict[str, str]
    """The dark theme's colours by those of the light one."""
    metrics: list[ShadeMetric]
    ramp: dict[str, list[str]]
    """Fills from nothing to the most, by theme."""
    words: GraphWords


class GraphMark(TypedDict):
    """A Mark, and the key of its drawing."""

    graph: str
    address: str
    selected: str | None
    shade: str
    turn: int
    session: str


class GraphMeasure(TypedDict):
    """What was measured of a drawing's boxes, and shades them on a logarithmic scale while it is there."""

    graph: str
    help: str
    """What the amounts are, in the language of the page."""
    amounts: dict[str, float]
    """By the id of the box, above 0."""


@dataclass(frozen=True, slots=True)
class Message:
    """A user's action in a drawing: `name` is one of MESSAGES and determines the other fields.

    selected: `id` (None: nothing). shown: `id` and `level`, and what is `selected` (None: nothing). revealed: `id`.
    shaded: `metric`. `turn` counts the messages of a drawing; return it with `mark_graph`. Ids are not validated: look
    them up.
    """

    name: str
    turn: int
    id: str | None = None
    level: str | None = None
    metric: str | None = None
    selected: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What a drawing shows: its address (`drawing_address`), the selected node, the metric that shades it.

    `turn` is that of the last message handled: the browser ignores a mark older than the user's last action.
    """

    address: str
    selected: str | None = None
    shade: str = SHADES[0]
    turn: int = 0
    session: str = ""
    """Identifies the session that counts the turns: a new one restarts the count."""


def graph_view(
    graph: str,
    on_message: Callable[[Message], None],
    ahead: Mapping[str, Sequence[Change]] | None = None,
    is_slim: bool = False,
) -> None:
    """Mounts a drawing, whose content `mark_graph` sets. `graph` is its key, unique on the page.

    `on_message` is called before the rerun, with each action of the user. `ahead` holds, by key of a Streamlit widget,
    the change that a click on each of its buttons makes: the drawing shows it at once, before the rerun. `is_slim`: the
    page tells the figures of what is selected, and the card below the drawing leaves them out.
    """

    def answer(name: str) -> Callable[[], None]:
        def call() -> None:
            message = read_message(name, st.session_state[graph][name])
            if message is not None:
                on_message(message)

        return call

    _view(
        key=graph,
        data=_view_data(graph, ahead or {}, is_slim),
        on_selected_change=answer("selected"),
        on_shown_change=answer("shown"),
        on_revealed_change=answer("revealed"),
        on_shaded_change=answer("shaded"),
    )


def _view_data(graph: str, ahead: Mapping[str, Sequence[Change]], is_slim: bool = False) -> GraphData:
    return {
        "graph": graph,
        "slim": is_slim,
        "route": DRAWING,
        "language": current_language(),
        "ahead": {key: [_change_params(change) for change in clicks] for key, clicks in ahead.items()},
        "recolour": recolouring(),
        "metrics": [
            {"key": metric.key, "name": metric.name, "help": metric.help, "at": metric.at, "kind": metric.kind}
            for metric in list_metrics()
        ],
        "ramp": {theme: list(ramp(theme)) for theme in PALETTES},
        "words": view_words(),
    }


def mark_graph(graph: str, mark: Mark) -> None:
    """Sets what the drawing of this key shows."""
    _mark(key=f"mark_{graph}", data=_mark_data(graph, mark))


def measure_graph(graph: str, words: str, amounts: Mapping[str, float]) -> None:
    """Shades the drawing of this key by measured amounts, above 0, as long as a run of the script calls it.

    `words` say what they are.
    """
    _measure(key=f"measure_{graph}", data=_measure_data(graph, words, amounts))


def _measure_data(graph: str, words: str, amounts: Mapping[str, float]) -> GraphMeasure:
    known = {box: amount for box, amount in amounts.items() if amount > 0 and isfinite(amount)}
    return {"graph": graph, "help": words, "amounts": known}


def _mark_data(graph: str, mark: Mark) -> GraphMark:
    return {
        "graph": graph,
        "address": mark.address,
        "selected": mark.selected,
        "shade": mark.shade,
        "turn": mark.turn,
        "session": mark.session,
    }


def _change_params(change: Change) -> ChangeParams:
    """Returns a change as query parameters of the route."""
    return {"do": change.kind, "what": change.what, "at": change.level}


def read_message(name: str, value: object) -> Message | None:
    """Returns a value from the browser as a Message; None if a drawing does not send it."""
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
