"""Thin cached wrappers of costly functions of a net: Trace, drawing, facts, rows. Every cache is bounded.

`language` is part of the cache key of each result that contains text.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from resnet_viz.errors import TraceFileError
from resnet_viz.i18n import use_language
from resnet_viz.records.trace import Trace
from resnet_viz.spec.named import NamedNet
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import FileNet, ShownNet, net_word
from resnet_viz.ui.cache.stored import stored_drawing, stored_trace
from resnet_viz.ui.cache.trace_files import find_trace
from resnet_viz.views.address.view import View, drawing_address
from resnet_viz.views.graph.draw import count_boxes, draw_graph
from resnet_viz.views.graph.facts import Facts, drawn_facts, net_facts
from resnet_viz.views.graph.payload import DrawingPayload, WholeLevel
from resnet_viz.views.inspect.node import Inspection, inspect_node
from resnet_viz.views.listing.outline import write_outline
from resnet_viz.views.listing.spoken import describe_net
from resnet_viz.views.listing.table import TableRow, make_rows
from resnet_viz.views.parts.detail import LEVELS, Detail
from resnet_viz.views.parts.ids import chosen

_MOST_BLOCKS = 100
"""Twice as many as ResNet-152 has."""
_QUICK = 4  # gzip level: a tenth of the size in a few milliseconds; higher levels gain little


def is_large(*nets: ShownNet) -> bool:
    """Whether nets together have so many blocks that they get a lane and small caches of their own.

    A net that is not of settings may have any number.
    """
    return sum(sum(net.layers) if isinstance(net, ResNetSpec) else _MOST_BLOCKS + 1 for net in nets) > _MOST_BLOCKS


def get_trace(net: ShownNet) -> Trace:
    """Returns the Trace of a net, without weights. Raises TraceError, of a file's TraceFileError."""
    if isinstance(net, FileNet):
        return find_trace(net)
    if isinstance(net, NamedNet):
        return _get_named_trace(net)
    return _get_large_trace(net) if is_large(net) else _get_trace(net)


def name_of(net: ShownNet) -> str:
    """Returns what to call a net; of a file, its Trace's name, as long as the file is here. It may be any text."""
    try:
        return find_trace(net).name if isinstance(net, FileNet) else net_word(net)
    except TraceFileError:
        return net_word(net)


@st.cache_resource(max_entries=8, show_spinner=False)
def _get_named_trace(net: NamedNet) -> Trace:
    return stored_trace(net, lambda: _make_named_trace(net))


def _make_named_trace(net: NamedNet) -> Trace:
    from resnet_viz.model.named.tracing import trace_named

    return trace_named(net)


@st.cache_resource(max_entries=32, show_spinner=False)
def _get_trace(spec: ResNetSpec) -> Trace:
    return stored_trace(spec, lambda: _make_trace(spec))


# Two entries: Streamlit collects garbage after every rerun of any session, which visits each of their many objects.
@st.cache_resource(max_entries=2, show_spinner=False)
def _get_large_trace(spec: ResNetSpec) -> Trace:
    return stored_trace(spec, lambda: _make_trace(spec))


def _make_trace(spec: ResNetSpec) -> Trace:
    from resnet_viz.model.trace.plan import trace_spec

    return trace_spec(spec)


@dataclass(frozen=True)
class Drawing:
    """A drawing as SVG, and as the payload for the browser, with the facts of its nodes."""

    svg: str
    payload: bytes
    """A DrawingPayload as gzipped JSON."""


# Not cache_data: a copy of the drawing of a large net would cost as much as the rest of a rerun.
@st.cache_resource(max_entries=64, show_spinner=False)
def get_drawing(spec: ShownNet, detail: Detail, form: str, language: str) -> Drawing:
    """Returns the drawing of a net. Raises DrawError."""
    use_language(language)
    return stored_drawing(
        spec, detail, form, language, lambda: _make_drawing(spec, detail, form, language), restore=Drawing
    )


def _make_drawing(spec: ShownNet, detail: Detail, form: str, language: str) -> Drawing:
    from resnet_viz.views.graph.render import render_for_page

    trace = get_trace(spec)
    payload: DrawingPayload = {
        "address": drawing_address(View(spec, form=form), detail),
        "net": spec.to_query(),
        "title": describe_net(trace),
        "levels": _get_levels(spec, form),
        "svg": render_for_page(draw_graph(trace, detail, form=form, has_tips=False)),
        "facts": drawn_facts(trace, detail, get_facts(spec, language)),
    }
    return pack_drawing(payload)


def pack_drawing(payload: DrawingPayload) -> Drawing:
    """Returns a drawing from the payload that the browser gets."""
    return Drawing(payload["svg"], pack_json(payload))


def pack_json(payload: Mapping[str, object]) -> bytes:
    """Returns a payload for the browser as gzipped JSON."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), _QUICK)


def _get_levels(spec: ShownNet, form: str) -> dict[str, WholeLevel]:
    """Returns, by level, the address of the whole net's drawing and its number of boxes."""
    view, counts = View(spec, form=form), get_box_counts(spec)
    return {level: {"address": drawing_address(view, Detail(level)), "boxes": counts[level]} for level in LEVELS}


def get_facts(spec: ShownNet, language: str) -> Facts:
    """What a drawing in the browser knows of each node of a net (`net_facts`)."""
    return net_facts(get_trace(spec)) if is_large(spec) else _get_usual_facts(spec, language)


@st.cache_resource(max_entries=32, show_spinner=False)
def _get_usual_facts(spec: ShownNet, language: str) -> Facts:
    use_language(language)
    return net_facts(get_trace(spec))


@st.cache_data(max_entries=64, show_spinner=False)
def get_box_counts(spec: ShownNet) -> dict[str, int]:
    """Returns the number of boxes in the drawing of a net, by level."""
    return {level: count_boxes(get_trace(spec), level) for level in LEVELS}


# Rows of a large net take longer than the rest of a rerun. They are frozen, so sessions can share them.
@st.cache_resource(max_entries=16, show_spinner=False)
def get_rows(spec: ShownNet, kinds: tuple[str, ...], language: str) -> tuple[TableRow, ...]:
    """Returns the table's rows of nodes of these kinds."""
    use_language(language)
    return tuple(make_rows(get_trace(spec), kinds))


@st.cache_resource(max_entries=16, show_spinner=False)
def get_outline(spec: ShownNet, language: str) -> str:
    """Returns the net as an indented list, in Markdown."""
    use_language(language)
    return write_outline(get_trace(spec))


@st.cache_resource(max_entries=32, show_spinner=False)
def get_inspection(spec: ShownNet, node_id: str, language: str) -> Inspection:
    """Returns the facts of a node, or of a run by its id. Raises KeyError if there is neither."""
    use_language(language)
    found = chosen(get_trace(spec), node_id)
    if found is None:
        raise KeyError(node_id)
    return inspect_node(found.trace, found.thing)
