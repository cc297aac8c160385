"""Laws over the drawing's DOT: which boxes, wires and frames there are, and what they say."""

import html
import re
from collections import Counter, OrderedDict
from itertools import pairwise

import pytest
from torch import nn

from resnet_viz.errors import DrawError
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Edge
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.units import format_count, format_macs
from resnet_viz.views.graph.draw import draw_graph
from resnet_viz.views.parts.detail import LEVELS
from resnet_viz.views.parts.words import field_text
from tests.nets import Pair, trace_of
from tests.views.graph.dot import drawn, every_form, every_net, folded_and_block, read, role_of, traced


def words(label: str) -> str:
    """What is read on a box or frame, a line each."""
    return html.unescape(re.sub("(<[^>]*>)+", "\n", label)).strip()


def unfold(name: str) -> list[str]:
    """`layer3.1..35` : the blocks layer3.1 to layer3.35."""
    stage, first, last = re.fullmatch(r"(.+?)\.(\d+)(?:\.\.(\d+))?", name).groups()  # type: ignore[union-attr]
    return [f"{stage}.{n}" for n in range(int(first), int(last or first) + 1)]


# What is there


@every_form
@pytest.mark.parametrize("level", LEVELS)
@every_net
def test_boxes_and_wires_are_named_by_the_ids_of_the_trace(net: str, level: str, form: str) -> None:
    trace, graph = traced(net), drawn(net, level, form)
    assert trace.nodes.keys() >= {part for name in graph.nodes for part in (unfold(name) if ".." in name else [name])}
    groups = {node.id for node in trace.nodes.values() if node.children}
    titles = {name for name, box in graph.nodes.items() if box["id"] == f"t:{name}"}
    # A wire to a name that is no box would make Graphviz invent one, without an id.
    assert all(box["id"] == f"n:{name}" for name, box in graph.nodes.items() if name not in titles)
    assert titles <= groups
    assert {f"cluster_{name}" for name in titles} == (set(graph.frames) if form == "tall" else set())
    assert {frame.removeprefix("cluster_") for frame in graph.frames} <= groups
    assert all(wire["id"][1:] == f":{src}>{dst}" and wire["id"][0] in "eg" for src, dst, wire in graph.wires)
    assert all(box["tooltip"] for box in graph.nodes.values())


@every_form
@folded_and_block
@every_net
def test_the_spine_holds_every_layer_and_block_in_order(net: str, level: str, form: str) -> None:
    trace, graph = traced(net), drawn(net, level, form)
    adds = {name for name, box in graph.nodes.items() if box["class"] == "add"}
    boxes = [name for name in graph.spine() if name not in adds]
    outside = [name for name in boxes if name in trace.nodes and trace.nodes[name].kind in ("op", "input")]
    inside = [name for name in boxes if name not in outside]
    assert [block for name in inside for block in unfold(name)] == [block.id for block in trace.blocks]
    assert level == "folded" or not any(".." in name for name in inside)
    shown = ("conv2d", "linear", "max_pool2d", "adaptive_avg_pool2d")
    stem_and_head = [op.id for op in trace.ops if op.id.split(".")[0][:5] != "layer" and op.op in shown]
    assert outside == ["input", *stem_and_head]


@every_form
@folded_and_block
@every_net
def test_every_block_or_run_has_one_add_with_one_shortcut(net: str, level: str, form: str) -> None:
    trace, graph = traced(net), drawn(net, level, form)
    spine, n_wires, n_adds = graph.spine(), 0, 0
    into: dict[str, list[tuple[str, str]]] = {}
    for src, dst, wire in graph.wires:
        into.setdefault(dst, []).append((role_of(wire), src))
    for before, name in pairwise(spine):
        block = trace.nodes.get(unfold(name)[-1]) if re.search(r"^layer\d+\.\d+(\.\.\d+)?$", name) else None
        kind, add = getattr(block, "shortcut", "none"), getattr(block, "add", None)
        if add is None:
            continue
        assert graph.nodes[add]["class"] == "add"
        n_adds += 1
        (ends,) = [[src for role, src in into[add] if role == kind]]
        assert sorted(role for role, _ in into[add]) == sorted(["main", kind])
        assert ("main", name) in into[add]
        if kind == "identity":
            assert ends == [before]
        else:
            assert graph.nodes[ends[0]]["class"] == f"bypass {kind}"
            assert into[ends[0]] == [(kind, before)]
        n_wires += 1 if kind == "identity" else 2
    assert sum(box["class"] == "add" for box in graph.nodes.values() if "class" in box) == n_adds
    assert sum(role_of(wire) != "main" for *_, wire in graph.wires) == n_wires
    assert (n_adds == 0) == (net == "plain")


@folded_and_block
def test_a_layer_without_a_block_stands_on_the_spine_too(level: str) -> None:
    parts: list[tuple[str, nn.Module]] = [
        ("layer1", nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())),
        ("layer2", nn.Sequential(nn.Conv2d(8, 8, 1), Pair(8, 8))),
    ]
    graph = read(draw_graph(trace_model(nn.Sequential(OrderedDict(parts)), (1, 3, 16, 16)), level).source)
    assert graph.spine() == ["input", "layer1.0", "layer2.0", "layer2.1", "layer2.1.add"]


