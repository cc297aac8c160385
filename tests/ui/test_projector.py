"""The bar of projector mode, and what the browser says of its screen, through AppTest."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.ui.components.page_root import USUAL_SCREEN, Screen, read_screen
from resnet_viz.ui.page.reader import PROJECTOR
from resnet_viz.ui.projector import NETS, W_LEAVE, W_LEVEL, W_NET
from resnet_viz.ui.switches import W_LINK
from tests.pages import errors, open_page, query, run


def bar(page: AppTest) -> set[str]:
    keys = {str(widget.key) for widget in [*page.button_group, *page.button]}
    return keys & {W_NET, W_LEVEL, W_LEAVE}


def open_bar(path: str, address: str = "") -> AppTest:
    """The bar alone, as the page at a path has it."""

    def script(path: str) -> None:
        from types import SimpleNamespace
        from typing import Any

        from resnet_viz.ui.projector import show_bar

        here: Any = SimpleNamespace(url_path=path)
        show_bar([], here)

    page = AppTest.from_function(script, default_timeout=60, args=(path,))
    for key, value in parse_qsl(address):
        page.query_params[key] = value
    return run(page)


def without(page: AppTest, key: str) -> list[str]:
    """The parameters that a button which copies the link leaves out."""
    (found,) = (part for part in page.get("bidi_component") if part.key == key)
    left_out: list[str] = json.loads(found.proto.json)["without"]
    return left_out


def test_the_bar_changes_net_and_level_and_the_mode_stays() -> None:
    page = open_page("net=resnet50&node=layer1&projector=1")
    assert bar(page) == {W_NET, W_LEVEL, W_LEAVE}
    assert page.button_group(key=W_NET).value == "resnet50"
    page = run(page.button_group(key=W_NET).set_value(NETS[-1]))
    assert query(page) == {"net": "resnet152", "node": "layer1", "projector": "1"}
    page = run(page.button_group(key=W_LEVEL).set_value("block"))
    assert query(page) == {"net": "resnet152", "node": "layer1", "level": "block", "projector": "1"}
    # Clicked again, it stays as it is.
    page = run(page.button_group(key=W_NET).set_value(None))
    assert query(page)["net"] == "resnet152"
    assert page.button_group(key=W_NET).value == "resnet152"
    page = run(page.button(key=W_LEAVE).click())
    assert (bar(page), PROJECTOR in query(page), errors(page)) == (set(), False, [])


@pytest.mark.parametrize(
    ("path", "expected"),
    [("compare", {W_LEVEL, W_LEAVE}), ("learn", {W_LEAVE}), ("train", {W_LEAVE}), ("walk", {W_NET, W_LEVEL, W_LEAVE})],
)
def test_the_bar_has_what_the_page_can_change(path: str, expected: set[str]) -> None:
    assert bar(open_bar(path)) == expected


def test_the_walk_goes_to_another_net_and_level_from_the_bar() -> None:
    page = open_bar("walk", "net=resnet50&step=30")
    page = run(page.button_group(key=W_NET).set_value("resnet34"))
    page = run(page.button_group(key=W_LEVEL).set_value("op"))
    assert (query(page)["net"], query(page)["level"]) == ("resnet34", "op")


def test_a_net_that_is_no_button_marks_none() -> None:
    assert open_page("net=plain34&projector=1").button_group(key=W_NET).value is None


def test_the_link_to_share_leaves_the_mode_out() -> None:
    assert without(open_page("net=resnet50"), W_LINK) == [PROJECTOR]
    assert without(open_page("projector=1"), "projector_link") == [PROJECTOR]


@pytest.mark.parametrize(
    "value",
    [None, 7, {}, {"scale": 2}, {"scale": "2", "height": 9}, {"scale": -1, "height": 9}, {"scale": 1e9, "height": 9}],
)
def test_what_no_browser_says_of_its_screen_is_not_believed(value: object) -> None:
    assert read_screen(value) == USUAL_SCREEN


def test_the_screen_is_as_the_browser_says() -> None:
    assert read_screen({"scale": 2.455, "height": 1080}) == Screen(2.455, 1080)
