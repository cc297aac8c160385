"""What caches keep: so many bytes, and of pictures nothing longer than somebody is there who asked for it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

import numpy as np
import pytest

from resnet_viz.ui.cache.kept import Kept, size_of
from resnet_viz.ui.server.asking import acting_for
from tests.nets import trace_of


def bytes_of(n: int) -> Callable[[], np.ndarray]:
    return lambda: np.zeros(n, np.uint8)


def test_those_used_longest_ago_go_first() -> None:
    kept = Kept(100)
    for name in "abcd":
        kept.get(name, bytes_of(30))
        kept.get("a", bytes_of(30))
    assert [kept.find(name) is not None for name in "abcd"] == [True, False, True, True]


def test_what_is_larger_than_all_room_is_given_and_not_kept() -> None:
    kept = Kept(100)
    kept.get("small", bytes_of(30))
    assert len(kept.get("large", bytes_of(101))) == 101
    assert (kept.find("large"), len(kept)) == (None, 1)


def test_it_is_made_once_however_many_ask() -> None:
    kept, made, go_on = Kept(1000), list[int](), Event()

    def make() -> np.ndarray:
        made.append(1)
        assert go_on.wait(60)
        return bytes_of(10)()

    askers = [Thread(target=kept.get, args=("key", make)) for _n in range(5)]
    for asker in askers:
        asker.start()
    go_on.set()
    for asker in askers:
        asker.join()
    assert made == [1]


def test_an_error_is_not_kept() -> None:
    kept = Kept(1000)
    with pytest.raises(ZeroDivisionError):
        kept.get("key", lambda: 1 // 0)
    assert len(kept.get("key", bytes_of(10))) == 10


def test_it_ends_with_the_last_who_asked() -> None:
    kept, there = Kept(1000), {"one", "two"}
    for session in ("one", "two"):
        with acting_for(session):
            kept.get("both", bytes_of(10))
            kept.get(session, bytes_of(10))
    there.remove("one")
    kept.forget_left(there.__contains__)
    assert (kept.find("one"), kept.find("both") is not None, kept.find("two") is not None) == (None, True, True)
    there.remove("two")
    kept.forget_left(there.__contains__)
    assert (kept.find("both"), kept.find("two")) == (None, None)


def test_sizes_are_those_of_arrays_and_texts() -> None:
    assert size_of(np.zeros((3, 5), np.float32)) == 60
    assert 15 <= size_of({"a": b"12345", "b": ("12345", [b"12345"])}) <= 1000
    assert size_of(trace_of("resnet152")) > 5 * size_of(trace_of("resnet18"))