@every_form
@every_net
def test_op_level_has_the_ops_and_edges_of_the_trace_and_no_others(net: str, form: str) -> None:
    trace, graph = traced(net), drawn(net, "op", form)
    boxes = {name for name, box in graph.nodes.items() if box["id"].startswith("n:")}
    assert boxes == {"input", *(op.id for op in trace.ops)}
    wanted = Counter((edge.src, edge.dst, edge.role) for edge in trace.edges)
    assert Counter((src, dst, role_of(wire)) for src, dst, wire in graph.wires) == wanted
    # An edge's shape is told where it comes from; an add hands on what it gets.
    told = {name: words(box["label"]).split("\n")[-1] for name, box in graph.nodes.items() if box["class"] != "add"}
    for edge in trace.edges:
        assert edge.src not in told or told[edge.src].removeprefix("→ ") == shape_told(edge, form), edge.src


def shape_told(edge: Edge, form: str) -> str:
    """In a strip it is short, of square maps."""
    sizes = list(edge.tensor.shape[1:])
    if form == "tall" and edge.src != "input":
        return "×".join(map(str, sizes))
    return f"{sizes[0]}×{sizes[1]}²" if len(sizes) == 3 else str(sizes[0])


@every_form
def test_what_has_only_a_number_for_a_name_is_named_with_what_counts_it(form: str) -> None:
    titles = [words(box["label"]).split("\n")[0] for box in drawn("resnet50", "op", form).nodes.values()]
    assert not [title for title in titles if title.isdigit()]
    assert titles.count("downsample.0") == titles.count("downsample.1") == 4


def test_resnet_152_folds_to_one_and_the_rest() -> None:
    boxes = drawn("resnet152", "folded", "strip").nodes
    runs = {name: box for name, box in boxes.items() if box["class"] == "run"}
    frames = drawn("resnet152", "folded", "strip").runs
    assert {name: words(frames[f"cluster_within_{name}"]["label"]).split("\n") for name in runs} == {
        "layer1.1..2": ["1.1–1.2", "\xa0\xa0×2 each"],
        "layer2.1..7": ["2.1–2.7", "\xa0\xa0×7 each"],
        "layer3.1..35": ["3.1–3.35", "\xa0\xa0×35 each"],
        "layer4.1..2": ["4.1–4.2", "\xa0\xa0×2 each"],
    }
    # A double line around each.
    assert frames.keys() == {f"cluster_{kind}_{name}" for kind in ("around", "within") for name in runs}
    assert {f"layer{stage}.0" for stage in (1, 2, 3, 4)} <= boxes.keys()
    tip = runs["layer3.1..35"]["tooltip"].split("\n")
    n_weights = 1024 * 256 + 256 * 256 * 3 * 3 + 256 * 1024
    assert "1024×14×14 → 1024×14×14" in tip
    assert f"parameters {35 * (n_weights + 2 * (256 + 256 + 1024)):,}" in tip
    assert format_macs(35 * n_weights * 14 * 14) in tip
    # A run stands for its last block, whose output leaves it.
    assert f"receptive field {field_text(traced('resnet152').nodes['layer3.35'].field)}" in tip


@every_form
def test_frames_bear_both_names_the_blocks_and_what_leaves(form: str) -> None:
    for level in LEVELS:
        graph = drawn("resnet152", level, form)
        label = (graph.nodes["layer3"] if form == "tall" else graph.frames["cluster_layer3"])["label"]
        assert re.split(" · |\n", words(label)) == ["conv4_x", "layer3", "36 blocks", "1024×14²"]


@every_form
@pytest.mark.parametrize("net", ["resnet18", "resnet50", "option A"])
def test_shapes_parameters_and_macs_are_on_the_drawing_and_in_its_tooltips(net: str, form: str) -> None:
    trace = traced(net)
    for level, nodes in (("block", trace.blocks), ("op", trace.ops)):
        graph = drawn(net, level, form)
        for node in nodes:
            lines = words(graph.nodes[node.id]["label"]).split("\n")
            assert not node.n_params or f"{format_count(node.n_params)} params" in lines
            assert not node.n_macs or format_macs(node.n_macs) in lines
            tip = graph.nodes[node.id]["tooltip"].split("\n")
            assert {f"parameters {node.n_params:,}", format_macs(node.macs.known)} <= set(tip)
            assert node.op == "add" or lines[-1].startswith("→ ")
        # Words on a wire would lie on frames and arcs.
        assert not any(wire.get("label") or wire.get("headlabel") for *_, wire in graph.wires)


def test_shapes_and_costs_around_a_block() -> None:
    graph = drawn("resnet18", "block", "strip")
    assert words(graph.nodes["layer1.1"]["label"]).split("\n")[-1] == "→ 64×56²"
    assert words(graph.nodes["layer2.0"]["label"]).split("\n")[-3:] == ["230 k params", "180 MMACs", "→ 128×28²"]
    n_weights = 64 * 128
    costs = [f"{format_count(n_weights + 2 * 128)} params", format_macs(n_weights * 28 * 28)]
    assert words(graph.nodes["layer2.0.downsample"]["label"]).split("\n") == ["1×1, 128 /2", *costs]


@pytest.mark.parametrize("asked", [{"level": "ops"}, {"theme": "sepia"}, {"form": "wide"}, {"level": ""}])
def test_unknown_level_theme_or_form_is_refused(asked: dict[str, str]) -> None:
    ((name, got),) = asked.items()
    with pytest.raises(DrawError, match=f"{name}.*“{got}”.*one of"):
        draw_graph(traced("resnet18"), **asked)  # type: ignore[arg-type]


def test_a_drawing_of_too_many_boxes_is_refused_but_folded_there_is_room() -> None:
    trace = trace_of(ResNetSpec("basic", (1, 1, 1, 700)))
    for level in ("block", "op"):
        with pytest.raises(DrawError, match=r"ResNet-1408 would be [\d,]+ boxes.*folded"):
            draw_graph(trace, level)
    assert "layer4.1..699" in read(draw_graph(trace).source).nodes
