"""Costly functions of a net, kept: Trace, drawing, facts, rows.

`language` is part of the key of each result that contains text.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, cast

from resnet_viz.errors import TraceFileError
from resnet_viz.i18n import use_language
from resnet_viz.jobs.nets import DrawNet, FindNamed, TraceNet
from resnet_viz.records.trace import Trace
from resnet_viz.spec.named import Net
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import FileNet, ShownNet, net_word
from resnet_viz.ui.cache.kept import RECORDS
from resnet_viz.ui.cache.stored import Drawing, stored_drawing, stored_trace
from resnet_viz.ui.cache.trace_files import find_trace
from resnet_viz.ui.server.asking import ask
from resnet_viz.views.address.drawing import count_levels, drawing_payload, rows_payload
from resnet_viz.views.graph.draw import ROW_WIDTH
from resnet_viz.views.graph.facts import Facts, net_facts
from resnet_viz.views.graph.payload import StripPayload, pack_json
from resnet_viz.views.inspect.cut import Cut, find_cut
from resnet_viz.views.inspect.node import Inspection, inspect_node
from resnet_viz.views.listing.outline import write_outline
from resnet_viz.views.listing.table import TableRow, make_rows
from resnet_viz.views.parts.detail import Detail
from resnet_viz.views.parts.ids import chosen
from resnet_viz.workers.lanes import LARGE, SCREEN, Lane

if TYPE_CHECKING:
    from resnet_viz.views.export.options import FileSize

_MOST_BLOCKS = 100
"""Twice as many as ResNet-152 has."""


def is_large(*nets: ShownNet) -> bool:
    """Whether nets together have so many blocks that they get a lane and small caches of their own.

    A net that is not of settings may have any number.
    """
    return sum(sum(net.layers) if isinstance(net, ResNetSpec) else _MOST_BLOCKS + 1 for net in nets) > _MOST_BLOCKS


def lane_of(*nets: ShownNet) -> Lane:
    """Returns the lane of what is made of nets together."""
    return LARGE if is_large(*nets) else SCREEN


def get_trace(net: ShownNet) -> Trace:
    """Returns the Trace of a net, without weights. Raises TraceError, of a file's TraceFileError."""
    if isinstance(net, FileNet):
        return find_trace(net)
    job = TraceNet(net)
    return RECORDS.get(job, lambda: stored_trace(net, lambda: cast(Trace, ask(job, lane_of(net)))))


def find_named(text: str) -> Net:
    """Returns the net of a word that somebody typed. Raises SpecError."""
    return cast(Net, ask(FindNamed(text)))


def name_of(net: ShownNet) -> str:
    """Returns what to call a net; of a file, its Trace's name, as long as the file is here. It may be any text."""
    try:
        return find_trace(net).name if isinstance(net, FileNet) else net_word(net)
    except TraceFileError:
        return net_word(net)


def get_drawing(spec: ShownNet, detail: Detail, form: str, language: str, wide: int = ROW_WIDTH) -> Drawing:
    """Returns the drawing of a net, in rows of `wide` points if it is one in rows. Raises DrawError."""
    kept = lay_out_drawing(spec, detail, form, language)
    if form != "rows":
        return kept
    key = ("rows", spec, detail, language, wide)
    return RECORDS.get(key, lambda: Drawing(pack_json(rows_payload(cast(StripPayload, kept.read()), wide))))


def lay_out_drawing(spec: ShownNet, detail: Detail, form: str, language: str) -> Drawing:
    """Returns what is kept of a drawing: all of it, or the strip that rows are made of. Raises DrawError."""
    use_language(language)
    key = ("drawing", spec, detail, form, language)
    return RECORDS.get(
        key, lambda: stored_drawing(spec, detail, form, language, lambda: _draw(spec, detail, form, language))
    )


def get_file_size(key: Hashable, language: str, make: Callable[[], FileSize]) -> FileSize:
    """Returns how large the file of a drawing is, by what it depends on. Raises DrawError where it does not fit."""
    return RECORDS.get(("file size", key, language), make)


def read_ahead(spec: Net, detail: Detail, form: str, language: str) -> None:
    """Reads the Trace and a drawing of a net if they are stored; makes none."""
    with suppress(_NotStored):
        RECORDS.get(TraceNet(spec), lambda: stored_trace(spec, _not_stored))
        key = ("drawing", spec, detail, form, language)
        RECORDS.get(key, lambda: stored_drawing(spec, detail, form, language, _not_stored))


class _NotStored(Exception):
    """It would have to be made."""


def _not_stored() -> NoReturn:
    raise _NotStored


def _draw(spec: ShownNet, detail: Detail, form: str, language: str) -> Drawing:
    if not isinstance(spec, FileNet) and _is_drawn_elsewhere(spec, detail):
        return Drawing(cast(bytes, ask(DrawNet(spec, detail, form), lane_of(spec))))
    facts, counts = get_facts(spec, language), get_box_counts(spec)
    return Drawing(pack_json(drawing_payload(spec, get_trace(spec), detail, form, facts, counts)))


def _is_drawn_elsewhere(net: Net, detail: Detail) -> bool:
    """Whether a worker draws a net, and not this process, which then need not read the Trace of one that is new.

    Of a large net others' requests would wait a second and more for this process. A net that is not folded is laid out
    in a process that can be ended: it may take a worker long.
    """
    return is_large(net) or (detail == Detail() and RECORDS.find(TraceNet(net)) is None)


def get_facts(spec: ShownNet, language: str) -> Facts:
    """What a drawing in the browser knows of each node of a net (`net_facts`)."""

    def make() -> Facts:
        use_language(language)
        return net_facts(get_trace(spec))

    return make() if is_large(spec) else RECORDS.get(("facts", spec, language), make)


def get_box_counts(spec: ShownNet) -> dict[str, int]:
    """Returns the number of boxes in the drawing of a net, by level."""
    return RECORDS.get(("boxes", spec), lambda: count_levels(get_trace(spec)))


# Rows of a large net take longer than the rest of a rerun. They are frozen, so sessions can share them.
def get_rows(spec: ShownNet, kinds: tuple[str, ...], language: str) -> tuple[TableRow, ...]:
    """Returns the table's rows of nodes of these kinds."""
    use_language(language)
    return RECORDS.get(("rows", spec, kinds, language), lambda: tuple(make_rows(get_trace(spec), kinds)))


def get_outline(spec: ShownNet, language: str) -> str:
    """Returns the net as an indented list, in Markdown."""
    use_language(language)
    return RECORDS.get(("outline", spec, language), lambda: write_outline(get_trace(spec)))


def get_inspection(spec: ShownNet, node_id: str, language: str) -> Inspection:
    """Returns the facts of a node, or of a run by its id. Raises KeyError if there is neither."""
    use_language(language)
    return RECORDS.get(("inspection", spec, node_id, language), lambda: _inspect(spec, node_id))


def get_cut(spec: ShownNet, node_id: str) -> Cut | None:
    """Returns a net cut behind a node, or behind a run by its id; None where it cannot be cut, or for no such id."""

    def find() -> Cut | None:
        found = chosen(get_trace(spec), node_id)
        return find_cut(found.trace, found.thing) if found else None

    return RECORDS.get(("cut", spec, node_id), find)


def _inspect(spec: ShownNet, node_id: str) -> Inspection:
    found = chosen(get_trace(spec), node_id)
    if found is None:
        raise KeyError(node_id)
    return inspect_node(found.trace, found.thing)
