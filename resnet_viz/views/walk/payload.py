"""Payload of the code walk for the browser: both walks of a net, syntax spans of their source, and the net's growth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from resnet_viz.records.trace import Trace
from resnet_viz.records.walk import CodeWalk
from resnet_viz.records.walk_json import walk_record
from resnet_viz.views.walk.export import TextCell, stage_page
from resnet_viz.views.walk.growth import grow, stage_marks
from resnet_viz.views.walk.tokens import colour_lines


def walk_payload(build: CodeWalk, forward: CodeWalk, trace: Trace) -> dict[str, Any]:
    """Returns both walks of one net as JSON values, with texts in the current language.

    `net` and `name`; `walks`, each with its `record` (`records/walk_json.py`), `marks` (step, id and number of what
    starts there) and `growth` (`growth.py`); `colours` of each file's lines; `stages`, the table of `_make_layer` calls
    with the steps that its rows link to.
    """
    files = {file.file: file.text for walk in (build, forward) for file in walk.files}
    return {
        "net": build.spec.to_query(),
        "name": build.spec.name,
        "walks": {walk.kind: _walk(walk, trace) for walk in (build, forward)},
        "colours": {name: colour_lines(text) for name, text in files.items()},
        "stages": _stages(build),
    }


def _walk(walk: CodeWalk, trace: Trace) -> dict[str, Any]:
    return {"record": walk_record(walk), "marks": stage_marks(walk, trace), "growth": grow(walk, trace)}


def _stages(build: CodeWalk) -> dict[str, Any]:
    page = stage_page(build)
    calls = build.stages()
    asked = [call.decisions[0].step if call.decisions else call.step for call in calls]
    rows = [
        {"step": call.step, "asked": at, "cells": [_cell(cell) for cell in row]}
        for call, at, row in zip(calls, asked, page.rows, strict=True)
    ]
    return {"title": page.title, "head": page.head, "rows": rows}


def _cell(cell: TextCell) -> Sequence[Sequence[Any]]:
    """Returns the lines of a cell: text, whether it is code, and the text after it."""
    return [[text.words, text.is_code, text.after] for text in cell]
