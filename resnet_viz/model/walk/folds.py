"""Folds equal loop iterations and equal consecutive calls, so that a deep net's walk is as short as a shallow one's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from resnet_viz.records.steps import Fold

_LONGEST_PERIOD = 12


@dataclass(frozen=True, slots=True)
class Segment:
    """A loop iteration or a call: its steps from `start` to before `end`."""

    start: int
    end: int


def find_folds(runs: Sequence[Sequence[Segment]], marks: Sequence[int]) -> tuple[Fold, ...]:
    """Returns folds of consecutive segments; steps with equal `marks` are equal."""
    found: list[Fold] = []
    names: defaultdict[tuple[int, ...], int] = defaultdict(lambda: len(names))
    for run in runs:
        if len(run) > 1:
            kinds = [names[tuple(marks[part.start : part.end])] for part in run]
            for first, period, count in repeats(kinds, 0, len(kinds)):
                start, last = run[first].start, run[first + period - 1]
                found.append(Fold(start, last.end - start, count))
    return tuple(sorted(found, key=lambda fold: (fold.start, -fold.end)))


def repeats(kinds: Sequence[int], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yields repetitions in `kinds` between `start` and `end`, in order: first index, period, number of repetitions.

    Takes the longest repetition first, then those on both sides of it.
    """
    best = max(_candidates(kinds, start, end), key=_length, default=None)
    if best is None:
        return
    first, period, count = best
    yield from repeats(kinds, start, first)
    yield best
    yield from repeats(kinds, first + period * count, end)


def _length(found: tuple[int, int, int]) -> tuple[int, int, int]:
    """Sort key: the number of elements covered, then the shortest period, then the first position."""
    first, period, count = found
    return period * count, -period, -first


def _candidates(kinds: Sequence[int], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yields for each period the runs in which every element equals the one a period later."""
    for period in range(1, min(_LONGEST_PERIOD, (end - start) // 2) + 1):
        begin = start
        for at in range(start, end - period + 1):
            if at == end - period or kinds[at] != kinds[at + period]:
                if at - begin >= period:
                    yield begin, period, (at - begin) // period + 1
                begin = at + 1
