"""Finds the prefix by which the keys of a file differ from a net's, in time linear in the file's size."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator


class KeyTree:
    """The sorted keys of a file, for prefix queries."""

    def __init__(self, keys: Collection[str]) -> None:
        self._sorted = sorted(keys)

    def under(self, prefix: str) -> list[str]:
        """Returns all keys with a prefix, which ends in a dot or is empty; sorted."""
        if not prefix:
            return self._sorted
        # "/" is the character after ".".
        first, end = (bisect_left(self._sorted, text) for text in (prefix, f"{prefix[:-1]}/"))
        return self._sorted[first:end]


class Prefixes:
    """The prefixes of a net's required keys in a file: "" or with a trailing dot, as in `module.backbone.`.

    whole: prefixes under which all required keys exist, shortest first. best: the one with most required keys.
    """

    def __init__(self, keys: Collection[str], required: Collection[str]) -> None:
        hits = Counter(_prefixes_in(keys, required))
        hits[""] += 0  # for a net without required keys
        by_length = sorted(hits, key=len)
        self.whole = [prefix for prefix in by_length if hits[prefix] == len(required)]
        self.best = max(by_length, key=lambda prefix: hits[prefix], default="")
        self.tree = KeyTree(keys)


def _prefixes_in(keys: Collection[str], required: Collection[str]) -> Iterator[str]:
    """Yields for each key the prefixes whose removal gives a key of the net."""
    # A key may have a million dots; only the last few can belong to the net's key.
    most = max((key.count(".") for key in required), default=-1) + 1
    for key in keys:
        end = len(key)
        for _ in range(most):
            end = key.rfind(".", 0, max(end, 0))
            if key[end + 1 :] in required:
                yield key[: end + 1]
            if end < 0:
                break
