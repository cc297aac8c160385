"""The rows of a code walk's JSON, schema version 1.

A number in place of a value is its index in the table of that name. What is a NamedTuple here is a list in JSON.
"""

from __future__ import annotations

from typing import NamedTuple, TypedDict


class SourceRow(TypedDict):
    """A source file as installed."""

    file: str
    package: str
    version: str
    sha256: str
    text: str


class ValueRow(NamedTuple):
    """Description of a variable's value; `node` and `shape` may be null."""

    text: str
    kind: str
    node: str | None
    shape: list[int] | None


class ConditionRow(NamedTuple):
    """A condition or sub-condition, and its result where it was evaluated."""

    text: str
    shown: str
    value: bool | None
    is_looked_at: bool
    children: list[ConditionRow]


class FunctionRow(NamedTuple):
    """A function: its file and its qualified name."""

    file: str
    name: str


class FoldRow(NamedTuple):
    """Equal passes: the first step, the steps of each pass, and the number of passes."""

    start: int
    length: int
    times: int


class StepColumns(TypedDict):
    """All steps: one list per column, one element per step. A step without `before` is a call."""

    function: list[int]
    line: list[int]
    end_line: list[int]
    depth: list[int]
    parent: list[int | None]
    before: list[int | None]
    owner: list[str | None]
    changed: list[list[str | int]]
    """[name, value, name, value, …]; value -1 for a deleted name."""
    returned: list[int | None]
    condition: list[int | None]
    node_ids: list[list[str]]


class WalkRecord(TypedDict):
    """A code walk as JSON."""

    schema: str
    """`resnet_viz code walk`"""
    version: int
    kind: str
    """build | forward"""
    net: str
    """The net as a link's query string."""
    files: list[SourceRow]
    values: list[ValueRow]
    conditions: list[ConditionRow]
    functions: list[FunctionRow]
    steps: StepColumns
    folds: list[FoldRow]
