"""How large a load is, and how a reader keeps to it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Size:
    """How many readers, for how many seconds, with how many seconds of looking between two clicks."""

    readers: int = 10
    seconds: float = 60.0
    looks: tuple[float, float] = (1.0, 3.0)
    stay_s: float = 185.0
    """How long the server is watched after readers have left: it keeps a session for three minutes."""
    rise_s: float = 120.0
    """How long memory is watched while the same readers go on."""
    busy: tuple[str, ...] = ()
    """Which kinds of a busy reader there are; none: all."""


class Over(Exception):
    """The time of a load is over."""


class Pace:
    """A reader's own rhythm, the same in every run; ends what it does when the time is over."""

    def __init__(self, number: int, looks: tuple[float, float], until: float) -> None:
        self.chance = Random(number)
        self._looks, self._until = looks, until

    def arrive(self, n_readers: int) -> None:
        """Readers come one after the other, within the first seconds."""
        self._sleep(self.chance.uniform(0, min(10.0, 0.3 * (n_readers - 1))))

    def look(self) -> None:
        """Looks at what is shown. Raises Over."""
        self._sleep(self.chance.uniform(*self._looks))

    @property
    def left_s(self) -> float:
        """How many seconds there still are."""
        return max(0.0, self._until - time.monotonic())

    def check(self) -> None:
        """Raises Over if the time is over."""
        if not self.left_s:
            raise Over

    def _sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, self.left_s))
        self.check()
