"""The structure table against Table 1 as printed, rules worked out from the spec, torch's own counts, and itself."""

import csv
import re
from collections import Counter
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from resnet_viz.errors import DrawError, TraceError
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.views.escape import escape_csv, escape_latex, escape_markdown
from resnet_viz.views.parts.runs import fold_stage, inner_ops
from resnet_viz.views.parts.words import distinct_names
from resnet_viz.views.structure.read import cells_of, structure_table
from resnet_viz.views.structure.reading import explain_cell
from resnet_viz.views.structure.table import EXTRAS, StructureCell, StructureTable, row_title
from resnet_viz.views.structure.words import power_text
from tests.nets import NETS, Net, conv, specs, trace_of
from tests.views.structure.expected import (
    BLOCKS,
    DEEP,
    FIVE,
    FLOPS,
    PLAIN,
    ROWS,
    SIZES,
    expected_stages,
    module_macs,
    module_params,
    stem_size,
    table_of,
)


def found(table: StructureTable, row: str, column: str) -> StructureCell:
    cell = table.cell(row, column)
    assert cell is not None
    return cell


# Table 1


def test_table_1_has_its_rows_sizes_and_blocks() -> None:
    table = table_of(*FIVE.values())
    assert table.rows == ROWS
    assert table.columns == tuple(f"ResNet-{depth}" for depth in FIVE)
    for depth, column in zip(FIVE, table.columns, strict=True):
        cells = [found(table, row, column) for row in ROWS]
        assert [cell.output_size for cell in cells] == [*SIZES, ""]
        pattern, widths = PLAIN if depth < 50 else DEEP
        brackets = [
            f"[{pattern.format(width, 4 * width)}] × {n}" for width, n in zip(widths, BLOCKS[depth], strict=True)
        ]
        assert [cell.text for cell in cells[1:5]] == brackets
        assert cells[0].all_lines == ("7×7, 64, stride 2",)
        assert cells[1].all_lines == ("3×3 max pool, stride 2", brackets[0])
        assert cells[5].all_lines == ("average pool, 1000-d fc, softmax",)
        assert [cell.stage for cell in cells] == ["stem", "layer1", "layer2", "layer3", "layer4", "head", None]
        assert [cell.place for cell in cells] == [None, 0, 1, 2, 3, None, None]


@pytest.mark.parametrize("depth", FIVE)
def test_flops_are_the_papers_within_its_own_rounding(depth: int) -> None:
    spec = FIVE[depth] if depth < 50 else replace(FIVE[depth], stride_in="1x1")
    cell = found(table_of(spec), "FLOPs", spec.name)
    assert abs((cell.n_macs or 0) - FLOPS[depth] * 10**9) < 0.1 * 10**9
    mantissa = re.fullmatch(r"(\d+\.\d)×10⁹", cell.text)
    assert mantissa
    assert float(mantissa[1]) == round((cell.n_macs or 0) / 10**9, 1)


# Any net


@pytest.mark.parametrize("spec", NETS.values(), ids=NETS)
def test_every_kind_of_net_is_in_its_table(spec: ResNetSpec) -> None:
    check_table(spec)


@settings(max_examples=40)
@given(specs())
def test_any_net_is_in_its_table(spec: ResNetSpec) -> None:
    check_table(spec)


def check_table(spec: ResNetSpec) -> None:
    trace = trace_of(spec)
    table = structure_table([trace], EXTRAS)
    cells = {cell.row: cell for cell in table.cells}
    stages = list(expected_stages(spec))
    names = [f"conv{n}_x" for n in range(2, 2 + len(stages))]
    assert list(cells) == ["conv1", *names, "head", "FLOPs", *EXTRAS] == list(table.rows)
    for row, expected in zip(names, stages, strict=True):
        assert cells[row].text == expected.text
        assert cells[row].output_size == "×".join(map(str, expected.size))
        assert cells[row].n_projections == expected.projections
        assert cells[row].n_blocks == int(expected.text.rpartition("× ")[2])
    assert cells["conv1"].output_size == "×".join(map(str, stem_size(spec)))
    assert cells["conv2_x"].lines == (() if spec.stem == "3x3" else ("3×3 max pool, stride 2",))
    assert cells["head"].text == f"average pool, {spec.num_classes}-d fc, softmax"
    total = sum(expected.projections for expected in stages)
    assert cells["projections"].text == f"{total} of {sum(spec.layers)}"
    assert len(cells["projections"].node_ids) == total
    _check_figures(spec, cells)
    named = {node_id for cell in table.cells for node_id in (*cell.node_ids, *([cell.stage] if cell.stage else []))}
    assert named <= set(trace.nodes)


