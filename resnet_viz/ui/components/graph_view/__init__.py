"""The drawing on the page: an SVG laid out by Graphviz, to move in, open, choose from, search and shade.

All of that happens in the browser, from its own copy of the facts; Python hears of it in small messages. It answers
with `mark_graph`, which costs a few bytes, and with another drawing where something is to be opened or closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from resnet_viz.ui.components.graph_view.words import view_words
from resnet_viz.views.detail import LEVELS
from resnet_viz.views.shade import Metric, list_metrics, ramp
from resnet_viz.views.style import PALETTES, recolouring

__all__ = ["MESSAGES", "Message", "View", "graph_view", "mark_graph", "read_message"]

_HERE = Path(__file__).parent
# The browser gets one module: plain functions, each file one job; the last one holds the `export default`.
VIEW_FILES = (
    *("registry", "dom", "drawing", "kin", "camera", "gestures", "minimap", "marks", "levels", "walk", "search"),
    *("card", "tip", "amounts", "shade", "toolbar", "change", "graph_view"),
)
MARK_FILES = ("registry", "graph_mark")
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

    selected: `id` (None: nothing). shown: `id` and `level`. revealed: `id`. shaded: `metric`. `turn` counts the
    messages of a drawing and goes back with `mark_graph`. Ids are as the browser sent them: look them up.
    """

    name: str
    turn: int
    id: str | None = None
    level: str | None = None
    metric: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A drawing for the page: its name there, what is drawn, and what the browser knows of it."""

    graph: str
    """Of this drawing alone on the page; the key of the component and the `graph` of its mark."""
    svg: str
    """From `render_graph`."""
    facts: Mapping[str, Mapping[str, Any]]
    """From `node_facts`, of the same trace and detail."""
    net: str
    """Whatever names the net: another one starts afresh, the same one keeps size and place."""
    title: str
    """The text alternative of the whole drawing."""
    link: str | None = None
    """Drawings with the same link move and zoom together."""


def graph_view(view: View, on_message: Callable[[Message], None], metrics: Sequence[Metric] = ()) -> None:
    """Show a drawing. `on_message` is called, before the script runs again, with each thing that was done in it.

    `metrics` are the ways to colour; without any, those that every net has.
    """
    data = {
        "graph": view.graph,
        "svg": view.svg,
        "net": view.net,
        "title": view.title,
        "link": view.link,
        "facts": view.facts,
        "recolour": recolouring(),
        "metrics": [asdict(metric) for metric in metrics or list_metrics()],
        "ramp": {theme: ramp(theme) for theme in PALETTES},
        "words": view_words(),
    }

    def answer(name: str) -> Callable[[], None]:
        def call() -> None:
            message = read_message(name, st.session_state[view.graph][name])
            if message is not None:
                on_message(message)

        return call

    _view(
        key=view.graph,
        data=data,
        on_selected_change=answer("selected"),
        on_shown_change=answer("shown"),
        on_revealed_change=answer("revealed"),
        on_shaded_change=answer("shaded"),
    )


def mark_graph(graph: str, selected: str | None, shade: str = "stage", turn: int = 0) -> None:
    """Mark a node in the drawing of that name, and colour it by a metric.

    `turn` is that of the last message that was answered: a mark that is older than what was done since is ignored.
    """
    _mark(key=f"mark_{graph}", data={"graph": graph, "selected": selected, "shade": shade, "turn": turn})


def read_message(name: str, value: object) -> Message | None:
    """A message as it came from the browser, checked; None if it is not what a drawing sends."""
    if name not in MESSAGES or not isinstance(value, Mapping):
        return None
    turn, node_id, level, metric = (value.get(key) for key in ("turn", "id", "level", "metric"))
    texts = [text for text in (node_id, level, metric) if text is not None]
    if not isinstance(turn, int) or isinstance(turn, bool) or not all(isinstance(text, str) for text in texts):
        return None
    needs = {"shown": (node_id, level), "revealed": (node_id,), "shaded": (metric,)}.get(name, ())
    if any(text is None for text in needs) or (name == "shown" and level not in LEVELS):
        return None
    return Message(name, turn, node_id, level, metric)
