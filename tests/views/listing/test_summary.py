"""What is made of a Trace or of arrays without a drawing: runs, labels, the table, the snippet, a sentence."""

import csv
import re
from dataclasses import fields, replace
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
import torch
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from torch import nn

from resnet_viz.errors import SpecError
from resnet_viz.model.net.build import build_model, build_plan
from resnet_viz.model.net.planning import on_meta
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.macs import Macs
from resnet_viz.records.trace import Node, Trace
from resnet_viz.spec.checks import NORMS
from resnet_viz.spec.resnet import PRESETS, TORCHVISION, ResNetSpec
from resnet_viz.views.listing.outline import outline_net, write_outline
from resnet_viz.views.listing.snippet import write_snippet
from resnet_viz.views.listing.spoken import describe_net
from resnet_viz.views.listing.table import ROW_KINDS, TableRow, make_rows, to_csv
from resnet_viz.views.parts.ids import chosen
from resnet_viz.views.parts.runs import fold_stage, inner_ops
from resnet_viz.views.parts.words import cost_lines, field_text, layer_text, stage_title, tooltip
from tests.nets import Pair, trace_of
from tests.views.graph.dot import NETS, traced

# Runs of equal blocks


def run_ids(trace: Trace, is_folded: bool = True) -> list[str]:
    levels = None if is_folded else {block.id: "block" for block in trace.blocks}
    return [run.id for stage in trace.stages for run in fold_stage(trace, stage, levels)]


def test_equal_neighbours_are_one_run() -> None:
    assert run_ids(traced("resnet152")) == [
        *("layer1.0", "layer1.1..2", "layer2.0", "layer2.1..7"),
        *("layer3.0", "layer3.1..35", "layer4.0", "layer4.1..2"),
    ]
    assert run_ids(traced("resnet152"), is_folded=False) == [block.id for block in traced("resnet152").blocks]
    assert run_ids(traced("ones")) == ["layer1.0", "layer2.0", "layer3.0", "layer4.0"]
    assert run_ids(traced("resnet18"))[0] == "layer1.0..1"


def test_blocks_that_differ_are_not_joined() -> None:
    wide = Pair(8, 8)
    wide.conv2 = nn.Conv2d(8, 8, 5, padding=2)
    stage = nn.Sequential(Pair(8, 8), Pair(8, 8), Pair(8, 8, is_residual=False), wide, Pair(8, 8))
    net = nn.Sequential()
    net.add_module("layer1", stage)
    assert run_ids(trace_model(net, (1, 8, 8, 8))) == ["layer1.0..1", "layer1.3", "layer1.4"]


def test_blocks_with_something_between_them_are_not_joined() -> None:
    net = nn.Sequential()
    net.add_module("layer1", nn.Sequential(Pair(8, 8), Pair(8, 8, is_residual=False), Pair(8, 8)))
    assert run_ids(trace_model(net, (1, 8, 8, 8))) == ["layer1.0", "layer1.2"]


def _node(trace: Trace, text: str | None) -> Node | None:
    found = chosen(trace, text)
    return found.node if found else None


def test_ids_of_a_drawing_lead_to_nodes() -> None:
    trace = traced("resnet152")
    assert _node(trace, "layer3.1..35") is trace.nodes["layer3.35"]
    assert _node(trace, "layer3.5.conv2") is trace.nodes["layer3.5.conv2"]
    assert [_node(trace, name) for name in (None, "", "layer3.1..36", "..", "layer9")] == [None] * 5
    assert [op.id for op in inner_ops(trace, trace.nodes["stem"])] == ["conv1", "bn1", "relu", "maxpool"]


# Labels


@pytest.mark.parametrize(
    ("net", "node", "words"),
    [
        ("resnet18", "conv1", "7×7, 64 /2"),
        ("resnet18", "maxpool", "3×3 /2"),
        ("resnet18", "layer2.0.conv1", "3×3, 128 /2"),
        ("resnet18", "layer2.0.conv2", "3×3, 128"),
        ("resnet50", "layer4.0.downsample.0", "1×1, 2048 /2"),
        ("dilated", "layer3.1.conv2", "3×3, 256 d2"),
        ("resnet18", "avgpool", "global"),
        ("resnet18", "fc", "1000"),
        ("resnet18", "bn1", "batch_norm"),
    ],
)
def test_a_layer_in_the_papers_manner(net: str, node: str, words: str) -> None:
    assert layer_text(traced(net).nodes[node]) == words