def _check_figures(spec: ResNetSpec, cells: dict[str, StructureCell]) -> None:
    """Against torch's own modules; a layer group's are those of the modules that it names."""
    for measure, by_module in (("n_params", module_params(spec)), ("n_macs", module_macs(spec))):
        parts = {cell.stage: getattr(cell, measure) for cell in cells.values() if cell.stage}
        own = {name: by_module.get(name, 0) for name in parts if name not in ("stem", "head")}
        own["stem"] = by_module["conv1"] + by_module.get("bn1", 0)
        own["head"] = by_module["fc"] + by_module.get("norm_last", 0)
        assert parts == own
        assert sum(parts.values()) == getattr(cells["FLOPs"], measure)


def test_stages_align_by_place_and_a_missing_one_has_no_cell() -> None:
    table = table_of(NETS["one"], NETS["six"], NETS["cifar"])
    one, six, cifar = table.columns
    assert [[cell is not None for cell in table.row_cells(f"conv{n}_x")] for n in (2, 3, 4, 5, 7)] == [
        [True, True, True], [False, True, True], [False, True, True], [False, True, False], [False, True, False]
    ]  # fmt: skip
    assert table.cell("conv3_x", one) is None
    assert found(table, "conv4_x", cifar).stage == found(table, "conv4_x", six).stage == "layer3"


def test_the_stem_s_pooling_stands_with_the_first_stage() -> None:
    table = table_of(FIVE[18])
    assert found(table, "conv1", "ResNet-18").node_ids == ("conv1", "bn1", "relu")
    assert found(table, "conv2_x", "ResNet-18").node_ids == ("maxpool", "layer1")


def test_a_pooling_before_a_convolution_is_the_stem_s_own() -> None:
    net = Net(
        lambda net, x: net.layer1(net.pool2(net.conv1(net.pool1(x)))),
        pool1=nn.MaxPool2d(2), conv1=conv(3), pool2=nn.AvgPool2d(2), layer1=nn.Sequential(nn.Sequential(conv())),
    )  # fmt: skip
    stem, stage = (cell for cell in structure_table([trace_model(net, (1, 3, 16, 16))]).cells if cell.stage)
    assert (stem.node_ids, stem.output_size) == (("pool1", "conv1"), "8×8")
    assert (stage.node_ids, stage.all_lines) == (("pool2", "layer1"), ("2×2 average pool, stride 2", "[3×3, 8] × 1"))


