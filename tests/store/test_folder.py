"""The store's folder: what it forgets, what several processes do to it, and where nothing can be written."""

from __future__ import annotations

import errno
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from resnet_viz.store.entry import pack_entry
from resnet_viz.store.folder import KINDS, Store
from tests.places import ROOT

DATA = bytes(1000)


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What is logged."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("resnet_viz")
    log.addHandler(handler)
    yield lines
    log.removeHandler(handler)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in files(folder))


def test_what_is_kept_is_found_by_kind_and_key(tmp_path: Path) -> None:
    store = Store(tmp_path / "not" / "there")
    for kind in KINDS:
        assert store.find(kind, "key") is None
        store.keep(kind, "key", kind.encode())
    again = Store(tmp_path / "not" / "there")
    assert [again.find(kind, "key") for kind in KINDS] == [b"trace", b"drawing", b"walk"]
    assert again.find("trace", "another") is None
    again.keep("trace", "key", b"new")
    assert store.find("trace", "key") == b"new"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no modes here")
def test_the_folder_is_its_users_alone(tmp_path: Path) -> None:
    Store(tmp_path / "own").keep("trace", "key", DATA)
    assert (tmp_path / "own").stat().st_mode & 0o777 == 0o700


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _other_key(path: Path) -> None:
    path.write_bytes(pack_entry("other", DATA))


def _link(path: Path) -> None:
    path.rename(path.parent / "elsewhere")
    path.symlink_to(path.parent / "elsewhere")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("harm", [_cut, _empty, _other_key, _link, _pipe], ids=lambda harm: harm.__name__)
