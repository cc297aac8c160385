"""The table of all stages, blocks and ops, as rows of plain, sortable values."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.units import format_shape
from resnet_viz.views.parts.words import WEIGHTED, field_sizes, layer_text, shortcut_text, stage_names

ROW_KINDS = ("stage", "block", "op")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One node's figures.

    `n_macs` is None if not known, and a lower bound if `macs_at_least`. `field_pixels` is the vertical receptive field
    in input pixels; None if unknown or the whole picture.
    """

    node: str
    kind: str
    what: str
    in_shape: str
    out_shape: str
    n_params: int
    n_macs: int | None
    macs_at_least: bool
    act_bytes: int
    field_pixels: int | None
    source: str


def make_rows(trace: Trace, kinds: Sequence[str] = ROW_KINDS) -> list[TableRow]:
    """Returns the nodes of these kinds in execution order; `op` includes the input."""
    wanted = {*kinds, "input"} if "op" in kinds else set(kinds)
    return [_row(trace, node) for node in trace.nodes.values() if node.kind in wanted]


def to_csv(rows: Sequence[TableRow]) -> str:
    """Returns the rows as CSV with a header, numbers unrounded."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(TableRow.__dataclass_fields__)
    writer.writerows([getattr(row, name) for name in TableRow.__dataclass_fields__] for row in rows)
    return text.getvalue()


def _row(trace: Trace, node: Node) -> TableRow:
    return TableRow(
        node=node.id,
        kind=node.kind,
        what=_describe(node),
        in_shape=format_shape(trace.in_shape(node)),
        out_shape=format_shape(node.out_shape),
        n_params=node.n_params,
        n_macs=node.n_macs,
        macs_at_least=node.macs_at_least,
        act_bytes=node.act_bytes,
        field_pixels=sizes[0] if (sizes := field_sizes(node.field)) else None,
        source=f"{node.source[0].function}:{node.source[0].line}" if node.source else "",
    )


def _describe(node: Node) -> str:
    if isinstance(node, Stage):
        return stage_names(node)
    if isinstance(node, Block):
        return f"{node.block_type} · {shortcut_text(node.shortcut)}"
    if node.op in WEIGHTED:
        return f"{node.op} {layer_text(node)}"
    return node.op or _("input")
