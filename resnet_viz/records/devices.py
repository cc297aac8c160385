"""A device that a net can run on, by its key and its name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """A device: its torch key, as in `cuda:0`, and its display name."""

    key: str
    title: str
