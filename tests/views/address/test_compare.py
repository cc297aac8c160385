"""The address of a comparison: what is written is read again, and what is wrong is replaced and told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz import PRESETS, ResNetSpec
from resnet_viz.views.address.compare import DEFAULT_NETS, CompareView, read_compare, write_compare
from resnet_viz.views.parts.detail import LEVELS

V1 = replace(PRESETS["resnet152"], stride_in="1x1")
SPECS = [*PRESETS.values(), V1, ResNetSpec("basic", (1, 2, 3)), replace(PRESETS["resnet34"], shortcut="C", stem="deep")]
views = st.builds(
    CompareView,
    specs=st.lists(st.sampled_from(SPECS), min_size=2, max_size=4).map(tuple),
    level=st.sampled_from(LEVELS),
    node=st.none() | st.sampled_from(["layer3.5", "layer1.0.add"]),
    parts=st.sampled_from([(), (("layer3", "block"),), (("layer1.0", "op"), ("layer2.1", "op"))]),
    shade=st.sampled_from(["stage", "macs"]),
    weights=st.sampled_from([(), ("random", "IMAGENET1K_V2"), ("IMAGENET1K_V1", "random")]),
    same=st.booleans(),
)


@given(views)
def test_a_link_restores_the_whole_comparison(view: CompareView) -> None:
    assert read_compare(write_compare(view)) == (view, [])


@pytest.mark.parametrize(
    ("nets", "specs", "told"),
    [
        ("", DEFAULT_NETS, ""),
        ("resnet50", (PRESETS["resnet50"], PRESETS["resnet18"]), ""),
        ("resnet152~nonsense", (PRESETS["resnet152"], PRESETS["resnet18"]), "no preset"),
        ("net=resnet50&layers=0~resnet34", (PRESETS["resnet34"], PRESETS["resnet18"]), "Blocks per stage"),
        ("~".join(list(PRESETS)[:6]), tuple(PRESETS.values())[:4], "compares 6 nets"),
    ],
)
def test_what_a_link_says_wrongly_is_replaced_and_told(nets: str, specs: tuple[ResNetSpec, ...], told: str) -> None:
    view, notes = read_compare({"nets": nets})
    assert view.specs == specs
    assert told in " ".join(notes)
    assert bool(notes) == bool(told)


def test_another_net_has_no_weights_of_the_one_before_it() -> None:
    view = CompareView(weights=("IMAGENET1K_V1", "IMAGENET1K_V2"), node="B/layer3")
    assert view.with_net(1, PRESETS["resnet50"]).weights == ("IMAGENET1K_V1", "random")
    three = CompareView(
        (*DEFAULT_NETS, PRESETS["resnet50"]), weights=("random", "random", "IMAGENET1K_V1"), node="C/fc"
    )
    two = three.without_net(0)
    assert (two.specs, two.weights, two.node) == (three.specs[1:], ("random", "IMAGENET1K_V1"), None)
