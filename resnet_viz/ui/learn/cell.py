"""A cell of the structure table explained, and edited: another number of blocks or another width."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.spec.depths import explain_depth
from resnet_viz.spec.edits import edit_cell
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.learn.state import ERROR, learn
from resnet_viz.ui.learn.terms import show_terms
from resnet_viz.ui.page.callouts import plain
from resnet_viz.units import format_count, format_exact
from resnet_viz.views.address.compare import write_net
from resnet_viz.views.address.learn import LearnView
from resnet_viz.views.structure.reading import CellPart, CellReading, explain_cell
from resnet_viz.views.structure.steps import CellStep
from resnet_viz.views.structure.table import StructureCell, StructureTable, row_title

_MOST_BLOCKS, _MOST_PLANES = 400, 8192

BEFORE = "learn_before"
"""Session state: (column, net) before the last edits."""
W_COUNT = "w_learn_count"
W_WIDTH = "w_learn_width"


def show_reading(table: StructureTable, cells: Sequence[StructureCell]) -> None:
    """Shows each selected cell in sentences, layer by layer, and as formulas."""
    if not cells:
        st.info(
            _("Choose a cell of the table, or a part of the drawing: here it is read aloud, with its arithmetic."),
            icon=":material/table_view:",
        )
        return
    for cell in cells:
        _show_cell(explain_cell(table, cell))


def _show_cell(reading: CellReading) -> None:
    cell = reading.cell
    title = _("{row} of {net}").format(row=row_title(cell.row), net=cell.column)
    st.header(plain(title), anchor=False)
    st.markdown("  \n".join(plain(line) for line in cell.all_lines))
    tabs: list[tuple[str, object, Callable[[CellReading], None]]] = [
        (_("In words"), reading.facts, _show_facts),
        (_("Layers"), reading.parts, lambda reading: _show_parts(reading.parts)),
        (_("Sizes"), reading.sizes, lambda reading: _show_steps(reading.sizes, None)),
        (_("Parameters"), reading.params, lambda reading: _show_steps(reading.params, cell.n_params)),
        (_("MACs"), reading.macs, lambda reading: _show_steps(reading.macs, cell.n_macs)),
    ]
    there = [(title, show) for title, content, show in tabs if content]
    # By index: two titles may be the same word in a language.
    for (_title, show), place in zip(there, st.tabs([title for title, _show in there]) if there else (), strict=True):
        with place:
            show(reading)


def _show_facts(reading: CellReading) -> None:
    st.markdown("\n".join(f"- {plain(fact.text)}" for fact in reading.facts))
    _show_shortcuts(reading)
    show_terms(" ".join(fact.text for fact in reading.facts), f"cell_{reading.cell.row}")


def _show_shortcuts(reading: CellReading) -> None:
    for blocks, shortcut in reading.shortcuts:
        st.markdown(f"- `{blocks}`: {plain(shortcut.conclusion)}")


def _show_parts(parts: Sequence[CellPart]) -> None:
    """The first block's layers; differing values of later blocks after a bar."""
    st.table(
        {
            _("Layer"): [f"`{part.name}`" for part in parts],
            _("In the table"): [plain(part.text) for part in parts],
            _("Channels"): [_channels(part) for part in parts],
            _("Stride"): [_either(part.stride, part.later_stride) for part in parts],
        }
    )
    if any(part.later_stride for part in parts):
        st.caption(_("Of the first block; after a bar, what the later blocks have otherwise."))


def _channels(part: CellPart) -> str:
    later = "" if part.later_in_channels is None else f"{part.later_in_channels} → {part.out_channels}"
    return _either(f"{part.in_channels} → {part.out_channels}", later)


def _either(first: str, later: str) -> str:
    return first if later in ("", first) else rf"{first} \| {later}"


def _show_steps(steps: Sequence[CellStep], total: int | None) -> None:
    titles = [f"`{step.title}`" if "_" in step.title or "." in step.title else plain(step.title) for step in steps]
    numbers = [plain(step.numbers) for step in steps]
    results = [format_exact(step.result) for step in steps]
    if total is not None:
        titles, numbers, results = [*titles, _("together")], [*numbers, ""], [*results, f"**{format_exact(total)}**"]
    st.table({_("Of"): titles, _("In numbers"): numbers, _("Result"): results})
    words = dict.fromkeys(step.words for step in steps)
    st.caption("  \n".join(plain(text) for text in words))


# Building


def show_build(view: LearnView, trace: Trace, cell: StructureCell | None) -> None:
    """Shows fields for the selected stage's blocks and planes, the net they give, and the net before."""
    if cell is not None and cell.place is not None:
        _edit_stage(view, view.spec, cell)
    _show_net(view.spec, trace)
    _show_before(view, trace)


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


def _edit(net: int, place: int, edit: Callable[[ResNetSpec, int, int], ResNetSpec], key: str) -> None:
    """Callback: replaces the net of this column; if it is invalid, shows the error instead."""
    view, number = learn.read(), st.session_state[key]
    spec = view.specs[net]
    try:
        changed = edit(spec, place, number)
    except SpecError as error:
        st.session_state[ERROR] = str(error)
        return
    before: tuple[int, ResNetSpec] | None = st.session_state.get(BEFORE)
    # Consecutive edits are compared with the net before the first.
    if before is None or before[0] != net or _is_other(before[1], spec):
        st.session_state[BEFORE] = (net, spec)
    learn.show(view.with_net(net, changed))


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


def _show_before(view: LearnView, trace: Trace) -> None:
    """What the edits changed, and an undo button."""
    found: tuple[int, ResNetSpec] | None = st.session_state.get(BEFORE)
    if found is None or found[0] != view.net or found[1] == view.spec or _is_other(found[1], view.spec):
        return
    before = cache.get_trace(found[1])
    st.markdown(
        plain(
            _("Before the edit: {name}, {params} parameters, {macs}. Now: {n_params} and {n_macs}.").format(
                name=before.name,
                params=format_exact(before.n_params),
                macs=before.macs.text,
                n_params=format_exact(trace.n_params),
                n_macs=trace.macs.text,
            )
        )
    )
    st.button(
        _("Back to {name}").format(name=before.name),
        icon=":material/undo:",
        key="learn_undo",
        on_click=lambda: learn.show(learn.read().with_net(*found)),
    )
