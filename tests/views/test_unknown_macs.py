"""Every view says where multiply-adds are not known: no number, or "at least"."""

import csv
import json
from functools import cache
from io import StringIO
from typing import Any

import torch
from torch import Tensor, nn

from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Trace
from resnet_viz.views.charts.curves import chart_along
from resnet_viz.views.charts.shares import chart_shares
from resnet_viz.views.compare.rows import compare_traces
from resnet_viz.views.compare.sentences import describe_comparison
from resnet_viz.views.compare.table import (
    compare_columns,
    compare_csv,
    compare_latex,
    compare_markdown,
    make_compare_rows,
)
from resnet_viz.views.export.drawing import export_graph
from resnet_viz.views.export.options import ExportOptions
from resnet_viz.views.graph.draw import draw_graph
from resnet_viz.views.graph.facts import net_facts
from resnet_viz.views.inspect.node import inspect_node
from resnet_viz.views.listing.outline import write_outline
from resnet_viz.views.listing.summary import summarise, summary_csv, summary_json, summary_text
from resnet_viz.views.listing.table import make_rows, to_csv
from resnet_viz.views.parts.words import tooltip
from resnet_viz.views.structure.read import structure_table
from tests.nets import SHAPE, Net, conv, post_activation, trace_of


def spectral(net: Any, x: Tensor) -> Any:
    return torch.fft.fft2(net.bn1(x)).real + x


@cache
def net() -> Trace:
    """A stem, a stage of a known block, one of an unknown, and a head."""
    return trace_model(
        Net(
            lambda net, x: net.fc(net.layer2(net.layer1(net.conv1(x))).mean((2, 3))),
            conv1=conv(3),
            layer1=nn.Sequential(Net(post_activation, conv1=conv(), bn1=nn.BatchNorm2d(8))),
            layer2=nn.Sequential(Net(spectral, bn1=nn.BatchNorm2d(8))),
            fc=nn.Linear(8, 5),
        ).eval(),
        SHAPE,
    )


KNOWN = 8 * 27 * 256 + 8 * 72 * 256 + 40


def test_lists_say_so() -> None:
    lines = summarise(net())
    text = summary_text(net(), lines)
    assert f"MACs             at least {KNOWN:,}\n" in text
    rows = {line.node: line for line in lines}
    assert [(rows[name].n_macs, rows[name].macs_at_least) for name in ("layer1", "layer2")] == [
        (8 * 72 * 256, False),
        (None, True),
    ]
    assert "not known" in next(line for line in text.splitlines() if line.lstrip().startswith("layer2"))
    read = {row["node"]: row for row in csv.DictReader(StringIO(summary_csv(lines)))}
    assert (read["layer2"]["n_macs"], read["layer2"]["macs_at_least"]) == ("", "True")
    described = json.loads(summary_json(net(), lines))
    assert (described["net"]["n_macs"], described["net"]["macs_at_least"]) == (KNOWN, True)
    assert [line["n_macs"] for line in described["lines"] if line["node"] == "layer2"] == [None]
    table = {row["node"]: row for row in csv.DictReader(StringIO(to_csv(make_rows(net()))))}
    assert (table["layer2"]["n_macs"], table["layer2"]["macs_at_least"]) == ("", "True")
    assert "MACs not known" in write_outline(net())
    assert "at least" in write_outline(net())


def test_drawings_say_so() -> None:
    assert "MACs not known" in tooltip(net(), net().nodes["layer2.0"])
    facts = net_facts(net())
    assert "MACs not known" in facts["layer2"]["costs"]
    assert facts["layer2"]["amounts"][1] is None
    assert any(text.startswith("at least") for text in facts["network"]["costs"])
    shaded = draw_graph(net(), "block", shade="macs").source
    assert "MACs not known" in shaded
    described = json.loads(export_graph(net(), "block", options=ExportOptions("json")))
    assert (described["net"]["n_macs"], described["net"]["macs_at_least"]) == (KNOWN, True)
    nodes = {node["id"]: (node["n_macs"], node["macs_at_least"]) for node in described["nodes"]}
    assert nodes["layer2.0"] == (None, True)
    assert nodes["conv1"] == (8 * 27 * 256, False)


def test_details_say_why() -> None:
    found = inspect_node(net(), net().nodes["layer2"])
    assert (found.n_macs, found.macs_at_least) == (None, True)
    assert "torch has no formula" in found.macs_note
    whole = inspect_node(net(), net().network)
    assert (whole.n_macs, whole.macs_at_least) == (KNOWN, True)
    assert whole.macs_note.startswith("What is known")
    assert not [formula for formula in whole.formulas if formula.title == "MACs"]


def test_comparisons_subtract_nothing_from_what_is_not_known() -> None:
    comparison = compare_traces([trace_of("resnet18"), net()])
    assert comparison.totals.difference("n_macs", 1) is None
    assert comparison.totals.ratio("n_macs", 1) is None
    assert "not all multiply-adds of Net are known" in describe_comparison(comparison)
    assert "an unknown share of its multiply-adds" in describe_comparison(comparison)
    rows = make_compare_rows(comparison)
    assert compare_columns(rows)["macs_at_least"][-1] is True
    assert "True" in compare_csv(rows)
    for text in (compare_markdown(comparison), compare_latex(comparison)):
        assert "MACs not known" in text
        assert "at least" in text
    many = compare_traces([trace_of("resnet18"), trace_of("resnet34"), net()])
    assert "not all multiply-adds of Net are known" in describe_comparison(many)


def test_charts_say_so() -> None:
    shares = chart_shares([net()], "macs", "light")
    assert "layer2 not known" in shares.alt
    assert "at least" in chart_along([net()], "macs", "light").alt


def test_the_structure_table_says_so() -> None:
    table = structure_table([net()])
    cell = table.cell("FLOPs", "Net")
    assert cell is not None
    assert cell.text.startswith("at least")
    assert (cell.n_macs, cell.macs_at_least) == (KNOWN, True)
    rows = list(csv.DictReader(StringIO(table.to_csv())))
    assert [row["n_macs"] for row in rows if row["macs_at_least"] == "True"] == ["", str(KNOWN)]
