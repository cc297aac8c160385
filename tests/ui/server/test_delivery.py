"""What a browser gets first: words in its language, and Streamlit's scripts compressed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_gzip_middleware import SelectiveGZipMiddleware
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

from resnet_viz.ui.server.delivery import Delivery

STATIC = Path(streamlit.__file__).parent / "static"
FIRST = "An interactive explorer of residual nets."


@pytest.fixture(scope="module")
def client() -> TestClient:
    """Streamlit's own files behind its own compression, and a page of the app's beside them."""
    own = HTMLResponse('<div id="root"></div>', headers={"Content-Security-Policy": "default-src 'none'"})
    files = create_streamlit_static_handler(str(STATIC), None)
    app = Starlette(
        routes=[Route("/sheet", own), Mount("/", files)],
        middleware=[Middleware(Delivery), Middleware(SelectiveGZipMiddleware, minimum_size=500)],
    )
    return TestClient(app)


def script() -> Path:
    return max((STATIC / "static" / "js").glob("index.*.js"), key=lambda path: path.stat().st_size)


@pytest.mark.parametrize("path", ["/", "/learn", "/compare?nets=resnet18"])
@pytest.mark.parametrize("encoding", ["gzip, br", "identity"])
def test_the_first_words_come_before_all_that_is_large(client: TestClient, path: str, encoding: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": encoding})
    page = answer.text
    before = page[: page.index(FIRST)]
    assert len(before) < 20_000
    # Neither a sheet nor a script that has to be there before they are painted.
    assert 'rel="stylesheet"' not in before
    assert all('type="module"' in tag or "src=" not in tag for tag in before.split("<script")[1:])
    assert page.count('rel="stylesheet"') == (STATIC / "index.html").read_text().count('rel="stylesheet"')
    root = page[page.index('<div id="root">') :]
    assert FIRST in root[: root.index("</div></div>")]  # so that Streamlit's script removes them
    assert "<title>resnet_viz</title>" in page
    assert answer.headers.get("content-encoding", "") == ("gzip" if "gzip" in encoding else "")
    assert "etag" not in answer.headers
    assert "Accept-Language" in answer.headers["vary"]


def test_they_are_in_the_readers_language(client: TestClient) -> None:
    for path, asked in (("/", "zh-CN,zh;q=0.9"), ("/?lang=zh_CN", "en"), ("/learn?lang=zh_CN", "")):
        page = client.get(path, headers={"Accept-Language": asked}).text
        assert '<html lang="zh-CN">' in page
    assert '<html lang="en">' in client.get("/?lang=x'\"<", headers={"Accept-Language": "xx"}).text
    assert '<html lang="en">' in client.get("/?lang=en", headers={"Accept-Language": "zh"}).text


def test_scripts_are_compressed_once_and_stay_what_they_are(client: TestClient) -> None:
    address = f"/static/js/{script().name}"
    first = client.get(address)
    assert first.content == script().read_bytes()
    assert int(first.headers["content-length"]) < 0.4 * script().stat().st_size
    assert (first.headers["content-encoding"], first.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert "immutable" in first.headers["cache-control"]
    assert client.get(address, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert (plain.content, plain.headers.get("content-encoding")) == (first.content, None)
    part = client.get(address, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, first.content[:10])


def test_other_pages_and_files_are_left_alone(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/sheet").text == '<div id="root"></div>'
    assert client.get("/favicon.png").content == (STATIC / "favicon.png").read_bytes()
    address = f"/static/js/{script().name}"
    client.get(address)
    monkeypatch.setattr(gzip, "compress", lambda *_given: pytest.fail("compressed again"))
    assert client.get(address).status_code == 200
