"""Who is answered, and what every answer tells the browser."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from streamlit.config import get_option, set_option

from resnet_viz.ui.server import guard
from resnet_viz.ui.server.flags import EMBED
from resnet_viz.ui.server.guard import Guard, is_host_allowed


@pytest.mark.parametrize(
    ("host", "allowed", "is_allowed"),
    [
        ("127.0.0.1:8501", [], True),
        ("192.168.1.20:8501", [], True),
        ("[::1]:8501", [], True),
        ("localhost:8501", [], True),
        ("LOCALHOST", [], True),
        ("localhost.", [], True),
        ("evil.example", [], False),
        ("localhost.evil.example", [], False),
        ("127.0.0.1.evil.example", [], False),
        ("classroom", [], False),
        ("", [], False),
        ("127.0.0.1:port", [], False),
        ("reader@127.0.0.1", [], False),
        ("127.0.0.1/path", [], False),
        ("127.0.0.1?x", [], False),
        ("[::1%25;script-src *]", [], False),
        ("[fe80::1%eth0]", [], False),
        # Once there is a list, it alone counts, as Streamlit's own check of the WebSocket has it.
        ("127.0.0.1:8501", ["app.example"], False),
        ("localhost", ["app.example"], False),
        ("app.example:443", ["app.example"], True),
        ("APP.example.", ["app.example"], True),
        ("app.example", [" App.Example. "], True),
        ("a.school.example", ["*.school.example"], True),
        ("school.example", ["*.school.example"], False),
        ("badschool.example", ["*.school.example"], False),
        ("evil.example", ["*"], True),
        ("", ["*"], False),
    ],
)
def test_hosts(host: str, allowed: list[str], is_allowed: bool) -> None:
    assert is_host_allowed(host, allowed) is is_allowed


def test_the_list_means_what_it_means_to_streamlit(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = pytest.importorskip("streamlit.web.server.starlette.starlette_websocket").is_host_allowed
    hosts = ["127.0.0.1:8501", "localhost", "app.example:443", "x.app.example", "xapp.example", "[::1]:1", "a@b", "a/b"]
    before = get_option("server.allowedHosts")
    try:
        for allowed in (["app.example"], ["*.app.example", "::1"], ["*"], ["localhost", "127.0.0.1"]):
            set_option("server.allowedHosts", allowed)
            assert [is_host_allowed(host, allowed) for host in hosts] == [theirs(host) for host in hosts]
    finally:
        set_option("server.allowedHosts", before)


async def _app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})
        return
    if scope["path"] == "/fault":
        raise RuntimeError("in /home/somebody")
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    headers = [(b"content-security-policy", b"default-src 'none'")] if scope["path"] == "/sheet" else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["path"] == "/late":
        raise RuntimeError("after the answer had begun")
    await send({"type": "http.response.body", "body": b"secret"})


def ask(host: str, path: str = "/", kind: str = "http", language: str = "") -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    told = {b"host": host.encode(), b"accept-language": language.encode()}
    headers = [(name, value) for name, value in told.items() if value]
    scope = {"type": kind, "path": path, "method": "GET", "headers": headers}
    asyncio.run(Guard(_app)(scope, receive, send))  # type: ignore[arg-type]
    return sent


def headers_of(message: dict[str, Any]) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in message["headers"]}


def test_a_name_is_refused_and_the_setting_named() -> None:
    start, body = ask("evil.example:8501")
    assert start["status"] == 403
    assert b"secret" not in body["body"]
    assert b"--server.allowedHosts evil.example" in body["body"]
    assert headers_of(start)["x-content-type-options"] == "nosniff"


def test_a_websocket_of_a_name_is_closed_before_it_opens() -> None:
    assert [message["type"] for message in ask("evil.example", kind="websocket")] == ["websocket.close"]
    assert [message["type"] for message in ask("127.0.0.1:1", kind="websocket")] == ["websocket.accept"]
    assert [message["type"] for message in ask("", kind="websocket")] == ["websocket.close"]


def test_every_answer_bears_the_policies() -> None:
    told = headers_of(ask("127.0.0.1:8501")[0])
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "same-origin"
    assert told["x-frame-options"] == "SAMEORIGIN"
    policy = told["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "ws://127.0.0.1:8501" in policy
    assert "frame-ancestors 'self'" in policy
    assert "object-src 'none'" in policy


def test_a_fault_has_its_policies_and_tells_nothing() -> None:
    start, body = ask("127.0.0.1", "/fault")
    assert start["status"] == 500
    assert headers_of(start)["x-content-type-options"] == "nosniff"
    assert b"somebody" not in body["body"]


@pytest.mark.parametrize(("path", "kind"), [("/late", "http"), ("/fault", "websocket")])
def test_a_fault_that_can_no_longer_be_answered_goes_on_to_the_server(path: str, kind: str) -> None:
    with pytest.raises(RuntimeError):
        ask("127.0.0.1", path, kind)


def test_what_is_no_request_passes_without_a_host() -> None:
    assert [message["type"] for message in ask("", kind="lifespan")] == ["lifespan.startup.complete"]


def test_a_refusal_speaks_the_browsers_language() -> None:
    _start, body = ask("evil.example", language="zh-CN,zh;q=0.9,en;q=0.8")
    assert "此服务器不应答" in body["body"].decode()


def test_an_answer_keeps_a_stricter_policy_of_its_own() -> None:
    policy = headers_of(ask("127.0.0.1", "/sheet")[0])["content-security-policy"]
    assert policy == "default-src 'none'; frame-ancestors 'self'"


def test_a_school_may_show_it_in_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(EMBED, "https://school.example https://other.example")
    told = headers_of(ask("127.0.0.1")[0])
    assert told["content-security-policy"].endswith(
        "frame-ancestors 'self' https://school.example https://other.example"
    )
    assert "x-frame-options" not in told  # which could name no other site


def test_policies_name_no_site_but_the_own() -> None:
    assert not [value for value in guard._POLICY.values() if "http" in value or "*" in value]
