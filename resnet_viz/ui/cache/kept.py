"""Caches bounded by bytes, for all sessions together: of records of nets, and of what nets make of pictures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from cachetools import LRUCache
from PIL import Image

from resnet_viz.records.trace import Trace
from resnet_viz.ui.server.asking import asker, is_session_there
from resnet_viz.ui.server.tidying import tidy
from resnet_viz.ui.server.uploads import at_each_sweep
from resnet_viz.ui.server.wanted import check_wanted

_LOOK_S = 0.1
_NODE = 2_000
"""Bytes of a node of a Trace, with its share of edges, shapes and source lines."""
_THING = 100
T = TypeVar("T")


@dataclass
class _Entry:
    value: Any
    n_bytes: int
    owners: set[str] = field(default_factory=set)


class Kept:
    """Keeps values of at most so many bytes; those used longest ago go first. Each is made by one thread at a time."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._found: LRUCache[Hashable, _Entry] = LRUCache(most, getsizeof=lambda entry: entry.n_bytes)
        self._making: dict[Hashable, Lock] = {}
        self._guard = Lock()

    def __len__(self) -> int:
        """Returns how many values there are."""
        return len(self._found)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Returns the value of a key, made if it is not there. Raises what `make` raises, and Abandoned."""
        entry = self._find(key)
        if entry is None:
            with self._guard:
                making = self._making.setdefault(key, Lock())
            while not making.acquire(timeout=_LOOK_S):
                check_wanted()
            try:
                entry = self._find(key) or self._keep(key, make())
            finally:
                making.release()
                with self._guard:
                    self._making.pop(key, None)
        value: T = entry.value
        return value

    def find(self, key: Hashable) -> Any:
        """Returns the value of a key, None if it is not there."""
        entry = self._find(key)
        return entry.value if entry else None

    def put(self, key: Hashable, value: Any) -> None:
        """Keeps a value."""
        self._keep(key, value)

    def clear(self) -> None:
        """Lets all go."""
        with self._guard:
            self._found.clear()

    def forget_left(self, is_there: Callable[[str], bool]) -> None:
        """Lets go what only sessions have asked for that are over."""
        with self._guard:
            left = [key for key, entry in self._found.items() if entry.owners and not any(map(is_there, entry.owners))]
            for key in left:
                del self._found[key]

    def _find(self, key: Hashable) -> _Entry | None:
        with self._guard:
            entry = self._found.get(key)
            if entry is not None:
                entry.owners.add(asker())
        return entry

    def _keep(self, key: Hashable, value: Any) -> _Entry:
        entry = _Entry(value, size_of(value), {asker()})
        with self._guard:
            if entry.n_bytes <= self.most:
                self._found[key] = entry
        return entry


def size_of(value: Any) -> int:
    """Returns about how many bytes a value takes: exactly those of arrays and texts, an estimate of the rest."""
    if isinstance(value, Trace):
        return _NODE * len(value.nodes)
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, Image.Image):
        return value.width * value.height * len(value.getbands())
    if isinstance(value, (bytes, str)):
        return len(value)
    if isinstance(value, Mapping):
        return _THING + sum(size_of(key) + size_of(each) for key, each in value.items())
    if isinstance(value, Collection):
        return _THING + sum(map(size_of, value))
    if is_dataclass(value):
        return _THING + sum(size_of(getattr(value, each.name)) for each in fields(value))
    return _THING


RECORDS = Kept(32 * 2**20)
"""Of nets: Traces, drawings, tables, texts. They are the same for everybody."""
FINDS = Kept(64 * 2**20)
"""Of pictures: they end with the last session that asked for them."""
at_each_sweep(lambda: FINDS.forget_left(is_session_there))
at_each_sweep(tidy)
