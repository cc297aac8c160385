"""The Explore page (resnet_viz/ui/explore) by its parts, for tests that use AppTest."""

from __future__ import annotations

import gzip
import json
from typing import Any
from urllib.parse import parse_qsl

from streamlit.testing.v1 import AppTest

from resnet_viz.ui.explore.graph import W_GRAPH
from resnet_viz.ui.explore.net import W_CUSTOMISE
from resnet_viz.ui.routes import find_drawing
from tests.pages import component, open_page, open_still


def open_settings(address: str = "", is_still: bool = True) -> AppTest:
    """A page on which somebody opened *Customise*; a still one has no picture."""
    return (open_still if is_still else open_page)(address, {W_CUSTOMISE: True})


def net(page: AppTest) -> str:
    """The name of the net that is shown."""
    (title,) = page.title
    return title.value


def drawing(page: AppTest) -> dict[str, Any]:
    """What the browser gets when it asks for the drawing that the page names."""
    payload: dict[str, Any] = json.loads(gzip.decompress(find_drawing(dict(parse_qsl(mark(page)["address"])))))
    assert payload["address"] == mark(page)["address"]
    return payload


def mark(page: AppTest) -> dict[str, Any]:
    """What is said to be marked in the drawing, in a message of its own."""
    return component(page, f"mark_{W_GRAPH}")


def node_list(page: AppTest) -> Any:
    """The list in which a node is chosen."""
    (found,) = [box for box in page.selectbox if box.label == "Node"]
    return found


def headings(page: AppTest) -> list[str]:
    """The headings of the parts of the page."""
    return [heading.value for heading in page.header]
