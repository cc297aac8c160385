"""By what prefix the keys of a file differ from a net's, in a time that grows with the file and no faster."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator


class KeyTree:
    """The keys of a file, to be asked for those under a prefix."""

    def __init__(self, keys: Collection[str]) -> None:
        self._sorted = sorted(keys)

    def under(self, prefix: str) -> list[str]:
        """All keys that begin with a prefix, which ends in a dot or is empty; sorted."""
        if not prefix:
            return self._sorted
        # A slash is the next character after a dot.
        first, end = (bisect_left(self._sorted, text) for text in (prefix, f"{prefix[:-1]}/"))
        return self._sorted[first:end]


class Prefixes:
    """The prefixes that a net's required keys have in a file: "" or with a dot at the end, as in `module.backbone.`.

    whole: those under which each of the keys lies, the shortest first. best: the one that gives most of them.
    """

    def __init__(self, keys: Collection[str], required: Collection[str]) -> None:
        hits = Counter(_prefixes_in(keys, required))
        hits[""] += 0  # of a net that requires nothing
        by_length = sorted(hits, key=len)
        self.whole = [prefix for prefix in by_length if hits[prefix] == len(required)]
        self.best = max(by_length, key=lambda prefix: hits[prefix], default="")
        self.tree = KeyTree(keys)


def _prefixes_in(keys: Collection[str], required: Collection[str]) -> Iterator[str]:
    """For each key the prefixes without which it is one of the net's."""
    # Of a key with a million dots only the last few can be the net's.
    most = max((key.count(".") for key in required), default=-1) + 1
    for key in keys:
        end = len(key)
        for _ in range(most):
            end = key.rfind(".", 0, max(end, 0))
            if key[end + 1 :] in required:
                yield key[: end + 1]
            if end < 0:
                break
