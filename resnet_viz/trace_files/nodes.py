"""Reads the nodes and edges of a trace file, each value checked by itself; how they hang together, `tree.py` checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from resnet_viz.errors import TraceFileError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Edge, Field, Node, ParamMeta, Stage
from resnet_viz.trace_files import columns
from resnet_viz.trace_files.schema import (
    EDGE_COLUMNS,
    KINDS,
    MOST_EDGES,
    MOST_NODES,
    MOST_NUMBER,
    NODE_COLUMNS,
    ROLES,
    SHORTCUTS,
)
from resnet_viz.trace_files.tables import Tables, Weight

_COUNTS = ("call", "n_params", "act_bytes", "live_bytes")
_FLAGS = ("is_inplace", "is_view", "macs_at_least", "is_global", "is_estimated")
_Maker = Callable[..., Node]


def read_nodes(document: Mapping[str, Any], tables: Tables) -> list[Node]:
    """Returns the nodes in the file's order. Raises TraceFileError."""
    given = _read_columns(document["nodes"], "nodes", NODE_COLUMNS, MOST_NODES)
    n_nodes = len(given["id"])
    ids, kinds = columns.texts("nodes.id", given["id"]), columns.words("nodes.kind", given["kind"], KINDS)
    _check_plain(given, n_nodes)
    parents = columns.numbers("nodes.parent", given["parent"], 0, n_nodes - 1, may_lack=True)
    children: list[list[str]] = [[] for _node in ids]
    for node_id, parent in zip(ids, parents, strict=True):
        if parent is not None:
            children[parent].append(node_id)
    makers = _read_makers(document, kinds, ids)
    made = zip(
        [makers.get(number, Node) for number in range(n_nodes)],
        ids,
        kinds,
        [None if parent is None else ids[parent] for parent in parents],
        map(tuple, children),
        columns.texts("nodes.op", given["op"], may_lack=True),
        _looked_up("attrs", given, tables.attrs),
        columns.texts("nodes.module", given["module"], may_lack=True),
        given["call"],
        given["order"],
        _tuples("inputs", given, ids),
        _tuples("outputs", given, tables.tensors),
        given["is_inplace"],
        given["is_view"],
        given["storage"],
        given["n_params"],
        given["n_macs"],
        given["macs_at_least"],
        given["act_bytes"],
        given["live_bytes"],
        _read_fields(given["field"], tables.fields),
        given["is_global"],
        _looked_up("source", given, tables.stacks),
        given["is_estimated"],
        _read_params(given["params"], tables),
        strict=True,
    )
    # By place: the columns stand in the order of the record's fields, and names would take half as long again.
    return [make(*row) for make, *row in made]


def read_edges(document: Mapping[str, Any], tables: Tables, ids: Sequence[str]) -> tuple[Edge, ...]:
    """Returns the edges in the file's order. Raises TraceFileError."""
    given = _read_columns(document["edges"], "edges", EDGE_COLUMNS, MOST_EDGES)
    ends = [columns.numbers(f"edges.{name}", given[name], 0, len(ids) - 1) for name in ("src", "dst")]
    tensors = columns.numbers("edges.tensor", given["tensor"], 0, len(tables.tensors) - 1)
    return tuple(
        map(
            Edge,
            [ids[src] for src in ends[0]],
            [ids[dst] for dst in ends[1]],
            columns.numbers("edges.slot", given["slot"]),
            [tables.tensors[tensor] for tensor in tensors],
            columns.words("edges.role", given["role"], ROLES),
        )
    )


def _read_columns(given: Any, where: str, names: Sequence[str], most: int) -> dict[str, list[Any]]:
    """Returns columns of one length."""
    if not isinstance(given, dict):
        raise columns.damaged(where, given, _("an object"))
    found = {name: columns.rows(f"{where}.{name}", given.get(name)) for name in names}
    n_rows = len(found[names[0]])
    if n_rows > most:
        text = _("This trace file has {got:,} {what}; {most:,} can be read. Trace a part of the net.")
        raise TraceFileError(text.format(got=n_rows, what=where, most=most))
    for name, column in found.items():
        if len(column) != n_rows:
            raise columns.damaged(f"{where}.{name}", len(column), _("{n} entries").format(n=n_rows))
    return found


