"""Which parts of a net are open: what is said of a part, the shortest way to say it, and what the browser is told."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.errors import DrawError
from resnet_viz.records.trace import Trace
from resnet_viz.units import format_exact
from resnet_viz.views.graph.draw import draw_graph
from resnet_viz.views.graph.facts import Facts, drawn_facts, net_facts
from resnet_viz.views.graph.shade import SHADES, amounts, list_metrics, ramp
from resnet_viz.views.parts.detail import LEVELS, Detail, change_part, known_parts, make_detail, reveal, unit_levels
from resnet_viz.views.parts.ids import chosen
from resnet_viz.views.style import PALETTES
from tests.views.graph.dot import NETS, every_net, read, traced

Changes = list[tuple[str, str]]

PARTS = ["stem", "head", "layer1", "layer3", "layer3.0", "layer3.5", "layer3.1..35", "layer3.6..35", "layer2.1..2"]
changes = st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from(LEVELS)), max_size=6)


def members(trace: Trace, part: str) -> set[str]:
    """Worked out from the names alone."""
    if ".." in part:
        stage, numbers = part.split(".", 1)
        first, last = map(int, numbers.split(".."))
        return {f"{stage}.{n}" for n in range(first, last + 1)}
    return {block.id for block in trace.blocks if block.parent == part} or {part}


# What is said of parts


@given(base=st.sampled_from(LEVELS), steps=changes)
def test_the_last_word_on_a_part_counts(base: str, steps: Changes) -> None:
    trace = traced("resnet152")
    wanted = dict.fromkeys(("stem", "head", *(block.id for block in trace.blocks)), base)
    detail = Detail(base)
    for part, level in steps:
        detail = change_part(trace, detail, part, level)
        wanted |= dict.fromkeys(members(trace, part), level)
    assert unit_levels(trace, detail) == wanted
    # The shortest form is one and the same, whatever the way there; and it can be said again.
    assert make_detail(trace, base, detail.parts) == detail
    assert make_detail(trace, base, wanted.items()) == detail
    assert all(one != other for one, other in pairwise(detail.parts))


def test_the_shortest_form() -> None:
    trace = traced("resnet152")
    assert make_detail(trace, "folded", [("layer3.0", "block"), ("layer3.1..35", "block")]).parts == (
        ("layer3", "block"),
    )
    opened = make_detail(trace, "folded", [("layer3", "block"), ("layer3.5", "op")])
    assert opened.parts == (("layer3", "block"), ("layer3.5", "op"))
    assert change_part(trace, opened, "layer3", "folded") == Detail()
    assert change_part(trace, opened, "network", "op") == Detail("op")
    # A smaller part has the last word, whichever order they are told in.
    assert make_detail(trace, "folded", [("layer3.5", "op"), ("layer3", "block")]) == opened


@pytest.mark.parametrize("part", ["", "layer9", "layer3.1..99", "layer3..", "..", "layer3.5.conv1", "network", "input"])
def test_what_is_no_part_is_refused(part: str) -> None:
    trace = traced("resnet152")
    with pytest.raises(DrawError, match="no part"):
        make_detail(trace, "folded", [(part, "op")])
    assert known_parts(trace, [(part, "op"), ("layer3", "op")]) == (("layer3", "op"),)


@pytest.mark.parametrize(("base", "part_level"), [("ops", "op"), ("folded", "x"), ("", "op")])
def test_an_unknown_level_is_refused(base: str, part_level: str) -> None:
    with pytest.raises(DrawError, match=r"level: got .*one of folded, block, op"):
        make_detail(traced("resnet18"), base, [("layer1", part_level)])
    with pytest.raises(DrawError, match=r"level: got .*one of folded, block, op"):
        Detail(base, (("layer1", part_level),))


# Opening as far as needed


@every_net
def test_every_node_can_be_revealed(net: str) -> None:
    """Opened for a node, the drawing shows it: as a box or as a frame; and nothing else is opened."""
    trace = traced(net)
    for node in [*trace.ops[:: max(1, len(trace.ops) // 12)], *trace.blocks[::5]]:
        detail = reveal(trace, Detail(), node.id)
        graph = read(draw_graph(trace, detail).source)
        assert node.id in graph.nodes or f"cluster_{node.id}" in graph.frames
        assert len(detail.parts) <= 1
        assert reveal(trace, detail, node.id) == detail


@pytest.mark.parametrize("node", ["network", "layer3", "input", "no such node", ""])
def test_what_is_always_drawn_opens_nothing(node: str) -> None:
    assert reveal(traced("resnet50"), Detail(), node) == Detail()


def test_an_open_block_splits_its_run() -> None:
    trace = traced("resnet152")
    graph = read(draw_graph(trace, reveal(trace, Detail(), "layer3.5.conv2")).source)
    assert {"layer3.1..4", "layer3.5.conv2", "layer3.6..35"} <= graph.nodes.keys()
    assert "layer3.1..35" not in graph.nodes
    found = chosen(trace, "layer3.6..35")
    assert found is not None
    assert found.run is not None
    assert len(found.run.blocks) == 30
    assert chosen(trace, "layer3.0..35") is None  # the first one differs


# What the browser knows by itself


def node_facts(trace: Trace, detail: Detail) -> Facts:
    return drawn_facts(trace, detail, net_facts(trace))


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("level", LEVELS)
def test_facts_hold_all_that_is_drawn_and_the_whole_net(net: str, level: str) -> None:
    trace = traced(net)
    facts = node_facts(trace, Detail(level))
    graph = read(draw_graph(trace, level).source)
    assert facts.keys() >= trace.nodes.keys() | graph.nodes.keys()
    assert json.loads(json.dumps(facts)) == facts
    for name, fact in facts.items():
        assert fact["parent"] is None or fact["parent"] in facts
        assert len(fact["amounts"]) == len(SHADES) - 1
        assert not fact.get("levels") or fact["level"] in (*fact["levels"], "folded", "mixed"), name


def test_facts_of_a_run_are_those_of_all_its_blocks() -> None:
    trace = traced("resnet152")
    facts = node_facts(trace, Detail())
    run, blocks = facts["layer3.1..35"], [facts[f"layer3.{n}"] for n in range(1, 36)]
    assert run["blocks"] == len(blocks)
    assert [run["amounts"][at] for at in range(3)] == [
        sum(block["amounts"][at] or 0 for block in blocks) for at in range(3)
    ]
    assert run["amounts"][3] == blocks[-1]["amounts"][3]
    assert f"{format_exact(run['amounts'][0] or 0)} parameters" in run["costs"]
    assert run["shape"] == "1024×14×14 → 1024×14×14"


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("layer3.5", "layer3.5.conv2"),
        ("projection", "layer2.0"),
        ("512×28×28", "layer2.0.downsample.0"),
        ("conv4_x", "layer3"),
        ("conv4_6", "layer3.5"),
        ("conv4_6, layer 2", "layer3.5.conv2"),
        ("res4f_branch2b", "layer3.5.conv2"),
        ("pool5", "avgpool"),
    ],
)
def test_what_people_search_for_is_found(text: str, node: str) -> None:
    assert text in node_facts(traced("resnet50"), Detail())[node]["find"]


def test_the_paper_name_of_a_block_finds_the_block_before_its_layers() -> None:
    facts = node_facts(traced("resnet152"), Detail())
    found = [name for name, fact in facts.items() if "conv4_36" in fact["find"]]
    assert found == ["layer3.35", *(f"layer3.35.conv{n}" for n in (1, 2, 3))]
    assert "res4b35" in facts["layer3.35"]["find"]


def test_levels_of_parts_are_told() -> None:
    trace = traced("resnet50")
    facts = node_facts(trace, make_detail(trace, "folded", [("layer2", "block"), ("layer3.2", "op")]))
    assert [facts[name]["level"] for name in ("network", "layer1", "layer2", "layer3", "layer3.2")] == [
        *("mixed", "folded", "block", "mixed", "op"),
    ]  # fmt: skip


# Shades


@pytest.mark.parametrize("shade", SHADES[1:])
@pytest.mark.parametrize("theme", PALETTES)
def test_a_shaded_box_is_the_stronger_the_more_it_has(theme: str, shade: str) -> None:
    trace = traced("resnet50")
    boxes = read(draw_graph(trace, "op", theme, shade=shade).source).nodes
    colours = list(ramp(theme))
    nodes = [trace.nodes[name] for name, box in boxes.items() if box["class"] == "box"]
    known = {node.id: amounts(node)[shade] for node in nodes}
    figures: dict[str, int] = {name: figure for name, figure in known.items() if figure is not None}
    # Behind the average pool the receptive field is the whole picture: such boxes keep their part's colour.
    assert known.keys() - figures.keys() == ({"avgpool", "flatten", "fc"} if shade == "field" else set())
    most = max(figures, key=lambda name: figures[name])
    assert boxes[most]["fillcolor"] == colours[-1]
    assert {boxes[name]["fillcolor"] for name, figure in figures.items() if figure == 0} <= {colours[0]}
    light = [luminance(boxes[name]["fillcolor"]) for name in sorted(figures, key=lambda name: figures[name])]
    # On a light screen and on paper more is darker; on a dark screen it is brighter.
    assert light == sorted(light, reverse=theme != "dark")
    assert min(contrast(PALETTES[theme].ink, colour) for colour in colours) >= 4.5


def test_there_are_words_for_every_shade() -> None:
    assert [metric.key for metric in list_metrics()] == list(SHADES)
    assert [metric.at for metric in list_metrics()] == [None, *range(len(SHADES) - 1)]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_unknown_shade_is_refused() -> None:
    asked: Any = "weight"
    with pytest.raises(DrawError, match=r"shade: got .weight.*macs"):
        draw_graph(traced("resnet18"), shade=asked)
