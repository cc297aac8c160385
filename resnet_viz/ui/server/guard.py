"""Who may ask, and what a browser may do with the answer: the same for pages, files, routes and the WebSocket.

A page of the web can let a name of its own point to this machine, and a browser then sends it here with all that it
is allowed to read (DNS rebinding). The `Host` of such a request is that name, so names are refused unless they are
listed. Streamlit's list, `server.allowedHosts`, counts, and is the setting that a refusal names.
"""

from __future__ import annotations

import logging
import os
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.config import get_option

from resnet_viz.i18n import SOURCE_LANGUAGE, _, match_language, use_language

EMBED = "RESNET_VIZ_EMBED"
"""The environment's variable that names the sites, divided by blanks, whose pages may show the app in a frame."""
_FORBIDDEN, _FAULT = 403, 500
_log = logging.getLogger("resnet_viz")
_POLICY = {
    "default-src": "'self'",
    # Streamlit's page has a script in itself, brings components' scripts as text, and reads messages by WebAssembly; a
    # driver of browsers, as in tests, evaluates words. None of it may come from another host.
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}


class Guard:
    """The outermost layer of the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if is_host_allowed(host, get_option("server.allowedHosts")):
            await self._answer(scope, receive, _with_headers(send, host))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            speak_to(headers)
            refusal = PlainTextResponse(_refusal(host), _FORBIDDEN)
            await refusal(scope, receive, _with_headers(send, ""))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A fault's answer is made here: the one that would be made around this layer bears no policy."""
        has_begun = False

        async def watch(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:
            if has_begun or scope["type"] == "websocket":
                raise
            _log.exception("A request failed: %s", scope["path"])
            await PlainTextResponse("Internal Server Error", _FAULT)(scope, receive, send)


def is_host_allowed(host: str, allowed: list[str]) -> bool:
    """Whether a request to this `Host` is answered: one that is listed; without a list, an IP address or localhost.

    An entry of the list is a name, `*.` and a name for all below it, or `*`; the port does not count.
    """
    name = _name_of(host)
    if name is None:
        return False
    if not allowed:
        return name == "localhost" or _is_address(name)
    patterns = [entry.strip().lower().rstrip(".") for entry in allowed]
    return any(
        pattern in ("*", name) or (pattern.startswith("*.") and name.endswith(pattern[1:])) for pattern in patterns
    )


def _name_of(host: str) -> str | None:
    """Without the port, small; None for what is no host."""
    try:
        parts = urlsplit(f"//{host}")
        _port = parts.port
    except ValueError:
        return None
    # A zone of an address, after its `%`, may be any text.
    if not parts.hostname or parts.netloc != host or "@" in host or "%" in host:
        return None
    return parts.hostname.lower().rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def speak_to(headers: Headers) -> None:
    """Use the language that a browser names first, if there is a catalogue; for what is said outside of all pages."""
    asked = headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()
    use_language(match_language(asked) or SOURCE_LANGUAGE)


def _refusal(host: str) -> str:
    return _(
        "This server does not answer to the name “{host}”. Whoever runs it can allow that with Streamlit's setting "
        "server.allowedHosts, as in: streamlit run app.py --server.allowedHosts {host}"
    ).format(host=(_name_of(host) or "?")[:80])


def _with_headers(send: Send, host: str) -> Send:
    async def send_with(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.accept"):
            message.setdefault("headers", [])
            headers = MutableHeaders(scope=message)
            for name, value in _headers(headers.get("content-security-policy"), host).items():
                headers[name] = value
        await send(message)

    return send_with


def _headers(own_policy: str | None, host: str) -> dict[str, str]:
    """A policy that an answer brings itself is stricter, and stays; who may frame it is said here alone."""
    sites = os.environ.get(EMBED, "").split()
    framing = f"frame-ancestors 'self' {' '.join(sites)}".rstrip()
    # The WebSocket is of the same host; not every browser takes 'self' for that.
    connect = f"connect-src 'self' ws://{host} wss://{host}" if host else "connect-src 'self'"
    policy = own_policy or "; ".join([*(f"{name} {value}" for name, value in _POLICY.items()), connect])
    told = {
        "Content-Security-Policy": f"{policy}; {framing}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }
    return told if sites else told | {"X-Frame-Options": "SAMEORIGIN"}