def _check_plain(given: Mapping[str, list[Any]], n_nodes: int) -> None:
    for name in _COUNTS:
        columns.numbers(f"nodes.{name}", given[name])
    for name in _FLAGS:
        columns.flags(f"nodes.{name}", given[name])
    columns.numbers("nodes.n_macs", given["n_macs"], may_lack=True)
    columns.numbers("nodes.storage", given["storage"], -n_nodes, n_nodes)
    columns.numbers("nodes.order", given["order"], -1, n_nodes)


def _looked_up(name: str, given: Mapping[str, list[Any]], table: Sequence[Any]) -> list[Any]:
    return [table[at] for at in columns.numbers(f"nodes.{name}", given[name], 0, len(table) - 1)]


def _tuples(name: str, given: Mapping[str, list[Any]], table: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [tuple([table[at] for at in row]) for row in columns.places(f"nodes.{name}", given[name], table)]


def _read_fields(column: list[Any], table: Sequence[Field]) -> list[tuple[Field, Field] | None]:
    known = columns.lists("nodes.field", [row for row in column if row is not None], 2)
    columns.places("nodes.field", known, table)
    return [None if row is None else (table[row[0]], table[row[1]]) for row in column]


def _read_params(column: list[Any], tables: Tables) -> list[tuple[ParamMeta, ...]]:
    every = columns.lists("nodes.params", list(chain.from_iterable(columns.lists("nodes.params", column))), 3)
    columns.texts("nodes.params", [row[0] for row in every])
    columns.numbers("nodes.params", [row[1] for row in every], 0, len(tables.weights) - 1)
    columns.texts("nodes.params", [row[2] for row in every], may_lack=True)
    weights = tables.weights
    return [tuple([_param(name, weights[at], same_as) for name, at, same_as in rows]) for rows in column]


def _param(name: str, weight: Weight, same_as: str | None) -> ParamMeta:
    shape, dtype, is_buffer, is_trainable = weight
    return ParamMeta(name, shape, dtype, is_buffer, is_trainable, same_as)


def _read_makers(document: Mapping[str, Any], kinds: Sequence[str], ids: Sequence[str]) -> dict[int, _Maker]:
    """Returns, by number, what makes a stage or a block of the values that every node has."""
    makers = {**_read_stages(document["stages"], len(kinds)), **_read_blocks(document["blocks"], ids)}
    expected = {number: kind for number, kind in enumerate(kinds) if kind in ("stage", "block")}
    told = {number: "stage" if maker.func is _stage else "block" for number, maker in makers.items()}
    n_rows = len(document["stages"]) + len(document["blocks"])
    if told != expected or n_rows != len(expected):
        raise columns.damaged("stages, blocks", n_rows, _("each stage and each block once"))
    return dict(makers)


def _read_stages(given: Any, n_nodes: int) -> dict[int, partial[Node]]:
    rows = columns.lists("stages", given, 3)
    numbers = columns.numbers("stages", [row[0] for row in rows], 0, n_nodes - 1)
    columns.texts("stages", [row[1] for row in rows])
    columns.numbers("stages", [row[2] for row in rows])
    return {number: partial(_stage, row[1:]) for number, row in zip(numbers, rows, strict=True)}


def _read_blocks(given: Any, ids: Sequence[str]) -> dict[int, partial[Node]]:
    rows = columns.lists("blocks", given, 7)
    last = len(ids) - 1
    numbers = columns.numbers("blocks", [row[0] for row in rows], 0, last)
    columns.texts("blocks", [row[1] for row in rows])
    columns.words("blocks", [row[2] for row in rows], SHORTCUTS)
    columns.numbers("blocks", [row[3] for row in rows], 0, last, may_lack=True)
    for at in (4, 5):
        columns.places("blocks", [row[at] for row in rows], ids)
    strides = columns.lists("blocks", [row[6] for row in rows], 2)
    columns.numbers("blocks", list(chain.from_iterable(strides)), -MOST_NUMBER)
    return {number: partial(_block, _block_row(row, ids)) for number, row in zip(numbers, rows, strict=True)}


def _block_row(row: list[Any], ids: Sequence[str]) -> list[Any]:
    add = None if row[3] is None else ids[row[3]]
    residual, bypass = (tuple([ids[number] for number in branch]) for branch in row[4:6])
    return [row[1], row[2], add, residual, bypass, tuple(row[6])]


def _stage(own: Sequence[Any], *common: Any) -> Node:
    return Stage(*common, *own)


def _block(own: Sequence[Any], *common: Any) -> Node:
    return Block(*common, *own)
