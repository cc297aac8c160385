"""URL query of a view: `net=resnet50&level=block&ops=layer3.5~layer4.0&shade=macs&node=layer3.5`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.spec.query import MAX_QUERY, QUERY_KEYS, write_pairs
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.spec.shown import ShownNet, read_shown
from resnet_viz.training.words import TRAINED, read_trained
from resnet_viz.typed import query_of
from resnet_viz.views.address.params import parse_number, read_choice
from resnet_viz.views.counting.tools import TOOL_IDS
from resnet_viz.views.graph.draw import FORMS
from resnet_viz.views.graph.shade import SHADES
from resnet_viz.views.parts.detail import LEVELS, Detail, known_parts, make_detail

LEVEL, FORM, SHADE, NODE, LOOK, CHANNEL = "level", "form", "shade", "node", "look", "channel"
WEIGHTS, PART, COUNT = "weights", "part", "count"
# Query keys of the parts that are shown at another level, by that level.
PART_KEYS = {"folded": "folded", "block": "blocks", "op": "ops"}
KEYS = (LEVEL, FORM, SHADE, NODE, WEIGHTS, PART, LOOK, CHANNEL, COUNT, *PART_KEYS.values())
READER_KEYS = ("lang", "projector")
"""Of the reader's settings, which every page's address may have."""
MOST_PARTS = 200
_LONGEST_PART = 100
RANDOM, FILE = "random", "file"
# Panels below the drawing.
LOOKS = ("channels", "filmstrip", "block", "prediction", "kernels", "gradients")
DEFAULT_SPEC = PRESETS["resnet18"]


@dataclass(frozen=True)
class View:
    """What is shown: a net, how it is drawn, and the chosen node (None for the whole net).

    `parts` are (id, level) of what is opened or folded against the level. They come from the address as they are: the
    net may have no such part, nor the node.
    """

    spec: ShownNet
    level: str = LEVELS[0]
    form: str = FORMS[0]
    node: str | None = None
    parts: tuple[tuple[str, str], ...] = ()
    shade: str = SHADES[0]
    weights: str = RANDOM
    """`random`, `file`, a published set as in IMAGENET1K_V2, one that comes with the package, as in digits:resnet56, or
    that of a training run, as in trained:digits,300@64; not checked against what there is."""
    part: str = ""
    """Which net of a file that holds several, as in `teacher`, not checked against a file."""
    look: str = LOOKS[0]
    channel: int | None = None
    """The channel shown large, not checked against the node's maps."""
    count: str = TOOL_IDS[0]
    """The tool by whose rule the net's total is counted."""


def net_query(link: str) -> str:
    """Returns what a link to this page, whole or from its question mark on, says of the net alone; a name as it is."""
    text = query_of(link.strip())[:MAX_QUERY]
    if "=" not in text:
        return text
    pairs = dict(parse_qsl(text, keep_blank_values=True))
    return write_pairs({key: pairs[key] for key in pairs if key not in KEYS + READER_KEYS})


def read_view(params: Mapping[str, str]) -> tuple[View, list[str]]:
    """Returns the view of query parameters, and a sentence per invalid value replaced; unknown keys are ignored."""
    notes: list[str] = []
    view = View(
        spec=_read_spec({key: value for key, value in params.items() if key in QUERY_KEYS}, notes),
        level=read_choice(params, LEVEL, LEVELS, notes),
        form=read_choice(params, FORM, FORMS, notes),
        node=params.get(NODE) or None,
        parts=_read_parts(params, notes),
        shade=read_choice(params, SHADE, SHADES, notes),
        weights=_read_weights(params, notes),
        part=params.get(PART, "")[:_LONGEST_PART],
        look=read_choice(params, LOOK, LOOKS, notes),
        channel=_read_channel(params, notes),
        count=read_choice(params, COUNT, TOOL_IDS, notes),
    )
    return view, notes


def write_view(view: View) -> dict[str, str]:
    """Returns the view as query parameters; defaults are omitted."""
    choices = {
        LEVEL: (view.level, LEVELS[0]),
        FORM: (view.form, FORMS[0]),
        SHADE: (view.shade, SHADES[0]),
        WEIGHTS: (view.weights, RANDOM),
        LOOK: (view.look, LOOKS[0]),
        COUNT: (view.count, TOOL_IDS[0]),
    }
    return {
        **view.spec.to_pairs(),
        **{key: value for key, (value, usual) in choices.items() if value != usual},
        **write_parts(view.parts),
        **({PART: view.part} if view.part and view.weights == FILE else {}),
        **({NODE: view.node} if view.node else {}),
        **({CHANNEL: str(view.channel)} if view.channel is not None else {}),
    }


def drawing_address(view: View, detail: Detail) -> str:
    """Returns the drawing's canonical query string: independent of the selection and of how it was reached."""
    return urlencode(write_view(View(view.spec, detail.level, view.form, parts=detail.parts)), safe=",~")


def view_detail(view: View, trace: Trace) -> tuple[Detail, list[str]]:
    """Returns the Detail of a view's net, and the ids of the view's parts that the net lacks."""
    known = known_parts(trace, view.parts)
    return make_detail(trace, view.level, known), [part for part, level in view.parts if (part, level) not in known]


def read_parts(params: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Returns the parts of query parameters as (id, level), not checked against a Trace."""
    return tuple((part, level) for level, key in PART_KEYS.items() for part in params.get(key, "").split("~") if part)


def write_parts(parts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Returns the parts as query parameters, without empty ones."""
    named = tuple(parts)
    values = {key: "~".join(part for part, at in named if at == level) for level, key in PART_KEYS.items()}
    return {key: value for key, value in values.items() if value}


def _read_parts(params: Mapping[str, str], notes: list[str]) -> tuple[tuple[str, str], ...]:
    parts = read_parts(params)
    if len(parts) > MOST_PARTS:
        notes.append(_("The link opens {n} parts; the first {most} are.").format(n=len(parts), most=MOST_PARTS))
    return parts[:MOST_PARTS]


def _read_spec(params: Mapping[str, str], notes: list[str]) -> ShownNet:
    """Returns the net of query parameters; the default for an invalid one, which is added to `notes`."""
    if not params:
        return DEFAULT_SPEC
    try:
        return read_shown(params)
    except SpecError as error:
        notes.append(_("{reason} {name} is shown instead.").format(reason=str(error), name=DEFAULT_SPEC.name))
        return DEFAULT_SPEC


def _read_weights(params: Mapping[str, str], notes: list[str]) -> str:
    got = params.get(WEIGHTS, RANDOM)
    if got in (RANDOM, FILE) or re.fullmatch(r"[A-Z][A-Z0-9_]{0,40}|digits:[a-z0-9]{1,40}", got):
        return got
    if got.startswith(TRAINED):
        return _read_trained(got, notes)
    notes.append(
        _(
            "weights: got “{got}”; a name as in IMAGENET1K_V2 or digits:resnet56 is expected. "
            "Random weights are used instead."
        ).format(got=got[:60])
    )
    return RANDOM


def _read_trained(word: str, notes: list[str]) -> str:
    try:
        read_trained(word)
    except SpecError as error:
        notes.append(_("{reason} Random weights are used instead.").format(reason=str(error)))
        return RANDOM
    return word


def _read_channel(params: Mapping[str, str], notes: list[str]) -> int | None:
    got = params.get(CHANNEL)
    number = None if got is None else parse_number(got)
    if got is not None and number is None:
        notes.append(_("channel: got “{got}”, where a number is expected. None is shown large.").format(got=got[:60]))
    return number
