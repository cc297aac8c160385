"""The route that the browser asks for drawings: what comes of an address and of a change to it."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from starlette.requests import Request

from resnet_viz.errors import ResnetVizError
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.components.paths import DRAWING, HEALTH, SHEET, TILES, WALK
from resnet_viz.ui.explore.ways.channels import W_TILES
from resnet_viz.ui.routes import ROUTES, find_drawing
from resnet_viz.views.address.changes import Change, change_view
from resnet_viz.views.address.view import View, drawing_address, read_view, view_detail
from resnet_viz.views.parts.detail import Detail
from tests.pages import SMALL, component, open_page

RUN = "layer3.1..35"


def ask(query: str, **change: str) -> dict[str, Any]:
    drawing: dict[str, Any] = json.loads(gzip.decompress(find_drawing({**dict(parse_qsl(query)), **change})))
    return drawing


def boxes(drawing: dict[str, Any]) -> set[str]:
    return {node_id for node_id in drawing["facts"] if f'id="n:{node_id}"' in drawing["svg"]}


def answer(query: str, *headers: tuple[bytes, bytes], route: str = DRAWING) -> Any:
    scope = {"type": "http", "method": "GET", "path": f"/{route}", "headers": list(headers)}
    endpoint = next(known.endpoint for known in ROUTES if known.path == f"/{route}")

    async def stay() -> Any:
        await asyncio.Event().wait()

    async def ask_and_wait() -> Any:
        return await endpoint(Request(scope | {"query_string": query.encode()}, stay))

    return asyncio.run(ask_and_wait())


def test_tiles_that_nobody_may_have_are_refused_in_a_sentence() -> None:
    got = answer("sight=guessed&lang=zh_CN", route=TILES)
    assert (got.status_code, json.loads(got.body)) == (400, {"error": "此会话已结束。请重新加载页面。"})


def test_tiles_of_a_picture_that_another_has_followed_are_no_fault() -> None:
    page = open_page(SMALL)
    asked = dict(parse_qsl(component(page, W_TILES)["address"], keep_blank_values=True))
    assert answer(urlencode(asked), route=TILES).status_code == 200
    got = answer(urlencode(asked | {"scene": "the one before"}), route=TILES)
    assert (got.status_code, got.body) == (204, b"")


def test_an_address_is_a_drawing_with_its_facts() -> None:
    drawing = ask("net=resnet152&node=conv1&shade=macs")
    assert drawing["net"] == drawing["address"] == "net=resnet152"
    assert RUN in boxes(drawing)
    assert drawing["facts"]["layer3.5.conv2"]["costs"][0].startswith(f"{3 * 3 * 256 * 256:,}")
    assert drawing["title"].startswith("ResNet-152")


@pytest.mark.parametrize(
    ("query", "change", "address"),
    [
        ("net=resnet18", {"do": "net", "what": "resnet152"}, "net=resnet152"),
        ("net=resnet18&level=block&form=tall", {"do": "net", "what": "resnet34"}, "net=resnet34&level=block&form=tall"),
        # What the other net has not is left behind.
        ("net=resnet152&ops=layer3.20~layer4.0", {"do": "net", "what": "resnet50"}, "net=resnet50&ops=layer4.0"),
        ("net=resnet50&ops=layer3.1", {"do": "level", "what": "block"}, "net=resnet50&level=block"),
        ("net=resnet50&ops=layer3.1", {"do": "form", "what": "tall"}, "net=resnet50&form=tall&ops=layer3.1"),
        ("net=resnet152", {"do": "shown", "what": RUN, "at": "block"}, "net=resnet152&folded=layer3.0&blocks=layer3"),
        ("net=resnet50&level=block", {"do": "shown", "what": "head", "at": "op"}, "net=resnet50&level=block&ops=head"),
        ("net=resnet50", {"do": "revealed", "what": "layer2.1.conv2"}, "net=resnet50&ops=layer2.1"),
    ],
)  # fmt: skip
def test_a_change_leads_where_the_page_goes(query: str, change: dict[str, str], address: str) -> None:
    drawing = ask(query, **change)
    view, _notes = read_view(dict(parse_qsl(query)))
    told = Change(change["do"], change["what"], change.get("at", "folded"))
    gone = change_view(view, told, cache.get_trace)
    detail, unknown = view_detail(gone, cache.get_trace(gone.spec))
    assert drawing["address"] == drawing_address(gone, detail) == address
    assert unknown == []
    # The address alone leads to the very same drawing.
    assert ask(address) == drawing


def test_facts_of_one_drawing_are_not_those_of_another() -> None:
    folded, opened = ask("net=resnet50"), ask("net=resnet50&level=op")
    assert "layer3.1..5" in folded["facts"]
    assert "layer3.1..5" not in opened["facts"]
    assert folded["facts"]["layer3.2"]["level"] == "folded"
    assert opened["facts"]["layer3.2"]["level"] == "op"
    assert ask("net=resnet50") == folded


@pytest.mark.parametrize(
    "query",
    [
        "do=burn&what=resnet18", "do=net&what=resnet19", "do=net", "do=level&what=<b>", "do=form&what=wide",
        "do=shown&what=layer9&at=op", "do=shown&what=layer1&at=all", "do=revealed&what=../../etc/passwd",
        "block=basic&layers=1,1,1,700&level=op", "block=basic&layers=1,1,1,700&do=level&what=op",
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(query: str) -> None:
    with pytest.raises(ResnetVizError):
        find_drawing(dict(parse_qsl(query)))
    refused = answer(query)
    assert refused.status_code == 400
    assert json.loads(refused.body)["error"].endswith(".")


@pytest.mark.parametrize(
    ("route", "query"),
    [
        (DRAWING, "block=basic&layers=999999999"),
        (DRAWING, "net=resnet18&level=all"),
        (DRAWING, "nets=resnet18~resnet19"),
        (SHEET, "nets=resnet19~resnet18"),
        (SHEET, "nets=resnet34&sheet=minus"),
        (WALK, "block=basic&layers=999999999"),
        (WALK, "layers=2,2,2,2"),
    ],
)
def test_nonsense_is_refused_and_not_answered_with_another_net(route: str, query: str) -> None:
    refused = answer(query, route=route)
    assert refused.status_code == 400
    said = refused.body.decode()
    assert "got “" in said or "no preset named “resnet19”" in said
    assert "ResNet-18 is shown" not in said


@pytest.mark.parametrize("route", [DRAWING, SHEET, WALK])
def test_a_hostile_address_is_refused_and_is_no_page(route: str) -> None:
    hostile = "<script>alert(1)</script>"
    refused = answer(urlencode({"net": hostile, "nets": hostile, "node": hostile, "lang": hostile}), route=route)
    assert refused.status_code == 400
    assert refused.headers["content-type"].partition(";")[0] in ("application/json", "text/plain")


def test_what_is_unknown_beside_the_net_is_let_be() -> None:
    # A node or a part of another net may stand in a link; a page says so, and the drawing is the same.
    assert ask("net=resnet18&node=layer9.1&ops=layer9.1") == ask("net=resnet18")


def test_health_is_well() -> None:
    assert json.loads(answer("", route=HEALTH).body)["status"] == "ok"


def test_the_answer_is_compressed_for_whom_can_read_it() -> None:
    plain = answer("net=resnet18")
    packed = answer("net=resnet18", (b"accept-encoding", b"gzip, br"))
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert json.loads(plain.body) == ask("net=resnet18")
    assert plain.headers["content-type"] == "application/json"
    assert plain.headers["cache-control"] == "no-store"


def test_an_address_says_nothing_of_what_is_chosen() -> None:
    spec = read_view({"net": "resnet50"})[0].spec
    chosen = View(spec, node="conv1", shade="macs", level="op", parts=(("layer1", "folded"),))
    assert drawing_address(chosen, Detail("block")) == "net=resnet50&level=block"
