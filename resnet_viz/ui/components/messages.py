"""What a browser sends is anything at all: whether it is what a component sends."""

from __future__ import annotations

from typing import TypeGuard


def is_count(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number from 0 on; JSON's booleans are none."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
