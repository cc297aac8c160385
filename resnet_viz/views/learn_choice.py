"""The four-way link of the page Learn: what is chosen in one view, told in the terms of the others."""

from __future__ import annotations

from dataclasses import replace

from resnet_viz.records import Trace
from resnet_viz.views.learn_address import LearnView
from resnet_viz.views.structure import STEM, StructureCell, StructureTable, cells_of


def chosen_cells(view: LearnView, table: StructureTable) -> tuple[StructureCell, ...]:
    """The cells that what is chosen lies in; none where nothing is, or nothing that the net has."""
    column = table.columns[view.net]
    if view.total is not None:
        cell = table.cell(view.total, column) if view.total in table.rows else None
        return (cell,) if cell else ()
    return cells_of(table, column, view.node) if view.node else ()


def choose_cell(view: LearnView, table: StructureTable, row: str, column: int) -> LearnView:
    """The view with a cell chosen: its stage, or where it is none its first layer; of a row of totals the row."""
    cell = table.cell(row, table.columns[column])
    if cell is None:
        return replace(view, net=column, node=None, total=None)
    moved = view if column == view.net else replace(view, parts=())
    if cell.stage is None:
        return replace(moved, net=column, node=None, total=row)
    return replace(moved, net=column, node=cell_node(cell), total=None)


def cell_node(cell: StructureCell) -> str:
    """The node that stands for a layer group: the stage itself, without the pooling that stands in its cell."""
    return cell.node_ids[0] if cell.row == STEM else cell.node_ids[-1]


def node_cell(trace: Trace, table: StructureTable, column: int, node: str) -> StructureCell | None:
    """The cell of a node of one net; of what lies in two, the first."""
    return next(iter(cells_of(table, table.columns[column], node)), None)
