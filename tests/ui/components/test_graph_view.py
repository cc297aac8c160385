"""The drawing's component without a browser: what Python makes of its messages."""

from __future__ import annotations

import pytest

from resnet_viz.ui.components.graph_view import read_message


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
