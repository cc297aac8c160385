"""The store: one file for each entry, in a folder of the user's, bounded in bytes.

Several processes may use a folder at once. A file is replaced whole, so that a reader gets the old entry or the new
one; two that write the same key write the same record.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal, get_args

from resnet_viz.store.entry import pack_entry, read_entry
from resnet_viz.writing import write_whole

Kind = Literal["trace", "drawing", "walk"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_BYTES = 256 * 2**20

_SHARE_OF_ONE = 8
"""An entry takes at most this part of the folder: a larger one would drive out all others."""
_LOOKS = 16
"""Other processes write, too: the folder is counted anew after this part of its size has been written here."""
_NAME = re.compile("[0-9a-f]{40}")
_PART = re.compile(r"\.[0-9a-f]{40}\.\d+")
_PART_S = 3600.0
"""Seconds after which an unfinished file is one that nobody will finish."""
_log = logging.getLogger("resnet_viz")


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    n_bytes: int
    used: float


class Store:
    """Entries in a folder, which is made when the first one is kept. No method raises OSError. Thread-safe.

    most_bytes: of all files together; those used longest ago go first.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most = folder, most_bytes
        self._lock = Lock()
        self._is_told = False
        self._held: int | None = None
        """Bytes when the folder was counted, and what was written here since; None before the first count."""
        self._since = 0
        """Bytes written here since the folder was counted."""

    def find(self, kind: Kind, key: str) -> bytes | None:
        """Returns the data of an entry, which then counts as used; None without one.

        An entry that is cut, damaged, of another key or of another format is removed.
        """
        path = self._path(kind, key)
        try:
            content = self._read(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._tell(error)
            return None
        data = None if content is None else read_entry(content, key)
        with suppress(OSError):  # A folder that can only be read keeps its order.
            if data is None:
                path.unlink()
            else:
                os.utime(path)
        return data

    def keep(self, kind: Kind, key: str, data: bytes) -> None:
        """Writes an entry, and removes others until all fit. Where that is not possible, nothing is kept."""
        content = pack_entry(key, data)
        if len(content) > self._most // _SHARE_OF_ONE:
            return
        path = self._path(kind, key)
        try:
            with self._lock:  # Two threads would write to the same unfinished file.
                self._make_folder(path.parent)
                if path.is_symlink() or not path.is_file():  # which would be written through
                    path.unlink(missing_ok=True)
                write_whole(path, content)
                self._count(len(content))
        except OSError as error:
            self._tell(error)

    def _path(self, kind: Kind, key: str) -> Path:
        return self._folder / kind / hashlib.sha256(key.encode()).hexdigest()[:40]

    def _read(self, path: Path) -> bytes | None:
        """Returns the content of a file; None for what no entry can be: a link, a pipe, a folder, a huge file."""
        self._check_whole()
        self._check_owner()
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > self._most:
            return None
        return path.read_bytes()

    def _make_folder(self, folder: Path) -> None:
        self._check_whole()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._check_owner()
        folder.mkdir(mode=0o700, exist_ok=True)

    def _check_whole(self) -> None:
        """Raises OSError for `~/.cache`, which is what is left of a path where there is no home."""
        if not self._folder.is_absolute():
            raise OSError("it is no absolute path")

    def _check_owner(self) -> None:
        """Raises PermissionError for a folder that others may write to: drawings in it become part of pages."""
        if not hasattr(os, "getuid"):
            return
        found = self._folder.stat()
        if found.st_uid not in (0, os.getuid()) or found.st_mode & stat.S_IWOTH:
            raise PermissionError(f"{self._folder} is somebody else's, or anybody may write to it")

    def _count(self, written: int) -> None:
        """Adds a file to the sum, and looks at the folder itself where that may be too much, or long ago."""
        self._since += written
        if self._held is not None:
            self._held += written
        if self._held is None or self._held > self._most or self._since > self._most // _LOOKS:
            self._held, self._since = self._shrink(), 0

    def _shrink(self) -> int:
        """Removes the files used longest ago until the rest fits; returns its bytes."""
        files = sorted(self._files(), key=lambda file: file.used)
        held = sum(file.n_bytes for file in files)
        for file in files:
            if held <= self._most:
                break
            file.path.unlink(missing_ok=True)
            held -= file.n_bytes
        return held

    def _files(self) -> Iterator[_File]:
        """Yields the entries; removes what a process has left unfinished. Whatever else lies here is left alone."""
        for kind in KINDS:
            with suppress(FileNotFoundError), os.scandir(self._folder / kind) as found:
                for each in found:
                    with suppress(FileNotFoundError):  # another process removes, too
                        yield from self._look(Path(each.path), each.stat(follow_symlinks=False))

    def _look(self, path: Path, found: os.stat_result) -> Iterator[_File]:
        if _NAME.fullmatch(path.name) and not stat.S_ISDIR(found.st_mode):
            yield _File(path, found.st_size, found.st_mtime)
        elif _PART.fullmatch(path.name) and found.st_mtime < time.time() - _PART_S:
            path.unlink(missing_ok=True)

    def _tell(self, error: OSError) -> None:
        """Logs why entries cannot be kept or read, once."""
        if not self._is_told:
            self._is_told = True
            _log.warning("The records in %s cannot be used (%s); they are made anew.", self._folder, error)