def test_what_is_no_entry_is_removed_and_can_be_made_again(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    store = Store(tmp_path)
    store.keep("trace", "key", DATA)
    (path,) = files(tmp_path)
    harm(path)
    assert store.find("trace", "key") is None
    assert not os.path.lexists(path)
    store.keep("trace", "key", DATA)
    assert store.find("trace", "key") == DATA
    harm(path)
    store.keep("trace", "key", DATA)  # without having looked
    assert store.find("trace", "key") == DATA
    assert path.is_file()
    assert not path.is_symlink()


def test_it_is_bounded_and_forgets_what_was_used_longest_ago(tmp_path: Path) -> None:
    store = Store(tmp_path, 12_000)
    for n in range(8):
        store.keep("drawing", f"key {n}", DATA)
        os.utime(store._path("drawing", f"key {n}"), (n, n))
    assert store.find("drawing", "key 0") == DATA  # which is use
    for n in range(8, 12):
        store.keep("drawing", f"key {n}", DATA)
        assert size(tmp_path) <= 12_000
    left = [n for n in range(12) if store.find("drawing", f"key {n}") is not None]
    assert left[0] == 0
    assert left[-4:] == [8, 9, 10, 11]
    assert 1 not in left
    assert len(left) >= 10


def test_no_small_entry_is_one_too_many(tmp_path: Path) -> None:
    store = Store(tmp_path, 40_000)
    for n in range(80):
        store.keep("walk", str(n), DATA)
        assert size(tmp_path) <= 40_000
    assert size(tmp_path) > 38_000


def test_what_others_write_counts_as_well(tmp_path: Path) -> None:
    store, other = Store(tmp_path, 40_000), Store(tmp_path, 40_000)
    store.keep("trace", "first", DATA)
    for n in range(30):
        other.keep("trace", f"other {n}", DATA)
    for n in range(30):
        store.keep("trace", f"own {n}", DATA)
        # It looks after it has written a sixteenth of the whole.
        assert size(tmp_path) <= 40_000 * 17 / 16 + 1_200


def test_an_entry_that_would_drive_out_the_others_is_not_kept(tmp_path: Path) -> None:
    store = Store(tmp_path, 12_000)
    store.keep("trace", "small", DATA)
    store.keep("trace", "large", bytes(2_000))
    assert store.find("trace", "large") is None
    assert store.find("trace", "small") == DATA


def test_what_nobody_finishes_is_removed_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    names = [".0123456789012345678901234567890123456789.77", "notes.txt", "a" * 39]
    (tmp_path / "trace").mkdir()
    for name in names:
        path = tmp_path / "trace" / name
        path.write_bytes(bytes(5_000))
        os.utime(path, (1, 1))
    fresh = tmp_path / "trace" / ".1123456789012345678901234567890123456789.77"
    fresh.write_bytes(b"under way")
    store = Store(tmp_path, 9_000)
    for n in range(12):
        store.keep("trace", str(n), DATA)
    assert [(tmp_path / "trace" / name).exists() for name in names] == [False, True, True]
    assert fresh.exists()


# Writes and reads the keys that it is given until told to stop; prints what it could not read as it was written.
_WRITER = """
import sys, time
from pathlib import Path
from resnet_viz.store.folder import Store
store, end = Store(Path(sys.argv[1]), 400_000), time.monotonic() + 1.5
rounds = wrong = found = 0
while time.monotonic() < end:
    for key in sys.argv[2].split(","):
        data = key.encode() * 4_000
        store.keep("trace", key, data)
        got = store.find("trace", key)
        wrong += got not in (None, data)
        found += got == data
    rounds += 1
print(rounds > 3, wrong, found > 0)
"""


def test_processes_that_write_at_once_read_whole_entries(tmp_path: Path) -> None:
    keys = ["a,b,c,d,e", "a,b,c,x,y", "a,p,q,r,s,t,u,v,w"]
    line = [sys.executable, "-c", _WRITER, str(tmp_path)]
    writers = [
        subprocess.Popen([*line, of], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        for of in keys
    ]
    said = [writer.communicate(timeout=60) for writer in writers]
    assert said == [("True 0 True\n", "")] * len(keys)
    assert [path for path in files(tmp_path) if path.name.startswith(".")] == []
    store = Store(tmp_path, 400_000)
    assert [key for key in "abcdexypqrstuvw" if store.find("trace", key) != key.encode() * 4_000] == []


def test_threads_that_write_at_once_do_not_disturb_each_other(tmp_path: Path, told: list[str]) -> None:
    store = Store(tmp_path)

    def write() -> None:
        for _n in range(150):
            store.keep("trace", "key", DATA * 50)

    threads = [Thread(target=write) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == []
    assert store.find("trace", "key") == DATA * 50


def test_a_full_disk_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    store = Store(tmp_path)
    store.keep("trace", "before", DATA)
    write = Path.write_bytes

    def fill(path: Path, data: bytes) -> int:
        write(path, data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill)
    for n in range(3):
        store.keep("trace", f"new {n}", DATA)
        store.keep("trace", "before", b"other")
    monkeypatch.undo()
    assert [path.name[0] for path in files(tmp_path)].count(".") == 0
    assert (store.find("trace", "before"), store.find("trace", "new 0")) == (DATA, None)
    assert len(told) == 1
    assert "No space left on device" in told[0]
    store.keep("trace", "new 0", DATA)  # once there is room again
    assert store.find("trace", "new 0") == DATA


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no modes here")
@pytest.mark.parametrize("mode", [0o777, 0o702])
def test_a_folder_that_anybody_may_write_to_is_not_used(tmp_path: Path, told: list[str], mode: int) -> None:
    store = Store(tmp_path)
    store.keep("trace", "key", DATA)
    tmp_path.chmod(mode)
    assert store.find("trace", "key") is None
    store.keep("trace", "new", DATA)
    assert len(files(tmp_path)) == 1
    assert len(told) == 1
    tmp_path.chmod(0o700)
    assert store.find("trace", "key") == DATA


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners here")
def test_somebody_elses_folder_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]) -> None:
    store = Store(tmp_path)
    store.keep("trace", "key", DATA)
    if os.getuid() == 0:
        os.chown(tmp_path, 12_345, -1)
    else:  # who may give nothing away
        monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    assert store.find("trace", "key") is None
    store.keep("trace", "new", DATA)
    assert len(files(tmp_path)) == 1
    assert len(told) == 1


def test_a_folder_that_cannot_be_written_is_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    """As root may write anywhere, the system's refusals are made."""
    store = Store(tmp_path)
    store.keep("trace", "key", DATA)

    def refuse(*_given: object, **_more: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    for owner, name in ((Path, "write_bytes"), (Path, "unlink"), (Path, "mkdir"), (os, "utime")):
        monkeypatch.setattr(owner, name, refuse)
    assert store.find("trace", "key") == DATA
    assert told == []
    store.keep("trace", "new", DATA)
    store.keep("trace", "newer", DATA)
    assert len(told) == 1
    store._path("trace", "key").open("ab").write(b"x")
    assert store.find("trace", "key") is None


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_keeps_nothing(tmp_path: Path, told: list[str]) -> None:
    tmp_path.chmod(0o500)
    store = Store(tmp_path / "below")
    store.keep("trace", "key", DATA)
    assert store.find("trace", "key") is None
    tmp_path.chmod(0o700)
    assert len(told) == 1


def test_what_is_left_of_a_path_without_a_home_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    store = Store(Path("~/.cache/resnet_viz"))
    store.keep("trace", "key", DATA)
    assert store.find("trace", "key") is None
    assert list(tmp_path.iterdir()) == []
    assert len(told) == 1


def test_a_file_in_the_folders_place_is_told_once_and_left(tmp_path: Path, told: list[str]) -> None:
    (tmp_path / "file").write_text("mine")
    store = Store(tmp_path / "file")
    for _n in range(2):
        store.keep("trace", "key", DATA)
        assert store.find("trace", "key") is None
    assert len(told) == 1
    assert (tmp_path / "file").read_text() == "mine"
