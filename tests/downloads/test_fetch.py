"""The download, against a server on this machine that is slow, lies, cuts off, sends something else or no parts."""

import errno
import hashlib
import io
import random
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from resnet_viz.downloads import fetch
from resnet_viz.downloads.copies import cached_weights
from resnet_viz.downloads.fetch import download_weights
from resnet_viz.errors import WeightsError
from resnet_viz.model.weights.published import published_weights
from resnet_viz.records.weights import PublishedWeights
from resnet_viz.spec.resnet import PRESETS

BODY = random.Random(4).randbytes(1_000_003)
OTHER = random.Random(5).randbytes(len(BODY))


@dataclass
class Plan:
    """What the server does, and what it was asked: the first byte of each request."""

    body: bytes = BODY
    status: int = 200
    knows_ranges: bool = True
    range_header: str | None = None
    claims: int | None = len(BODY)  # the Content-Length of a whole answer; None for none
    stops_after: int | None = None  # bytes of an answer, then the connection is closed
    stalls_after: int | None = None  # bytes of an answer, then nothing comes
    is_endless: bool = False
    is_chunked: bool = False
    go_on: threading.Event = field(default_factory=threading.Event)
    asked: list[int] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    plan: Plan

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        plan, self.close_connection = self.plan, True
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        plan.asked.append(start)
        is_part = start > 0 and plan.knows_ranges
        if is_part and start >= len(plan.body):
            self.send_error(416)
            return
        self.send_response(206 if is_part else plan.status)
        first = start if is_part else 0
        if is_part:
            given = f"bytes {first}-{len(plan.body) - 1}/{len(plan.body)}"
            self.send_header("Content-Range", given if plan.range_header is None else plan.range_header)
        if plan.is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif plan.claims is not None:
            self.send_header("Content-Length", str(plan.claims - first))
        self.end_headers()
        self._send(plan.body[first:])

    def _send(self, body: bytes) -> None:
        plan = self.plan
        try:
            self._write(body[: plan.stops_after] if plan.stalls_after is None else body[: plan.stalls_after])
            if plan.stalls_after is not None:
                plan.go_on.wait(60)
                self._write(body[plan.stalls_after :])
            while plan.is_endless:
                self._write(bytes(100_000))
            if plan.is_chunked and plan.stops_after is None:
                self.wfile.write(b"0\r\n\r\n")
        except OSError:
            pass  # whoever asked is gone

    def _write(self, body: bytes) -> None:
        for at in range(0, len(body), 30_000):
            piece = body[at : at + 30_000]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if self.plan.is_chunked else piece)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("PlannedHandler", (Handler,), {"plan": Plan()}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.RequestHandlerClass.plan.go_on.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def plan(server: ThreadingHTTPServer) -> Plan:
    return server.RequestHandlerClass.plan  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def published(server: ThreadingHTTPServer) -> PublishedWeights:
    real = published_weights(PRESETS["resnet18"])[0]
    return replace(
        real,
        url=f"http://127.0.0.1:{server.server_port}/models/{real.file_name}",
        size=len(BODY),
        hash_prefix=hashlib.sha256(BODY).hexdigest()[:8],
    )


@dataclass
class Seen:
    """What was told of the progress; raises when there are so many bytes."""

    until: int | None = None
    error: BaseException = field(default_factory=KeyboardInterrupt)
    calls: list[tuple[int, int]] = field(default_factory=list)

    def __call__(self, done: int, total: int) -> None:
        self.calls.append((done, total))
        if self.until is not None and done >= self.until:
            raise self.error


def part_of(published: PublishedWeights, folder: Path) -> Path:
    return folder / f"{published.file_name}.part"


def fails(published: PublishedWeights, folder: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        download_weights(published, Seen(), folder)
    assert not (folder / published.file_name).exists()
    assert str(folder) not in str(caught.value)
    return str(caught.value)


def succeeds(published: PublishedWeights, folder: Path) -> None:
    path = download_weights(published, Seen(), folder)
    assert path.read_bytes() == BODY
    assert [file.name for file in folder.iterdir()] == [published.file_name]


def test_a_download_is_told_and_put_in_place(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    seen, folder = Seen(), tmp_path / "new" / "folder"
    path = download_weights(published, seen, folder)
    assert path == folder / published.file_name == cached_weights(published, folder)
    assert path.read_bytes() == BODY
    assert [file.name for file in folder.iterdir()] == [published.file_name]
    done = [n for n, _ in seen.calls]
    assert (done[0], done[-1], done) == (0, len(BODY), sorted(done))
    assert {total for _, total in seen.calls} == {len(BODY)}
    assert len(done) > 3
    assert plan.asked == [0]


def test_what_is_there_is_not_fetched_again(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    succeeds(published, tmp_path)
    succeeds(published, tmp_path)
    assert plan.asked == [0]


def test_a_damaged_file_is_fetched_again(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    (tmp_path / published.file_name).write_bytes(OTHER)
    succeeds(published, tmp_path)


def test_the_folder_is_torch_hubs_by_default(
    published: PublishedWeights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert download_weights(published, Seen()) == tmp_path / "hub" / "checkpoints" / published.file_name


def test_a_mirror(published: PublishedWeights, tmp_path: Path) -> None:
    base = published.url.removesuffix(published.file_name)
    nowhere = replace(published, url="http://127.0.0.1:1/none")
    for url in (base, base.rstrip("/")):
        assert download_weights(nowhere, Seen(), tmp_path / str(len(url)), base_url=url).read_bytes() == BODY


# Ends early, and goes on


@pytest.mark.parametrize("stop", [1, 100_000, len(BODY) - 1])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_connection_cut_off_is_gone_on_with(
    published: PublishedWeights, plan: Plan, tmp_path: Path, stop: int, is_chunked: bool
) -> None:
    plan.stops_after, plan.is_chunked = stop, is_chunked
    if is_chunked and stop == len(BODY) - 1:
        return  # as far as anybody can tell, it is whole: the test of wrong bytes has it
    assert "broke off" in fails(published, tmp_path)
    assert part_of(published, tmp_path).read_bytes() == BODY[:stop]
    plan.stops_after = None
    succeeds(published, tmp_path)
    assert plan.asked == [0, stop]


def test_a_server_without_ranges_starts_over(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    plan.stops_after, plan.knows_ranges = 400_000, False
    fails(published, tmp_path)
    plan.stops_after = None
    succeeds(published, tmp_path)
    assert plan.asked == [0, 400_000]


@pytest.mark.parametrize("header", ["", "bytes 5-1000002/1000003", "bytes */1000003", "nonsense"])
def test_a_part_that_is_another_starts_over(
    published: PublishedWeights, plan: Plan, tmp_path: Path, header: str
) -> None:
    part_of(published, tmp_path).write_bytes(BODY[:400_000])
    plan.range_header = header
    succeeds(published, tmp_path)
    assert plan.asked == [400_000, 0]


def test_a_part_that_is_too_long_starts_over(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    part_of(published, tmp_path).write_bytes(BODY + bytes(5_000))
    succeeds(published, tmp_path)
    assert plan.asked == [len(BODY) + 5_000, 0]


def test_a_part_that_is_whole_is_put_in_place(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    part_of(published, tmp_path).write_bytes(BODY)
    succeeds(published, tmp_path)
    assert plan.asked == []


def test_a_part_of_another_file_is_found_by_the_hash(published: PublishedWeights, tmp_path: Path) -> None:
    part_of(published, tmp_path).write_bytes(OTHER[:400_000])
    assert "SHA-256" in fails(published, tmp_path)
    assert not part_of(published, tmp_path).exists()
    succeeds(published, tmp_path)


@pytest.mark.parametrize("until", [0, 1, 500_000, len(BODY)])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("mine"), WeightsError("mine")])
def test_a_cancelled_download_goes_on(
    published: PublishedWeights, plan: Plan, tmp_path: Path, until: int, error: BaseException
) -> None:
    seen = Seen(until, error)
    with pytest.raises(type(error)) as caught:
        download_weights(published, seen, tmp_path)
    assert caught.value is error
    kept = part_of(published, tmp_path).read_bytes()
    assert len(kept) == seen.calls[-1][0] >= until
    assert BODY.startswith(kept)
    succeeds(published, tmp_path)
    assert sum(plan.asked) == (len(kept) if len(kept) < len(BODY) else 0)


def test_a_server_that_stalls(
    published: PublishedWeights, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT", 0.2)
    plan.stalls_after = 300_000
    assert "broke off" in fails(published, tmp_path)
    assert part_of(published, tmp_path).read_bytes() == BODY[:300_000]
    plan.stalls_after = None
    succeeds(published, tmp_path)


def test_a_slow_server_is_waited_for(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    plan.stalls_after = 300_000

    def release(done: int, total: int) -> None:
        if done == 300_000:
            plan.go_on.set()

    assert download_weights(published, release, tmp_path).read_bytes() == BODY


# Sends something else


def test_wrong_bytes_are_deleted(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    plan.body = OTHER
    assert "SHA-256" in fails(published, tmp_path)
    assert list(tmp_path.iterdir()) == []
    plan.body = BODY
    succeeds(published, tmp_path)


@pytest.mark.parametrize("claims", [0, 5, len(BODY) - 5_000, len(BODY) + 5_000, 10**15])
def test_another_length_is_told_before_anything_is_kept(
    published: PublishedWeights, plan: Plan, tmp_path: Path, claims: int
) -> None:
    plan.claims = claims
    assert "The server has" in fails(published, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_length_that_is_a_little_wrong(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    plan.claims = len(BODY) - 100
    assert "SHA-256" in fails(published, tmp_path)
    plan.claims = len(BODY) + 100
    assert "broke off" in fails(published, tmp_path)
    succeeds(published, tmp_path)


@pytest.mark.parametrize("is_chunked", [False, True])
def test_an_answer_of_unknown_length(published: PublishedWeights, plan: Plan, tmp_path: Path, is_chunked: bool) -> None:
    plan.claims, plan.is_chunked = None, is_chunked
    succeeds(published, tmp_path)


def test_an_answer_without_an_end(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    plan.claims, plan.is_endless = None, True
    seen = Seen()
    with pytest.raises(WeightsError, match=r"SHA-256|broke off"):
        download_weights(published, seen, tmp_path)
    assert seen.calls[-1][0] < len(BODY) + 2 * fetch.CHUNK_BYTES


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_a_server_that_refuses(published: PublishedWeights, plan: Plan, tmp_path: Path, status: int) -> None:
    plan.status = status
    assert f"HTTP {status}" in fails(published, tmp_path)


def test_no_server(published: PublishedWeights, tmp_path: Path) -> None:
    assert "no connection to 127.0.0.1" in fails(replace(published, url="http://127.0.0.1:1/a.pth"), tmp_path)


def test_no_network(published: PublishedWeights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*args: object, **options: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    text = fails(replace(published, url="https://download.pytorch.org/models/a.pth"), tmp_path)
    assert "no connection to download.pytorch.org (Temporary failure in name resolution)" in text


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "ftp://127.0.0.1/a.pth", "data:,x", "a.pth", "", "http:///a.pth", "http://[/"]
)
def test_other_kinds_of_address_are_not_opened(published: PublishedWeights, tmp_path: Path, url: str) -> None:
    assert "addresses such as https://" in fails(replace(published, url=url), tmp_path)


def test_a_folder_that_is_a_file(published: PublishedWeights, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WeightsError, match="folder for weights"):
        download_weights(published, Seen(), tmp_path / "file")


class FullDisk(io.FileIO):
    """A file on a disk that has room for so many bytes in all."""

    room = 0

    def write(self, data: Any) -> int:
        taken = min(len(data), FullDisk.room - self.tell())
        if taken <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data[:taken])


@pytest.mark.parametrize("room", [0, 5, 300_000, len(BODY) - 1])
def test_a_full_disk(
    published: PublishedWeights, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    usual = Path.open

    def open_part(self: Path, mode: str = "r", *args: Any, **options: Any) -> Any:
        # As Python does it: what is left in a buffer is written when the file is closed.
        if not self.name.endswith(".part") or mode == "rb":
            return usual(self, mode, *args, **options)
        raw = FullDisk(self, mode)
        return raw if options.get("buffering") == 0 else io.BufferedWriter(raw)

    monkeypatch.setattr(Path, "open", open_part)
    monkeypatch.setattr(FullDisk, "room", room)
    for _ in range(2):
        assert "No space left on device" in fails(published, tmp_path)
        assert part_of(published, tmp_path).read_bytes() == BODY[:room]
    monkeypatch.setattr(FullDisk, "room", len(BODY))
    succeeds(published, tmp_path)
    assert plan.asked == [0, room, room]


def test_a_part_that_cannot_be_removed(
    published: PublishedWeights, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    plan.body = OTHER
    monkeypatch.setattr(Path, "unlink", fail)
    assert "Read-only file system" in fails(published, tmp_path)


# At the same time


def test_two_sessions_want_the_same_file(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    plan.stalls_after = 300_000
    waits = threading.Event()

    def first(done: int, total: int) -> None:
        if done == 300_000:
            assert waits.wait(60)
            plan.go_on.set()

    def second(done: int, total: int) -> None:
        assert (done, total) == (300_000, len(BODY))
        waits.set()

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(download_weights, published, first, tmp_path)
        while not part_of(published, tmp_path).exists() or part_of(published, tmp_path).stat().st_size < 300_000:
            assert not one.done()
        other = pool.submit(download_weights, published, second, tmp_path)
        assert one.result(20) == other.result(20)
    assert (tmp_path / published.file_name).read_bytes() == BODY
    assert plan.asked == [0]


def test_many_sessions_at_once(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    def fetch(number: int) -> bytes:
        return download_weights(published, Seen(), tmp_path).read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert all(body == BODY for body in pool.map(fetch, range(8)))
    assert plan.asked == [0]


def test_whoever_waits_can_stop(published: PublishedWeights, plan: Plan, tmp_path: Path) -> None:
    held = fetch._locks.setdefault(str(tmp_path / published.file_name), threading.Lock())
    with held, pytest.raises(KeyboardInterrupt):
        download_weights(published, Seen(until=0), tmp_path)
    succeeds(published, tmp_path)
