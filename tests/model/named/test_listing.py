"""Which names there are: exactly those of the installed libraries, and none that anybody else has registered."""

import pytest
import timm
from torchvision.models import list_models

from resnet_viz.errors import SpecError
from resnet_viz.model.named import listing
from resnet_viz.model.named.configurations import CONFIGURATIONS
from resnet_viz.model.named.listing import check_known, list_named, names_in, near_names
from resnet_viz.spec.named import NamedNet


def test_the_names_are_the_libraries_own_lists() -> None:
    assert list(names_in("timm")) == sorted(timm.list_models())
    assert list(names_in("torchvision")) == sorted(list_models())
    assert set(list_named()) >= {"timm", "torchvision"}
    assert all(list_named().values())


def test_each_name_is_one_that_a_word_can_have() -> None:
    names = {**list_named(), "hf": tuple(CONFIGURATIONS)}
    assert all(NamedNet.parse(f"{library}:{name}").name == name for library in names for name in names[library])


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("resnet26", ("timm:resnet26",)),
        ("ResNet26", ("timm:resnet26",)),
        ("resnet152", ("timm:resnet152", "torchvision:resnet152")),
        ("resnext50", ("timm:resnext50_32x4d", "torchvision:resnext50_32x4d")),
        ("fcn_resnet5O", ("torchvision:fcn_resnet50",)),
    ],
)
def test_the_nearest_names_come_first(name: str, near: tuple[str, ...]) -> None:
    assert near_names(name)[: len(near)] == near
    assert len(near_names(name)) <= 3


@pytest.mark.parametrize("name", ["", "x" * 10_000, "(", "qqqq", None])
def test_nonsense_has_no_neighbours(name: object) -> None:
    assert near_names(name) == ()


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("timm:resnet27", ["timm", timm.__version__, "“resnet27”", "timm:resnet26", "1,"]),
        ("timm:resnet50.a1_in1k", ["Near it: timm:resnet50.", "weights"]),
        ("torchvision:resnet26", ["torchvision", "“resnet26”", "torchvision:resnet50"]),
        ("torchvision:zzzz", ["“zzzz”. It has"]),
    ],
)
def test_an_unknown_name_is_refused_with_near_ones(word: str, words: list[str]) -> None:
    with pytest.raises(SpecError) as caught:
        check_known(NamedNet.parse(word))
    assert [part for part in words if part not in str(caught.value)] == []


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "find_spec", lambda package: None)
    monkeypatch.setattr(listing, "names_in", names_in.__wrapped__)
    for library, package in (("timm", "timm"), ("hf", "transformers")):
        with pytest.raises(SpecError, match=f"pip install {package}"):
            check_known(NamedNet(library, "resnet50"))
    assert list_named() == {}
    assert near_names("resnet50") == ()


def test_a_net_that_somebody_registered_is_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a function is a user's code, and is not called."""
    monkeypatch.setitem(timm.models._registry._model_entrypoints, "mine", lambda **_options: 1 / 0)
    assert timm.is_model("mine")
    with pytest.raises(SpecError, match="mine"):
        check_known(NamedNet("timm", "mine"))
