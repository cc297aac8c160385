"""The links between the pages: the nets that are looked at go along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.page import reader
from resnet_viz.views.address.compare import DEFAULT_NETS, MOST, NETS, read_compare, write_nets
from resnet_viz.views.address.learn import PAPER_NETS, LearnView, read_learn, write_learn
from resnet_viz.views.address.view import read_view
from resnet_viz.views.address.walk import read_walk_view
from resnet_viz.views.parts.ids import split_id

EXPLORE, COMPARE, LEARN, WALK = "", "compare", "learn", "walk"
"""The pages by their paths."""
Nets = tuple[ResNetSpec, ...]


def show_links(pages: Sequence[st.Page], current: st.Page) -> None:
    """A link to each page. From one page to another it is about the same nets; to itself it says nothing new."""
    params, chosen = reader.page_params(), reader.reader_params()
    for page in pages:
        st.page_link(page, query_params={**link_params(current.url_path, page.url_path, params), **chosen})


def link_params(here: str, there: str, params: Mapping[str, str]) -> dict[str, str]:
    """What the address of another page says, after that of this one."""
    if here == there:
        return dict(params)
    nets, chosen = _nets_of(here, params)
    if there == COMPARE:
        return _to_compare(nets, chosen)
    if there == LEARN:
        return _to_learn(nets, chosen)
    return nets[chosen].to_pairs()


def _nets_of(page: str, params: Mapping[str, str]) -> tuple[Nets, int]:
    """The nets that a page shows, and which of them something is chosen in."""
    if page == COMPARE:
        view = read_compare(params)[0]
        at = split_id(view.node or "")
        return view.specs, at[0] if at and at[0] < len(view.specs) else 0
    if page == LEARN:
        learn = read_learn(params)[0]
        return learn.specs, learn.specs.index(learn.spec)
    if page == WALK:
        return (read_walk_view(params)[0].spec,), 0
    return (read_view(params)[0].spec,), 0


def _to_compare(nets: Nets, chosen: int) -> dict[str, str]:
    """The table's columns if there are few enough; else the chosen net beside a usual one."""
    if not 2 <= len(nets) <= MOST:
        other = next(usual for usual in reversed(DEFAULT_NETS) if usual != nets[chosen])
        nets = (nets[chosen], other)
    return {} if nets == DEFAULT_NETS else {NETS: write_nets(nets)}


def _to_learn(nets: Nets, chosen: int) -> dict[str, str]:
    """Several nets are the columns; one stands among the paper's, or behind them."""
    if len(nets) == 1:
        columns = PAPER_NETS if nets[0] in PAPER_NETS else (*PAPER_NETS, nets[0])
        return write_learn(LearnView(columns, net=columns.index(nets[0])))
    return write_learn(LearnView(nets, net=chosen))
