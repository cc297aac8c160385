"""Charts of several nets: every number that is drawn is found again in the Traces, or in arithmetic."""

import re
from typing import Any

import pytest
from torch import nn

from resnet_viz.errors import DrawError
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Block, Trace
from resnet_viz.views.charts.axes import log_ticks, nice_ticks, quantity_text, tick_text
from resnet_viz.views.charts.curves import chart_along
from resnet_viz.views.charts.shares import chart_shares
from resnet_viz.views.style import PALETTES
from tests.nets import SHAPE, Net, conv, trace_of, traces_of

PAIR = ("resnet18", "resnet152")


def bars(figure: Any, at: int) -> dict[str, float]:
    return {bar.name: bar.x[bar.y.index(at)] for bar in figure.data if at in bar.y}


def test_a_field_that_no_rule_knows_is_told_as_unknown() -> None:
    unruly = trace_model(Net(lambda net, x: net.layer1(x.cumsum(3)), layer1=nn.Sequential(conv(3))), SHAPE)
    assert "Net: unknown." in chart_along([unruly], "field", "light").alt


@pytest.mark.parametrize("quantity", ["params", "macs"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_shares_are_those_of_the_ops_of_each_part(quantity: str, theme: str) -> None:
    names = ("resnet18", "resnet152", "cifar20", "plain34")
    chart = chart_shares(traces_of(names), quantity, theme)
    for at, trace in enumerate(map(trace_of, names)):
        sums: dict[str, int] = {}
        for op in trace.ops:
            part = list(trace.ancestors(op))[-2].id
            part = "conv5_x · layer4" if part == "layer4" else part  # the CIFAR net has the first three, without names
            sums[part] = sums.get(part, 0) + (op.n_params if quantity == "params" else op.macs.known)
        found = bars(chart.figure, at)
        assert list(found) == list(sums)
        assert found == pytest.approx({part: 100 * n / sum(sums.values()) for part, n in sums.items()})
        assert sum(found.values()) == pytest.approx(100)


def test_the_issue_s_four_numbers_are_read_off_the_bars() -> None:
    params = chart_shares(traces_of(PAIR), "params", "light")
    macs = chart_shares(traces_of(PAIR), "macs", "light")
    told = [round(bars(chart.figure, at)["conv5_x · layer4"]) for at in (0, 1) for chart in (params, macs)]
    assert told == [72, 23, 25, 7]
    assert "ResNet-18: stem 0.1 %, conv2_x · layer1 1.3 %, conv3_x · layer2 4.5 %, conv4_x · layer3" in params.alt


def test_bars_have_the_drawing_s_colours_and_their_names_on_them() -> None:
    chart = chart_shares([trace_of("resnet18")], "params", "dark")
    palette = PALETTES["dark"]
    wanted = [palette.stem, *palette.stages, palette.head]
    assert [bar.marker.color for bar in chart.figure.data] == [paint.fill for paint in wanted]
    assert [bar.marker.line.color for bar in chart.figure.data] == [paint.line for paint in wanted]
    assert chart.figure.data[4].text == ("conv5_x<br>71.8 %",)
    assert chart.figure.data[4].customdata[0] == ["ResNet-18", "conv5_x · layer4", "8.39 M params", "71.8 %"]


def lines(figure: Any, label: str) -> list[Any]:
    """The lines of a net without its entry in the legend."""
    return [line for line in figure.data if line.name == label and line.x[0] is not None]


def drawn(figure: Any, label: str) -> dict[str, tuple[float, float]]:
    return {
        words[0]: (x, y)
        for line in lines(figure, label)
        for words, x, y in zip(line.customdata, line.x, line.y, strict=True)
    }


def passed(trace: Trace, node_id: str, per_block: int) -> tuple[list[Any], int]:
    """The ops up to the end of a node, and the weighted layers among them, counted by blocks."""
    node = trace.nodes[node_id]
    last = trace.last_op(node).order
    n_blocks = sum(trace.last_op(block).order <= last for block in trace.blocks)
    return [op for op in trace.ops if op.order <= last], 1 + per_block * n_blocks + (node.kind == "head")


@pytest.mark.parametrize("quantity", ["params", "macs", "memory", "field"])
@pytest.mark.parametrize("axis", ["share", "layers"])
def test_every_point_along_the_depth_is_in_the_trace(quantity: str, axis: str) -> None:
    traces = traces_of(PAIR)
    figure = chart_along(traces, quantity, "light", axis).figure
    for trace, per_block, depth in zip(traces, (2, 3), (18, 152), strict=True):
        points = drawn(figure, trace.name)
        assert list(points) == ["input", "stem", *(block.id for block in trace.blocks), "head"]
        assert points.pop("input") == (0, 1 if quantity == "field" else 0)
        for node_id, (x, y) in points.items():
            ops, layers = passed(trace, node_id, per_block)
            assert x == pytest.approx(100 * layers / depth if axis == "share" else layers)
            if quantity == "field":
                field = ops[-1].field
                assert y == (None if node_id == "head" else field and field[0].size)
            else:
                key = {"params": "n_params", "macs": "n_macs", "memory": "act_bytes"}[quantity]
                assert y == sum(getattr(op, key) for op in ops)


def test_nets_differ_in_dashes_and_symbols_and_stages_in_colour() -> None:
    traces = traces_of(("resnet18", "resnet34", "plain34", "cifar20"))
    figure = chart_along(traces, "macs", "dark").figure
    looks = []
    for trace in traces:
        own = lines(figure, trace.name)
        assert [line.line.color for line in own] == [
            PALETTES["dark"].stem.line,
            *(PALETTES["dark"].stage(at).line for at in range(len(trace.stages))),
            PALETTES["dark"].head.line,
        ]
        (look,) = {(line.line.dash, line.marker.symbol) for line in own}
        (entry,) = [line for line in figure.data if line.name == trace.name and line.x[0] is None]
        assert (entry.line.dash, entry.marker.symbol) == look
        looks.append(look)
    assert len({dash for dash, _symbol in looks}) == len({symbol for _dash, symbol in looks}) == 4


def test_the_symbol_stands_at_the_end_of_a_stage_only() -> None:
    trace = trace_of("resnet152")
    line = lines(chart_along([trace], "params", "light").figure, trace.name)[3]
    sizes = dict(zip([words[0] for words in line.customdata], line.marker.size, strict=True))
    assert [node for node, size in sizes.items() if size > 5] == ["layer3.35"]


def test_the_words_tell_ends_and_halves_with_units() -> None:
    chart = chart_along(traces_of(PAIR), "params", "light")
    # 2,782,784 up to layer3, then 3,673,088 in layer4.0: more than half of 11,689,512.
    assert "ResNet-18: 11.7 M params at head, half of it by layer4.0, layer 15 of 18." in chart.alt
    found = re.search(r"ResNet-152: 60\.2 M params at head, half of it by (layer3\.\d+), layer (\d+) of 152", chart.alt)
    assert found is not None
    trace = trace_of("resnet152")
    block = trace.nodes[found[1]]
    assert isinstance(block, Block)
    ops, layers = passed(trace, block.id, 3)
    before, _layers = passed(trace, trace.blocks[trace.blocks.index(block) - 1].id, 3)
    assert layers == int(found[2])
    assert 2 * sum(op.n_params for op in before) < trace.n_params <= 2 * sum(op.n_params for op in ops)


def test_the_input_s_height_is_marked_where_fields_are_drawn() -> None:
    figure = chart_along([trace_of("resnet18"), trace_of("cifar20")], "field", "light").figure
    assert [shape.y0 for shape in figure.layout.shapes] == [224, 32]
    assert not chart_along([trace_of("resnet18")], "macs", "light").figure.layout.shapes


def test_ticks_are_round_and_have_units() -> None:
    assert nice_ticks(11_689_512, "params") == [0, 5_000_000, 10_000_000]
    assert nice_ticks(181_247_904, "memory") == [at * 50 * 2**20 for at in range(4)]
    assert nice_ticks(3, "macs") == [0, 1, 2, 3]
    assert nice_ticks(0, "macs") == [0]
    assert log_ticks(3, 60) == [5, 10, 20, 50]
    assert [tick_text(tick, "params") for tick in (0, 5_000_000)] == ["0", "5 M"]
    assert tick_text(50 * 2**20, "memory") == "50 MiB"
    assert tick_text(1_000, "field") == "1,000 px"
    assert quantity_text(1_814_073_344, "macs") == "1.81 GMACs"


def test_what_is_no_choice_is_refused() -> None:
    with pytest.raises(DrawError):
        chart_shares([trace_of("resnet18")], "memory", "light")
    with pytest.raises(DrawError):
        chart_along([trace_of("resnet18")], "flops", "light")
    with pytest.raises(DrawError):
        chart_along([trace_of("resnet18")], "macs", "light", "blocks")
