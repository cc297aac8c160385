"""One number for one thing: whatever tells of a net has one receptive field, one count of MACs and one name a stage."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from resnet_viz.records.trace import Trace
from resnet_viz.views.charts.along import part_name
from resnet_viz.views.charts.shares import chart_shares
from resnet_viz.views.compare.places import stage_places
from resnet_viz.views.compare.rows import compare_traces
from resnet_viz.views.compare.table import compare_csv, compare_markdown, make_compare_rows
from resnet_viz.views.graph.draw import draw_graph
from resnet_viz.views.graph.facts import net_facts
from resnet_viz.views.graph.shade import amounts
from resnet_viz.views.inspect.node import inspect_node
from resnet_viz.views.listing.outline import write_outline
from resnet_viz.views.listing.summary import summarise, summary_csv, summary_json, summary_text
from resnet_viz.views.listing.table import make_rows, to_csv
from resnet_viz.views.parts.words import field_sizes, field_text, macs_rule, stage_names
from resnet_viz.views.structure.read import structure_table
from resnet_viz.views.structure.reading import explain_cell
from resnet_viz.views.structure.table import EXTRAS, FLOPS, row_title, structure_csv
from resnet_viz.views.teach.glossary.numbers import TERMS
from tests.nets import trace_of

NETS = (
    "resnet18",
    "resnet152",
    "cifar20",
    "digits20",
    "net=resnet18&squeeze_excitation=1",
    "net=resnet50&pre_activation=1",
)
OTHERS = {"resnet18": 627, "resnet152": 1643, "digits20": 85}
"""The sums that the fields behind the average pool would have, padding included."""


def texts_of(trace: Trace) -> Iterator[str]:
    """All that is said of a net in text: in lists and tables, drawings and what they tell, inspector, comparison."""
    yield write_outline(trace)
    for level in ("folded", "block", "op"):
        lines = summarise(trace, level)
        yield from (summary_text(trace, lines), summary_csv(lines), summary_json(trace, lines))
        yield draw_graph(trace, level, "light").source
    yield to_csv(make_rows(trace))
    for fact in net_facts(trace).values():
        yield from fact["costs"]
    for node in trace.nodes.values():
        found = inspect_node(trace, node)
        yield f"receptive field {field_text(found.field)}"
        yield from (f"{formula.title} {formula.numbers} = {formula.result}" for formula in found.formulas)
    table = structure_table([trace], EXTRAS)
    yield from (table.to_markdown(), structure_csv(table))
    for cell in table.cells:
        yield from (fact.text for fact in explain_cell(table, cell).facts)
    comparison = compare_traces([trace, trace])
    yield from (compare_markdown(comparison), compare_csv(make_compare_rows(comparison)))


@pytest.mark.parametrize("name", NETS)
def test_no_text_has_a_second_receptive_field(name: str) -> None:
    trace = trace_of(name)
    assert trace.field is not None
    size, behind = trace.field[0].size, trace.nodes["avgpool"].field
    assert behind is not None
    assert behind[0].size > size
    assert OTHERS.get(name, behind[0].size) == behind[0].size
    told = list(texts_of(trace))
    wide = [text for text in told if "field" in text or "px" in text]
    assert any(f"{size:,} px" in text for text in wide)
    assert not [text[:200] for text in wide if re.search(rf"\b({behind[0].size}|{behind[0].size:,}) px", text)]
    assert not [text for text in told if text.startswith("Receptive field") and text.endswith(f"= {behind[0].size}")]
    largest = max(sizes[0] for op in trace.ops if (sizes := field_sizes(op.field)))
    assert max(amounts(op)["field"] or 0 for op in trace.ops) == largest == size
    assert max(row.field_pixels or 0 for row in make_rows(trace)) == size
    assert max((line.field or (0,))[0] for line in summarise(trace, "op")) == size
    assert max(cell.field_pixels or 0 for cell in structure_table([trace], EXTRAS).cells) == size


@pytest.mark.parametrize("name", NETS)
def test_the_whole_net_is_told_by_the_field_after_its_last_stage(name: str) -> None:
    trace = trace_of(name)
    told = field_text(trace.field)
    assert inspect_node(trace, trace.network).field == trace.field == trace.stages[-1].field
    assert net_facts(trace)["network"]["costs"][2] == f"receptive field {told}"
    assert f"Receptive field  {told} after the last stage" in summary_text(trace, summarise(trace))
    assert structure_table([trace], EXTRAS).row_cells("field")[0].lines == (told,)  # type: ignore[union-attr]
    totals = compare_traces([trace, trace]).totals.cells
    assert [cell and cell.field for cell in totals] == [field_sizes(trace.field)] * 2
    for node in ("avgpool", "fc"):
        assert field_text(inspect_node(trace, trace.nodes[node]).field) == "the whole picture"


@pytest.mark.parametrize("name", NETS)
def test_multiply_adds_are_one_number_with_one_rule(name: str) -> None:
    trace = trace_of(name)
    twice = re.compile(rf"(?<!\d)({2 * trace.macs.known}|{2 * trace.macs.known:,})(?!\d)")
    assert not [text[:200] for text in texts_of(trace) if twice.search(text)]
    assert macs_rule() in summary_text(trace, summarise(trace))
    table = structure_table([trace], EXTRAS)
    (cell,) = table.row_cells(FLOPS)
    assert cell is not None
    assert cell.n_macs == trace.n_macs == inspect_node(trace, trace.network).n_macs
    assert row_title(FLOPS) == "FLOPs (multiply-adds)"
    (fact,) = [fact.text for fact in explain_cell(table, cell).facts if fact.key == "total"]
    assert macs_rule() in fact


def test_the_glossary_has_the_same_rule_for_both_words() -> None:
    said = {term.id: term.definition() for term in TERMS.terms}
    for word in ("MAC", "FLOP"):
        assert "paper" in said[word]
        assert "twice as many" in said[word]
    assert "after its last stage" in said["receptive field"]


def test_a_row_of_flops_has_one_power_of_ten() -> None:
    traces = [trace_of(name) for name in ("resnet152", "resnet18", "cifar20")]
    words = [cell.text for cell in structure_table(traces).row_cells(FLOPS) if cell]
    assert words == ["11.5×10⁹", "1.8×10⁹", "0.041×10⁹"]
    (alone,) = structure_table(traces[2:]).row_cells(FLOPS)
    assert alone is not None
    assert alone.text == "40.6×10⁶"


def test_a_stage_has_both_names_in_one_order_everywhere() -> None:
    traces = [trace_of("resnet18"), trace_of("resnet50")]
    stage = traces[0].stages[2]
    both = "conv4_x · layer3"
    assert stage_names(stage) == part_name(stage) == both
    assert inspect_node(traces[0], stage).kind == f"stage · {both}"
    assert both in {row.what for row in make_rows(traces[0], ["stage"])}
    assert both in {row.part for row in make_compare_rows(compare_traces(traces))}
    assert both in {bar.name for bar in chart_shares(traces, "params", "light").figure.data}
    assert both in write_outline(traces[0])
    assert both in summary_text(traces[0], summarise(traces[0]))
    assert net_facts(traces[0])["layer3"]["about"].startswith(both)
    (place,) = [place for row in stage_places(traces)[3:4] for place in row.places[:1]]
    assert place is not None
    assert place.title.startswith(both)
