"""The address of the page Learn: `nets=resnet18~resnet152&show=lessons&lesson=stride&step=3&column=2&node=layer3`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from resnet_viz.errors import SpecError
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.address.compare import NETS, read_nets, write_nets
from resnet_viz.views.address.params import read_choice, read_place
from resnet_viz.views.address.view import MOST_PARTS, SHADE, View, read_parts, write_parts
from resnet_viz.views.graph.shade import SHADES
from resnet_viz.views.parts.detail import LEVELS
from resnet_viz.views.structure.read import cells_of
from resnet_viz.views.structure.table import EXTRAS, FLOPS, STEM, StructureCell, StructureTable
from resnet_viz.views.teach.exercises.chance import read_seed
from resnet_viz.views.teach.focus import Focus

SHOW, ROWS, COLUMN, NODE, LEVEL, FUNCTION = "show", "rows", "column", "node", "level", "function"
TOTAL = "total"
LESSON, STEP, SHEET, BELIEF = "lesson", "step", "sheet", "belief"
SHOWN = ("table", "lessons", "exercises", "beliefs", "glossary")
MOST_NETS = 8
PAPER_NETS = tuple(PRESETS[f"resnet{depth}"] for depth in (18, 34, 50, 101, 152))
_FUNCTION = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,60}")


@dataclass(frozen=True)
class LearnView:
    """What the page Learn shows: nets as the columns of the table, what is chosen in one of them, and what is taught.

    `net` is the column of what is chosen, from 0, and `node` the id of it (None: nothing); whether the net has it, its
    Trace must tell. `function` is the source to show, by its qualified name.
    """

    specs: tuple[ResNetSpec, ...] = PAPER_NETS
    show: str = SHOWN[0]
    rows: tuple[str, ...] = ()
    """Rows added to the table, of `structure.EXTRAS`."""
    net: int = 0
    node: str | None = None
    total: str | None = None
    """The row of totals whose cell is chosen instead of a node: FLOPs, or one of `structure.EXTRAS`."""
    level: str = LEVELS[0]
    parts: tuple[tuple[str, str], ...] = ()
    """What is opened or folded in the drawing beyond the level, as in `address.View`."""
    shade: str = SHADES[0]
    function: str | None = None
    lesson: str | None = None
    step: int = 0
    sheet: int = 1
    """The seed of the exercises."""
    belief: str | None = None

    @property
    def spec(self) -> ResNetSpec:
        """The net that something is chosen in."""
        return self.specs[min(self.net, len(self.specs) - 1)]

    def steered(self, focus: Focus) -> LearnView:
        """The same page with the views where a focus says. Raises SpecError for nets that there are not."""
        specs = tuple(map(ResNetSpec.from_query, focus.nets)) or self.specs
        where = replace(self, specs=specs, net=focus.net, node=focus.node, total=None)
        return replace(where, level=focus.level, parts=(), function=focus.function)

    def is_steered(self, focus: Focus) -> bool:
        """Whether the views are where a focus says."""
        return self == self.steered(focus)

    @property
    def drawing(self) -> View:
        """How that net is drawn."""
        return View(self.spec, self.level, node=self.node, parts=self.parts, shade=self.shade)

    def with_net(self, net: int, spec: ResNetSpec) -> LearnView:
        """Another net in the place of one."""
        return replace(self, specs=(*self.specs[:net], spec, *self.specs[net + 1 :]))

    def without_net(self, net: int) -> LearnView:
        """One net less; what was chosen in a later one stays chosen there."""
        specs = (*self.specs[:net], *self.specs[net + 1 :])
        if net == self.net:
            return replace(self, specs=specs, net=0, node=None, total=None, parts=())
        return replace(self, specs=specs, net=self.net - (net < self.net))


def read_learn(params: Mapping[str, str]) -> tuple[LearnView, list[str]]:
    """The view of an address; and in sentences what it says wrongly, which is replaced."""
    notes: list[str] = []
    specs = read_nets(params.get(NETS, ""), MOST_NETS, notes) or PAPER_NETS
    function = params.get(FUNCTION, "")
    view = LearnView(
        specs=specs,
        show=read_choice(params, SHOW, SHOWN, notes),
        rows=tuple(row for row in EXTRAS if row in params.get(ROWS, "").split("~")),
        net=min(read_place(params, COLUMN, notes, digits=4) or 0, len(specs) - 1),
        node=params.get(NODE) or None,
        total=next((row for row in (FLOPS, *EXTRAS) if row == params.get(TOTAL)), None),
        parts=read_parts(params)[:MOST_PARTS],
        shade=read_choice(params, SHADE, SHADES, notes),
        level=read_choice(params, LEVEL, LEVELS, notes),
        function=function if _FUNCTION.fullmatch(function) else None,
        lesson=params.get(LESSON) or None,
        step=read_place(params, STEP, notes, digits=4) or 0,
        sheet=_seed(params, notes),
        belief=params.get(BELIEF) or None,
    )
    return view, notes


def write_learn(view: LearnView) -> dict[str, str]:
    """The address of a view, as keys and values: what differs from the defaults."""
    usual = LearnView()
    texts: Sequence[tuple[str, object, object]] = (
        (SHOW, view.show, usual.show),
        (ROWS, "~".join(view.rows), ""),
        (COLUMN, view.net + 1, 1),
        (NODE, view.node or "", ""),
        (TOTAL, view.total or "", ""),
        (LEVEL, view.level, usual.level),
        (SHADE, view.shade, usual.shade),
        (FUNCTION, view.function or "", ""),
        (LESSON, view.lesson or "", ""),
        (STEP, view.step + 1, 1),
        (SHEET, view.sheet, usual.sheet),
        (BELIEF, view.belief or "", ""),
    )
    nets = {} if view.specs == usual.specs else {NETS: write_nets(view.specs)}
    said = {key: str(value) for key, value, default in texts if value != default}
    return nets | said | write_parts(view.parts)


def _seed(params: Mapping[str, str], notes: list[str]) -> int:
    try:
        return read_seed(params.get(SHEET, "1"))
    except SpecError as error:
        notes.append(str(error))
        return 1


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
