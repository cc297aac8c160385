"""What of a browser's message every component reads: hostile until checked."""

from __future__ import annotations

from typing import Any

import pytest

from resnet_viz.ui.components.messages import is_count, last_message, turn_of


@pytest.mark.parametrize(
    "state", [None, 3, "chosen", [], {}, {"chosen": None}, {"chosen": [1]}, {"other": {"turn": 1}}]
)
def test_what_is_no_message_is_an_empty_one_that_no_turn_counts(state: Any) -> None:
    assert last_message(state, "chosen") == {}
    assert turn_of(last_message(state, "chosen")) == 0


@pytest.mark.parametrize("turn", [None, -1, True, 1.0, "1", [1], {}])
def test_a_number_that_counts_no_messages_is_none(turn: Any) -> None:
    assert not is_count(turn)
    assert turn_of({"turn": turn}) == 0


def test_a_message_is_read_with_its_number() -> None:
    message = {"turn": 7, "column": 2}
    assert last_message({"chosen": message}, "chosen") == message
    assert turn_of(message) == 7