def test_a_layer_that_no_rule_knows_has_its_name_alone() -> None:
    same = trace_model(nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, padding_mode="circular")), (1, 3, 8, 8))
    assert layer_text(same.nodes["0"]) == "conv2d"


def test_groups_are_told() -> None:
    assert layer_text(trace_of("resnext50_32x4d").nodes["layer2.0.conv2"]) == "3×3, 256 /2 g32"


def test_titles_and_tooltips_have_units() -> None:
    trace = traced("resnet18")
    block = trace.nodes["layer2.0"]
    n_weights, n_norms = 64 * 128 * 9 + 128 * 128 * 9 + 64 * 128, 3 * 2 * 128
    assert stage_title(trace.stages[1]) == "conv3_x · layer2 · 2 blocks · 128×28²"
    assert stage_title(traced("ones").stages[0], "\n") == "conv2_x\nlayer1\n1 block\n256×56²"
    assert cost_lines(block.n_params, block.macs) == ["230 k params", "180 MMACs"]
    assert cost_lines(0, block.macs.times(10)) == ["1.80 GMACs"]
    assert cost_lines(0, Macs(0)) == []
    assert cost_lines(0, Macs(1_200_000_000, at_least=True)) == ["at least 1.20 GMACs"]
    assert cost_lines(0, Macs(None, at_least=True)) == ["MACs not known"]
    assert tooltip(trace, block).split("\n") == [
        "layer2.0",
        "BasicBlock, shortcut: projection",
        "64×56×56 → 128×28×28",
        f"parameters {n_weights + n_norms:,}",
        "180 MMACs",
        "receptive field 67 px",
    ]
    assert field_text(None) == "unknown"
    assert field_text(trace.field) == "435 px"


def test_a_net_in_a_sentence() -> None:
    assert describe_net(traced("resnet152")) == (
        "ResNet-152. Input 3×224×224. "
        "conv2_x · layer1 · 3 blocks · 256×56²: 1 × projection, 2 × identity; "
        "conv3_x · layer2 · 8 blocks · 512×28²: 1 × projection, 7 × identity; "
        "conv4_x · layer3 · 36 blocks · 1024×14²: 1 × projection, 35 × identity; "
        "conv5_x · layer4 · 3 blocks · 2048×7²: 1 × projection, 2 × identity. Output 1000."
    )


# The outline


def test_the_outline_says_what_the_folded_drawing_shows() -> None:
    trace = traced("resnet50")
    lines = outline_net(trace)
    assert [line.node for line in lines if line.depth == 1] == [
        *("input", "conv1", "maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool", "fc"),
    ]  # fmt: skip
    assert [line.node for line in lines if line.depth == 2] == run_ids(trace)
    words = [line.text for line in lines if line.node == "layer2.0"]
    assert words[0].startswith("layer2.0: Bottleneck, 256×56×56 → 512×28×28, 379 k params")
    assert words[1:] == ["residual branch: 1×1, 128; 3×3, 128 /2; 1×1, 512", "shortcut: projection 1×1, 512 /2"]
    assert "35 equal blocks" in write_outline(traced("resnet152"))
    assert len(write_outline(traced("resnet152")).splitlines()) == len(outline_net(traced("resnet152")))


@pytest.mark.parametrize("net", NETS)
def test_every_net_has_an_outline(net: str) -> None:
    trace = traced(net)
    assert all(0 <= after.depth <= before.depth + 1 for before, after in pairwise(outline_net(trace)))
    assert ("shortcut" in write_outline(trace)) == (net != "plain")


# The table


