"""URL query of the page Learn: `nets=resnet18~resnet152&show=lessons&lesson=stride&step=3&column=2&node=layer3`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from resnet_viz.errors import SpecError
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.address.compare import NETS, read_specs, write_nets
from resnet_viz.views.address.params import read_choice, read_place
from resnet_viz.views.address.view import COUNT, MOST_PARTS, SHADE, View, read_parts, write_parts
from resnet_viz.views.counting.tools import TOOL_IDS
from resnet_viz.views.graph.draw import FORMS
from resnet_viz.views.graph.shade import SHADES
from resnet_viz.views.parts.detail import LEVELS
from resnet_viz.views.structure.read import cells_of
from resnet_viz.views.structure.table import EXTRAS, FLOPS, STEM, StructureCell, StructureTable
from resnet_viz.views.teach.exercises.chance import read_seed
from resnet_viz.views.teach.focus import Focus
from resnet_viz.views.teach.taught import VIEWS

SHOW, ROWS, COLUMN, NODE, LEVEL, FUNCTION = "show", "rows", "column", "node", "level", "function"
TOTAL = "total"
LESSON, STEP, PANE, SHEET, ASKED, BELIEF = "lesson", "step", "pane", "sheet", "about", "belief"
SHOWN = ("table", "lessons", "exercises", "beliefs", "glossary")
MOST_NETS = 8
PAPER_NETS = tuple(PRESETS[f"resnet{depth}"] for depth in (18, 34, 50, 101, 152))
_PAPER = "paper"
_FUNCTION = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,60}")


@dataclass(frozen=True)
class LearnView:
    """What the page Learn shows: nets as the table's columns, the selection in one of them, and the teaching panel.

    `net` is the column of the selection, from 0, and `node` the selected id (None: nothing), not checked against the
    Trace. `function` is the qualified name of the source to show.
    """

    specs: tuple[ResNetSpec, ...] = PAPER_NETS
    show: str = SHOWN[0]
    rows: tuple[str, ...] = ()
    """Optional rows of the table, of `EXTRAS`."""
    net: int = 0
    node: str | None = None
    total: str | None = None
    """The row of totals whose cell is selected instead of a node: FLOPS, or one of `EXTRAS`."""
    level: str = LEVELS[0]
    parts: tuple[tuple[str, str], ...] = ()
    """What is opened or folded in the drawing against the level, as `View.parts`."""
    shade: str = SHADES[0]
    function: str | None = None
    lesson: str | None = None
    step: int = 0
    """From 0; the number of steps is that of the card at the lesson's end."""
    pane: str | None = None
    """The view beside a lesson's text, of `VIEWS`; None for the one that the step speaks of."""
    sheet: int = 1
    """The seed of the exercises."""
    asked: tuple[ResNetSpec, ...] = PAPER_NETS
    """The nets that the exercises are about, whatever the columns of the table are: number and nets make the sheet."""
    belief: str | None = None
    count: str = TOOL_IDS[0]
    """The tool by whose rule the nets are counted, below the table."""

    @property
    def spec(self) -> ResNetSpec:
        """The net of the selected column."""
        return self.specs[min(self.net, len(self.specs) - 1)]

    def steered(self, focus: Focus) -> LearnView:
        """Returns the page with its views set to a focus. Raises SpecError for unknown nets."""
        specs = tuple(map(ResNetSpec.from_query, focus.nets)) or self.specs
        where = replace(self, specs=specs, net=focus.net, node=focus.node, total=focus.total)
        return replace(where, level=focus.level, parts=(), function=focus.function, pane=None)

    def is_steered(self, focus: Focus) -> bool:
        """Whether the views are set to a focus."""
        return self == self.steered(focus)

    @property
    def drawing(self) -> View:
        """The drawing of that net."""
        return View(self.spec, self.level, form=self._form, node=self.node, parts=self.parts, shade=self.shade)

    @property
    def _form(self) -> str:
        """Beside a lesson's text there is more height than width."""
        return "tall" if self.show == "lessons" else FORMS[0]

    def with_net(self, net: int, spec: ResNetSpec) -> LearnView:
        """Replaces the net of one column."""
        return replace(self, specs=(*self.specs[:net], spec, *self.specs[net + 1 :]))

    def without_net(self, net: int) -> LearnView:
        """Removes one net; a selection in another one is kept."""
        specs = (*self.specs[:net], *self.specs[net + 1 :])
        if net == self.net:
            return replace(self, specs=specs, net=0, node=None, total=None, parts=())
        return replace(self, specs=specs, net=self.net - (net < self.net))


