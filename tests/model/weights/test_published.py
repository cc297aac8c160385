"""Published weights: what is said of them is torchvision's word, and a name is loaded from the cache folder only."""

import errno
import hashlib
import os
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torchvision.models import get_model_weights, resnet18

from resnet_viz.downloads.copies import cached_weights, set_aside_damaged
from resnet_viz.errors import WeightsError
from resnet_viz.model.net.build import build_model, build_plan
from resnet_viz.model.weights.load import load_weights
from resnet_viz.model.weights.published import find_published, published_weights
from resnet_viz.records.preparation import Preparation
from resnet_viz.records.weights import PublishedWeights
from resnet_viz.spec.resnet import PRESETS, TORCHVISION, ResNetSpec
from tests.model.weights.bad_weights import pth

ALL = [(name, weights) for name in TORCHVISION for weights in published_weights(PRESETS[name])]
TITLES = [weights.title for _, weights in ALL]
# Two files of torchvision hold float16.
IN_HALVES = ("Wide_ResNet50_2_Weights.IMAGENET1K_V1", "Wide_ResNet101_2_Weights.IMAGENET1K_V1")


@pytest.fixture(autouse=True)
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and no connection: whoever opens one fails the test."""

    def connect(*args: Any, **options: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(urllib.request, "urlopen", connect)
    monkeypatch.setattr("resnet_viz.downloads.fetch.urlopen", connect)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


def test_every_preset_has_torchvisions_sets_in_their_order() -> None:
    for name, spec in TORCHVISION.items():
        assert [weights.name for weights in published_weights(spec)] == [one.name for one in get_model_weights(name)]
    assert [weights.name for weights in published_weights(PRESETS["resnet50"])] == ["IMAGENET1K_V1", "IMAGENET1K_V2"]


@pytest.mark.parametrize(("name", "weights"), ALL, ids=TITLES)
def test_a_set_is_described_by_its_own_metadata(name: str, weights: PublishedWeights) -> None:
    theirs = get_model_weights(name)[weights.name]
    assert weights.title == f"{type(theirs).__name__}.{theirs.name}"
    assert weights.url == theirs.url == f"https://download.pytorch.org/models/{weights.file_name}"
    assert weights.file_name.endswith(f"-{weights.hash_prefix}.pth")
    assert len(weights.hash_prefix) == 8
    # A file holds little else but its numbers.
    n_bytes = 2 if weights.title in IN_HALVES else 4
    assert 0 < weights.size - n_bytes * weights.num_params < 0.01 * weights.size
    assert weights.num_params == sum(parameter.numel() for parameter in build_plan(PRESETS[name]).parameters())
    assert 60 < weights.top1 < weights.top5 < 100
    assert weights.recipe.startswith("https://")
    assert len(weights.categories) == 1000
    assert weights.categories[281] == "tabby"


@pytest.mark.parametrize(("name", "weights"), ALL, ids=TITLES)
def test_the_preparation_is_that_of_the_weights(name: str, weights: PublishedWeights) -> None:
    theirs = get_model_weights(name)[weights.name].transforms()
    ours = weights.preparation
    assert [ours.resize] == theirs.resize_size
    assert [ours.crop_side] == theirs.crop_size
    assert list(ours.mean) == theirs.mean
    assert list(ours.std) == theirs.std
    assert theirs.interpolation.value == "bilinear"  # a Preparation knows no other
    assert theirs.antialias
    assert ours.size == (224, 224)


def test_newer_weights_have_a_preparation_of_their_own() -> None:
    first, second = published_weights(replace(PRESETS["resnet50"], input_size=(320, 256)))
    assert first.preparation == Preparation(size=(320, 256))
    assert second.preparation == Preparation(size=(320, 256), resize=232)


@pytest.mark.parametrize(
    "change",
    [
        {"num_classes": 10},
        {"in_channels": 1},
        {"norm": "group"},
        {"norm": "none"},
        {"layers": (3, 4, 6, 4)},
        {"width_per_group": 96},
    ],
)
def test_other_nets_have_none(change: dict[str, Any]) -> None:
    assert published_weights(replace(PRESETS["resnet50"], **change)) == ()


def test_what_changes_no_weight_changes_no_set() -> None:
    spec = replace(PRESETS["resnet50"], replace_stride_with_dilation=(False, True, True), norm="frozen")
    assert published_weights(spec) == published_weights(PRESETS["resnet50"])


@pytest.mark.parametrize("norm", ["batch", "frozen"])
@pytest.mark.parametrize("name", TORCHVISION)
def test_a_net_is_known_by_its_module(name: str, norm: str) -> None:
    plan = build_plan(replace(PRESETS[name], norm=norm))
    for weights in published_weights(PRESETS[name]):
        assert find_published(plan, weights.name) == find_published(plan, weights.title) == weights
    default = get_model_weights(name)["DEFAULT"]
    assert find_published(plan, "DEFAULT").name == default.name
    assert find_published(plan, f"{type(default).__name__}.DEFAULT").title == str(default)


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        (PRESETS["resnet50"], "ResNet18_Weights.IMAGENET1K_V1"),
        (PRESETS["resnet18"], "IMAGENET1K_V2"),
        (PRESETS["resnet18"], "../../etc/passwd"),
        (PRESETS["resnet18"], ""),
        (PRESETS["resnet18"], "x" * 10_000),
    ],
)
def test_an_unknown_name_is_told_with_those_there_are(spec: ResNetSpec, name: str) -> None:
    with pytest.raises(WeightsError, match=r"Choose one of ResNet\d+_Weights\.IMAGENET1K_V1") as caught:
        find_published(build_plan(spec), name)
    assert len(str(caught.value)) < 500


def with_part(name: str, part: nn.Module) -> nn.Module:
    net = build_plan(PRESETS["resnet18"])
    setattr(net, name, part)
    return net


@pytest.mark.parametrize(
    "net",
    [
        nn.Linear(2, 2),
        build_plan(replace(PRESETS["resnet18"], num_classes=10)),
        build_plan(ResNetSpec("basic", (1, 1, 1, 1))),
        with_part("fc", nn.Identity()),
        with_part("conv1", nn.Sequential(nn.Conv2d(3, 64, 7))),
        with_part("layer2", nn.Sequential()),
    ],
)
def test_a_net_without_published_weights(net: nn.Module) -> None:
    with pytest.raises(WeightsError, match="1000 classes"):
        find_published(net, "IMAGENET1K_V1")


def test_a_name_is_never_downloaded(hub: Path) -> None:
    net: Any = build_model(PRESETS["resnet18"])
    before = {key: value.clone() for key, value in net.state_dict().items()}
    with pytest.raises(WeightsError, match=r"ResNet18_Weights.IMAGENET1K_V1 .* download it first \(44.7 MiB\)"):
        load_weights(net, "IMAGENET1K_V1")
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())
    assert list(hub.iterdir()) == []


@pytest.mark.parametrize("is_legacy", [True, False])
def test_a_name_is_loaded_from_the_folder(hub: Path, monkeypatch: pytest.MonkeyPatch, is_legacy: bool) -> None:
    """With weights of torchvision's own net in the place of the published."""
    torch.manual_seed(3)
    theirs = resnet18().eval()
    data = pth(theirs.state_dict(), is_legacy=is_legacy)
    real = published_weights(PRESETS["resnet18"])[0]
    fake = replace(real, size=len(data), hash_prefix=hashlib.sha256(data).hexdigest()[:8])
    monkeypatch.setattr("resnet_viz.model.weights.published.published_weights", lambda spec: (fake,))
    path = hub / real.file_name
    net: Any = build_model(PRESETS["resnet18"])

    # Of another length or hash, it is not there: whoever chose it is to be offered the download, and not an error.
    for damaged in (data[:-2_000], data[:-1] + bytes([data[-1] ^ 1]), b""):
        path.write_bytes(damaged)
        assert cached_weights(fake) is None
        for _ in range(2):
            with pytest.raises(WeightsError, match=r"SHA-256.*download it again"):
                load_weights(net, real.title)
            assert not path.exists()
        assert (hub / f"{path.name}.damaged").read_bytes() == damaged
    assert not torch.equal(net.fc.weight, theirs.fc.weight)

    path.write_bytes(data)
    report = load_weights(net, real.title)
    assert (report.format, report.title) == ("torchvision", "ResNet18_Weights.IMAGENET1K_V1")
    picture = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(net(picture), theirs(picture))


