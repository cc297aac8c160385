"""Reads the tables of a trace file: what its nodes and edges name by number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from resnet_viz.i18n import _
from resnet_viz.records.trace import Field, SourceRef, TensorMeta
from resnet_viz.trace_files import columns
from resnet_viz.trace_files.schema import MOST_AXES, MOST_NUMBER
from resnet_viz.trace_files.values import read_value

_NONE = type(None)
# Arguments that views calculate with, as they must be; others are only shown.
_PAIRS = ("kernel", "stride", "padding", "padding_after", "dilation")
_COUNTS = ("groups", "in_features", "out_features")


Weight = tuple[tuple[int, ...], str, bool, bool]
"""Shape, dtype, is_buffer and is_trainable of a parameter or buffer."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a file."""

    tensors: list[TensorMeta]
    fields: list[Field]
    stacks: list[tuple[SourceRef, ...]]
    weights: list[Weight]
    attrs: list[Mapping[str, Any]]


def read_tables(document: Mapping[str, Any]) -> Tables:
    """Returns the tables of a document. Raises TraceFileError for what may not stand in one."""
    sources = _read_sources(document["sources"])
    stacks = columns.places("stacks", document["stacks"], sources)
    return Tables(
        _read_tensors(document["tensors"]),
        _read_fields(document["fields"]),
        [tuple([sources[place] for place in stack]) for stack in stacks],
        _read_weights(document["weights"]),
        [_read_attrs(row) for row in columns.rows("attrs", document["attrs"])],
    )


def read_shapes(where: str, column: list[Any]) -> list[tuple[int, ...]]:
    """Returns shapes, each a list of sizes of 0 or more."""
    found = columns.lists(where, column)
    columns.numbers(where, [size for shape in found for size in shape])
    if found and max(map(len, found)) > MOST_AXES:
        raise columns.damaged(where, max(found, key=len), _("a shape of at most {n} axes").format(n=MOST_AXES))
    return [tuple(shape) for shape in found]


def _column(rows: list[list[Any]], at: int) -> list[Any]:
    return list(map(itemgetter(at), rows))


def _read_tensors(rows: Any) -> list[TensorMeta]:
    found = columns.lists("tensors", rows, 3)
    shapes = read_shapes("tensors", _column(found, 0))
    dtypes = columns.texts("tensors", _column(found, 1))
    return list(map(TensorMeta, shapes, dtypes, columns.numbers("tensors", _column(found, 2))))


def _read_fields(rows: Any) -> list[Field]:
    found = columns.lists("fields", rows, 3)
    for at in range(3):
        columns.numbers("fields", _column(found, at), -MOST_NUMBER, may_lack=at == 2)
    for row in found:
        if row[0] > row[1]:
            raise columns.damaged("fields", row, _("a first pixel that is not behind the last"))
    return [Field(*row) for row in found]


def _read_sources(rows: Any) -> list[SourceRef]:
    found = columns.lists("sources", rows, 3)
    files, functions = columns.texts("sources", _column(found, 0)), columns.texts("sources", _column(found, 1))
    return list(map(SourceRef, files, columns.numbers("sources", _column(found, 2)), functions))


def _read_weights(rows: Any) -> list[Weight]:
    found = columns.lists("weights", rows, 4)
    shapes, dtypes = read_shapes("weights", _column(found, 0)), columns.texts("weights", _column(found, 1))
    kinds = (columns.flags("weights", _column(found, at)) for at in (2, 3))
    return list(zip(shapes, dtypes, *kinds, strict=True))


def _read_attrs(row: Any) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise columns.damaged("attrs", row, _("an object"))
    columns.texts("attrs", list(row))
    try:
        attrs = {name: read_value(value) for name, value in row.items()}
    except (ValueError, TypeError, LookupError) as error:
        raise columns.damaged("attrs", row, _("arguments of an op")) from error
    for name, value in attrs.items():
        if not _is_usable(name, value):
            raise columns.damaged(f"attrs.{name}", value, _("a value of the kind that this argument has"))
    return attrs


def _is_usable(name: str, value: Any) -> bool:
    if name in _PAIRS:
        return isinstance(value, tuple) and bool(value) and all(isinstance(size, (int, _NONE)) for size in value)
    if name in _COUNTS:
        return isinstance(value, int)
    return name not in ("functions", "axes") or isinstance(value, tuple)
