"""The page Learn (resnet_viz/ui/learn) by its parts, for tests that use AppTest."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from resnet_viz.ui.learn.graph import W_GRAPH
from resnet_viz.ui.learn.state import learn
from resnet_viz.ui.learn.table import W_TABLE
from resnet_viz.views.address.learn import PAPER_NETS, LearnView
from tests.nets import traces_of
from tests.pages import component, query

TRACES = traces_of(PAPER_NETS)


def view(page: AppTest) -> LearnView:
    """The view of the page's address."""
    return learn.parse(query(page))[0]


def lit(page: AppTest) -> list[tuple[str, int]]:
    """The cells of the table that are highlighted, by row and column."""
    return [(row, column) for row, column in component(page, W_TABLE)["lit"]]


def marked(page: AppTest) -> dict[str, Any]:
    """What is said to be marked in the drawing, in a message of its own."""
    return component(page, f"mark_{W_GRAPH}")


def button(page: AppTest, key: str) -> Any:
    """A button by its key."""
    return page.button(key=key)


def field_of(page: AppTest, label: str) -> Any:
    """The field of a number, by the start of its label."""
    (found,) = [number for number in page.number_input if number.label.startswith(label)]
    return found


def check(page: AppTest) -> Any:
    """What sends an answer, with what is in its form."""
    return next(one for one in page.button if one.label == "Check")


def words(page: AppTest) -> str:
    """All that the page says in Markdown, captions, headings and notes."""
    return "\n".join(part.value for part in (*page.markdown, *page.caption, *page.header, *page.info))
