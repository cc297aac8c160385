"""Limits the number and bytes of a session's uploads, and deletes them once the session is over.

The pages' uploaders bound one picture and one file of weights; requests sent directly to Streamlit's upload URL are
bounded here. The files of a disconnected session are deleted when it can no longer reconnect: Streamlit itself does so
only when the next session connects or disconnects.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping

import anyio
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.config import get_option
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from resnet_viz.i18n import _
from resnet_viz.ui.server.guard import use_browser_language
from resnet_viz.units import format_bytes

_log = logging.getLogger("resnet_viz")
_tidying: list[Callable[[], None]] = []
MOST_FILES = 64
MOST_UPLOADS = 2
"""Bytes per session, in files of the largest size: the present one, and the one that replaces it."""
SWEEP_S = 10.0
_ADDRESS = re.compile(r"/_stcore/upload_file/([^/]+)/([^/]+)$")
_LENGTH_REQUIRED, _TOO_MUCH = 411, 413


class UploadLimit:
    """ASGI middleware: refuses uploads beyond a session's limits (413), or without a length (411)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._coming: Counter[str] = Counter()
        self._n_coming: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        found = _ADDRESS.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        session, file_id = found.groups()
        headers = Headers(scope=scope)
        use_browser_language(headers)
        length = headers.get("content-length", "")
        # A chunked upload has no length; if it states one as well, nothing enforces it.
        if "transfer-encoding" in headers or not (length.isascii() and length.isdigit()):
            await PlainTextResponse(_("The upload does not say how long it is."), _LENGTH_REQUIRED)(
                scope, receive, send
            )
        elif refusal := self._refusal(session, file_id, int(length)):
            await PlainTextResponse(refusal, _TOO_MUCH)(scope, receive, send)
        else:
            await self._take(session, int(length), scope, receive, send)

    async def _take(self, session: str, n_bytes: int, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes an upload on; uploads in progress count too, since many may arrive at once."""
        self._coming[session] += n_bytes
        self._n_coming[session] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._coming[session] -= n_bytes
            self._n_coming[session] -= 1
            if not self._n_coming[session]:
                del self._coming[session], self._n_coming[session]

    def _refusal(self, session: str, file_id: str, n_bytes: int) -> str | None:
        held = [len(file.data) for key, file in _files_of(session).items() if key != file_id]
        most = MOST_UPLOADS * int(get_option("server.maxUploadSize")) * 2**20
        if len(held) + self._n_coming[session] >= MOST_FILES:
            return _("This page holds {n} files already, the most it may: remove one.").format(n=MOST_FILES)
        if sum(held) + self._coming[session] + n_bytes > most:
            text = _("With this file the page would hold more than {most}: remove another one first.")
            return text.format(most=format_bytes(most))
        return None


def at_each_sweep(tidy: Callable[[], None]) -> None:
    """Has something else done at each sweep, too."""
    _tidying.append(tidy)


async def sweep_uploads() -> None:
    """Deletes the uploads of sessions that are over, every SWEEP_S seconds, until cancelled."""
    left_at: dict[str, float] = {}
    while True:
        await anyio.sleep(SWEEP_S)
        try:
            _sweep(left_at, time.monotonic(), float(get_option("server.disconnectedSessionTTL")))
            for tidy in _tidying:
                tidy()
        except Exception:  # Streamlit's: raised further, it would end the server, whose event loop this is
            _log.exception("Uploads could not be tidied up")


def _sweep(left_at: dict[str, float], now: float, patience: float) -> None:
    """`left_at` holds since when each session with files is disconnected; `now`, `patience`: seconds."""
    away = {key for key in list(_manager().file_storage) if not runtime.get_instance().is_active_session(key)}
    for session in left_at.keys() - away:
        del left_at[session]  # It reconnected, or its files are gone.
    for session in away:
        if now - left_at.setdefault(session, now) >= patience:
            runtime.get_instance().close_session(session)
            _manager().remove_session_files(session)  # in case Streamlit no longer knew the session


def _manager() -> MemoryUploadedFileManager:
    manager = runtime.get_instance().uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    return manager


def _files_of(session: str) -> Mapping[str, UploadedFileRec]:
    # Not `[session]`: file_storage is a defaultdict, which would add an entry for any id that is requested.
    return _manager().file_storage.get(session, {})
