"""Depth as one number: what has it, in which order, and the arithmetic against the modules that are there."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from resnet_viz import PRESETS, ResNetSpec, SpecError, explain_depth, specs_for_depth
from resnet_viz.model.net.build import build_plan
from resnet_viz.spec.checks import MAX_BLOCKS
from resnet_viz.spec.depths import MAX_DEPTH, count_projections
from resnet_viz.spec.resnet import TORCHVISION
from tests.nets import trace_of

Lists = list[tuple[str, tuple[int, ...]]]


def lists(depth: int) -> Lists:
    return [(spec.block, spec.layers) for spec in specs_for_depth(depth)]


@pytest.mark.parametrize("name", ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"])
def test_torchvision_s_own_list_comes_first(name: str) -> None:
    assert specs_for_depth(PRESETS[name].depth)[0] == PRESETS[name]


@pytest.mark.parametrize("depth", [20, 32, 44, 56, 110, 1202])
def test_the_cifar_net_of_a_depth_is_among_its_lists(depth: int) -> None:
    assert specs_for_depth(depth)[-1] == PRESETS[f"cifar{depth}"]


def test_basic_blocks_come_before_bottlenecks_that_are_as_close() -> None:
    # 26 = 2 + 2 × 12 = 2 + 3 × 8, and both numbers of blocks share out evenly.
    assert lists(26)[:2] == [("basic", (3, 3, 3, 3)), ("bottleneck", (2, 2, 2, 2))]
    assert ("basic", (2, 3, 5, 2)) in lists(26)


def test_the_closer_to_a_preset_the_earlier() -> None:
    # 66 = 2 + 2 × 32: four times [2, 2, 2, 2] and twice [3, 4, 6, 3]; then what is only near a preset.
    assert lists(66)[:2] == [("basic", (8, 8, 8, 8)), ("basic", (6, 8, 12, 6))]
    assert lists(66)[2:] == [("basic", (2, 5, 23, 2)), ("basic", (3, 4, 22, 3))]


@given(st.integers(1, 4_000))
def test_every_depth_has_lists_of_it_or_of_its_nearest(depth: int) -> None:
    """Which depths there are, said otherwise: 2 + 2n and 2 + 3n with up to so many blocks."""
    there = {2 + convs * n for convs in (2, 3) for n in range(1, MAX_BLOCKS + 1)}
    nearest = min(abs(other - depth) for other in there)
    wanted = {other for other in there if abs(other - depth) == nearest}
    found = specs_for_depth(depth)
    assert {spec.depth for spec in found} == wanted
    assert len(set(found)) == len(found)
    possible = {
        block for other in wanted for block, convs in (("basic", 2), ("bottleneck", 3))
        if (other - 2) % convs == 0 and 1 <= (other - 2) // convs <= MAX_BLOCKS
    }  # fmt: skip
    assert {spec.block for spec in found} == possible
    for spec in found:
        assert len(spec.layers) == 4 or sum(spec.layers) < 4 or spec.stem == "3x3"


def test_a_depth_that_no_list_has_gives_its_neighbours() -> None:
    assert {spec.depth for spec in specs_for_depth(19)} == {18, 20}
    assert specs_for_depth(19)[0] == PRESETS["resnet18"]
    assert lists(1) == lists(4) == [("basic", (1,))]
    assert {spec.depth for spec in specs_for_depth(10**6)} == {MAX_DEPTH} == {3_002}


@pytest.mark.parametrize("depth", [0, -18, True, 18.0, "18", None, [18], 10**7])
def test_what_is_no_depth_is_refused(depth: Any) -> None:
    with pytest.raises(SpecError, match=r"depth: got .* whole number"):
        specs_for_depth(depth)


# The arithmetic

EXPLAINED = {
    "resnet18": "18 = 1 + 2×8 + 1",
    "resnet34": "34 = 1 + 2×16 + 1",
    "resnet50": "50 = 1 + 3×16 + 1",
    "resnet152": "152 = 1 + 3×50 + 1",
    "plain34": "34 = 1 + 2×16 + 1",
    "cifar110": "110 = 1 + 2×54 + 1",
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_the_arithmetic_of_a_depth(name: str) -> None:
    assert explain_depth(PRESETS[name]).startswith(f"{EXPLAINED[name]}: the stem, ")


def test_why_20_convolutions_and_3_projections_do_not_all_count() -> None:
    text = explain_depth(PRESETS["resnet18"])
    assert "Of its 20 convolutions some do not count: 3 in projections" in text
    assert "do not count" not in explain_depth(PRESETS["plain18"])
    assert "1 block of 2" in explain_depth(ResNetSpec("basic", (1,)))


@pytest.mark.parametrize(
    "spec",
    [
        *TORCHVISION.values(),
        PRESETS["plain18"],
        PRESETS["cifar20"],
        *(
            replace(PRESETS["resnet50"], **change)
            for change in (
                {"shortcut": "C"},
                {"shortcut": "A"},
                {"stem": "deep"},
                {"squeeze_excitation": True},
                {"pre_activation": True, "stem": "deep", "squeeze_excitation": True, "shortcut": "C"},
                {"widths": (64, 64, 64, 64), "replace_stride_with_dilation": (True, False, True)},
                {"widths": (16, 64, 64, 128)},
            )
        ),
    ],
    ids=lambda spec: spec.to_query(),
)
def test_every_number_of_the_sentence_is_counted_in_the_net(spec: ResNetSpec) -> None:
    names = [name for name, module in build_plan(spec).named_modules() if isinstance(module, nn.Conv2d)]
    projections = [name for name in names if ".downsample." in name]
    squeezes = [name for name in names if ".se." in name]
    stem = [name for name in names if name.startswith("conv1")]
    text = explain_depth(spec)
    assert spec.depth == 1 + len(set(names) - {*projections, *squeezes, *stem}) + 1
    assert count_projections(spec) == len(projections)
    assert len(projections) == sum(block.shortcut == "projection" for block in trace_of(spec).blocks)
    uncounted = len(projections) + len(squeezes) + len(stem) - 1
    told = re.search(r"Of its (\d+) convolutions", text)
    assert (told is not None) == (uncounted > 0)
    if told:
        assert int(told[1]) == len(names)
        assert sum(int(n) for n in re.findall(r"(\d+) in ", text)) == uncounted
