"""Downloads published weights, on request only: into a file beside the target, checked, then renamed.

Partial data is kept in `<file name>.part` when a download ends early; the next one resumes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from threading import Lock
from urllib.error import HTTPError, URLError
from urllib.parse import urlparse
from urllib.request import Request, urlopen

from resnet_viz.downloads.copies import LENGTH_ROUNDING, has_length, is_intact, weights_folder
from resnet_viz.downloads.published import HASH_TITLES, Published
from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.units import format_bytes

# Seconds without a byte. There is no limit on the total time: the user sees the progress and can cancel.
TIMEOUT = 30.0
# Seconds between polls while another session downloads the same file.
PATIENCE = 0.2
CHUNK_BYTES = 2**18

Progress = Callable[[int, int], None]

_locks: dict[str, Lock] = {}


def download_weights(
    published: Published,
    on_progress: Callable[[int, int], None],
    folder: Path | None = None,
    base_url: str | None = None,
) -> Path:
    """Downloads a file of weights and returns its path; an existing file is only checked.

    on_progress: called with the bytes received and the total, at the start and after each chunk of at most 256 KiB. If
    it raises, the download ends with that error, and the next one resumes it.
    folder: default torch.hub's. base_url: URL of a mirror's folder, as in `http://host/models`.

    Raises WeightsError where the network, the server or the folder fails, or the file is not the published one.
    Concurrent sessions that need the same file wait for the first.
    """
    target = (folder or weights_folder()) / published.file_name
    url = f"{base_url.rstrip('/')}/{published.file_name}" if base_url else published.url
    with _file_lock(target, published, on_progress):
        if not _is_intact(target, published):
            with _folder_errors_wrapped():
                target.parent.mkdir(parents=True, exist_ok=True)
            _fetch(url, published, _part_of(target), on_progress)
            with _folder_errors_wrapped():
                _part_of(target).replace(target)
    return target


def _part_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")


@contextmanager
def _file_lock(target: Path, published: Published, on_progress: Progress) -> Iterator[None]:
    """Holds the file's lock; while waiting, reports the other download's progress to `on_progress`, which may raise."""
    lock = _locks.setdefault(str(target.absolute()), Lock())
    while not lock.acquire(timeout=PATIENCE):
        on_progress(_length(_part_of(target)), published.size)
    try:
        yield
    finally:
        lock.release()


def _fetch(url: str, published: Published, part: Path, on_progress: Progress) -> None:
    """Downloads into `part`, resuming from its current length, and checks the result."""
    if _is_intact(part, published):  # the last download was interrupted just before the rename
        return
    host = _host_of(url)
    with _network_errors_wrapped(host):
        response = _open(url, _length(part))
    with response:
        _receive(response, published, part, on_progress)
    if not _is_intact(part, published):
        with _folder_errors_wrapped():
            part.unlink()
        raise WeightsError(
            _("What {host} sent is not {title} (its {hash} is another), and was deleted: try again.").format(
                host=host, title=published.title, hash=HASH_TITLES[published.hash_name]
            )
        )


def _host_of(url: str) -> str:
    """Returns the URL's host. Raises WeightsError for an invalid URL, or a scheme that could name a local file."""
    try:
        address = urlparse(url)
        if address.scheme in ("http", "https") and address.hostname:
            return address.hostname
    except ValueError:
        pass
    raise WeightsError(_("Weights are fetched from addresses such as https://download.pytorch.org/models only."))


def _open(url: str, start: int) -> HTTPResponse:
    """Returns the response from byte `start` on, or from 0 where the server does not support that."""
    try:
        response = _request(url, start)
    except HTTPError as error:
        if error.code != 416 or not start:
            raise
        error.close()
        return _request(url, 0)  # the local part is longer than the server's file, so it is another file
    if _start_of(response) in (0, start):
        return response
    response.close()
    return _request(url, 0)


def _request(url: str, start: int) -> HTTPResponse:
    headers = {"User-Agent": "resnet_viz"} | ({"Range": f"bytes={start}-"} if start else {})
    response: HTTPResponse = urlopen(Request(url, headers=headers), timeout=TIMEOUT)
    return response


def _start_of(response: HTTPResponse) -> int | None:
    """Returns the first byte's offset in the file; None for a partial response that does not state it."""
    if response.status != 206:
        return 0
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(found[1]) if found else None


def _receive(response: HTTPResponse, published: Published, part: Path, on_progress: Progress) -> None:
    start = _start_of(response) or 0
    total = None if response.length is None else start + response.length
    if total is not None and not has_length(published, total):
        raise WeightsError(
            _("The server has {got} for {title}, which is {size} long: try again later.").format(
                got=format_bytes(total), title=published.title, size=format_bytes(published.size)
            )
        )
    pieces = _pieces(response, published.size + LENGTH_ROUNDING - start)
    _write(pieces, part, start, lambda n: on_progress(n, total or published.size))
    n_bytes = _length(part)
    if n_bytes < total if total is not None else not has_length(published, n_bytes):
        raise WeightsError(
            _("The connection broke off. {got} of {size} have arrived and are kept: try again to go on.").format(
                got=format_bytes(n_bytes), size=format_bytes(total or published.size)
            )
        )


def _write(pieces: Iterator[bytes], part: Path, start: int, report: Callable[[int], None]) -> None:
    with _folder_errors_wrapped():
        # Unbuffered: after a full disk, closing the file would write the buffer again.
        file = part.open("ab" if start else "wb", buffering=0)
    with file:
        report(start)
        n_bytes = start
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                with _folder_errors_wrapped():
                    rest = rest[file.write(rest) :]
            n_bytes += len(piece)
            report(n_bytes)


def _pieces(response: HTTPResponse, most: int) -> Iterator[bytes]:
    """Yields chunks as they arrive, until the end or a failure; the received length shows which of the two.

    Also ends with the chunk that exceeds `most` bytes: a response of unknown length may be endless.
    """
    try:
        while most >= 0 and (piece := response.read1(CHUNK_BYTES)):
            most -= len(piece)
            yield piece
    except (OSError, HTTPException):
        return


def _is_intact(path: Path, published: Published) -> bool:
    with _folder_errors_wrapped():
        return is_intact(path, published)


def _length(path: Path) -> int:
    """Returns a file's size in bytes; 0 where there is none."""
    with _folder_errors_wrapped():
        return path.stat().st_size if path.is_file() else 0


@contextmanager
def _network_errors_wrapped(host: str) -> Iterator[None]:
    try:
        yield
    except HTTPError as error:
        error.close()
        text = _("{host} does not give the file (HTTP {code}): try again later, or choose a file that you have.")
        raise WeightsError(text.format(host=host, code=error.code)) from error
    except (OSError, HTTPException, ValueError) as error:
        cause = error.reason if isinstance(error, URLError) else error
        reason = getattr(cause, "strerror", None) or type(cause).__name__
        text = _(
            "There is no connection to {host} ({reason}): check the network and try again, or choose a file that you "
            "have."
        )
        raise WeightsError(text.format(host=host, reason=reason)) from error


@contextmanager
def _folder_errors_wrapped() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = _("The folder for weights cannot be used ({reason}): make room or give access, and try again.")
        raise WeightsError(text.format(reason=error.strerror or type(error).__name__)) from error
