"""What the structure table on the page gets from Python, and which of the browser's messages are believed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.ui.components.table_view import TableMarks, pack_table, read_cell, read_count
from resnet_viz.views.structure.read import structure_table
from resnet_viz.views.structure.table import EXTRAS, StructureTable
from resnet_viz.views.style import PALETTES, THEMES
from tests.nets import NETS, trace_of
from tests.views.structure.expected import BLOCKS, DEEP, FIVE, PLAIN, ROWS, SIZES, table_of

STAGES = ("conv2_x", "conv3_x", "conv4_x", "conv5_x")


@pytest.fixture(scope="module")
def five() -> StructureTable:
    return table_of(*FIVE.values())


def packed(table: StructureTable, marks: TableMarks | None = None) -> Any:
    """As the browser reads it."""
    return json.loads(json.dumps(pack_table(table, marks or TableMarks()), allow_nan=False))


def rows_of(table: StructureTable, marks: TableMarks | None = None) -> dict[str, Any]:
    return {row["name"]: row for row in packed(table, marks)["rows"]}


# What the browser gets


def test_the_brackets_are_those_that_the_paper_prints(five: StructureTable) -> None:
    rows = rows_of(five)
    assert tuple(rows) == ROWS
    for column, depth in enumerate(FIVE):
        pattern, widths = PLAIN if depth < 50 else DEEP
        for row, width, count in zip(STAGES, widths, BLOCKS[depth], strict=True):
            layers = pattern.format(width, 4 * width).split(" | ")
            assert rows[row]["cells"][column]["brackets"] == [{"layers": layers, "count": count}]
    assert [cell["lines"] for cell in rows["conv2_x"]["cells"]] == [["3×3 max pool, stride 2"]] * 5


def test_sizes_depths_and_names_are_the_papers(five: StructureTable) -> None:
    rows = rows_of(five)
    assert tuple(row["size"] for row in rows.values()) == (*SIZES, "")
    assert [(row["title"], row["stage"]) for row in rows.values()] == [
        ("conv1", ""), ("conv2_x", "layer1"), ("conv3_x", "layer2"), ("conv4_x", "layer3"), ("conv5_x", "layer4"),
        ("head", ""), ("FLOPs (multiply-adds)", ""),
    ]  # fmt: skip
    assert [column["depth"] for column in packed(five)["columns"]] == [f"{depth} layers" for depth in FIVE]
    assert [row["isTotal"] for row in rows.values()] == [False] * 6 + [True]


def test_only_a_counted_depth_is_told() -> None:
    table = table_of(NETS["one"])
    trace = table.traces[0]
    headless = {name: node for name, node in trace.nodes.items() if node.op != "linear"}
    (column,) = packed(replace(table, traces=(replace(trace, nodes=headless),)))["columns"]
    assert column["depth"] == ""


def test_the_colours_are_those_of_the_drawing(five: StructureTable) -> None:
    rows = rows_of(five)
    for theme in THEMES:
        palette = PALETTES[theme]
        paints = [palette.stem, *palette.stages, palette.head]
        assert [row["colours"][theme] for row in list(rows.values())[:6]] == [[p.fill, p.line] for p in paints]
    assert rows["FLOPs"]["colours"] is None


def test_stem_and_head_are_joined_where_neighbours_say_the_same(five: StructureTable) -> None:
    assert {name: row["joined"] for name, row in rows_of(five).items() if row["joined"]} == {
        "conv1": [[0, 4]], "head": [[0, 4]]
    }  # fmt: skip
    hidden = rows_of(five, TableMarks(hidden=(("conv1", 2), ("head", 0))))
    assert [hidden[row]["joined"] for row in ("conv1", "head")] == [[[0, 1], [3, 4]], [[1, 4]]]
    blank = rows_of(five, TableMarks(hidden=tuple(("conv1", n) for n in range(5))))
    assert blank["conv1"]["joined"] == []


def test_where_sizes_differ_each_cell_has_its_own() -> None:
    rows = rows_of(table_of(FIVE[18], replace(FIVE[50], input_size=(192, 256))))
    assert [rows["conv1"]["size"], rows["head"]["size"]] == [None, "1×1"]
    assert [cell["size"] for cell in rows["conv4_x"]["cells"]] == ["14×14", "12×16"]
    assert [cell["size"] for cell in rows["head"]["cells"]] == ["", ""]
    assert rows["conv1"]["joined"] == []


def test_a_stage_that_a_net_has_not_is_no_cell() -> None:
    rows = rows_of(table_of(NETS["one"], NETS["six"]))
    assert [cell is None for cell in rows["conv2_x"]["cells"]] == [False, False]
    assert [cell is None for cell in rows["conv7_x"]["cells"]] == [True, False]


def test_the_browser_does_not_know_what_is_hidden(five: StructureTable) -> None:
    told = packed(five, TableMarks(hidden=(("conv4_x", 4), ("FLOPs", 4)), printed={("FLOPs", 4): "paper: 11.3×10⁹"}))
    rows = {row["name"]: row for row in told["rows"]}
    assert rows["conv4_x"]["cells"][4] == rows["FLOPs"]["cells"][4] == {"isHidden": True}
    text = json.dumps(told, ensure_ascii=False)
    assert '"count": 23' in text
    assert not any(secret in text for secret in ('"count": 36', "11.5×10⁹", "11.3×10⁹"))


def test_what_is_printed_stands_in_its_cell_alone(five: StructureTable) -> None:
    rows = rows_of(five, TableMarks(printed={("FLOPs", 2): "paper: 3.8×10⁹", ("conv9_x", 7): "nowhere"}))
    assert [cell["printed"] for cell in rows["FLOPs"]["cells"]] == ["", "", "paper: 3.8×10⁹", "", ""]


def test_what_is_lit_is_told_once(five: StructureTable) -> None:
    lit = (("conv4_x", 4), ("", 1), ("conv4_x", 4))
    assert packed(five, TableMarks(lit))["lit"] == [["conv4_x", 4], ["", 1]]


@pytest.mark.parametrize("spec", NETS.values(), ids=NETS)
def test_every_kind_of_net_is_packed(spec: Any) -> None:
    table = structure_table([trace_of(spec)], EXTRAS)
    for row in packed(table)["rows"]:
        cell = table.cell(row["name"], table.columns[0])
        assert cell is not None
        (own,) = row["cells"]
        assert (own["lines"], own["size"]) == (list(cell.lines), "")
        assert [(tuple(part["layers"]), part["count"]) for part in own["brackets"]] == [
            (bracket.layers, bracket.count) for bracket in cell.brackets
        ]


# What the browser says


@pytest.mark.parametrize(
    ("row", "column"), [("conv4_x", 4), ("conv1", 0), ("FLOPs", 2), ("", 3), ("", None)]
)  # fmt: skip
def test_a_choice_is_a_place_of_the_table(five: StructureTable, row: str, column: int | None) -> None:
    assert read_cell(five, {"row": row, "column": column, "turn": 1}) == (row, column)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "conv4_x",
        ["conv4_x", 4],
        {},
        {"row": "conv4_x", "column": 4},
        {"row": "conv4_x", "column": 4, "turn": "1"},
        {"row": "conv4_x", "column": 4, "turn": True},
        {"row": "conv4_x", "column": 4, "turn": -1},
        {"row": "conv4_x", "column": 5, "turn": 1},
        {"row": "conv4_x", "column": -1, "turn": 1},
        {"row": "conv4_x", "column": 1.0, "turn": 1},
        {"row": "conv4_x", "column": True, "turn": 1},
        {"row": "conv4_x", "column": "4", "turn": 1},
        {"row": "conv4_x", "column": None, "turn": 1},
        {"row": "conv9_x", "column": 1, "turn": 1},
        {"row": ["conv4_x"], "column": 1, "turn": 1},
        {"row": None, "column": 1, "turn": 1},
        {"row": "", "column": 5, "turn": 1},
        {"column": None, "turn": 1},
    ],
)
def test_anything_else_is_no_choice(five: StructureTable, value: object) -> None:
    assert read_cell(five, value) is None


def test_only_stages_have_a_number_to_edit_and_only_where_it_is_heard(five: StructureTable) -> None:
    rows = {row["name"]: row["cells"] for row in json.loads(json.dumps(pack_table(five, count_turn=3)))["rows"]}
    assert [cell["count"] for cell in rows["conv4_x"]] == [2, 6, 6, 23, 36]
    assert all(cell["count"] is None for name in ("conv1", "head", "FLOPs") for cell in rows[name])
    assert all(cell["count"] is None for row in packed(five)["rows"] for cell in row["cells"])


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ({"row": "conv4_x", "column": 4, "count": "23", "turn": 1}, ("conv4_x", 4, "23")),
        ({"row": "conv4_x", "column": 4, "count": "many", "turn": 1}, ("conv4_x", 4, "many")),
        ({"row": "conv4_x", "column": 4, "count": "", "turn": 1}, ("conv4_x", 4, "")),
        ({"row": "conv4_x", "column": 4, "count": 23, "turn": 1}, None),
        ({"row": "conv4_x", "column": 4, "count": "2" * 41, "turn": 1}, None),
        ({"row": "conv4_x", "column": 5, "count": "23", "turn": 1}, None),
        ({"row": "conv4_x", "column": None, "count": "23", "turn": 1}, None),
        ({"row": "conv4_x", "column": 4, "count": "23"}, None),
        ({"row": "conv1", "column": 4, "count": "23", "turn": 1}, None),
        ({"row": "FLOPs", "column": 4, "count": "23", "turn": 1}, None),
        ({"row": "", "column": 4, "count": "23", "turn": 1}, None),
        ({"row": "", "column": None, "count": "23", "turn": 1}, None),
        ("conv4_x", None),
        (None, None),
    ],
)
def test_a_number_of_blocks_is_that_of_a_stage_as_it_was_typed(
    five: StructureTable, message: object, count: tuple[str, int, str] | None
) -> None:
    assert read_count(five, message) == count


def test_a_part_that_a_net_has_not_cannot_be_chosen() -> None:
    table = table_of(NETS["one"], NETS["six"])
    assert read_cell(table, {"row": "conv7_x", "column": 0, "turn": 1}) is None
    assert read_cell(table, {"row": "conv7_x", "column": 1, "turn": 1}) == ("conv7_x", 1)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_no_message_is_an_error(five: StructureTable, value: object) -> None:
    assert read_cell(five, value) is None
    for message in ({"row": value, "column": 1, "turn": 1}, {"row": "conv1", "column": value, "turn": 1}):
        choice = read_cell(five, message)
        assert choice is None or choice[0] in ("", *five.rows)
