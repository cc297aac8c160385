"""Checks of what a browser sends, which may be anything."""

from __future__ import annotations

from typing import TypeGuard


def is_count(value: object) -> TypeGuard[int]:
    """Whether a value is an integer of at least 0; JSON's booleans are not."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
