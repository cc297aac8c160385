"""Thin cached wrappers of what is costly; nothing of a session is cached elsewhere, and every cache is bounded.

Words in a result make the language part of its key.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.i18n import _, use_language
from resnet_viz.records import Trace
from resnet_viz.spec import ResNetSpec
from resnet_viz.views.address import View, drawing_address
from resnet_viz.views.compare_address import CompareView
from resnet_viz.views.describe import describe_net
from resnet_viz.views.detail import LEVELS, Detail
from resnet_viz.views.facts import Facts, drawn_facts, net_facts
from resnet_viz.views.fold import find_run
from resnet_viz.views.graph import count_boxes, draw_graph
from resnet_viz.views.inspect import Inspection, inspect_node
from resnet_viz.views.outline import write_outline
from resnet_viz.views.structure import StructureTable, structure_table
from resnet_viz.views.table import Row, make_rows

if TYPE_CHECKING:
    from PIL.Image import Image

    from resnet_viz.model.devices import Device
    from resnet_viz.views.exercise import Exercise
    from resnet_viz.views.printed import PrintedValue
    from resnet_viz.walk_records import CodeWalk

_MOST_BLOCKS = 100
"""Twice those of ResNet-152."""
_SMALL = 440
_CAMERA_SERIES = "camera"
_QUICK = 4  # a tenth of the size in a few milliseconds; more effort gains little


@dataclass(frozen=True)
class Picture:
    """A picture to look at: its pixels, a small copy for the page, a key that names it, and a line about it."""

    image: Image
    small: bytes
    """The small copy, as a JPEG file."""
    key: str
    caption: str
    series: str
    """The same for pictures that take each other's place, as those of a camera: a part chosen by hand stays chosen."""


@st.cache_resource(show_spinner=False)
def get_devices(language: str) -> tuple[Device, ...]:
    """The devices of this machine, named in a language."""
    from resnet_viz.model.devices import list_devices

    use_language(language)
    return list_devices()


def is_large(*specs: ResNetSpec) -> bool:
    """Whether some nets together have so many blocks that others are not to wait for them, nor to carry them along."""
    return sum(sum(spec.layers) for spec in specs) > _MOST_BLOCKS


def get_trace(spec: ResNetSpec) -> Trace:
    """The Trace of a net, without weights."""
    return _get_large_trace(spec) if is_large(spec) else _get_trace(spec)


@st.cache_resource(max_entries=32, show_spinner=False)
def _get_trace(spec: ResNetSpec) -> Trace:
    from resnet_viz.model.trace import trace_spec

    return trace_spec(spec)


# Streamlit lets Python collect garbage after every run of everybody, which goes through each of their many parts.
@st.cache_resource(max_entries=2, show_spinner=False)
def _get_large_trace(spec: ResNetSpec) -> Trace:
    from resnet_viz.model.trace import trace_spec

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
    from resnet_viz.views.page_svg import render_for_page

    use_language(language)
    trace = get_trace(spec)
    told = {
        "address": drawing_address(View(spec, form=form), detail),
        "net": spec.to_query(),
        "title": describe_net(trace),
        "levels": _get_levels(spec, form),
        "svg": render_for_page(draw_graph(trace, detail, form=form, has_tips=False)),
        "facts": drawn_facts(trace, detail, _get_facts(spec, language)),
    }
    return _pack(told)


@st.cache_resource(max_entries=16, show_spinner=False)
def get_comparison(view: CompareView, language: str) -> Drawing:
    """The drawing of several nets in one; of a view only the nets, the level and the parts count. Raises DrawError."""
    from resnet_viz.views.compare_payload import compare_payload, open_nets

    use_language(language)
    told = compare_payload(view, open_nets(view, get_trace, lambda spec: _get_facts(spec, language)))
    return _pack(told)


def _pack(told: dict[str, Any]) -> Drawing:
    return Drawing(told["svg"], _pack_json(told))


def _pack_json(told: dict[str, Any]) -> bytes:
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), _QUICK)


@st.cache_resource(max_entries=8, show_spinner=False)
def get_walks(spec: ResNetSpec) -> dict[str, CodeWalk]:
    """The walks of a net by their kinds, `build` and `forward`."""
    from resnet_viz.model.walk_forward import walk_both

    return {walk.kind: walk for walk in walk_both(spec)}


