"""Payload of the code walk for the browser: both walks of a net, syntax spans of their source, and the net's growth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

from resnet_viz.records.trace import Trace
from resnet_viz.records.walk import CodeWalk
from resnet_viz.records.walk_json import walk_record
from resnet_viz.records.walk_rows import WalkRecord
from resnet_viz.views.walk.export import TextCell, stage_page
from resnet_viz.views.walk.growth import Growth, StageMark, grow, stage_marks
from resnet_viz.views.walk.tokens import Span, colour_lines


class OneWalk(TypedDict):
    """A walk, where stem, stages and head start in it, and at which steps each node appears."""

    record: WalkRecord
    marks: list[StageMark]
    growth: Growth


class BothWalks(TypedDict):
    """The walks of a net by kind."""

    build: OneWalk
    forward: OneWalk


class CellLine(NamedTuple):
    """A line of a cell: text, whether it is code, and the text after it."""

    words: str
    is_code: bool
    after: str


class CallRow(TypedDict):
    """A call of `_make_layer`: its step, the step that decides on its shortcut, and the cells of its row."""

    step: int
    asked: int
    cells: list[list[CellLine]]


class CallTable(TypedDict):
    """The table of all calls of `_make_layer`."""

    title: str
    head: Sequence[str]
    rows: list[CallRow]


class WalkPayload(TypedDict):
    """Both walks of one net."""

    net: str
    """As a link's query string."""
    name: str
    walks: BothWalks
    colours: dict[str, list[list[Span]]]
    """By file: the syntax spans of each line."""
    stages: CallTable


def walk_payload(build: CodeWalk, forward: CodeWalk, trace: Trace) -> WalkPayload:
    """Returns both walks of one net as JSON values, with texts in the current language."""
    files = {file.file: file.text for walk in (build, forward) for file in walk.files}
    return {
        "net": build.spec.to_query(),
        "name": build.spec.name,
        "walks": {"build": _walk(build, trace), "forward": _walk(forward, trace)},
        "colours": {name: colour_lines(text) for name, text in files.items()},
        "stages": _stages(build),
    }


def _walk(walk: CodeWalk, trace: Trace) -> OneWalk:
    return {"record": walk_record(walk), "marks": stage_marks(walk, trace), "growth": grow(walk, trace)}


def _stages(build: CodeWalk) -> CallTable:
    page = stage_page(build)
    calls = build.stages()
    asked = [call.decisions[0].step if call.decisions else call.step for call in calls]
    rows: list[CallRow] = [
        {"step": call.step, "asked": at, "cells": [_cell(cell) for cell in row]}
        for call, at, row in zip(calls, asked, page.rows, strict=True)
    ]
    return {"title": page.title, "head": page.head, "rows": rows}


def _cell(cell: TextCell) -> list[CellLine]:
    return [CellLine(text.words, text.is_code, text.after) for text in cell]
