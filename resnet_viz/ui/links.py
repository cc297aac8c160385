"""Links between the pages: they carry the current nets along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from resnet_viz.ui.page import reader
from resnet_viz.ui.pages import Nets, page_at


def show_links(pages: Sequence[st.Page], current: st.Page) -> None:
    """Shows links to the pages, each with the nets of the current one, whose own link keeps its address."""
    here = page_at(current.url_path)
    params, shown = reader.page_params(), here.nets_of(here.state.read())
    for page in pages:
        query = link_params(here.path, page.url_path, params, shown)
        st.page_link(page, query_params={**query, **reader.reader_params()})


def link_params(here: str, there: str, params: Mapping[str, str], shown: tuple[Nets, int]) -> dict[str, str]:
    """Returns the query parameters of the page at path `there`, linked from that at `here`, whose own are `params`.

    `shown` are the nets that `here` shows, and the index of the one with the selection.
    """
    return dict(params) if here == there else page_at(there).about(*shown)