@pytest.mark.parametrize("net", ["resnet18", "resnet152", "group norm", "option A"])
def test_rows_add_up_and_survive_csv(net: str) -> None:
    trace = traced(net)
    rows = make_rows(trace)
    for kind in ROW_KINDS:
        assert {row.kind for row in make_rows(trace, [kind])} == ({"op", "input"} if kind == "op" else {kind})
    ops = [row for row in rows if row.kind == "op"]
    assert [row.node for row in rows] == [
        node.id for node in trace.nodes.values() if node.kind in (*ROW_KINDS, "input")
    ]
    assert sum(row.n_params for row in ops) == trace.n_params
    assert sum(row.n_macs or 0 for row in ops) == trace.macs.known
    assert sum(row.act_bytes for row in ops) == trace.act_bytes
    read = list(csv.DictReader(StringIO(to_csv(rows))))
    assert [list(row) for row in read] == [[field.name for field in fields(TableRow)]] * len(rows)
    shown = [{field.name: getattr(row, field.name) for field in fields(TableRow)} for row in rows]
    assert read == [{name: "" if value is None else str(value) for name, value in row.items()} for row in shown]


def test_a_row_says_what_in_and_out() -> None:
    rows = {row.node: row for row in make_rows(traced("resnet18"))}
    row = rows["layer2.0.conv1"]
    assert (row.kind, row.what, row.in_shape, row.out_shape) == ("op", "conv2d 3×3, 128 /2", "64×56×56", "128×28×28")
    assert (row.n_params, row.n_macs) == (64 * 128 * 9, 64 * 128 * 9 * 28 * 28)
    assert (row.act_bytes, row.field_pixels) == (128 * 28 * 28 * 4, 51)
    assert row.source.startswith("BasicBlock.forward:")
    assert (rows["layer2"].what, rows["layer2.0"].what) == ("conv3_x · layer2", "BasicBlock · projection")
    assert make_rows(traced("resnet18"), []) == []


# The Python that builds a net


BOTTLENECK_ONLY = {
    "groups": st.sampled_from([1, 2, 32]),
    "width_per_group": st.sampled_from([4, 32, 64, 96]),
    "replace_stride_with_dilation": st.none() | st.tuples(*[st.booleans()] * 3),
}
ANY_BLOCK = {
    "layers": st.tuples(*[st.integers(1, 2)] * 4),
    "num_classes": st.integers(1, 40) | st.just(1000),
    "norm": st.sampled_from(NORMS),
    "zero_init_residual": st.booleans(),
    "in_channels": st.integers(1, 5),
    "input_size": st.tuples(*[st.integers(32, 70)] * 2),
}
SETTINGS = st.fixed_dictionaries({"block": st.just("basic"), **ANY_BLOCK}) | st.fixed_dictionaries(
    {"block": st.just("bottleneck"), **ANY_BLOCK, **BOTTLENECK_ONLY}
)


def check_snippet(spec: ResNetSpec) -> None:
    names: dict[str, Any] = {}
    with on_meta():
        exec(write_snippet(spec), names)
    model, plan = names["model"], build_plan(spec)
    shapes, wanted = ({name: tensor.shape for name, tensor in net.state_dict().items()} for net in (model, plan))
    assert shapes == wanted
    # Strides, dilations and groups of norms leave no trace in the weights, but in what the modules say of themselves.
    assert str(model) == str(plan)
    assert names["scores"].shape == (1, spec.num_classes)
    assert not model.training


@pytest.mark.parametrize("name", TORCHVISION)
def test_the_snippet_of_a_preset_builds_it(name: str) -> None:
    check_snippet(PRESETS[name])
    assert re.search(rf"^model = {name}\(\)$", write_snippet(PRESETS[name]), re.M)


@settings(max_examples=30)
@given(SETTINGS)
def test_the_snippet_of_any_net_builds_it(asked: dict[str, Any]) -> None:
    try:
        spec = ResNetSpec(**asked)
    except SpecError:
        reject()
    check_snippet(spec)


@pytest.mark.parametrize(("norm", "in_channels"), [("batch", 3), ("group", 1), ("frozen", 5), ("none", 3)])
def test_the_snippet_gives_the_weights_of_the_app(norm: str, in_channels: int) -> None:
    ones = (1, 1, 1, 1)
    spec = ResNetSpec("basic", ones, 7, norm=norm, in_channels=in_channels, input_size=(32, 48))
    spec = replace(spec, zero_init_residual=norm != "none")
    names: dict[str, Any] = {}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        exec(write_snippet(spec), names)
    mine, built = names["model"].state_dict(), build_model(spec).state_dict()
    assert mine.keys() == built.keys()
    assert all(torch.equal(mine[key], built[key]) for key in built)
