"""The tables of what other software says of the nets, on the page Learn through Streamlit's AppTest."""

from __future__ import annotations

from contextvars import Context
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.i18n import use_language
from resnet_viz.ui.learn.libraries import W_COUNT
from resnet_viz.ui.learn.state import learn
from resnet_viz.views.counting.measured import measured_table
from resnet_viz.views.counting.nets import counted_table
from resnet_viz.views.counting.tools import find_tool
from resnet_viz.views.teach.namesakes.table import DEPTHS, inputs_table, nets_table
from tests.pages import open_learn, query, run, warnings
from tests.ui.learn.parts import TRACES

SMALL = "nets=resnet18~resnet50"


def tables(page: AppTest) -> list[dict[str, list[str]]]:
    """The tables of the page as columns, without the marks that keep Markdown away."""
    return [
        {name: [str(cell).replace("\\", "") for cell in table.value[name]] for name in table.value.columns}
        for table in page.table
    ]


def in_language(language: str, make: Any) -> Any:
    """What `make` returns in a language."""

    def told() -> Any:
        use_language(language)
        return make()

    return Context().run(told)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_both_tables_are_on_the_page_in_its_language(language: str) -> None:
    wanted = in_language(
        language,
        lambda: [*(table(depth) for depth in DEPTHS for table in (nets_table, inputs_table)), measured_table()],
    )
    shown = tables(open_learn(f"{SMALL}&lang={language}"))
    assert [table for table in wanted if table not in shown] == []
    assert ("Strict load" in str(shown)) is (language == "en")


def test_the_nets_are_counted_as_the_chosen_tool_counts_and_the_address_says_so() -> None:
    page = open_learn()
    assert counted_table(TRACES, find_tool("ours")) in tables(page)
    page = run(page.selectbox(key=W_COUNT).set_value("thop"))
    assert query(page)["count"] == "thop"
    (shown,) = [table for table in tables(page) if "thop, MACs" in table]
    assert shown["thop, MACs"][0] == "1,824,033,792"
    assert tables(open_learn("count=thop")) == tables(page)


def test_a_tool_that_is_none_is_told_and_ours_is_taken() -> None:
    page = open_learn("count=abacus")
    assert "abacus" in warnings(page)[0]
    assert page.selectbox(key=W_COUNT).value == "ours"
    assert learn.parse({"count": "fvcore"})[0].count == "fvcore"
