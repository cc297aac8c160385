"""The drawing's scripts beside Python: numbers in words, ids, colours and kinds that both halves have."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any, get_args

import pytest

from resnet_viz.ui.components.graph_view.words import level_names, view_words
from resnet_viz.ui.components.joining import imports_of
from resnet_viz.units import format_bytes, format_count, format_macs, format_pixels
from resnet_viz.views.graph.facts import drawn_facts, net_facts
from resnet_viz.views.graph.shade import STEPS, Unit, pick_fill, ramp
from resnet_viz.views.parts.detail import LEVELS, Detail, make_detail
from resnet_viz.views.parts.ids import LETTERS, chosen, join_id
from resnet_viz.views.parts.runs import range_id
from resnet_viz.views.style import PALETTES, WIRES, LineStyle
from tests.nets import NETS, trace_of
from tests.node import COMPONENTS, in_node

PICTURE = "graph_view/js/picture"
SCRIPTS = COMPONENTS / "graph_view" / "js"
LAYERS = ("picture", "camera", "marks", "asking", "around")
_EXACT = 2**53
"""From here on, JavaScript's numbers are no longer all integers."""


# Numbers in words


def amounts() -> list[int]:
    """Small ones, those at the edges of each unit, those between two roundings, and some by chance."""
    chance = random.Random(7)
    edges = [10**k for k in range(16)] + [2**k for k in range(53)] + [999_499, 999_500, 999_950, 999_999_499]
    near = [value + by for value in edges for by in range(-2, 3)]
    between = [factor * size // 1000 for factor in range(1005, 100_000, 10) for size in (1000, 10**6, 2**20)]
    spread = [round(10 ** chance.uniform(0, 15.9)) for _ in range(2000)]
    return sorted({value for value in (*range(2100), *near, *between, *spread) if 0 <= value < _EXACT})


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("count", format_count),
        ("macs", format_macs),
        ("bytes", format_bytes),
        ("pixels", lambda side: format_pixels(side, side)),
    ],
)
def test_an_amount_is_written_as_python_writes_it(kind: Unit, written: Callable[[int], str]) -> None:
    values = amounts()
    body = "return values[0].map((value) => names.amountText(value, values[1]));"
    shown = in_node(f"{PICTURE}/amounts.js", body, [values, kind])
    wrong = [(value, text, written(value)) for value, text in zip(values, shown, strict=True) if text != written(value)]
    assert wrong == []


def test_beyond_the_exact_integers_an_amount_has_the_larger_units() -> None:
    values = [10**15, 10**16, 10**18, 2**50, 2**60, 2**62]
    body = "return values.map((value) => ['count', 'macs', 'bytes'].map((kind) => names.amountText(value, kind)));"
    written = [[format_count(value), format_macs(value), format_bytes(value)] for value in values]
    assert in_node(f"{PICTURE}/amounts.js", body, values) == written


def test_numbers_are_read_as_graphviz_writes_them() -> None:
    chance = random.Random(3)
    values = [0.0, -0.5, 1e-5, -3.25e-07, 12345.678, 1e16, *(round(chance.uniform(-9e4, 9e4), 2) for _ in range(500))]
    path = "M" + "C".join(f"{x:g},{y:g}" for x, y in pairwise(values))
    found = in_node(f"{PICTURE}/numbers.js", "return names.numbersIn(values);", path)
    assert found == [float(f"{value:g}") for pair in pairwise(values) for value in pair]


# Ids


@pytest.mark.parametrize("name", NETS)
def test_what_lies_around_a_node_is_what_lies_around_it_in_the_trace(name: str) -> None:
    trace = trace_of(NETS[name])
    body = "return Object.keys(values).map((id) => names.chainOf(values, id));"
    chains = in_node(f"{PICTURE}/kin.js", body, net_facts(trace))
    assert chains == [[node.id, *(group.id for group in trace.ancestors(node))] for node in trace.nodes.values()]


@pytest.mark.parametrize("name", ["resnet50", "resnet152"])
def test_a_range_of_blocks_is_read_as_python_reads_it(name: str) -> None:
    trace = trace_of(name)
    stages = [trace.blocks_of(stage) for stage in trace.stages]
    ranges = [blocks[i:j] for blocks in stages for i in range(len(blocks)) for j in range(i + 2, len(blocks) + 1)]
    ids = [range_id(blocks) for blocks in ranges]
    body = "return values.map((id) => names.blocksOf(names.readRun(id)));"
    assert in_node(f"{PICTURE}/kin.js", body, ids) == [[block.id for block in blocks] for blocks in ranges]


