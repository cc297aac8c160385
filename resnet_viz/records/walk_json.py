"""A code walk as compact JSON: repeated values are written once and referred to by index (`walk_rows.py`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.records.steps import Changes, Condition, Fold, Replay, SourceFile, Value, WalkStep
from resnet_viz.records.walk import CodeWalk
from resnet_viz.records.walk_rows import (
    ConditionRow,
    FoldRow,
    FunctionRow,
    SourceRow,
    StepColumns,
    ValueRow,
    WalkRecord,
)
from resnet_viz.spec.resnet import ResNetSpec

SCHEMA, VERSION = "resnet_viz code walk", 1
_MOST_LINES = 1000
_FILE = ("file", "package", "version", "sha256", "text")
_Thing = TypeVar("_Thing", bound=Hashable)
_Row = TypeVar("_Row")


class _Table(Generic[_Thing, _Row]):
    """Distinct values in order of first use."""

    def __init__(self, write: Callable[[_Thing], _Row]) -> None:
        self._write = write
        self._places: dict[_Thing, int] = {}
        self.rows: list[_Row] = []

    def place(self, thing: _Thing) -> int:
        """Returns the index of a value, adding it when new."""
        if thing not in self._places:
            self._places[thing] = len(self.rows)
            self.rows.append(self._write(thing))
        return self._places[thing]

    def place_if_any(self, thing: _Thing | None) -> int | None:
        """Returns the index of a value as `place`; None for None."""
        return None if thing is None else self.place(thing)


def write_walk(walk: CodeWalk) -> str:
    """Returns a walk as JSON text; `read_walk` restores an equal walk."""
    return json.dumps(walk_record(walk), ensure_ascii=False, separators=(",", ":"))


def walk_record(walk: CodeWalk) -> WalkRecord:
    """Returns the JSON document as plain Python values."""
    values, conditions, functions = _Table(_write_value), _Table(_write_condition), _Table(_write_function)
    columns: StepColumns = {
        "function": [functions.place((step.file, step.function)) for step in walk.steps],
        "line": [step.line for step in walk.steps],
        "end_line": [step.end_line for step in walk.steps],
        "depth": [step.depth for step in walk.steps],
        "parent": [step.parent for step in walk.steps],
        "before": [step.before for step in walk.steps],
        "owner": [step.owner for step in walk.steps],
        "changed": [_write_changes(step.changed, values) for step in walk.steps],
        "returned": [values.place_if_any(step.returned) for step in walk.steps],
        "condition": [conditions.place_if_any(step.condition) for step in walk.steps],
        "node_ids": [list(step.node_ids) for step in walk.steps],
    }
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "kind": walk.kind,
        "net": walk.spec.to_query(),
        "files": [_write_file(file) for file in walk.files],
        "values": values.rows,
        "conditions": conditions.rows,
        "functions": functions.rows,
        "steps": columns,
        "folds": [FoldRow(fold.start, fold.length, fold.count) for fold in walk.folds],
    }


def read_walk(text: str) -> CodeWalk:
    """Returns the walk that `write_walk` wrote. Raises TraceError for other text, SpecError for an impossible net."""
    try:
        record = json.loads(text)
        if record["schema"] != SCHEMA or record["version"] != VERSION:
            raise ValueError
        return _read(record)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise TraceError(
            _("This is no code walk that can be read. Choose a file that was saved here as a code walk.")
        ) from error


def _write_file(file: SourceFile) -> SourceRow:
    return {
        "file": file.file,
        "package": file.package,
        "version": file.version,
        "sha256": file.sha256,
        "text": file.text,
    }


def _write_function(function: tuple[str, str]) -> FunctionRow:
    return FunctionRow(*function)


def _write_value(value: Value) -> ValueRow:
    return ValueRow(value.text, value.kind, value.node, list(value.shape) or None)


def _write_condition(condition: Condition) -> ConditionRow:
    children = [_write_condition(child) for child in condition.children]
    return ConditionRow(condition.text, condition.shown, condition.value, condition.is_looked_at, children)


def _write_changes(changed: Changes, values: _Table[Value, ValueRow]) -> list[str | int]:
    return [part for name, value in changed.items() for part in (name, -1 if value is None else values.place(value))]


def _read(record: Mapping[str, Any]) -> CodeWalk:
    values = [Value(text, kind, node, tuple(shape or ())) for text, kind, node, shape in record["values"]]
    conditions = [_read_condition(row) for row in record["conditions"]]
    columns = record["steps"]
    changes = [_read_changes(row, values) for row in columns["changed"]]
    replay = Replay(changes, _checked(columns))
    tables = _Lookups(record["functions"], conditions, values, replay)
    steps = tuple(_read_step(index, columns, tables) for index in range(len(changes)))
    files = tuple(SourceFile(*(row[name] for name in _FILE)) for row in record["files"])
    folds = tuple(Fold(*row) for row in record["folds"])
    return CodeWalk(ResNetSpec.from_query(record["net"]), record["kind"], files, steps, folds)


def _checked(columns: Mapping[str, Sequence[int | None]]) -> Sequence[int | None]:
    """Raises ValueError unless steps refer back to earlier steps only and statements have a bounded number of lines."""
    for name in ("before", "parent"):
        if any(at is not None and not 0 <= at < index for index, at in enumerate(columns[name])):
            raise ValueError
    lines = zip(columns["line"], columns["end_line"], strict=True)
    if any(first is None or last is None or not 0 <= last - first < _MOST_LINES for first, last in lines):
        raise ValueError
    return columns["before"]


@dataclass(frozen=True, slots=True)
class _Lookups:
    """What the columns of the steps point to by number."""

    functions: Sequence[Sequence[str]]
    conditions: Sequence[Condition]
    values: Sequence[Value]
    replay: Replay


def _read_step(index: int, columns: Mapping[str, Sequence[Any]], tables: _Lookups) -> WalkStep:
    row = {name: column[index] for name, column in columns.items()}
    file, function = tables.functions[row["function"]]
    return WalkStep(
        index=index,
        kind="call" if row["before"] is None else "line",
        file=file,
        line=row["line"],
        end_line=row["end_line"],
        function=function,
        depth=row["depth"],
        parent=row["parent"],
        before=row["before"],
        owner=row["owner"],
        changed=_read_changes(row["changed"], tables.values),
        returned=None if row["returned"] is None else tables.values[row["returned"]],
        condition=None if row["condition"] is None else tables.conditions[row["condition"]],
        node_ids=tuple(row["node_ids"]),
        _replay=tables.replay,
    )


def _read_condition(row: Sequence[Any]) -> Condition:
    text, shown, value, is_looked_at, children = row
    return Condition(text, shown, value, is_looked_at, tuple(_read_condition(child) for child in children))


def _read_changes(row: Iterable[Any], values: Sequence[Value]) -> Changes:
    parts = list(row)
    places = zip(parts[::2], parts[1::2], strict=True)
    return {name: None if at == -1 else values[at] for name, at in places}
