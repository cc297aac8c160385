"""Another tool's count beside the net's figures, on the page Explore (resnet_viz/ui/explore) through AppTest."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import SMALL, open_still, query, run, warnings

W_COUNT = "w_count"


def total(page: AppTest) -> tuple[str, str]:
    """The label and the value of the third figure."""
    return page.metric[2].label, page.metric[2].value


def test_the_total_is_counted_as_another_tool_does_and_back() -> None:
    page = open_still("net=resnet18")
    page = run(page.selectbox(key=W_COUNT).set_value("torch"))
    assert total(page) == ("FlopCounterMode, FLOPs", "3.63 G")
    assert page.metric[2].help.startswith("3,628,146,688 as FlopCounterMode counts")
    assert query(page)["count"] == "torch"
    page = run(page.selectbox(key=W_COUNT).set_value("ours"))
    assert total(page) == ("MACs at 224×224", "1.81 G")
    assert "count" not in query(page)


def test_an_address_brings_the_tool_and_another_net_keeps_it() -> None:
    page = open_still("net=resnet50&count=thop")
    assert total(page) == ("thop, MACs", "4.13 G")
    page = run(page.pills(key="w_preset").set_value("resnet18"))
    assert total(page) == ("thop, MACs", "1.82 G")
    assert query(page)["count"] == "thop"


@pytest.mark.parametrize("address", ["count=", "count=abacus"])
def test_what_is_no_tool_is_told(address: str) -> None:
    page = open_still(f"{SMALL}&{address}")
    assert page.selectbox(key=W_COUNT).value == "ours"
    assert bool(warnings(page)) is ("abacus" in address)
