"""Streamlit's own files on a slow network: compressed, and a first page with words that does not wait for them.

Streamlit serves its scripts as they are, 3 MB before a page shows anything. Here each is compressed once and kept. Its
`index.html` is an empty page that waits for a style sheet: here it says which app is loading, in the reader's language,
inside the element that Streamlit's script empties when it starts, and the style sheet stands behind these words. So
does the app's own, which a run of its script would bring when words are in sight already: they would move.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Awaitable, Callable
from functools import cache
from html import escape
from urllib.parse import parse_qs

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from resnet_viz.i18n import _, current_language, match_language, use_language
from resnet_viz.places import ASSETS
from resnet_viz.ui.server.guard import use_browser_language

_PACKED = re.compile(r"/static/(?:js|css)/[^/]+\.(?:js|css)$")
_ROOT = '<div id="root"></div>'
_SHEET = re.compile(r'<link rel="stylesheet"[^>]*>')
_MOST_KEPT = 16 * 2**20
"""Bytes of compressed files; all of Streamlit's scripts are a third of it."""
# The colours of `.streamlit/config.toml`; of what a reader has chosen in the page's menu, only Streamlit knows.
_STYLE = """<style>
  .first-words { color-scheme: light dark; color: light-dark(#0f172a, #f1f5f9); background: light-dark(#fff, #151a22);
    font: 16px/1.5 system-ui, sans-serif; inset: 0; padding: 15vh 8vw; position: fixed; }
  .first-words h1 { font-size: 2rem; margin: 0; }
  .first-words b { color: light-dark(#15803d, #4ade80); }
</style>"""


@cache
def _own_styles() -> str:
    """The app's style sheets, and the room for what is still on its way."""
    styles = "\n".join((ASSETS / f"{name}.css").read_text("utf-8") for name in ("style", "projector", "room"))
    return f"<style>\n{styles}</style>"


class Delivery:
    """ASGI middleware: compresses Streamlit's scripts and style sheets, and puts words into its first page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[tuple[str, str], bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        takes_gzip = "gzip" in headers.get("accept-encoding", "")

        async def change(path: str, told: MutableHeaders, body: bytes) -> bytes:
            if told.get("content-type", "").startswith("text/html"):
                use_language_of(scope)
                return _with_words(told, body, takes_gzip)
            return await self._pack(path, told, body) if takes_gzip and "range" not in headers else body

        await _changed(self._app, scope, receive, send, change)

    async def _pack(self, path: str, told: MutableHeaders, body: bytes) -> bytes:
        """Returns a file compressed, as it was the first time."""
        key = (path, told.get("etag", ""))
        packed = self._kept.get(key)
        if packed is None:
            packed = await anyio.to_thread.run_sync(gzip.compress, body, 6)
            if sum(map(len, self._kept.values())) + len(packed) <= _MOST_KEPT:
                self._kept[key] = packed
        told["Content-Encoding"] = "gzip"
        told["Vary"] = "Accept-Encoding"
        if key[1] and not key[1].startswith("W/"):
            told["ETag"] = f"W/{key[1]}"  # another sequence of bytes than that of the plain file
        return packed


Change = Callable[[str, MutableHeaders, bytes], Awaitable[bytes]]


async def _changed(app: ASGIApp, scope: Scope, receive: Receive, send: Send, change: Change) -> None:
    """Runs the app; of a page or a file of Streamlit's, the whole body is changed before it is sent."""
    start: Message = {}
    parts: list[bytes] = []

    async def send_changed(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start" and _is_ours(scope["path"], message):
            start = message
        elif not start or message["type"] != "http.response.body":
            await send(message)
        else:
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                told = MutableHeaders(scope=start)
                body = await change(scope["path"], told, b"".join(parts))
                told["Content-Length"] = str(len(body))
                await send(start)
                await send({"type": "http.response.body", "body": body})

    extensions = dict(scope.get("extensions", {}))
    extensions.pop("http.response.pathsend", None)  # with it, a file's body would not pass here
    await app({**scope, "extensions": extensions}, receive, send_changed)


def _is_ours(path: str, message: Message) -> bool:
    headers = Headers(raw=message.get("headers", []))
    encoding = headers.get("content-encoding", "")
    if message["status"] != 200 or encoding not in ("", "gzip"):
        return False
    # A page of this app's own has its own policy and is sent as it is.
    is_page = headers.get("content-type", "").startswith("text/html") and "content-security-policy" not in headers
    return is_page or (not encoding and bool(_PACKED.search(path)))


def use_language_of(scope: Scope) -> None:
    """Uses the language that the address names; else the browser's, as a page does."""
    named = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
    use_browser_language(Headers(scope=scope))
    if found := match_language(named[:20]):
        use_language(found)


def _with_words(told: MutableHeaders, page: bytes, takes_gzip: bool) -> bytes:
    """Returns Streamlit's page with words; any other page as it is."""
    is_packed = told.get("content-encoding") == "gzip"  # Streamlit packs its page at some paths
    text = (gzip.decompress(page) if is_packed else page).decode()
    if _ROOT not in text:
        return page
    for name in ("etag", "last-modified", "accept-ranges"):  # of the file, which is not what is sent
        if name in told:
            del told[name]
    told["Vary"] = "Accept-Encoding, Accept-Language"
    changed = write_first_page(text).encode()
    if takes_gzip:
        told["Content-Encoding"] = "gzip"
        changed = gzip.compress(changed, 6)
    return changed


def write_first_page(page: str) -> str:
    """Returns Streamlit's first page, with words in the current language that are shown before anything is loaded."""
    sheets = "".join(_SHEET.findall(page))
    language = current_language().replace("_", "-")
    text = _("An interactive explorer of residual nets.")
    loading = _("The page is loading …")
    words = f"<h1>resnet<b>⊕</b>viz</h1><p>{escape(text)}</p><p>{escape(loading)}</p>"
    page = _SHEET.sub("", page).replace('<html lang="en">', f'<html lang="{escape(language)}">')
    page = page.replace("<title>Streamlit</title>", f"<title>resnet_viz</title>{_STYLE}")
    return page.replace(
        _ROOT, f'<div id="root"><div class="first-words" role="status">{words}</div></div>{sheets}{_own_styles()}'
    )
