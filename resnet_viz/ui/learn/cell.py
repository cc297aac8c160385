"""A cell of the structure table explained: as a picture, in words, and in numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.components.cell_view import cell_view
from resnet_viz.ui.learn.state import choose_block, learn
from resnet_viz.ui.learn.terms import show_terms
from resnet_viz.ui.page.callouts import plain
from resnet_viz.units import format_exact
from resnet_viz.views.structure.picture import draw_cell
from resnet_viz.views.structure.reading import CellPart, CellReading, explain_cell
from resnet_viz.views.structure.steps import CellStep
from resnet_viz.views.structure.table import StructureCell, StructureTable, row_title

_EXAMPLE = "ResNet-50"
W_PICTURE = "w_learn_cell"

Tab = tuple[str, Callable[[], None]]
"""A tab under an explained cell: its title, and what shows its content."""


def show_reading(table: StructureTable, cells: Sequence[StructureCell], more: Sequence[Tab] = ()) -> None:
    """Shows each selected cell as a picture, in sentences, layer by layer, and as formulas.

    `more` are tabs beside those of the last cell. Without a cell, says what to do, and shows an example.
    """
    if not cells:
        st.info(
            _("Click a cell of the table, or a part of the drawing: here it is read aloud, with its arithmetic."),
            icon=":material/table_view:",
        )
        _show_example(table)
    for n, cell in enumerate(cells):
        is_last = n == len(cells) - 1
        _show_cell(table, explain_cell(table, cell), more if is_last else ())


def _show_example(table: StructureTable) -> None:
    """The first stage of a ResNet-50, or of the first net that has one."""
    stages = [cell for cell in table.cells if cell.place == 0]
    cell = next((cell for cell in stages if cell.column == _EXAMPLE), stages[0] if stages else None)
    if cell is not None:
        title = _("For example: {row} of {net}").format(row=row_title(cell.row), net=cell.column)
        st.markdown(f"**{plain(title)}**")
        _show_picture(table, cell)


def _show_cell(table: StructureTable, reading: CellReading, more: Sequence[Tab]) -> None:
    cell = reading.cell
    title = _("{row} of {net}").format(row=row_title(cell.row), net=cell.column)
    st.header(plain(title), anchor=False)
    if not _show_picture(table, cell):
        st.markdown("  \n".join(plain(line) for line in cell.all_lines))
    tabs = [*_tabs_of(reading), *more]
    # By index: two titles may be the same word in a language.
    for (_title, show), place in zip(tabs, st.tabs([title for title, _show in tabs]) if tabs else (), strict=True):
        with place:
            show()


def _show_picture(table: StructureTable, cell: StructureCell) -> bool:
    """Shows a cell's bracket and blocks; whether it has them."""
    picture = draw_cell(table, cell)
    if picture is None:
        return False
    name = _("{row} of {net}, line by line").format(row=row_title(cell.row), net=cell.column)
    net = table.columns.index(cell.column)
    cell_view(
        f"{W_PICTURE}:{cell.row}", picture, name, cell.place, learn.read().node, lambda block: choose_block(net, block)
    )
    return True


def _tabs_of(reading: CellReading) -> list[Tab]:
    tabs: list[tuple[str, object, Callable[[CellReading], None]]] = [
        (_("In words"), reading.facts, _show_facts),
        (_("Layers"), reading.parts, lambda reading: _show_parts(reading.parts)),
        (_("Arithmetic"), reading.sizes or reading.params or reading.macs, _show_arithmetic),
    ]
    return [(title, partial(show, reading)) for title, content, show in tabs if content]


def _show_arithmetic(reading: CellReading) -> None:
    """Sizes, parameters and multiply-adds, each with its formulas."""
    for title, steps, total in (
        (_("Sizes"), reading.sizes, None),
        (_("Parameters"), reading.params, reading.cell.n_params),
        (_("MACs"), reading.macs, reading.cell.n_macs),
    ):
        if steps:
            st.subheader(title, anchor=False)
            _show_steps(steps, total)


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
