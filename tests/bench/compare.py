"""A comparison of four nets, from specs to all that its page shows, in CPU time against a pass of ResNet-152."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from resnet_viz import PRESETS, Trace, build_model, compare_traces, draw_graph, render_graph, trace_spec
from resnet_viz.views.address.compare import CompareView
from resnet_viz.views.charts.along import QUANTITIES
from resnet_viz.views.charts.curves import chart_along
from resnet_viz.views.charts.shares import chart_shares
from resnet_viz.views.compare.differences import differences_of, find_differences
from resnet_viz.views.compare.layers import difference_text
from resnet_viz.views.compare.payload import compare_payload, open_nets
from resnet_viz.views.compare.sentences import describe_comparison
from resnet_viz.views.compare.table import compare_csv, compare_latex, compare_markdown, make_compare_rows
from resnet_viz.views.graph.facts import net_facts
from tests.bench.engine import ROUNDS, forward, interleaved
from tests.bench.report import print_ratio

SPECS = (
    PRESETS["resnet18"],
    PRESETS["resnet50"],
    PRESETS["resnet152"],
    replace(PRESETS["resnet152"], stride_in="1x1"),
)


def bench_compare() -> None:
    """Four nets, two of them as deep as they come, with traces at hand and without; and a net of 1,202 layers."""
    spec = PRESETS["resnet152"]
    model, image = build_model(spec), torch.randn(spec.input_shape)
    traces = tuple(map(trace_spec, SPECS))
    deep = trace_spec(PRESETS["cifar1202"])
    jobs: dict[str, Callable[[], object]] = {
        "forward": lambda: forward(model, image),
        "cached": lambda: page_data(traces),
        "fresh": lambda: page_data(tuple(map(trace_spec, SPECS))),
        "words": lambda: _words(traces),
        "charts": lambda: _charts(traces),
        "drawing": lambda: _drawing(traces),
        "deep": lambda: render_graph(draw_graph(deep)),
    }
    times = interleaved(jobs, ROUNDS)
    print("\nCompare ResNet-18, -50, -152 and -152 v1, all that the page gets ÷ forward pass of ResNet-152")
    print_ratio("with cached traces", times["cached"] / times["forward"], 0.6)
    print_ratio("  table, files, words and differences", times["words"] / times["forward"])
    print_ratio("  charts", times["charts"] / times["forward"])
    print_ratio("  drawing with its facts", times["drawing"] / times["forward"])
    print_ratio("from specs", times["fresh"] / times["forward"], 1.5)
    print_ratio("ResNet-1202, folded, Trace to SVG", times["deep"] / times["forward"])


def page_data(traces: Sequence[Trace]) -> None:
    """All that the page Compare sends to the browser, and the files that it offers."""
    _words(traces)
    _charts(traces)
    _drawing(traces)


def _words(traces: Sequence[Trace]) -> None:
    comparison = compare_traces(traces)
    rows = make_compare_rows(comparison)
    compare_csv(rows)
    compare_markdown(comparison)
    compare_latex(comparison)
    describe_comparison(comparison)
    for trace in traces[1:]:
        list(map(difference_text, find_differences(traces[0], trace)))


def _charts(traces: Sequence[Trace]) -> None:
    """The three that the page begins with, as what is sent; that of published figures is of no net in particular."""
    for quantity in QUANTITIES[:2]:
        chart_shares(traces, quantity, "light").figure.to_json()
    chart_along(traces, QUANTITIES[0], "light").figure.to_json()


def _drawing(traces: Sequence[Trace]) -> None:
    by_spec = {trace.spec: trace for trace in traces}
    view = CompareView(SPECS)
    compare_payload(
        view, open_nets(view, by_spec.__getitem__, lambda spec: net_facts(by_spec[spec]), differences_of(traces))
    )
