"""What is sent to and fro comes out as it went in, whether or not there is memory to share."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_viz.workers import wire
from resnet_viz.workers.wire import pack, shared_folder, unpack

LARGE = np.arange(200_000, dtype=np.float32).reshape(2, 100_000)
VALUE = {"large": LARGE, "cut": LARGE[:, ::2], "small": np.arange(3), "text": "größer", "none": None}


def same(value: Any) -> bool:
    return value.keys() == VALUE.keys() and all(np.array_equal(value[name], VALUE[name]) for name in VALUE)  # type: ignore[arg-type]


def test_large_arrays_go_through_shared_memory_which_is_gone_when_they_are() -> None:
    folder = shared_folder()
    try:
        data = pack(VALUE, folder)
        is_shared = folder.is_relative_to("/dev/shm")
        assert (len(data) < LARGE.nbytes) == is_shared
        assert len(list(folder.iterdir())) == is_shared
        found = unpack(data)
        assert list(folder.iterdir()) == []
        assert same(found)
        assert not found["large"].flags.writeable
    finally:
        folder.rmdir()


def test_without_room_they_go_through_the_pipe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Full:
        def __init__(self, *_given: Any) -> None:
            self.n = 0

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_given: Any) -> None:
            pass

        def seek(self, at: int) -> None:
            pass

        def write(self, data: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(wire, "_SHARED", tmp_path)
    monkeypatch.setattr(wire, "open", Full, raising=False)
    data = pack(VALUE, tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert same(unpack(data))


def test_nothing_is_written_to_a_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(**_given: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    assert same(unpack(pack(VALUE, tmp_path)))


def test_small_ones_go_through_the_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_SHARED", tmp_path)
    data = pack(np.arange(100), tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert np.array_equal(unpack(data), np.arange(100))
