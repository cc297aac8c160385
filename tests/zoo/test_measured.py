"""The stored tables: rows that need no other library are found anew, and the page about them is made of them.

`make zoo` measures all rows. Versions are its concern, too: here a library may be a newer one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.zoo import measured
from tests.zoo.counters import COUNTERS
from tests.zoo.namesakes import NAMESAKES, Namesake, look_at

HERE = [one for one in NAMESAKES if one.package in ("torchvision", "timm")]


def stored(file: Path) -> dict[str, Any]:
    rows: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return rows


@pytest.mark.parametrize("namesake", HERE, ids=lambda one: one.id)
def test_a_net_is_what_is_stored_of_it(namesake: Namesake) -> None:
    found, before = look_at(namesake), stored(measured.ROWS)[namesake.id]
    assert {**found, "version": ""} == {**before, "version": ""}


@pytest.mark.parametrize("tool", ["ours", "torch", "torchinfo"])
def test_a_count_is_what_is_stored_of_it(tool: str) -> None:
    before = stored(measured.TOTALS)[tool]
    assert {**measured.measure(tool, tool if tool != "ours" else ""), "version": ""} == {**before, "version": ""}


def test_each_net_and_each_tool_is_stored() -> None:
    assert list(stored(measured.ROWS)) == [one.id for one in NAMESAKES]
    assert list(stored(measured.TOTALS)) == list(COUNTERS)


def test_what_has_changed_is_told_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    rows: dict[str, dict[str, Any]] = {"a": {"n": 1, "m": [2]}, "b": {"n": 3}}
    measured.store(file, rows)
    assert measured.differences(file, rows) == []
    assert measured.differences(file, {"a": {"n": 1, "m": [4]}, "c": {"n": 5}}) == [
        "b: not found any more",
        "a: m is [4], stored is [2]",
        "c: n is 5, stored is None",
    ]


def test_the_page_is_made_of_what_is_stored() -> None:
    assert measured.PAGE.read_text(encoding="utf-8") == measured.page()
