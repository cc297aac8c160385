"""Checks of what a browser sends, which may be anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard


def is_count(value: object) -> TypeGuard[int]:
    """Whether a value is an integer of at least 0; JSON's booleans are not."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def last_message(state: object, name: str) -> Mapping[str, object]:
    """Returns the last message of this name in a component's state; an empty one before the first."""
    value = state.get(name) if isinstance(state, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def turn_of(message: Mapping[str, object]) -> int:
    """Returns the number of a message, which the component's next data must carry; 0 if there is none."""
    turn = message.get("turn")
    return turn if is_count(turn) else 0
