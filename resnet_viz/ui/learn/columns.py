"""The columns of the structure table: which nets, at which input size, and which rows of totals below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.spec.depths import MAX_DEPTH, explain_depth, specs_for_depth
from resnet_viz.spec.names import list_depth_label
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.ui.learn.state import ERROR, learn
from resnet_viz.ui.page.callouts import plain
from resnet_viz.views.address.compare import write_net
from resnet_viz.views.address.learn import MOST_NETS, PAPER_NETS, LearnView
from resnet_viz.views.structure.table import EXTRAS, row_title

_LEAST_SIZE, _MOST_SIZE = 32, 1024

W_ROWS = "w_learn_rows"
W_SIZE = "w_learn_size"
W_ADD = "w_learn_add"
W_DEPTH = "w_learn_depth"
W_LISTS = "w_learn_list"


def choose_columns(view: LearnView) -> None:
    """Shows the nets in order, more of them by depth, the input size, and the rows of totals."""
    _choose_nets(view)
    with st.container(horizontal=True):
        with st.popover(_("By depth"), icon=":material/add:", key="learn_add", disabled=len(view.specs) >= MOST_NETS):
            _add_by_depth()
        st.button(
            _("The paper's five"),
            icon=":material/restart_alt:",
            key="learn_paper",
            disabled=view.specs == PAPER_NETS,
            on_click=lambda: learn.change(specs=PAPER_NETS, net=0, node=None, total=None, parts=()),
        )
    _choose_size(view)
    _choose_rows(view)
    message = st.session_state.get(ERROR)
    if message:
        st.error(plain(message), icon=":material/error:")


def _choose_nets(view: LearnView) -> None:
    size = view.spec.input_size
    usual = {spec.to_query(): spec for spec in (replace(spec, input_size=size) for spec in PRESETS.values())}
    options = {spec.to_query(): spec for spec in view.specs} | usual
    # Set in each rerun: other widgets and the table change the columns, too.
    st.session_state[W_ADD] = list(dict.fromkeys(spec.to_query() for spec in view.specs))
    st.multiselect(
        _("Columns of the table"),
        list(options),
        format_func=lambda query: options[query].name,
        key=W_ADD,
        max_selections=MOST_NETS,
        on_change=lambda: _set_nets([options[query] for query in st.session_state[W_ADD]]),
        placeholder=_("Choose a net"),
    )


def _set_nets(chosen: Sequence[ResNetSpec]) -> None:
    """Callback: kept nets keep their place, selection and duplicates; at least one stays."""
    view = learn.read()
    for net in reversed(range(len(view.specs))):
        if view.specs[net] not in chosen and len(view.specs) > 1:
            view = view.without_net(net)
    new = tuple(spec for spec in chosen if spec not in view.specs)
    learn.show(replace(view, specs=(*view.specs, *new)[:MOST_NETS]))


def _add_by_depth() -> None:
    """Any net by its depth: the block lists that have it."""
    depth = st.number_input(_("Depth"), 1, MAX_DEPTH, 26, key=W_DEPTH)
    options = {list_depth_label(spec): spec for spec in specs_for_depth(depth)}
    label = st.selectbox(_("Lists of blocks of this depth"), list(options), key=f"{W_LISTS}:{depth}")
    chosen = options[label]
    st.caption(plain(explain_depth(chosen)))
    st.button(_("Add {name}").format(name=chosen.name), key="learn_add_depth", on_click=_add, args=(chosen,))


def _add(spec: ResNetSpec) -> None:
    """Callback: appends a net, at the others' input size, and selects its column."""
    view = learn.read()
    sized = replace(spec, input_size=view.spec.input_size)
    learn.change(specs=(*view.specs, sized), net=len(view.specs), node=None, total=None, parts=())


def _choose_size(view: LearnView) -> None:
    size = view.spec.input_size
    key = f"{W_SIZE}:{'~'.join(map(write_net, view.specs))}:{view.net}"
    st.number_input(
        _("Input height and width"),
        min(_LEAST_SIZE, *size),
        max(_MOST_SIZE, *size),
        size[0],
        key=key,
        on_change=lambda: _set_size(st.session_state[key]),
        help=_("Of all nets of the table, in pixels. Another size changes sizes and FLOPs, and no parameter."),
    )


def _set_size(size: int) -> None:
    learn.change(specs=tuple(replace(spec, input_size=(size, size)) for spec in learn.read().specs))


def _choose_rows(view: LearnView) -> None:
    st.session_state[W_ROWS] = list(view.rows)
    st.pills(
        _("Rows to add"),
        EXTRAS,
        selection_mode="multi",
        format_func=row_title,
        key=W_ROWS,
        on_change=lambda: learn.change(rows=tuple(row for row in EXTRAS if row in st.session_state[W_ROWS])),
    )
