"""The links between the pages: the nets that are looked at go along."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_viz.ui.page import reader
from resnet_viz.ui.pages import PAGES


def show_links(pages: Sequence[st.Page], current: st.Page) -> None:
    """A link to each of `pages`, which are those of `PAGES`. To itself a page says nothing new."""
    here = next(page for page in PAGES if page.path == current.url_path)
    nets, chosen = here.nets_of(here.state.read())
    for there, page in zip(PAGES, pages, strict=True):
        params = reader.page_params() if there is here else there.about(nets, chosen)
        st.page_link(page, query_params={**params, **reader.reader_params()})
