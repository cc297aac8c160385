"""Steps under construction, and their conversion to steps and folds once the net is built."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import FrameType
from typing import Any

from resnet_viz.model.walk.folds import Segment, find_folds
from resnet_viz.model.walk.source import Function, Statement
from resnet_viz.records.steps import Condition, Fold, Replay, Value, WalkStep

DescribedValue = tuple[Value, Any]
"""A value's description, and the module if it is one: its path is known only at the end."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Ids of the net's parts: `paths` by id() of a module, and the net's own node id."""

    paths: Mapping[int, str]
    root: str

    def ids(self, nodes: Iterable[Any]) -> tuple[str, ...]:
        """Returns the ids of modules that are parts of the net; ops are given by their id."""
        found = (node if type(node) is str else self.paths.get(id(node)) for node in nodes)
        return tuple(node or self.root for node in found if node is not None)


class WalkRow:
    """A step under construction; values are indices in the recorder's table."""

    __slots__ = ("before", "call", "changed", "condition", "index", "nodes", "returned", "statement")

    def __init__(self, index: int, call: RunningCall, statement: Statement | None) -> None:
        self.index, self.call, self.statement = index, call, statement
        self.before: int | None = call.row.index if call.row else None
        self.changed: dict[str, int | None] = {}
        self.returned: int | None = None
        self.condition: Condition | None = None
        self.nodes: list[Any] = []


class RunningCall:
    """A call in progress: its frame, and its variables as last seen."""

    __slots__ = ("attributes", "depth", "frame", "function", "n_attributes", "owner", "parent", "row", "seen")

    def __init__(self, frame: FrameType, function: Function, around: RunningCall | None, owner: Any) -> None:
        self.frame: FrameType | None = frame
        self.function, self.owner = function, owner
        self.depth: int = around.depth + 1 if around else 0
        self.parent: int | None = around.row.index if around and around.row else None
        self.row: WalkRow | None = None
        self.seen: dict[str, Any] = {}
        self.attributes: list[Any] = []
        self.n_attributes = 0

    def release(self) -> None:
        """Releases the frame and values of a finished call, which may keep tensors alive."""
        self.frame, self.seen, self.attributes = None, {}, []


def make_steps(rows: Sequence[WalkRow], table: Sequence[DescribedValue], naming: Naming) -> tuple[WalkStep, ...]:
    """Returns the steps; `table` holds the values that the rows refer to by index."""
    paths = naming.paths
    values = [value if module is None else replace(value, node=paths.get(id(module))) for value, module in table]
    changes = [{name: None if at is None else values[at] for name, at in row.changed.items()} for row in rows]
    replay = Replay(changes, [row.before for row in rows])
    return tuple(_make_step(row, values, replay, naming) for row in rows)


def _make_step(row: WalkRow, values: Sequence[Value], replay: Replay, naming: Naming) -> WalkStep:
    call, statement = row.call, row.statement
    function = call.function
    return WalkStep(
        index=row.index,
        kind="line" if statement else "call",
        file=function.file,
        line=statement.line if statement else function.line,
        end_line=statement.end_line if statement else function.line,
        function=function.name,
        depth=call.depth,
        parent=call.parent,
        before=row.before,
        owner=naming.paths.get(id(call.owner)),
        changed=replay.changes[row.index],
        returned=None if row.returned is None else values[row.returned],
        condition=row.condition,
        node_ids=naming.ids(row.nodes) if row.nodes else (),
        _replay=replay,
    )


def fold_rows(rows: Sequence[WalkRow], table: Sequence[DescribedValue]) -> tuple[Fold, ...]:
    """Returns folds of equal loop iterations, and of equal calls from one statement."""
    return find_folds(list(_runs(rows)), _marks(rows, table))


def _marks(rows: Sequence[WalkRow], table: Sequence[DescribedValue]) -> list[int]:
    """Returns equal numbers for equal steps: same line of the same function, conditions and values."""
    # A growing list differs in every iteration, and so do loop variables: both are left out of the comparison.
    words = [value.kind if value.kind == "list" else value.text for value, _module in table]
    names: dict[tuple[object, ...], int] = {}
    marks = []
    for row in rows:
        function = row.call.function
        key: tuple[object, ...] = (id(function), id(row.statement), row.call.depth)
        if row.condition:
            key += _answers(row.condition)
        for name, at in row.changed.items():
            key += (name, None if at is None or name in function.targets else words[at])
        marks.append(names.setdefault(key, len(names)))
    return marks


def _runs(rows: Sequence[WalkRow]) -> Iterator[list[Segment]]:
    """Yields the iterations of each loop, and the calls made by one statement."""
    calls: defaultdict[int, list[WalkRow]] = defaultdict(list)
    inside: defaultdict[int, list[WalkRow]] = defaultdict(list)
    first: dict[int, int] = {}
    for row in rows:
        first[row.index] = row.index if row.before is None else first[row.before]
        inside[first[row.index]].append(row)
        if row.statement is None and row.call.parent is not None:
            calls[row.call.parent].append(row)
    for parent, made in calls.items():
        if len(made) > 1:
            yield _between([*(row.index for row in made), _end_of(rows, parent)])
    for run in inside.values():
        yield from _passes(run)


def _end_of(rows: Sequence[WalkRow], parent: int) -> int:
    depth = rows[parent].call.depth
    later = range(parent + 1, len(rows))
    return next((at for at in later if rows[at].call.depth <= depth), len(rows))


def _passes(rows: list[WalkRow]) -> Iterator[list[Segment]]:
    """Yields the iterations of each loop in a call: from one evaluation of its header to the next."""
    heads: dict[Statement, list[int]] = {}
    for row in rows:
        if row.statement is None:
            continue
        for loop in [loop for loop in heads if loop is not row.statement and row.statement.line not in loop.body]:
            yield _between(heads.pop(loop))
        if row.statement.is_loop:
            heads.setdefault(row.statement, []).append(row.index)
    for found in heads.values():
        yield _between(found)


def _between(starts: list[int]) -> list[Segment]:
    return [Segment(start, end) for start, end in pairwise(starts)]


def _answers(condition: Condition) -> tuple[object, ...]:
    return condition.value, condition.is_looked_at, *map(_answers, condition.children)
