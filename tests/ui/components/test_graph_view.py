"""The drawing's component without a browser: its JavaScript as text, and what Python makes of its messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resnet_viz.ui.components.graph_view import VIEW_FILES, read_message
from resnet_viz.ui.components.graph_view import __file__ as component_file

JS = Path(component_file).parent / "js"


def test_no_html_from_strings_and_no_name_twice() -> None:
    names: list[str] = []
    for name in VIEW_FILES:
        code = (JS / f"{name}.js").read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", code)
        assert len(code.splitlines()) <= 300
        assert ("export default" in code) is (name == VIEW_FILES[-1])
        names += re.findall(r"^(?:function\*?|const|let|class) +(\w+)", code, re.MULTILINE)
    assert len(names) == len(set(names)) > 50


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("selected", None), ("selected", {"id": "a"}), ("selected", {"id": 3, "turn": 1}), ("shaded", {"turn": 1}),
        ("shown", {"id": "layer1", "level": "all", "turn": 1}), ("shown", {"level": "op", "turn": 1}),
        ("revealed", {"id": None, "turn": 1}), ("other", {"turn": 1}), ("selected", {"id": "a", "turn": True}),
    ],
)  # fmt: skip
def test_what_no_drawing_sends_is_no_message(name: str, value: object) -> None:
    assert read_message(name, value) is None


def test_messages_are_read() -> None:
    message = read_message("shown", {"id": "layer1", "level": "op", "turn": 7})
    assert message is not None
    assert (message.name, message.id, message.level, message.turn) == ("shown", "layer1", "op", 7)
