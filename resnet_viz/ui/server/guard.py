"""Checks the `Host` of requests and sets security headers: for pages, files, routes and the WebSocket alike.

DNS rebinding: a website can let its own domain name resolve to this machine, and its scripts may then read what the
browser gets from here. The `Host` of such a request is that name, so names are refused unless Streamlit's
`server.allowedHosts` lists them.
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
from resnet_viz.ui.server.flags import EMBED

_FORBIDDEN, _FAULT = 403, 500
_log = logging.getLogger("resnet_viz")
_POLICY = {
    "default-src": "'self'",
    # Streamlit's page has an inline script, loads components' scripts from text and decodes messages with WebAssembly;
    # a browser driver, as in tests, evaluates strings. None of it may come from another host.
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
    """ASGI middleware, the outermost: refuses hosts and adds headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
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
            use_browser_language(headers)
            refusal = PlainTextResponse(_refusal(host), _FORBIDDEN)
            await refusal(scope, receive, _with_headers(send, ""))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the app and answers its exceptions: Starlette's own 500 is made outside of Guard, without headers."""
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
    """Whether requests to this `Host` are allowed: if listed; if the list is empty, an IP address or localhost.

    An entry is a name, `*.` plus a name for all its subdomains, or `*`; the port is ignored.
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
    """The host name in lower case, without port; None if `host` is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        _port = parts.port
    except ValueError:
        return None
    # The zone of an IPv6 address, after its `%`, may be any text.
    if not parts.hostname or parts.netloc != host or "@" in host or "%" in host:
        return None
    return parts.hostname.lower().rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def use_browser_language(headers: Headers) -> None:
    """Uses the browser's first language if it has a catalogue, else English; for messages outside of the pages."""
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
    """Returns security headers; a response's own policy is stricter and stays, `frame-ancestors` is set only here."""
    sites = os.environ.get(EMBED, "").split()
    framing = f"frame-ancestors 'self' {' '.join(sites)}".rstrip()
    # The WebSocket is on the same host; not every browser lets 'self' cover ws: and wss:.
    connect = f"connect-src 'self' ws://{host} wss://{host}" if host else "connect-src 'self'"
    policy = own_policy or "; ".join([*(f"{name} {value}" for name, value in _POLICY.items()), connect])
    headers = {
        "Content-Security-Policy": f"{policy}; {framing}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }
    return headers if sites else headers | {"X-Frame-Options": "SAMEORIGIN"}
