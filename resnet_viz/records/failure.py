"""Where and why a forward pass ended early, as part of the Trace of what ran until then."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a forward pass ended with an error: the op that could not be done, and why."""

    node: str
    """Its id; that node has no outputs, nor has a group that ends with it."""
    is_after: bool
    """That op was done, as the last one: the net's own code failed after it."""
    message: str
    """What torch or the net said."""
    got: tuple[int, ...] | None
    """The shape that the op got; None where none is known."""
    needs: tuple[int | None, ...] | None
    """The shape that it needs, None for a size that is free; None where it is not known."""
