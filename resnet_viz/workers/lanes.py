"""Lanes: which jobs share workers, and in which order the jobs of several readers come."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

AT_REST = 20
"""A niceness beyond the last: such a process works while no other wants the processor, where the system has that."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Worker processes that do the same kinds of jobs."""

    name: str
    n_workers: int
    niceness: int
    """How far its processes stand back for those of the first crew, in steps of the system's priority; or AT_REST."""
    is_abreast: bool = False
    """Whether jobs of one reader have workers of their own; else they come one after the other."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Jobs of one kind. Of a crew's lanes, the lower `rank` goes first."""

    name: str
    crew: Crew
    rank: int
    limit_s: float
    """Seconds that one job may take; then it is ended."""


_SCREEN_CREW = Crew("screen", 2, 0)
_LARGE_CREW = Crew("large", 1, 5)
_LONG_CREW = Crew("long", 1, 10)
_TRAINING_CREW = Crew("training", 4, AT_REST, is_abreast=True)

SCREEN = Lane("screen", _SCREEN_CREW, 0, 300)
"""What somebody waits for at the screen: a net's Trace, maps, a prediction."""
LARGE = Lane("large", _LARGE_CREW, 0, 300)
"""Traces and walks of large nets."""
AHEAD = Lane("ahead", _LARGE_CREW, 1, 300)
"""What nobody has asked for yet."""
LONG = Lane("long", _LONG_CREW, 0, 3600)
"""What runs long: occlusion, a filmstrip, a pass on a large input, a download."""
TRAINING = Lane("training", _TRAINING_CREW, 0, 3600)
"""Nets in training, so many that those of one reader are side by side."""

T = TypeVar("T")


class FairQueue(Generic[T]):
    """A queue in which owners take turns, whatever number of things each has waiting. Not thread-safe."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[T]] = OrderedDict()

    def __iter__(self) -> Iterator[T]:
        """Yields all in about the order in which they will be taken."""
        rows = list(self._waiting.values())
        for n in range(max(map(len, rows), default=0)):
            yield from (row[n] for row in rows if n < len(row))

    def put(self, owner: str, thing: T) -> None:
        """Adds a thing to the end of its owner's row; a new owner comes after all others."""
        self._waiting.setdefault(owner, deque()).append(thing)

    def take(self, is_possible: Callable[[T], bool]) -> T | None:
        """Removes and returns the next thing that is possible; its owner's next turn comes after all others'."""
        for owner, row in self._waiting.items():
            for thing in row:
                if is_possible(thing):
                    self._remove(owner, thing)
                    if owner in self._waiting:
                        self._waiting.move_to_end(owner)
                    return thing
        return None

    def discard(self, thing: T) -> None:
        """Removes a thing, if it waits."""
        owner = next((owner for owner, row in self._waiting.items() if thing in row), None)
        if owner is not None:
            self._remove(owner, thing)

    def _remove(self, owner: str, thing: T) -> None:
        self._waiting[owner].remove(thing)
        if not self._waiting[owner]:
            del self._waiting[owner]