def published_as(data: bytes) -> PublishedWeights:
    """torchvision's set for ResNet-18, were these bytes its file."""
    real = published_weights(PRESETS["resnet18"])[0]
    return replace(real, size=len(data), hash_prefix=hashlib.sha256(data).hexdigest()[:8])


def test_the_cache_folder_is_torch_hubs(hub: Path, tmp_path: Path) -> None:
    weights = published_as(b"x" * 10_000)
    assert cached_weights(weights) is None
    (hub / weights.file_name).write_bytes(b"x" * 10_000)
    assert cached_weights(weights) == hub / weights.file_name
    assert cached_weights(weights, tmp_path) is None
    assert cached_weights(weights, tmp_path / "absent") is None


def test_a_file_is_hashed_once_until_it_changes(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = published_as(b"x" * 10_000)
    hashed: list[str] = []
    real = hashlib.file_digest

    def digest(file: Any, name: str) -> Any:
        hashed.append(name)
        return real(file, name)

    monkeypatch.setattr(hashlib, "file_digest", digest)
    path = hub / weights.file_name
    for body, found in ((b"x" * 10_000, path), (b"y" * 10_000, None), (b"x" * 10_000, path)):
        path.write_bytes(body)
        os.utime(path, ns=(0, len(hashed)))  # two writes may fall into one tick of the clock
        n_before = len(hashed)
        assert [cached_weights(weights) for _ in range(5)] == [found] * 5
        assert len(hashed) == n_before + 1


def test_a_damaged_file_is_set_aside_and_stays_told(hub: Path) -> None:
    weights = published_as(b"x" * 10_000)
    path, aside = hub / weights.file_name, hub / f"{weights.file_name}.damaged"
    assert not set_aside_damaged(weights)
    for body in (b"y" * 10_000, b"short"):
        path.write_bytes(body)
        for _ in range(3):
            assert set_aside_damaged(weights)
            assert (path.exists(), aside.read_bytes()) == (False, body)
    path.write_bytes(b"x" * 10_000)
    assert not set_aside_damaged(weights)
    assert cached_weights(weights) == path
    assert aside.read_bytes() == b"short"


def test_a_damaged_file_in_a_folder_that_nobody_may_change(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    weights = published_as(b"x" * 10_000)
    (hub / weights.file_name).write_bytes(b"y" * 10_000)
    monkeypatch.setattr(Path, "replace", fail)
    assert set_aside_damaged(weights)
    assert cached_weights(weights) is None


def test_a_file_that_cannot_be_read_is_not_there(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **options: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    weights = published_as(b"x" * 10_000)
    (hub / weights.file_name).write_bytes(b"x" * 10_000)
    monkeypatch.setattr(Path, "open", fail)
    assert cached_weights(weights) is None
    assert not set_aside_damaged(weights)
