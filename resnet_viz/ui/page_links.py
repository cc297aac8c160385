"""The links between the pages: the net that is looked at goes along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from resnet_viz.query import query_pairs
from resnet_viz.ui import reader
from resnet_viz.views.address import read_view
from resnet_viz.views.compare_address import DEFAULT_NETS, NETS, read_compare, write_nets
from resnet_viz.views.net_ids import split_id

EXPLORE, COMPARE = "", "compare"
"""The pages by their paths."""


def show_links(pages: Sequence[st.Page], current: st.Page) -> None:
    """A link to each page. From one page to another it is about the same net; to itself it says nothing new."""
    params, chosen = reader.page_params(), reader.reader_params()
    for page in pages:
        st.page_link(page, query_params={**link_params(current.url_path, page.url_path, params), **chosen})


def link_params(here: str, there: str, params: Mapping[str, str]) -> dict[str, str]:
    """What the address of another page says, after that of this one."""
    if (here, there) == (EXPLORE, COMPARE):
        spec = read_view(params)[0].spec
        other = next(usual for usual in reversed(DEFAULT_NETS) if usual != spec)
        nets = (spec, other)
        return {} if nets == DEFAULT_NETS else {NETS: write_nets(nets)}
    if (here, there) == (COMPARE, EXPLORE):
        view = read_compare(params)[0]
        chosen = split_id(view.node or "")
        return query_pairs(view.specs[chosen[0] if chosen and chosen[0] < len(view.specs) else 0])
    return dict(params)
