"""The columns of the structure table: which nets, at which input size, their edits, and the rows of totals below."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.refusal import shown
from resnet_viz.spec.depths import MAX_DEPTH, explain_depth, specs_for_depth
from resnet_viz.spec.edits import edit_cell
from resnet_viz.spec.names import list_depth_label
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.learn.state import ERROR, learn
from resnet_viz.ui.page.callouts import plain
from resnet_viz.units import format_count, format_exact
from resnet_viz.views.address.compare import write_net
from resnet_viz.views.address.learn import MOST_NETS, PAPER_NETS, LearnView
from resnet_viz.views.address.params import parse_number
from resnet_viz.views.structure.table import EXTRAS, PARAMETERS, StructureCell, StructureTable, row_title

_LEAST_SIZE, _MOST_SIZE = 32, 1024
_MOST_BLOCKS, _MOST_PLANES = 400, 8192

W_ROWS = "w_learn_rows"
W_SIZE = "w_learn_size"
W_ADD = "w_learn_add"
W_DEPTH = "w_learn_depth"
W_LISTS = "w_learn_list"
W_COUNT = "w_learn_count"
W_WIDTH = "w_learn_width"
BEFORE = "learn_before"
"""Session state: (column, net) before the last edits."""


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
    choose_size(view)
    _choose_rows(view)


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


def choose_size(view: LearnView) -> None:
    """Shows the input size of all nets."""
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


def rows_of(view: LearnView) -> tuple[str, ...]:
    """Returns the rows of totals to show: those asked for, and after an edit the parameters, which it changes."""
    asked = view.rows if net_before(view) is None else (*view.rows, PARAMETERS)
    return tuple(row for row in EXTRAS if row in asked)


# Edits


def show_build(view: LearnView, trace: Trace, cell: StructureCell | None) -> None:
    """Shows fields for the selected stage's blocks and planes, and the net they give."""
    if cell is not None and cell.place is not None:
        _edit_stage(view, view.spec, cell)
    _show_net(view.spec, trace)


def _edit_stage(view: LearnView, spec: ResNetSpec, cell: StructureCell) -> None:
    place = cell.place or 0
    fields = (
        (_("Blocks in {row}").format(row=cell.row), W_COUNT, _with_count, spec.layers[place], _MOST_BLOCKS),
        (_("Planes in {row}").format(row=cell.row), W_WIDTH, _with_width, spec.widths[place], _MOST_PLANES),
    )
    with st.container(horizontal=True):
        for label, name, edit, value, most in fields:
            # The net is part of the widget key: another net gives a new field, with its value.
            key = f"{name}:{view.net}:{place}:{write_net(spec)}"
            st.number_input(
                label, 1, max(most, value), value, key=key, on_change=_edit, args=(view.net, place, edit, key)
            )


def _with_count(spec: ResNetSpec, place: int, number: int) -> ResNetSpec:
    return edit_cell(spec, place, count=number)


def _with_width(spec: ResNetSpec, place: int, number: int) -> ResNetSpec:
    return edit_cell(spec, place, width=number)


def edit_count(table: StructureTable, row: str, column: int, text: str) -> None:
    """Callback: another number of blocks in a cell, which is selected, so that its explanation shows what came of it.

    `table` is the table that was edited; a place that is no stage of it changes nothing.
    """
    cell = table.cell(row, table.columns[column])
    if cell is None or cell.place is None:
        return
    view = replace(learn.read(), total=None, node=cell.stage)
    if view.net != column:
        view = replace(view, net=column, parts=())
    number = parse_number(unicodedata.normalize("NFKC", text).strip())
    if number is None or not 1 <= number <= max(_MOST_BLOCKS, view.spec.layers[cell.place]):
        st.session_state[ERROR] = _(
            "Blocks in {row}: got {got}. It must be a whole number from 1 to {most}; change it and try again."
        ).format(row=row, got=shown(text), most=_MOST_BLOCKS)
        return
    _apply(view, cell.place, number, _with_count)


Edit = Callable[[ResNetSpec, int, int], ResNetSpec]
"""Returns a net with another number at a stage."""


def _edit(net: int, place: int, edit: Edit, key: str) -> None:
    """Callback of a field: replaces the net of this column."""
    _apply(replace(learn.read(), net=net), place, st.session_state[key], edit)


def _apply(view: LearnView, place: int, number: int, edit: Edit) -> None:
    """Edits the net of the view's column; if the result is invalid, shows the error instead."""
    try:
        changed = edit(view.spec, place, number)
    except SpecError as error:
        st.session_state[ERROR] = str(error)
        return
    before: tuple[int, ResNetSpec] | None = st.session_state.get(BEFORE)
    # Consecutive edits are compared with the net before the first.
    if before is None or before[0] != view.net or _is_other(before[1], view.spec):
        st.session_state[BEFORE] = (view.net, view.spec)
    learn.show(view.with_net(view.net, changed))


def _is_other(before: ResNetSpec, spec: ResNetSpec) -> bool:
    """Whether two nets differ in more than can be edited."""
    return (before.block, len(before.layers), before.input_size) != (spec.block, len(spec.layers), spec.input_size)


def _show_net(spec: ResNetSpec, trace: Trace) -> None:
    figures = {
        _("Depth"): str(spec.depth),
        _("Parameters"): format_count(trace.n_params),
        _("MACs"): trace.macs.amount,
    }
    with st.container(horizontal=True):
        for label, value in figures.items():
            st.metric(label, value, width="content")
    st.caption(plain(explain_depth(spec)))


def net_before(view: LearnView) -> ResNetSpec | None:
    """Returns the net that stood in the selected column before the last edits; None if it stands there still."""
    found: tuple[int, ResNetSpec] | None = st.session_state.get(BEFORE)
    if found is None or found[0] != view.net or found[1] == view.spec or _is_other(found[1], view.spec):
        return None
    return found[1]


def show_before(view: LearnView, trace: Trace) -> None:
    """Shows what is wrong with an edit, or what the last edits changed, with a button that undoes them."""
    message = st.session_state.get(ERROR)
    if message:
        st.error(plain(message), icon=":material/error:")
    spec = net_before(view)
    if spec is None:
        return
    before = cache.get_trace(spec)
    words = _("Before the edit: {name}, {params} parameters, {macs}. Now: {n_params} and {n_macs}.").format(
        name=before.name,
        params=format_exact(before.n_params),
        macs=before.macs.text,
        n_params=format_exact(trace.n_params),
        n_macs=trace.macs.text,
    )
    st.markdown(plain(words))
    st.button(
        _("Back to {name}").format(name=before.name),
        icon=":material/undo:",
        key="learn_undo",
        on_click=lambda: learn.show(learn.read().with_net(view.net, spec)),
    )
