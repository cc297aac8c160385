"""A net of the zoo: how it is made, at which size, and how many blocks its configuration has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

SIZE = (1, 3, 64, 64)


@dataclass(frozen=True, slots=True)
class Entry:
    """`n_blocks` is written out per family; `sums` is why, in short."""

    library: str
    name: str
    make: Callable[[], nn.Module]
    n_blocks: int
    sums: str
    shape: tuple[int, ...] = SIZE
    counted: str = ""
    """The module that torch's FlopCounterMode can run on the meta device; empty: the net."""

    @property
    def id(self) -> str:
        """`timm resnet18`."""
        return f"{self.library} {self.name}"


def evaluated(net: Any) -> nn.Module:
    """A net in eval mode."""
    model: nn.Module = net.eval()
    return model
