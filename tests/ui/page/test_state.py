"""A page's view and its address: what is parsed and when, who is seeded, what is said of an address, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.ui.explore.graph import W_LEVEL
from resnet_viz.ui.explore.maps import W_LOOK
from resnet_viz.ui.explore.state import W_LAYERS, W_PRESET
from resnet_viz.ui.page.state import PageState
from resnet_viz.ui.pages import PAGES, page_at
from tests.pages import open_compare, open_learn, open_still, open_walk, query, run, warnings


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which pages' addresses were parsed so far, by the pages' paths."""
    found: list[str] = []

    def count(path: str, parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def counting(params: Any) -> Any:
            found.append(path)
            return parse(params)

        return counting

    for page in PAGES:
        monkeypatch.setattr(page.state, "parse", count(page.path, page.state.parse))
    return found


@pytest.mark.parametrize(
    "click",
    [
        lambda page: page.button_group(key=W_PRESET).set_value("resnet34"),
        lambda page: page.button_group(key=W_LEVEL).set_value("block"),
        lambda page: page.button_group(key=W_LOOK).set_value("kernels"),
    ],
    ids=["net", "level", "look"],
)
def test_a_click_on_explore_parses_the_address_once(parsed: list[str], click: Callable[[AppTest], Any]) -> None:
    page = open_still("net=resnet18&input_size=64x64")
    assert parsed == [""]
    run(click(page))
    assert parsed == ["", ""]
    run(page)
    assert parsed == ["", ""]  # Nothing changed: nothing is parsed.


def test_a_click_on_each_other_page_parses_the_address_once(parsed: list[str]) -> None:
    page = open_compare("nets=cifar20~cifar32")
    run(page.button_group(key="w_compare_level").set_value("block"))
    page = open_learn("nets=cifar20~cifar32")
    run(page.button_group(key="w_learn_level").set_value("block"))
    page = open_walk("net=cifar20&input_size=32x32")
    run(page.button_group(key="w_walk_level").set_value("block"))
    assert parsed == ["compare"] * 2 + ["learn"] * 2 + ["walk"] * 2


def test_another_address_is_parsed_and_seeds_the_widgets(parsed: list[str]) -> None:
    page = open_still("net=resnet18&input_size=64x64")
    page.query_params["net"] = "resnet50"
    run(page)
    assert parsed == ["", ""]
    assert page.button_group(key=W_PRESET).value == "resnet50"


def test_a_click_that_left_before_the_browser_heard_of_the_last_one_undoes_nothing() -> None:
    page = open_still("net=resnet18&input_size=64x64")
    before = query(page)
    run(page.button_group(key=W_PRESET).set_value("resnet34"))
    after = query(page)
    page.query_params.clear()
    page.query_params.update(before)
    run(page.button_group(key=W_LEVEL).set_value("block"))
    assert query(page) == {**after, "level": "block"}
    assert page.button_group(key=W_PRESET).value == "resnet34"


def test_a_click_after_back_starts_from_where_it_went_back_to() -> None:
    page = open_still("net=resnet18&input_size=64x64")
    before = query(page)
    run(page.button_group(key=W_PRESET).set_value("resnet34"))
    page.query_params.clear()
    page.query_params.update(before)
    run(page)
    assert page.button_group(key=W_PRESET).value == "resnet18"
    run(page.button_group(key=W_LEVEL).set_value("block"))
    assert query(page) == {**before, "level": "block"}


def test_a_notice_is_shown_once(parsed: list[str]) -> None:
    page = open_still("net=resnet18&input_size=64x64&look=smell")
    assert any("smell" in text for text in warnings(page))
    assert warnings(run(page)) == []
    assert parsed == [""]


def test_the_pages_keep_their_views_apart() -> None:
    kept = [name for page in PAGES for name in (page.state._seen, page.state._notice, page.state._kept)]
    assert len(set(kept)) == 3 * len(PAGES) == 15
    assert [page.state for page in PAGES if isinstance(page.state, PageState)] == [page.state for page in PAGES]


def test_a_view_is_what_its_address_says() -> None:
    for page in PAGES:
        view, notes = page.state.parse({})
        assert notes == []
        assert page.state.parse(page.state._write(view)) == (view, [])


def test_a_change_is_one_new_address() -> None:
    page = open_still("net=resnet18&input_size=64x64")
    view, _notes = page_at("").state.parse(query(page))
    page = run(page.button_group(key=W_LEVEL).set_value("op"))
    assert page_at("").state.parse(query(page)) == (replace(view, level="op"), [])


def test_what_is_being_typed_stays_while_something_else_is_chosen() -> None:
    """Only an address that comes from elsewhere seeds the widgets."""
    page = open_still("block=basic&layers=1,1,1,1&input_size=64x64")
    page = run(page.text_input(key=W_LAYERS).set_value("1, 1, none"))
    assert page.error
    page = run(page.button_group(key=W_LEVEL).set_value("block"))
    assert page.text_input(key=W_LAYERS).value == "1, 1, none"
    assert page.error