def read_learn(params: Mapping[str, str]) -> tuple[LearnView, list[str]]:
    """Returns the view of query parameters, and a sentence for each invalid value, which is replaced."""
    notes: list[str] = []
    specs = read_specs(params.get(NETS, ""), MOST_NETS, notes) or PAPER_NETS
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
        pane=next((pane for pane in VIEWS if pane == params.get(PANE)), None),
        sheet=_seed(params, notes),
        asked=_asked(params, specs, notes),
        belief=params.get(BELIEF) or None,
        count=read_choice(params, COUNT, TOOL_IDS, notes),
    )
    return view, notes


def write_learn(view: LearnView) -> dict[str, str]:
    """Returns the view as query parameters; defaults are omitted."""
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
        (PANE, view.pane or "", ""),
        (SHEET, view.sheet, usual.sheet),
        (BELIEF, view.belief or "", ""),
        (COUNT, view.count, usual.count),
    )
    nets = {} if view.specs == usual.specs else {NETS: write_nets(view.specs)}
    values = {key: str(value) for key, value, default in texts if value != default}
    asked = {} if view.asked == _asked_by_default(values, view.specs) else {ASKED: _write_asked(view.asked)}
    return nets | values | asked | write_parts(view.parts)


def _asked(params: Mapping[str, str], specs: tuple[ResNetSpec, ...], notes: list[str]) -> tuple[ResNetSpec, ...]:
    if ASKED not in params:
        return _asked_by_default(params, specs)
    if params[ASKED] == _PAPER:
        return PAPER_NETS
    return read_specs(params[ASKED], MOST_NETS, notes) or PAPER_NETS


def _asked_by_default(params: Mapping[str, str], specs: tuple[ResNetSpec, ...]) -> tuple[ResNetSpec, ...]:
    """The nets of a sheet whose address names none: links to a sheet used to mean the columns of the table."""
    is_sheet = SHEET in params or params.get(SHOW) == "exercises"
    return specs if is_sheet else PAPER_NETS


def _write_asked(nets: tuple[ResNetSpec, ...]) -> str:
    return _PAPER if nets == PAPER_NETS else write_nets(nets)


def _seed(params: Mapping[str, str], notes: list[str]) -> int:
    try:
        return read_seed(params.get(SHEET, "1"))
    except SpecError as error:
        notes.append(str(error))
        return 1


def chosen_cells(view: LearnView, table: StructureTable) -> tuple[StructureCell, ...]:
    """Returns the cells that contain the selection; empty if nothing is selected or the net lacks it."""
    column = table.columns[view.net]
    if view.total is not None:
        cell = table.cell(view.total, column) if view.total in table.rows else None
        return (cell,) if cell else ()
    return cells_of(table, column, view.node) if view.node else ()


def choose_cell(view: LearnView, table: StructureTable, row: str, column: int) -> LearnView:
    """Returns the view with a cell selected: by its `cell_node`, in a row of totals by its row."""
    cell = table.cell(row, table.columns[column])
    if cell is None:
        return replace(view, net=column, node=None, total=None)
    moved = view if column == view.net else replace(view, parts=())
    if cell.stage is None:
        return replace(moved, net=column, node=None, total=row)
    return replace(moved, net=column, node=cell_node(cell), total=None)


def cell_node(cell: StructureCell) -> str:
    """Returns the id that represents a layer group: the stage, without the pooling in the same cell."""
    return cell.node_ids[0] if cell.row == STEM else cell.node_ids[-1]
