"""The links between the pages: the nets that are looked at go along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from resnet_viz.ui.page import reader
from resnet_viz.ui.pages import Nets, page_at


def show_links(pages: Sequence[st.Page], current: st.Page) -> None:
    """Links to some pages: each about the nets of the current one; to itself a page says nothing new."""
    here = page_at(current.url_path)
    params, shown = reader.page_params(), here.nets_of(here.state.read())
    for page in pages:
        query = link_params(here.path, page.url_path, params, shown)
        st.page_link(page, query_params={**query, **reader.reader_params()})


def link_params(here: str, there: str, params: Mapping[str, str], shown: tuple[Nets, int]) -> dict[str, str]:
    """The address of the page at the path `there`, linked from that at `here`, whose address is `params`.

    `shown` are the nets that it shows, and which of them something is chosen in.
    """
    return dict(params) if here == there else page_at(there).about(*shown)
