"""The nets as they were found, a record each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("rows.json")
"""Written by `python -m tests.zoo.measured --write`; `make zoo` says where it is not true any more."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a strict load of torchvision's state dict says, and how the names and shapes differ."""

    loads: bool
    missing: int
    unexpected: int
    shapes: int


@dataclass(frozen=True, slots=True)
class Preparation:
    """How a picture is prepared, as the library's own code says; None where it says nothing."""

    resize: int | None
    """The shorter side, in pixels."""
    crop: int | None
    interpolation: str | None
    mean: tuple[float, ...] | None
    std: tuple[float, ...] | None
    order: str
    range: int
    """The largest value before the mean is taken off: 1 or 255."""


@dataclass(frozen=True, slots=True)
class Namesake:
    """A net that a library gives for this name."""

    package: str
    version: str
    call: str
    depth: int
    source: str
    """The file, below site-packages."""
    stem_stride: int
    strided: str
    """Kernel of the convolution with the stride on a block's main path: `3x3` or `1x1`."""
    in_block: str
    """Which block of a stage has it: `first` or `last`."""
    n_strided: int
    """Stages with a stride."""
    n_params: int
    n_macs: int
    """For one picture of 224×224."""
    n_zero_gammas: int
    """Norms whose scale begins at 0."""
    eps: float
    momentum: float
    """The share of the new mean, as torch has it."""
    n_conv_biases: int
    load: Load
    preparation: Preparation


@cache  # of a file that is part of the package
def namesakes(depth: int) -> tuple[Namesake, ...]:
    """Returns the nets called ResNet-18 or ResNet-50, torchvision's first."""
    stored = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(_read(row) for row in stored.values() if row["depth"] == depth)


def _read(row: Mapping[str, Any]) -> Namesake:
    said = row["preparation"]
    lists = {name: None if said[name] is None else tuple(said[name]) for name in ("mean", "std")}
    return Namesake(**{**row, "load": Load(**row["load"]), "preparation": Preparation(**{**said, **lists})})
