"""The address of the page Training: what is written is read again, and what is wrong is replaced and told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_viz import PRESETS, ResNetSpec
from resnet_viz.training.plan import DATA, Recipe
from resnet_viz.views.address.train import SIDES, TrainView, fit_net, read_train, small_net, write_train
from resnet_viz.views.address.view import read_view, write_view

SPECS = [
    small_net(20, "none"),
    small_net(56, "A"),
    replace(small_net(26, "B"), pre_activation=True),
    replace(small_net(26, "C"), zero_init_residual=True),
    ResNetSpec.cifar(20),
    replace(PRESETS["resnet18"], norm="group"),
    ResNetSpec("bottleneck", (1, 2), widths=(32, 64)),
]
views = st.builds(
    TrainView,
    nets=st.lists(st.sampled_from(SPECS), min_size=2, max_size=4).map(tuple),
    steps=st.integers(1, 100_000),
    seeds=st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=8, unique=True).map(tuple),
    recipe=st.builds(Recipe, lr=st.floats(0, 1), batch=st.integers(2, 99), start=st.sampled_from(["he", "torch"])),
    guess=st.sampled_from(["", "?", "1", "2"]),
    is_run=st.booleans(),
)


@settings(max_examples=40)
@given(views, st.sampled_from(SIDES), st.sampled_from(DATA))
def test_a_link_restores_nets_recipe_seeds_data_and_prediction(view: TrainView, side: int, data: str) -> None:
    fitted = replace(view, data=data, side=side, nets=tuple(fit_net(spec, side, data) for spec in view.nets))
    assert read_train(write_train(fitted)) == (fitted, [])


def test_any_net_gets_the_datas_channel_outputs_and_size() -> None:
    view, notes = read_train({"nets": "resnet50~cifar20", "size": "16"})
    assert notes == []
    assert {(net.in_channels, net.num_classes, net.input_size) for net in view.nets} == {(1, 10, (16, 16))}
    assert [net.depth for net in view.nets] == [50, 20]
    assert write_train(view) == {"nets": "resnet50~cifar20", "size": "16"}


def test_other_pictures_have_other_channels_and_their_own_size() -> None:
    view = read_train({"nets": "cifar20~plain18"})[0].with_data("cifar10")
    assert {net.input_shape for net in view.nets} == {(1, 3, 32, 32)}
    assert view.plans_of(0)[0].data == "cifar10"
    assert write_train(view) == {"nets": "cifar20~plain18", "data": "cifar10"}
    assert read_train({"data": "mnist"})[1]


def test_without_an_address_plain_and_residual_nets_of_20_and_56_layers_are_there() -> None:
    view, notes = read_train({})
    assert (notes, write_train(view)) == ([], {})
    assert [(net.depth, net.shortcut) for net in view.nets] == [(20, "none"), (20, "A"), (56, "none"), (56, "A")]


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"size": "9"}, "8, 16, 32"),
        ({"steps": "many"}, "from 1 to 100,000"),
        ({"steps": "0"}, "from 1 to 100,000"),
        ({"seed": "1,x"}, "0,1,2"),
        ({"seed": str(2**64)}, "0,1,2"),
        ({"lr": "1e9"}, "usual recipe"),
        ({"nets": "timm:resnet26d~cifar20"}, "made of settings"),
    ],
)
def test_what_a_link_says_wrongly_is_replaced_and_told(params: dict[str, str], told: str) -> None:
    view, notes = read_train(params)
    assert told in " ".join(notes)
    assert (view.steps, view.seeds, view.recipe, view.side) == (300, (0,), Recipe(), 8)
    assert len(view.nets) >= 2


def test_weights_of_a_run_stand_in_the_link_of_a_net() -> None:
    view, notes = read_view({"net": "cifar20", "weights": "trained:digits,300,seed=3@64"})
    assert (view.weights, notes) == ("trained:digits,300,seed=3@64", [])
    assert write_view(view)["weights"] == view.weights
    view, notes = read_view({"weights": "trained:digits,300@301"})
    assert view.weights == "random"
    assert "from 0 to 300" in " ".join(notes)
