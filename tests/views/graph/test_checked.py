"""A drawing's payload is read back as it was, or not at all."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from resnet_viz.i18n import SOURCE_LANGUAGE, use_language
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.cache.nets import get_drawing
from resnet_viz.views.graph import checked
from resnet_viz.views.graph.checked import read_drawing
from resnet_viz.views.parts.detail import LEVELS, Detail


def packed(found: object) -> bytes:
    return gzip.compress(json.dumps(found).encode(), mtime=0)


@pytest.fixture
def payload() -> Any:
    return json.loads(gzip.decompress(get_drawing(PRESETS["resnet18"], Detail(), "strip", "en").payload))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("preset", ["resnet50", "plain18"])
def test_every_drawing_reads(preset: str, level: str) -> None:
    drawing = get_drawing(PRESETS[preset], Detail(level, (("layer1", "op"),)), "tall", "zh_CN")
    use_language(SOURCE_LANGUAGE)
    read = read_drawing(drawing.payload)
    assert read == json.loads(gzip.decompress(drawing.payload))
    assert read is not None
    assert read["svg"] == drawing.svg


def _fact(payload: Any) -> Any:
    return payload["facts"]["layer1.0"]


WRONG: dict[str, Callable[[Any], object]] = {
    "no svg": lambda payload: payload.pop("svg"),
    "one more": lambda payload: payload.update(more=1),
    "number for a title": lambda payload: payload.update(title=1),
    "no image": lambda payload: payload.update(svg="<script>"),
    "no levels": lambda payload: payload.update(levels={}),
    "list of levels": lambda payload: payload.update(levels=[]),
    "levels of texts": lambda payload: payload.update(levels=dict.fromkeys(LEVELS, "x")),
    "boxes in words": lambda payload: payload["levels"]["op"].update(boxes="3"),
    "boxes as truth": lambda payload: payload["levels"]["op"].update(boxes=True),
    "no address": lambda payload: payload["levels"]["op"].pop("address"),
    "list of facts": lambda payload: payload.update(facts=[]),
    "fact as text": lambda payload: payload["facts"].update(fc="x"),
    "unknown fact": lambda payload: _fact(payload).update(more=1),
    "missing fact": lambda payload: _fact(payload).pop("find"),
    "about a number": lambda payload: _fact(payload).update(about=1),
    "cost as number": lambda payload: _fact(payload).update(costs=[1]),
    "costs as text": lambda payload: _fact(payload).update(costs="x"),
    "amount as text": lambda payload: _fact(payload).update(amounts=["1"]),
    "parent as number": lambda payload: _fact(payload).update(parent=1),
    "branches as text": lambda payload: _fact(payload).update(branches="x"),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_what_has_another_form_is_none(payload: Any, change: Callable[[Any], object]) -> None:
    assert read_drawing(packed(payload)) == payload
    change(payload)
    assert read_drawing(packed(payload)) is None


@pytest.mark.parametrize("other", [b"", b"x", b"{}", packed([]), packed(1), packed(None), gzip.compress(b"{", mtime=0)])
def test_what_is_no_payload_is_none(other: bytes) -> None:
    assert read_drawing(other) is None


def test_a_cut_or_longer_file_and_one_that_unpacks_to_too_much_are_none(
    payload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = packed(payload)
    assert read_drawing(data[:-1]) is None
    assert read_drawing(data + b"x") is None
    assert read_drawing(gzip.compress(b"[" * 100_000)) is None
    monkeypatch.setattr(checked, "MOST_BYTES", 1_000)
    assert read_drawing(data) is None