def test_unlike_brackets_of_a_stage_stand_beside_each_other() -> None:
    class Block(nn.Module):
        def __init__(self, kernel: int) -> None:
            super().__init__()
            self.conv = nn.Conv2d(8, 8, kernel, padding=kernel // 2)
            self.act = nn.ReLU()

        def forward(self, x: Tensor) -> Tensor:
            out: Tensor = x + self.act(self.conv(x))
            return out

    net = Net(
        lambda net, x: net.layer1(net.conv1(x)),
        conv1=conv(3),
        layer1=nn.Sequential(conv(), Block(3), Block(3), Block(1)),
    )
    table = structure_table([trace_model(net, (1, 3, 16, 16))])
    (cell,) = table.row_cells("conv2_x")
    assert cell is not None
    assert cell.text == "[3×3, 8] × 2 + [1×1, 8] × 1"
    assert cell.lines == ("3×3, 8",)
    assert table.rows == ("conv1", "conv2_x", "FLOPs")


def test_a_module_called_stem_is_not_taken_for_the_stem() -> None:
    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = conv()

        def forward(self, x: Tensor) -> Tensor:
            out: Tensor = x + self.conv(x)
            return out

    net = Net(
        lambda net, x: net.head(net.layer1(net.stem(x))), stem=conv(3), layer1=nn.Sequential(Block()), head=conv(8, 4)
    )
    trace = trace_model(net, (1, 3, 16, 16))
    stem, _stage, head = (cell for cell in structure_table([trace]).cells if cell.stage)
    assert [(cell.stage, trace.nodes[cell.stage or ""].kind) for cell in (stem, head)] == [
        (trace.nodes["stem"].parent, "stem"),
        (trace.nodes["head"].parent, "head"),
    ]
    assert (stem.node_ids, stem.text) == (("stem",), "3×3, 8")
    assert (head.text, head.output_size) == ("3×3, 4", "16×16")
    assert [step.title for step in explain_cell(trace, head).macs] == ["head"]


# Names, places, errors


def test_columns_of_one_name_differ() -> None:
    same = trace_of(NETS["one"])
    named = [same, replace(same, name="x"), replace(same, name="x"), replace(same, name="x (2)"), same]
    columns = structure_table(named).columns
    assert max(Counter(columns).values()) == 1
    assert columns[3] == "x (2)"


@given(st.lists(st.sampled_from(["a", "a (1)", "a (2)", "a (1) (1)", "b"]), max_size=8))
def test_numbered_names_are_never_those_of_others(names: list[str]) -> None:
    distinct = distinct_names([replace(trace_of(NETS["one"]), name=name) for name in names])
    assert len(set(distinct)) == len(names)
    assert all(own.startswith(name) for own, name in zip(distinct, names, strict=True))


def test_unknown_rows_columns_and_extras_are_errors() -> None:
    table = table_of(NETS["one"])
    with pytest.raises(DrawError, match="conv1, conv2_x, head, FLOPs"):
        table.cell("conv9_x", table.columns[0])
    with pytest.raises(DrawError, match=re.escape(table.columns[0])):
        table.trace("ResNet-50")
    with pytest.raises(DrawError, match="parameters, activations"):
        table_of(NETS["one"], extras=("params",))
    with pytest.raises(TraceError, match="at least one net"):
        structure_table([])


@pytest.mark.parametrize("spec", NETS.values(), ids=NETS)
def test_every_node_leads_back_to_its_cell(spec: ResNetSpec) -> None:
    table = table_of(spec, extras=EXTRAS)
    (column,) = table.columns
    trace = table.trace(column)
    for op in trace.ops:
        (cell,) = cells_of(table, column, op.id)
        top = [op.id, *(group.id for group in trace.ancestors(op))]
        assert set(top) & set(cell.node_ids)
    for stage in trace.stages:
        runs = [run.id for run in fold_stage(trace, stage)]
        for node_id in (stage.id, *stage.children, *runs, f"{stage.id}.0..{stage.n_blocks - 1}"):
            assert [cell.stage for cell in cells_of(table, column, node_id)] == [stage.id]
    stem = ["conv1", "conv2_x"] if "maxpool" in trace.nodes else ["conv1"]
    assert [cell.row for cell in cells_of(table, column, "stem")] == stem
    assert cells_of(table, column, "input") == cells_of(table, column, "no such") == ()
    assert [cell.stage for cell in cells_of(table, column, "network")] == [
        cell.stage for cell in table.cells if cell.stage
    ]


@pytest.mark.parametrize("spec", NETS.values(), ids=NETS)
def test_the_ops_of_all_cells_are_those_of_the_net_each_once(spec: ResNetSpec) -> None:
    trace = trace_of(spec)
    layers = [cell for cell in structure_table([trace]).cells if cell.stage]
    ops = [op.id for cell in layers for node_id in cell.node_ids for op in inner_ops(trace, trace.nodes[node_id])]
    assert ops == [op.id for op in trace.ops]


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (11_513_626_624, "11.5×10⁹"), (100_000_000, "0.1×10⁹"), (49_999_999, "50.0×10⁶"), (99_999, "100.0×10³"),
        (999_960, "1.0×10⁶"), (640, "640"), (0, "0"),
    ],
)  # fmt: skip
def test_large_numbers_have_a_power_of_ten(n: int, text: str) -> None:
    assert power_text(n) == text


# Files

HOSTILE = "=a_b & c|d % {x} \\ $y$ #1 ~^ <i>\n*e* [l](u) `_z_` \x00é"


def hostile_table() -> StructureTable:
    traces = [replace(trace_of(NETS["next"]), name=HOSTILE), trace_of(NETS["se"]), trace_of(NETS["cifar"])]
    return structure_table(traces, EXTRAS)


