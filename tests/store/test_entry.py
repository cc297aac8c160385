"""An entry is read as it was written, or not at all."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from resnet_viz.store.entry import pack_entry, read_entry

KEY, DATA = '{"net": "net=resnet18", "词": 1}', bytes(range(40))
ENTRY = pack_entry(KEY, DATA)


@pytest.mark.parametrize("data", [b"", b"x", DATA, bytes(100_000)])
@pytest.mark.parametrize("key", ["", "k", KEY])
def test_an_entry_is_read_as_it_was_written(key: str, data: bytes) -> None:
    assert read_entry(pack_entry(key, data), key) == data


def test_a_change_of_any_byte_is_found() -> None:
    for place in range(len(ENTRY)):
        for change in (1, 0x80, 0xFF):
            damaged = bytes([*ENTRY[:place], ENTRY[place] ^ change, *ENTRY[place + 1 :]])
            assert read_entry(damaged, KEY) is None, place


def test_what_is_cut_or_longer_is_found() -> None:
    assert [n for n in range(len(ENTRY)) if read_entry(ENTRY[:n], KEY) is not None] == []
    assert read_entry(ENTRY + b"\0", KEY) is None
    assert read_entry(ENTRY + ENTRY, KEY) is None


@pytest.mark.parametrize("key", ["", KEY[:-1], KEY + " ", KEY.replace("18", "34")])
def test_an_entry_of_another_key_is_none(key: str) -> None:
    assert read_entry(ENTRY, key) is None


def test_an_entry_of_another_format_is_none() -> None:
    assert ENTRY.startswith(b"resnet_viz entry 1\n")
    assert read_entry(ENTRY.replace(b"entry 1", b"entry 2", 1), KEY) is None


class Opens:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_a_pickle_stays_bytes(tmp_path: Path) -> None:
    pickled = pickle.dumps(Opens(tmp_path / "opened"))
    assert read_entry(pickled, KEY) is None
    assert read_entry(pack_entry(KEY, pickled), KEY) == pickled
    assert not (tmp_path / "opened").exists()
    pickle.loads(pickled)
    assert (tmp_path / "opened").exists()  # so that the pickle is one
