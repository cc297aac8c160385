"""Checks the records of a zip while torch reads it: torch itself ignores their checksums."""

from __future__ import annotations

import zipfile
import zlib
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager

import torch

# Each batch costs a turn of Python's, for which the reader waits as well: neither many of them nor one at the end.
_BATCH_BYTES = 2**23


class Checksums(AbstractContextManager["Checksums"]):
    """The checksums of storages, made in a thread beside the reading, from the memory that they were read into."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._made: list[Future[dict[str, int]]] = []
        self._batch: dict[str, memoryview] = {}
        self._n_bytes = 0

    def __exit__(self, *_error: object) -> None:
        self._batch = {}
        self._pool.shutdown()

    def take(self, key: str, storage: object) -> None:
        """Adds a storage of the file that was just read, by its key."""
        if isinstance(storage, torch.storage.TypedStorage):
            untyped = storage._untyped_storage
            self._batch[key] = torch.empty(0, dtype=torch.uint8).set_(untyped).numpy().data
            self._n_bytes += untyped.nbytes()
        if self._n_bytes > _BATCH_BYTES:
            self._send()

    def _send(self) -> None:
        self._made.append(self._pool.submit(_checksums, self._batch))
        self._batch, self._n_bytes = {}, 0

    def check(self, archive: zipfile.ZipFile) -> None:
        """Raises BadZipFile where a member of the file is not what it was written as.

        Members without a storage are read, and those whose storage has another checksum: it may have the bytes of each
        number in another order than the file.
        """
        self._send()
        made = {key: checksum for batch in self._made for key, checksum in batch.result().items()}
        for member in archive.infolist():
            if made.get(member.filename.partition("/data/")[2]) != member.CRC:
                archive.read(member)


def _checksums(batch: dict[str, memoryview]) -> dict[str, int]:
    return {key: zlib.crc32(data) for key, data in batch.items()}
