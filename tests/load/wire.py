"""A reader's line to the server: requests with the cookies of one browser, and Streamlit's WebSocket."""

from __future__ import annotations

import gzip
import secrets
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from http.cookiejar import CookieJar

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

LIMIT_S = 120.0
"""How long an answer may take before it counts as none."""
_XSRF = "_streamlit_xsrf"


class Gone(Exception):
    """The server has closed the connection, or there is none."""


@dataclass(frozen=True)
class Answer:
    """What came back of a request, unpacked, and how many seconds that took."""

    status: int
    body: bytes
    seconds: float


class Line:
    """One browser's line to a server at an address of this machine."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._cookies = CookieJar()
        # Whatever proxy the environment names, nothing here leaves the machine.
        self._http = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._cookies)
        )
        self._open = ExitStack()
        self._socket: ClientConnection | None = None
        self._kept: dict[str, ForwardMsg] = {}

    def get(self, path: str, limit_s: float = LIMIT_S) -> Answer:
        """Asks for a path, with the query. Raises Gone, also where nothing came for so many seconds."""
        return self._ask(urllib.request.Request(self.url + path, headers={"Accept-Encoding": "gzip"}), limit_s)

    def put_file(self, path: str, name: str, data: bytes) -> Answer:
        """Sends a picture as a form of one file, as the page's uploader does."""
        border = secrets.token_hex(16)
        head = f'--{border}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
        body = f"{head}Content-Type: image/png\r\n\r\n".encode() + data + f"\r\n--{border}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={border}", "X-Xsrftoken": self._token()}
        return self._ask(urllib.request.Request(self.url + path, body, headers, method="PUT"))

    def open(self) -> None:
        """Fetches what a browser fetches first, and opens the WebSocket."""
        for path in ("/", "/_stcore/health", "/_stcore/host-config"):
            self.get(path)
        try:
            connecting = connect(
                f"{self.url.replace('http', 'ws', 1)}/_stcore/stream",
                origin=Origin(self.url),
                subprotocols=[Subprotocol(word) for word in ("streamlit", self._token()) if word],
                additional_headers={"Cookie": "; ".join(f"{one.name}={one.value}" for one in self._cookies)},
                proxy=None,
                max_size=None,
                # A browser asks no server whether it is still there.
                ping_interval=None,
                open_timeout=LIMIT_S,
            )
            self._socket = self._open.enter_context(connecting)
        except OSError as error:
            raise Gone(str(error)) from None

    def close(self) -> None:
        """Closes the WebSocket, as a tab does."""
        self._open.close()

    def send(self, message: BackMsg) -> None:
        """Sends a message. Raises Gone."""
        assert self._socket is not None, "a line is opened before anything is sent"
        if message.HasField("rerun_script"):
            message.rerun_script.cached_message_hashes.extend(self._kept)
        try:
            self._socket.send(message.SerializeToString())
        except ConnectionClosed as error:
            raise Gone(str(error)) from None

    def receive(self, until: float) -> ForwardMsg:
        """Returns the next message; one that the server only refers to is that which was kept. Raises Gone.

        Raises TimeoutError at `until`, a time of the monotonic clock.
        """
        assert self._socket is not None, "a line is opened before anything is received"
        try:
            data = self._socket.recv(max(0.0, until - time.monotonic()))
        except ConnectionClosed as error:
            raise Gone(str(error)) from None
        assert isinstance(data, bytes)
        message: ForwardMsg = ForwardMsg.FromString(data)
        if message.WhichOneof("type") == "ref_hash":
            return self._kept[message.ref_hash]
        if message.metadata.cacheable and message.hash:
            self._kept[message.hash] = message
        return message

    def _token(self) -> str:
        return next((one.value or "" for one in self._cookies if one.name == _XSRF), "")

    def _ask(self, request: urllib.request.Request, limit_s: float = LIMIT_S) -> Answer:
        start = time.perf_counter()
        try:
            with self._http.open(request, timeout=limit_s) as answer:
                status, packing, body = answer.status, answer.headers["Content-Encoding"], answer.read()
        except urllib.error.HTTPError as error:
            status, packing, body = error.code, error.headers["Content-Encoding"], error.read()
        except OSError as error:
            raise Gone(str(error)) from None
        seconds = time.perf_counter() - start
        return Answer(status, gzip.decompress(body) if packing == "gzip" else body, seconds)
