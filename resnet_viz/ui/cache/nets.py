"""Thin cached wrappers of what is costly; nothing of a session is cached elsewhere, and every cache is bounded.

Words in a result make the language part of its key.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.i18n import use_language
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.views.address.view import View, drawing_address
from resnet_viz.views.graph.draw import count_boxes, draw_graph
from resnet_viz.views.graph.facts import Facts, drawn_facts, net_facts
from resnet_viz.views.inspect.node import Inspection, inspect_node
from resnet_viz.views.listing.outline import write_outline
from resnet_viz.views.listing.spoken import describe_net
from resnet_viz.views.listing.table import TableRow, make_rows
from resnet_viz.views.parts.detail import LEVELS, Detail
from resnet_viz.views.parts.ids import chosen

if TYPE_CHECKING:
    pass

_MOST_BLOCKS = 100
"""Twice those of ResNet-152."""
_QUICK = 4  # a tenth of the size in a few milliseconds; more effort gains little


def is_large(*specs: ResNetSpec) -> bool:
    """Whether some nets together have so many blocks that others are not to wait for them, nor to carry them along."""
    return sum(sum(spec.layers) for spec in specs) > _MOST_BLOCKS


def get_trace(spec: ResNetSpec) -> Trace:
    """The Trace of a net, without weights."""
    return _get_large_trace(spec) if is_large(spec) else _get_trace(spec)


@st.cache_resource(max_entries=32, show_spinner=False)
def _get_trace(spec: ResNetSpec) -> Trace:
    from resnet_viz.model.trace.plan import trace_spec

    return trace_spec(spec)


# Streamlit lets Python collect garbage after every run of everybody, which goes through each of their many parts.
@st.cache_resource(max_entries=2, show_spinner=False)
def _get_large_trace(spec: ResNetSpec) -> Trace:
    from resnet_viz.model.trace.plan import trace_spec

    return trace_spec(spec)


@dataclass(frozen=True)
class Drawing:
    """A drawing as the browser gets it, with the facts of its nodes, and as SVG."""

    svg: str
    payload: bytes
    """JSON, compressed by gzip: `address`, `net`, `title`, `svg`, `facts`, and `levels`, the whole net at each."""


# Shared, not copied: a copy of the drawing of a large net would cost as much as the rest of a rerun.
@st.cache_resource(max_entries=64, show_spinner=False)
def get_drawing(spec: ResNetSpec, detail: Detail, form: str, language: str) -> Drawing:
    """The drawing of a net. Raises DrawError."""
    from resnet_viz.views.graph.render import render_for_page

    use_language(language)
    trace = get_trace(spec)
    told = {
        "address": drawing_address(View(spec, form=form), detail),
        "net": spec.to_query(),
        "title": describe_net(trace),
        "levels": _get_levels(spec, form),
        "svg": render_for_page(draw_graph(trace, detail, form=form, has_tips=False)),
        "facts": drawn_facts(trace, detail, get_facts(spec, language)),
    }
    return pack_drawing(told)


def pack_drawing(told: dict[str, Any]) -> Drawing:
    """A drawing of what the browser gets of it."""
    return Drawing(told["svg"], pack_json(told))


def pack_json(told: dict[str, Any]) -> bytes:
    """A payload as the browser gets it: JSON, compressed by gzip."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), _QUICK)


def _get_levels(spec: ResNetSpec, form: str) -> dict[str, dict[str, Any]]:
    """The whole net at each level: its address, and how many boxes it would be."""
    view, counts = View(spec, form=form), get_box_counts(spec)
    return {level: {"address": drawing_address(view, Detail(level)), "boxes": counts[level]} for level in LEVELS}


def get_facts(spec: ResNetSpec, language: str) -> Facts:
    """What a drawing in the browser knows of each node of a net (`net_facts`)."""
    return net_facts(get_trace(spec)) if is_large(spec) else _get_usual_facts(spec, language)


@st.cache_resource(max_entries=32, show_spinner=False)
def _get_usual_facts(spec: ResNetSpec, language: str) -> Facts:
    use_language(language)
    return net_facts(get_trace(spec))


@st.cache_data(max_entries=64, show_spinner=False)
def get_box_counts(spec: ResNetSpec) -> dict[str, int]:
    """How many boxes the drawing of a net has at each level."""
    return {level: count_boxes(get_trace(spec), level) for level in LEVELS}


# Words and figures of a large net take longer than the rest of a rerun. They are frozen, and so shared.
@st.cache_resource(max_entries=16, show_spinner=False)
def get_rows(spec: ResNetSpec, kinds: tuple[str, ...], language: str) -> tuple[TableRow, ...]:
    """The rows of the table."""
    use_language(language)
    return tuple(make_rows(get_trace(spec), kinds))


@st.cache_resource(max_entries=16, show_spinner=False)
def get_outline(spec: ResNetSpec, language: str) -> str:
    """The net as an indented list, in Markdown."""
    use_language(language)
    return write_outline(get_trace(spec))


@st.cache_resource(max_entries=32, show_spinner=False)
def get_inspection(spec: ResNetSpec, node_id: str, language: str) -> Inspection:
    """What is known of a node or run by its id. Raises KeyError where the net has neither."""
    use_language(language)
    found = chosen(get_trace(spec), node_id)
    if found is None:
        raise KeyError(node_id)
    return inspect_node(found.trace, found.thing)
