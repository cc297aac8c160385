"""What readers note down: how long things took, what failed, and what was wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from statistics import median, quantiles

_LONGEST = 110


class Tally:
    """The notes of one reader, or of several put together."""

    def __init__(self, others: Iterable[Tally] = ()) -> None:
        self.times: defaultdict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        for other in others:
            for action, times in other.times.items():
                self.times[action] += times
            self.errors += other.errors
            self.wrong += other.wrong

    def took(self, action: str, seconds: float) -> None:
        """Notes how long something took."""
        self.times[action].append(seconds)

    def failed(self, action: str, why: Iterable[str]) -> None:
        """Notes what a page or a route said instead of an answer."""
        self.errors.update(f"{action}: {text[:_LONGEST]}" for text in why)

    def judged(self, complaints: Iterable[str]) -> None:
        """Notes what a judge found wrong."""
        self.wrong.update(complaints)

    def median(self, action: str) -> float | None:
        """The median time of something; None if it was never done."""
        return median(self.times[action]) if self.times.get(action) else None

    def late(self, action: str) -> float | None:
        """The time that one of twenty exceeds; the longest of fewer."""
        times = self.times.get(action, [])
        return quantiles(times, n=20)[-1] if len(times) >= 20 else max(times, default=None)

    def worst(self, n: int = 3) -> str:
        """The commonest errors and wrong answers, in words."""
        return "; ".join(f"{times} × {text}" for text, times in (self.wrong + self.errors).most_common(n))
