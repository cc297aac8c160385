"""The links between the pages: the net that is looked at goes along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from resnet_viz.query import query_pairs
from resnet_viz.views.address import read_view
from resnet_viz.views.compare_address import DEFAULT_NETS, NETS, read_compare, write_nets
from resnet_viz.views.net_ids import split_id
from resnet_viz.views.walk_address import read_walk_view

EXPLORE, COMPARE, WALK = "", "compare", "walk"
"""The pages by their paths."""


def show_links(pages: Sequence[st.Page], current: st.Page) -> None:
    """A link to each page. From one page to another it is about the same net; to itself it says nothing new."""
    params = st.query_params.to_dict()
    for page in pages:
        st.page_link(page, query_params=link_params(current.url_path, page.url_path, params))


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
    if there == WALK and here != WALK:
        return query_pairs(read_view(link_params(here, EXPLORE, params) if here != EXPLORE else params)[0].spec)
    if here == WALK and there != WALK:
        walked = query_pairs(read_walk_view(params)[0].spec)
        return walked if there == EXPLORE else link_params(EXPLORE, there, walked)
    return dict(params)