def test_an_op_lies_in_a_run_if_it_lies_in_one_of_its_blocks() -> None:
    trace = trace_of("resnet50")
    facts = drawn_facts(trace, Detail(), net_facts(trace))
    run = chosen(trace, "layer3.1..5")
    assert run is not None
    body = "return Object.keys(values[0]).filter((id) => names.isWithin(values[0], id, values[1]));"
    inside = in_node(f"{PICTURE}/kin.js", body, [facts, run.id])
    assert inside == [id_ for id_ in facts if id_ == run.id or re.match(r"layer3\.[1-5](\.|$)", id_)]


def test_a_net_among_several_is_known_by_its_letter() -> None:
    ids = [join_id(net, "layer1") for net in range(len(LETTERS))]
    found = in_node(f"{PICTURE}/order.js", "return values.map(names.netOf);", [*ids, "layer1", "Z/layer1"])
    assert found == [*(f"{letter}/" for letter in LETTERS), "", ""]


def test_every_part_opens_level_by_level_to_its_ops_and_closes_again() -> None:
    trace = trace_of("resnet18")
    known = net_facts(trace)
    part, levels = "layer2", []
    for level in LEVELS:
        facts = drawn_facts(trace, make_detail(trace, "folded", [(part, level)]), known)
        body = """
            const [facts, id] = values;
            return [names.levelBelow(facts, id), names.levelAbove(facts, id)?.level ?? null, names.canOpen(facts, id)];
        """
        levels.append(in_node(f"{PICTURE}/levels.js", body, [facts, part]))
    assert levels == [["block", None, True], ["op", "folded", True], [None, "block", False]]


def test_a_search_by_shape_finds_the_nodes_that_have_it() -> None:
    trace = trace_of("resnet50")
    facts = net_facts(trace)
    body = "return names.matchesOf(values[0], names.askedWords(values[1]));"
    found = in_node(f"{PICTURE}/search.js", body, [facts, "512X28x28"])
    shape = (1, 512, 28, 28)
    nodes = [node for node in trace.nodes.values() if shape in (trace.in_shape(node), node.out_shape)]
    assert found == [node.id for node in nodes if node.kind != "network"]
    assert len(found) > 10


# Colours, lines and levels


@pytest.mark.parametrize("theme", PALETTES)
def test_a_shade_is_the_fill_that_python_picks(theme: str) -> None:
    shares = [step / 80 for step in range(81)]
    body = "return values[1].map((share) => names.rampColour(values[0], share));"
    shown = in_node(f"{PICTURE}/ramp.js", body, [ramp(theme), shares])
    found = [[int(part) for part in re.findall(r"\d+", colour)] for colour in shown]
    picked = [channels(pick_fill(theme, step, 80)) for step in range(81)]
    off = [max(abs(a - b) for a, b in zip(one, other, strict=True)) for one, other in zip(found, picked, strict=True)]
    assert max(off) <= 1
    assert found[:: 80 // (STEPS - 1)] == [channels(fill) for fill in ramp(theme)]


def channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def test_wires_of_all_kinds_of_shortcut_are_known_as_such() -> None:
    shortcuts = in_node(f"{PICTURE}/drawing.js", "return names.SHORTCUTS;")
    assert set(shortcuts) == WIRES.keys() - {"main", "gate"}
    assert [entry["kind"] for entry in view_words()["legend"] if entry["what"] == "wire"] == shortcuts


def test_the_legend_draws_every_style_of_line() -> None:
    dashes: dict[str, dict[str, Any]] = in_node("graph_view/js/around/legend.js", "return names.DASHES;")
    assert {what: set(styles) for what, styles in dashes.items()} == {what: set(get_args(LineStyle)) for what in dashes}
    assert all(len(set(styles.values())) == len(styles) for styles in dashes.values())


def test_the_buttons_of_the_levels_stand_in_their_order() -> None:
    assert tuple(level_names()) == LEVELS


# Layers


def test_a_layer_of_the_scripts_knows_only_those_below_it() -> None:
    for script in SCRIPTS.rglob("*.js"):
        named = re.findall(r'^/\*\* @import .* from "([^"]+)"', script.read_text(encoding="utf-8"), re.MULTILINE)
        targets = [*imports_of(script), *((script.parent / name).resolve() for name in named if name.startswith("."))]
        known = {layer_of(target) for target in targets if target.is_relative_to(SCRIPTS)}
        assert all(layer <= layer_of(script) for layer in known), f"{script.name} knows what stands above it"


def layer_of(script: Any) -> int:
    folder = script.relative_to(SCRIPTS).parts[0]
    return LAYERS.index(folder) if folder in LAYERS else len(LAYERS)
