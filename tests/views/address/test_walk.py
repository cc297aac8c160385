"""The address of the code walk: what is written is read again, and what is wrong is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz import PRESETS, ResNetSpec
from resnet_viz.views.address.view import View
from resnet_viz.views.address.walk import DEFAULT_NET, WALK_KINDS, WalkView, read_walk_view, write_walk_view

SPECS = [PRESETS["resnet18"], PRESETS["resnet152"], PRESETS["cifar20"], ResNetSpec("bottleneck", (1, 2))]
views = st.builds(
    WalkView,
    drawn=st.builds(
        View,
        spec=st.sampled_from(SPECS),
        level=st.sampled_from(["folded", "op"]),
        node=st.none() | st.sampled_from(["layer1.0.add", "layer3"]),
        parts=st.sampled_from([(), (("layer1.0", "op"),)]),
        weights=st.sampled_from(["random", "IMAGENET1K_V1"]),
        channel=st.none() | st.integers(0, 99),
    ),
    kind=st.sampled_from(WALK_KINDS),
    step=st.integers(0, 5000),
    other=st.none() | st.sampled_from(SPECS),
    tour=st.none() | st.integers(0, 20),
)


@given(views)
def test_a_link_restores_the_step_and_all_around_it(view: WalkView) -> None:
    assert read_walk_view(write_walk_view(view)) == (view, [])


def test_an_empty_address_is_the_first_step_of_resnet50() -> None:
    assert read_walk_view({}) == (WalkView(View(DEFAULT_NET)), [])
    assert DEFAULT_NET.name == "ResNet-50"


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"walk": "backward"}, "backward"),
        ({"step": "-3"}, "-3"),
        ({"step": "0"}, "“0”"),
        ({"tour": "<b>"}, "<b>"),
        ({"compare": "resnet19"}, "resnet19"),
        ({"net": "resnet19"}, "resnet19"),
    ],
)
def test_what_an_address_says_wrongly_is_told(params: dict[str, str], told: str) -> None:
    view, notes = read_walk_view(params)
    assert len(notes) == 1
    assert told in notes[0]
    assert (view.kind, view.step, view.other, view.tour) == ("build", 0, None, None)


def test_another_net_begins_at_its_first_step() -> None:
    view = WalkView(View(PRESETS["resnet50"], "block", node="layer3.5"), "forward", 40, tour=2)
    other = view.with_net(PRESETS["resnet18"])
    assert other == WalkView(View(PRESETS["resnet18"], "block"), "forward", 0)