@st.cache_resource(max_entries=16, show_spinner=False)
def get_walk_payload(spec: ResNetSpec, language: str) -> bytes:
    """Both walks of a net as the browser gets them (`walk_payload`): JSON, compressed by gzip."""
    from resnet_viz.views.walk_payload import walk_payload

    use_language(language)
    walks = get_walks(spec)
    return _pack_json(walk_payload(walks["build"], walks["forward"], get_trace(spec)))


def _get_levels(spec: ResNetSpec, form: str) -> dict[str, dict[str, Any]]:
    """The whole net at each level: its address, and how many boxes it would be."""
    view, counts = View(spec, form=form), get_box_counts(spec)
    return {level: {"address": drawing_address(view, Detail(level)), "boxes": counts[level]} for level in LEVELS}


def _get_facts(spec: ResNetSpec, language: str) -> Facts:
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
def get_rows(spec: ResNetSpec, kinds: tuple[str, ...], language: str) -> tuple[Row, ...]:
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
    """What is known of a node, or of a run by its id; one of them there must be."""
    use_language(language)
    trace = get_trace(spec)
    return inspect_node(trace, find_run(trace, node_id) or trace.nodes[node_id])


@st.cache_resource(max_entries=16, show_spinner=False)
def get_structure(specs: tuple[ResNetSpec, ...], rows: tuple[str, ...], language: str) -> StructureTable:
    """The structure table of some nets, with rows of totals added."""
    use_language(language)
    return structure_table([get_trace(spec) for spec in specs], rows)


@st.cache_resource(max_entries=16, show_spinner=False)
def get_printed(spec: ResNetSpec, language: str) -> tuple[PrintedValue, ...]:
    """What the paper prints of a net, beside what is computed."""
    from resnet_viz.views.printed import printed_values

    use_language(language)
    return printed_values(get_trace(spec), get_trace)


@st.cache_resource(max_entries=16, show_spinner=False)
def get_exercises(specs: tuple[ResNetSpec, ...], seed: int, language: str) -> tuple[Exercise, ...]:
    """The exercises of a sheet about some nets. Raises TraceError where there is nothing to ask."""
    from resnet_viz.views.exercises import make_exercises

    use_language(language)
    return make_exercises([get_trace(spec) for spec in specs], seed)


@st.cache_resource(max_entries=3, scope="session", show_spinner=False)
def get_upload(file_id: str, language: str, _data: bytes) -> Picture:
    """An uploaded picture, decoded once. It stays in memory as long as its session. Raises ImageError."""
    from resnet_viz.model.images import load_image

    use_language(language)
    image = load_image(_data)
    key = _key_of(image)
    return Picture(image, _small_copy(image), key, _caption_of(image), key[:6])


# One only: the frames of a camera that runs would fill any memory.
@st.cache_resource(max_entries=1, scope="session", show_spinner=False)
def get_frame(digest: str, language: str, _data: bytes) -> Picture:
    """A camera's frame, decoded once and checked like an upload; the next one takes its place. Raises ImageError."""
    from resnet_viz.model.images import load_image

    use_language(language)
    image = load_image(_data)
    return Picture(image, _small_copy(image), _key_of(image), _caption_of(image), _CAMERA_SERIES)


@st.cache_resource(max_entries=8, show_spinner=False)
def get_sample(key: str, credit: str) -> Picture:
    """One of the sample pictures."""
    from resnet_viz.model.samples import sample_image

    image = sample_image(key)
    return Picture(image, _small_copy(image), f"sample:{key}", credit, key)


def _key_of(image: Image) -> str:
    return hashlib.blake2b(repr(image.size).encode() + image.tobytes(), digest_size=12).hexdigest()


def _caption_of(image: Image) -> str:
    note = _("{width}×{height} pixels. It stays in memory for this session and is never written.")
    return note.format(width=f"{image.width:,}", height=f"{image.height:,}")


def _small_copy(image: Image) -> bytes:
    """What the page shows of a picture: a photograph of 50 million pixels is not sent back to the browser."""
    small = image.copy()
    small.thumbnail((_SMALL, _SMALL))
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
