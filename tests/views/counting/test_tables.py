"""The tools' totals as tables: what was measured, and the nets of a page as another tool counts."""

from __future__ import annotations

from dataclasses import replace

from resnet_viz.views.counting.measured import calls, measured_table, totals
from resnet_viz.views.counting.nets import counted_table
from resnet_viz.views.counting.rules import count
from resnet_viz.views.counting.tools import TOOLS, find_tool
from tests.nets import trace_of


def test_each_rule_gives_what_its_tool_was_measured_to_give() -> None:
    """Of tools, too, that are not installed here."""
    assert [total.tool for total in totals()] == list(TOOLS)
    for total in totals():
        found = [count(trace_of(name), total.tool.rule).n for name in ("resnet18", "resnet50")]
        assert found == [total.resnet18, total.resnet50], total.name


def test_the_rules_in_words() -> None:
    table = measured_table()
    rows = [dict(zip(table, cells, strict=True)) for cells in zip(*table.values(), strict=True)]
    by_tool = {tool.id: row for tool, row in zip(TOOLS, rows, strict=True)}
    assert by_tool["torchinfo"]["Batch norm"] == "1 a parameter"
    assert by_tool["fvcore"]["Batch norm"] == "2 a value in, 5 in training"
    assert by_tool["thop"]["Global mean"] == "1 a value in, 1 a value out"
    assert by_tool["ptflops"]["ReLU"] == "2 a value in"
    assert by_tool["calflops"]["Bias"] == "1 in convolutions only"
    assert by_tool["torch"]["Multiply-add"] == "2"
    assert {row["Addition"] for row in rows} == {"0"}


def test_each_way_of_calling_is_told_once() -> None:
    assert list(calls().values()) == [tool.call for tool in TOOLS]


def test_a_nets_row_has_both_figures_and_one_over_the_other() -> None:
    table = counted_table([trace_of("resnet18")], find_tool("torch"))
    assert [cells[0] for cells in table.values()] == ["ResNet-18", "1,814,073,344", "3,628,146,688", "2.0000"]


def test_a_bound_is_told_and_has_no_ratio() -> None:
    trace = trace_of("resnet18")
    ops = {key: replace(node, macs_at_least=node.kind == "op") for key, node in trace.nodes.items()}
    table = counted_table([replace(trace, nodes=ops, macs_at_least=True)], find_tool("fvcore"))
    assert [cells[0] for cells in table.values()][1:] == ["at least 1,814,073,344", "at least 1,819,065,856", "–"]
