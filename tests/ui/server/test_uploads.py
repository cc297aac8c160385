"""What one session may leave on the server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from streamlit import runtime
from streamlit.config import get_option
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from resnet_viz.ui.server import uploads
from resnet_viz.ui.server.uploads import MOST_FILES, MOST_UPLOADS, UploadLimit, _sweep

LARGEST = int(get_option("server.maxUploadSize")) * 2**20


class Runtime:
    """What of Streamlit's is asked."""

    def __init__(self) -> None:
        self.uploaded_file_mgr = MemoryUploadedFileManager("/_stcore/upload_file")
        self.active = {"a", "b"}
        self.closed: list[str] = []

    def is_active_session(self, session: str) -> bool:
        return session in self.active

    def close_session(self, session: str) -> None:
        self.closed.append(session)

    def leave(self, session: str, name: str, n_bytes: int) -> None:
        # A view of one zero byte: as long, and takes no room.
        data = memoryview(bytes(n_bytes)) if n_bytes < 2**20 else _Long(n_bytes)
        self.uploaded_file_mgr.add_file(session, UploadedFileRec(name, name, "", data))  # type: ignore[arg-type]


class _Long:
    def __init__(self, n_bytes: int) -> None:
        self._n = n_bytes

    def __len__(self) -> int:
        return self._n


@pytest.fixture(name="runtime")
def made_runtime(monkeypatch: pytest.MonkeyPatch) -> Runtime:
    made = Runtime()
    monkeypatch.setattr(runtime, "get_instance", lambda: made)
    return made


async def put(
    limit: UploadLimit,
    session: str,
    length: str | None,
    name: str = "new",
    method: str = "PUT",
    *more: tuple[bytes, bytes],
) -> int:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [*more, *([] if length is None else [(b"content-length", length.encode())])]
    path = f"/_stcore/upload_file/{session}/{name}"
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    await limit(scope, None, send)  # type: ignore[arg-type]
    status: int = sent[0]["status"]
    return status


async def _taken(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(0.01)
    await send({"type": "http.response.start", "status": 204, "headers": []})


def try_one(session: str, length: str | None, name: str = "new", method: str = "PUT") -> int:
    return asyncio.run(put(UploadLimit(_taken), session, length, name, method))


def test_a_file_within_the_bounds_is_taken(runtime: Runtime) -> None:
    runtime.leave("a", "weights", LARGEST)
    assert try_one("a", str(LARGEST)) == 204


def test_the_sum_of_a_session_is_bound_and_of_no_other(runtime: Runtime) -> None:
    for n in range(MOST_UPLOADS):
        runtime.leave("a", f"weights{n}", LARGEST)
    assert try_one("a", "1") == 413
    assert try_one("a", str(LARGEST), "weights0") == 204  # takes the other's place
    assert try_one("b", "1") == 204


def test_the_number_is_bound(runtime: Runtime) -> None:
    for n in range(MOST_FILES):
        runtime.leave("a", str(n), 1)
    assert try_one("a", "1") == 413


@pytest.mark.parametrize("length", [None, "", "-1", "many", "²"])
def test_a_length_is_needed(runtime: Runtime, length: str | None) -> None:
    assert try_one("a", length) == 411


def test_a_length_that_nobody_holds_it_to_is_none(runtime: Runtime) -> None:
    chunked = (b"transfer-encoding", b"chunked")
    assert asyncio.run(put(UploadLimit(_taken), "a", "10", "new", "PUT", chunked)) == 411


def test_a_fault_in_tidying_up_ends_nothing(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    has_gone_on = asyncio.Event()

    def fail(*_args: object) -> None:
        tried.append(1)
        if len(tried) > 2:
            has_gone_on.set()
        raise RuntimeError

    monkeypatch.setattr(uploads, "_sweep", fail)
    monkeypatch.setattr(uploads, "SWEEP_S", 0.001)

    async def sweep_for_a_while() -> None:
        sweeping = asyncio.create_task(uploads.sweep_uploads())
        await asyncio.wait_for(has_gone_on.wait(), 60)
        assert not sweeping.done()
        sweeping.cancel()

    asyncio.run(sweep_for_a_while())
    assert len(tried) > 2


def test_nothing_else_is_touched(runtime: Runtime) -> None:
    for n in range(MOST_FILES):
        runtime.leave("a", str(n), 1)
    assert try_one("a", None, method="DELETE") == 204
    assert try_one("a", None, method="OPTIONS") == 204


def test_what_is_on_its_way_counts(runtime: Runtime) -> None:
    async def many() -> list[int]:
        limit = UploadLimit(_taken)
        sent = [put(limit, "a", str(LARGEST), str(n)) for n in range(MOST_UPLOADS + 2)]
        statuses = await asyncio.gather(*sent)
        assert not limit._coming
        assert not limit._n_coming
        return list(statuses)

    assert sorted(asyncio.run(many())) == [204] * MOST_UPLOADS + [413, 413]


def test_files_go_when_their_session_cannot_come_back(runtime: Runtime) -> None:
    runtime.leave("a", "x", 10)
    runtime.leave("b", "y", 10)
    left_at: dict[str, float] = {}
    _sweep(left_at, 0.0, 120.0)
    runtime.active.discard("a")
    _sweep(left_at, 10.0, 120.0)
    _sweep(left_at, 129.0, 120.0)
    assert set(runtime.uploaded_file_mgr.file_storage) == {"a", "b"}
    _sweep(left_at, 130.0, 120.0)
    assert set(runtime.uploaded_file_mgr.file_storage) == {"b"}
    assert runtime.closed == ["a"]


def test_a_session_that_came_back_begins_anew(runtime: Runtime) -> None:
    runtime.leave("a", "x", 10)
    left_at: dict[str, float] = {}
    runtime.active.discard("a")
    _sweep(left_at, 0.0, 120.0)
    runtime.active.add("a")
    _sweep(left_at, 100.0, 120.0)
    runtime.active.discard("a")
    _sweep(left_at, 130.0, 120.0)
    assert set(runtime.uploaded_file_mgr.file_storage) == {"a"}