def test_markdown_read_back_has_every_cell() -> None:
    table = hostile_table()
    lines = [re.split(r"(?<!\\) ?\| ?", line)[1:-1] for line in table.to_markdown().splitlines()]
    assert {len(line) for line in lines} == {2 + len(table.columns)}
    plain = [[re.sub(r"\\([^a-z0-9\s])", r"\1", cell) for cell in line] for line in lines]
    name = " ".join(HOSTILE.split()).replace("\x00", "")
    assert plain[0] == ["layer name", "output size", name, *table.columns[1:]]
    assert set(lines[1]) == {"---"}
    for row, line in zip(table.rows, plain[2:], strict=True):
        cells = table.row_cells(row)
        sizes = {cell.output_size for cell in cells if cell}
        assert line[0] == row_title(row)
        assert line[1] == (sizes.pop() if len(sizes) == 1 else "")
        for cell, words in zip(cells, line[2:], strict=True):
            size = [f"{cell.output_size}:"] if cell and cell.output_size and not line[1] else []
            assert words.split("<br>") == ([*size, *cell.all_lines] if cell else [""])


def test_latex_read_back_has_every_bracket_and_no_loose_command() -> None:
    table = hostile_table()
    latex = table.to_latex()
    assert latex.count("{") - latex.count(r"\{") == latex.count("}") - latex.count(r"\}")
    begun = re.findall(r"\\begin\{(\w+)\}", latex)
    assert Counter(begun) == Counter(re.findall(r"\\end\{(\w+)\}", latex))
    stages = [cell for cell in table.cells if cell.brackets]
    arrays = re.findall(r"\\left\[\\begin\{array\}\{c\}(.+?)\\end\{array\}\\right\]\\times (\d+)", latex)
    assert len(arrays) == len(stages)
    in_order = [(bracket.layers, bracket.count) for cell in stages for bracket in cell.brackets]
    read = [(tuple(re.findall(r"\\mbox\{(.+?)\}\}", inner)), int(count)) for inner, count in arrays]
    assert [(tuple(line.replace(r"$\times$", "×") for line in lines), n) for lines, n in read] == in_order
    # Each line but those of the frame is one row with as many cells as there are columns.
    rows = [line for line in latex.splitlines() if line.endswith(r" \\")]
    assert len(rows) == 1 + len(table.rows)
    assert all(len(re.findall(r"(?<!\\)&", row)) == 1 + len(table.columns) for row in rows)
    commands = set(re.findall(r"\\([a-zA-Z]+)", latex))
    symbols = {name for name in commands if name.startswith("text")}
    assert commands - symbols == {"begin", "end", "hline", "left", "right", "times", "mbox"}


def test_csv_read_back_has_every_figure() -> None:
    table = hostile_table()
    rows = list(csv.DictReader(StringIO(table.to_csv())))
    assert len(rows) == len(table.cells)
    for row, cell in zip(rows, table.cells, strict=True):
        assert (row["row"], row["output_size"]) == (cell.row, cell.output_size)
        assert row["layers"] == "; ".join(cell.all_lines)
        figures = ("n_blocks", "n_projections", "n_params", "n_macs", "act_bytes")
        assert [int(row[name]) for name in figures] == [getattr(cell, name) for name in figures]
        assert row["field_pixels"] == ("" if cell.field_pixels is None else str(cell.field_pixels))
        assert not row["column"].startswith(("=", "+", "-", "@"))
    assert rows[0]["column"] == "'" + " ".join(HOSTILE.split()).replace("\x00", "")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1", " =1"])
def test_no_name_is_a_formula(name: str) -> None:
    table = structure_table([replace(trace_of(NETS["one"]), name=name)])
    assert {row["column"] for row in csv.DictReader(StringIO(table.to_csv()))} == {"'" + name.strip()}


@given(st.text())
def test_words_stay_words_in_every_format(text: str) -> None:
    latex = escape_latex(text)
    assert not re.search(r"(?<!\\)[&%#_]", latex)
    assert "\n" not in latex
    markdown = escape_markdown(text)
    assert not re.search(r"(?<!\\)(\\\\)*[|<>`*\[\]]", re.sub(r"\\[\\|`*\[\]<>&~$_]", "", markdown))
    assert "\n" not in markdown
    line = escape_csv(text)
    assert not line.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert next(csv.reader([_csv_line(line)]), [""]) == [line]


def _csv_line(value: str) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerow([value])
    return out.getvalue()
