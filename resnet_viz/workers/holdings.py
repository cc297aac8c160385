"""Which worker holds which net, within a budget for all of them: the one used longest ago goes first.

A net stays as long as somebody reads it, and a minute longer. Not thread-safe: the pool's lock guards it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from time import monotonic

from resnet_viz.jobs.nets import NetKey

KEPT_S = 60.0
"""Seconds that a net stays after its last reader left."""
_MOST_READ = 4
"""Nets of one reader at a time: as many as Compare shows."""


Place = tuple[str, NetKey]
"""A net in a crew: one that two crews use is held twice."""


@dataclass
class Held:
    """A net in a worker."""

    home: Hashable
    n_bytes: int
    n_running: int = 0
    unread_since: float = field(default_factory=monotonic)


class Holdings:
    """The nets of all workers, and who reads them. `is_there` says whether a reader still is."""

    def __init__(self, budget: int, is_there: Callable[[str], bool]) -> None:
        self.budget = budget
        self.is_there = is_there
        self._nets: OrderedDict[Place, Held] = OrderedDict()
        self._read: dict[str, OrderedDict[NetKey, None]] = {}

    @property
    def n_bytes(self) -> int:
        """Bytes of all nets."""
        return sum(held.n_bytes for held in self._nets.values())

    def home(self, place: Place) -> Hashable | None:
        """Returns the crew's worker that holds a net."""
        held = self._nets.get(place)
        return held.home if held else None

    def of(self, home: Hashable) -> list[Place]:
        """Returns the nets of a worker."""
        return [place for place, held in self._nets.items() if held.home == home]

    def make_room(self, place: Place, n_bytes: int) -> list[Place] | None:
        """Returns the nets that must go before one is built; None where that must wait for one that runs.

        A net that is alone too large is not refused here: whoever asks for it has to know.
        """
        if place in self._nets:
            return []
        room, going = self.budget - self.n_bytes, []
        for other, held in self._nets.items():
            if room >= n_bytes:
                break
            if not held.n_running:
                going.append(other)
                room += held.n_bytes
        is_busy = any(held.n_running for held in self._nets.values())
        return None if room < n_bytes and is_busy else going

    def begin(self, place: Place, home: Hashable, n_bytes: int) -> None:
        """Notes that a net is about to run in a worker, which builds it if it has not got it."""
        held = self._nets.setdefault(place, Held(home, n_bytes))
        held.n_running += 1
        self._nets.move_to_end(place)

    def end(self, place: Place, is_held: bool) -> None:
        """Notes that it has run, and whether the worker still has it: it may have failed to build it."""
        held = self._nets.get(place)
        if held is None:
            return
        held.n_running -= 1
        held.unread_since = monotonic()
        if not is_held and held.n_running <= 0:
            del self._nets[place]

    def drop(self, places: Iterable[Place]) -> None:
        """Forgets nets."""
        for place in places:
            self._nets.pop(place, None)

    def note_reader(self, owner: str, net: NetKey) -> None:
        """Notes that somebody reads a net, and no longer the one before the last four."""
        read = self._read.setdefault(owner, OrderedDict())
        read[net] = None
        read.move_to_end(net)
        while len(read) > _MOST_READ:
            read.popitem(last=False)

    def unread(self) -> list[Place]:
        """Returns the nets that nobody has read for a while. To be called now and then."""
        now = monotonic()
        for owner in [owner for owner in self._read if not self.is_there(owner)]:
            del self._read[owner]
        read = {net for nets in self._read.values() for net in nets}
        for (_crew, net), held in self._nets.items():
            if net in read or held.n_running:
                held.unread_since = now
        return [place for place, held in self._nets.items() if now - held.unread_since >= KEPT_S]
