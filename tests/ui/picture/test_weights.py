"""What the page says of weights: what was left out of a file, and a damaged copy of torchvision's."""

from __future__ import annotations

import hashlib
import re
import tomllib
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from resnet_viz import build_model, memory
from resnet_viz.errors import WeightsError
from resnet_viz.model.run.inputs import to_input
from resnet_viz.model.weights import load as weights
from resnet_viz.model.weights import published
from resnet_viz.model.weights.checkpoints import MAX_BYTES
from resnet_viz.records.preparation import Preparation
from resnet_viz.records.weights import PublishedWeights
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import scene
from resnet_viz.ui.cache.charts import get_scores
from resnet_viz.ui.picture import weights as panel
from resnet_viz.ui.picture.weights import W_DOWNLOAD, W_WEIGHTS
from resnet_viz.ui.picture.weights_file import MOST_MEGABYTES
from tests.pages import (
    SMALL,
    SPEC,
    badges,
    checkpoint,
    errors,
    maps,
    open_compare,
    open_page,
    open_walk,
    png,
    query,
    run,
    send_picture,
    send_weights,
    warnings,
)
from tests.places import ROOT

FILE = f"{SMALL}&weights=file"
R18 = ResNetSpec.preset("resnet18")


def listed(page: AppTest) -> str:
    """The keys of a file that are listed, each line with its kind."""
    return "\n".join(code.value for code in page.code if re.match(r"[A-Z][a-z ]+: ", code.value))


def captions(page: AppTest) -> str:
    return " ".join(caption.value for caption in page.caption)


# A file


@pytest.mark.parametrize(
    "name", ["last.ckpt", "pytorch_model.bin", "resnet.th", "best.pth.tar", "weights.xyz", "weights"]
)
def test_the_content_decides_and_not_the_name(name: str) -> None:
    page = open_page(FILE)
    send_weights(page, checkpoint(SPEC), name)
    assert "tensors loaded" in captions(page)
    assert "Random weights" not in badges(page)
    assert not errors(page)


def test_the_server_takes_what_the_uploader_tells() -> None:
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
    assert settings["server"]["maxUploadSize"] == MOST_MEGABYTES
    assert MOST_MEGABYTES * 2**20 == MAX_BYTES


def test_what_was_left_out_is_counted_and_listed_as_plain_text() -> None:
    buffer = BytesIO()
    content: dict[str, Any] = {f"module.{key}": value for key, value in build_model(SPEC, seed=1).state_dict().items()}
    content |= {"n_averaged": torch.tensor(3), "[a](http://x.y).<b>": torch.zeros(2)}
    torch.save({"model": content, "args": Namespace(lr=0.1)}, buffer)
    page = open_page(FILE)
    send_weights(page, buffer.getvalue())
    assert "2 entries are no part of the net." in captions(page)
    assert "1 class of somebody's code set aside." in captions(page)
    lines = listed(page).splitlines()
    assert lines == ["Left out: n_averaged", "Left out: [a](http://x.y).<b>", "Set aside: argparse.Namespace"]
    assert not any("[a](" in text for text in (captions(page), badges(page)))
    assert "Random weights" not in badges(page)


def test_what_was_filled_in_and_converted_is_told() -> None:
    buffer, state = BytesIO(), build_model(SPEC, seed=1).state_dict()
    counters = [key for key in state if key.endswith("num_batches_tracked")]
    torch.save({key: value.half() for key, value in state.items() if key not in counters}, buffer)
    page = open_page(FILE)
    send_weights(page, buffer.getvalue())
    assert f"{len(counters)} batch counters filled in. Converted from float16." in captions(page)


def test_a_file_for_a_net_beyond_the_servers_memory_is_no_fault_of_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(f"{FILE}&num_classes=999961")
    monkeypatch.setattr(memory, "memory_limit", lambda: 2**20)
    send_weights(page, checkpoint(SPEC))
    assert {"would take" in told for told in errors(page)} == {True}
    assert listed(page) == ""


def test_a_plain_file_says_nothing_of_it() -> None:
    page = open_page(FILE)
    send_weights(page, checkpoint(SPEC))
    assert "no part" not in captions(page)
    assert "set aside" not in captions(page)
    assert listed(page) == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (png((9, 9)), "The file cannot be read as weights"),
        (b"epoch,loss\n1,0.5\n" * 20, "The file cannot be read as weights"),
        (b"<!DOCTYPE html><html></html>", "The file is a web page"),
    ],
)
def test_a_picture_or_a_text_is_told(data: bytes, words: str) -> None:
    page = open_page(FILE)
    send_weights(page, data, "photograph.png")
    (told,) = errors(page)
    assert told.startswith(words)
    assert maps(page) == "conv1"


# A copy of torchvision's


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache folder; what is published for ResNet-18 is a file of 10,000 bytes, until the test ends."""
    good = b"x" * 10_000
    real = published.published_weights(R18)[0]
    fake = replace(real, size=len(good), hash_prefix=hashlib.sha256(good).hexdigest()[:8])
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(scene, "get_published", lambda spec: (fake,) if spec == R18 else ())
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    yield tmp_path / "hub" / "checkpoints"
    get_scores.clear()  # which are made of what is published


def _spoil(folder: Path, size: int) -> Path:
    path = folder / published.published_weights(R18)[0].file_name
    path.write_bytes(b"y" * size)
    return path


@pytest.mark.parametrize("size", [0, 5, 10_000, 20_000])
def test_a_damaged_copy_is_no_dead_end(folder: Path, size: int) -> None:
    path = _spoil(folder, size)
    page = open_page("net=resnet18&weights=IMAGENET1K_V1")
    for _ in range(2):
        assert any("damaged" in told for told in warnings(page))
        assert [button.label for button in page.button if button.key == W_DOWNLOAD] == ["Download 9.77 KiB"]
        assert "Random weights" in badges(page)
        assert maps(page) == "conv1"
        assert not errors(page)
        run(page)
    assert [file.name for file in folder.iterdir()] == [f"{path.name}.damaged"]


def test_the_page_names_no_folder_of_the_server(folder: Path) -> None:
    for size in (None, 5):
        if size is not None:
            _spoil(folder, size)
        page = open_page("net=resnet18&weights=IMAGENET1K_V1")
        told = [*warnings(page), *errors(page), *(info.value for info in page.info), captions(page), badges(page)]
        assert not any(str(folder) in text or "checkpoints" in text for text in told)
        assert any("IMAGENET1K_V1" in text for text in told)


def test_a_damaged_copy_is_not_offered_elsewhere(folder: Path) -> None:
    _spoil(folder, 10_000)
    compare = open_compare("nets=resnet18~cifar20&same=1&weights=IMAGENET1K_V1~random")
    assert any("are not on this machine" in caption.value for caption in compare.caption)
    assert not errors(compare)
    walk = open_walk("net=resnet18&weights=IMAGENET1K_V1&kind=forward")
    assert not errors(walk)


# What is chosen: a file, or what is published


def test_weights_of_a_file_are_used_and_random_ones_are_told_no_more() -> None:
    page = open_page(f"{SMALL}&look=prediction")
    run(page.selectbox(key=W_WEIGHTS).set_value("file"))
    assert query(page)["weights"] == "file"
    assert "Random weights" in badges(page)
    send_weights(page, checkpoint(SPEC))
    assert "Random weights" not in badges(page)
    assert not any("noise" in info.value for info in page.info)
    picture = send_picture(page)
    with torch.inference_mode():
        logits = build_model(SPEC, seed=1)(to_input(picture, (224, 224)))[0]
    table = next(frame.value for frame in page.dataframe if "logit" in frame.value)
    assert table["index"][0] == int(logits.argmax())
    assert table["logit"][0] == pytest.approx(float(logits.max()), rel=1e-4)


def test_a_file_that_does_not_fit_is_refused_whole() -> None:
    page = open_page(SMALL)
    run(page.selectbox(key=W_WEIGHTS).set_value("file"))
    for data, words in (
        (checkpoint(SPEC, extra="layer9.<b>own</b>.weight"), "own"),
        (b"no checkpoint at all", "read"),
    ):
        send_weights(page, data)
        assert any(words in told for told in errors(page))
        assert "Random weights" in badges(page)
        assert maps(page) == "conv1"


class FakeDownload:
    """torchvision's server, as far as the page sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, net: str = "resnet18") -> None:
        self.is_there = False
        self.error: WeightsError | None = None
        self.told: list[int] = []
        monkeypatch.setattr(panel, "cached_weights", lambda found: folder / "file" if self.is_there else None)
        monkeypatch.setattr(weights, "read_published", lambda found: checkpoint(ResNetSpec.preset(net), seed=3))
        monkeypatch.setattr(panel, "download_weights", self._download)

    def _download(self, found: PublishedWeights, on_progress: Any) -> Path:
        for done in (0, found.size // 2, found.size):
            on_progress(done, found.size)
            self.told.append(done)
        if self.error is not None:
            raise self.error
        self.is_there = True
        return Path()


def test_published_weights_are_fetched_on_request_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server = FakeDownload(monkeypatch, tmp_path)
    page = open_page("net=resnet18&look=prediction")
    run(page.selectbox(key=W_WEIGHTS).set_value("IMAGENET1K_V1"))
    assert query(page)["weights"] == "IMAGENET1K_V1"
    assert server.told == []
    assert "Random weights" in badges(page)
    (button,) = [button for button in page.button if button.label.startswith("Download 44.7")]
    server.error = WeightsError("The network is not there.")
    run(button.click())
    assert errors(page) == ["The network is not there."]
    assert "Random weights" in badges(page)
    server.error = None
    run(page.button(key=W_DOWNLOAD).click())
    assert not errors(page)
    assert "Random weights" not in badges(page)
    table = next(frame.value for frame in page.dataframe if "logit" in frame.value)
    names = published.published_weights(ResNetSpec.preset("resnet18"))[0].categories
    assert table["name"].tolist() == [names[index] for index in table["index"]]


def test_published_weights_that_are_here_are_chosen_beside_each_other_and_in_a_walk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    FakeDownload(monkeypatch, tmp_path).is_there = True
    compare = open_compare("nets=resnet18~resnet18&same=1")
    for net, written in enumerate(("IMAGENET1K_V1~random", "IMAGENET1K_V1~IMAGENET1K_V1")):
        run([box for box in compare.selectbox if "Random, seed 0" in box.options][net].set_value("IMAGENET1K_V1"))
        assert query(compare)["weights"] == written
        assert badges(compare).count("noise") == 1 - net
        told = badges(compare).replace("\\", "")
        assert ("Random weights: ResNet-18 (B)." in told, "Random weights" in told) == (net == 0, net == 0)
    walk = open_walk("net=resnet18&walk=forward")
    assert "Random weights" in badges(walk)
    (box,) = [box for box in walk.selectbox if "Random, seed 0" in box.options]
    run(box.set_value("IMAGENET1K_V1"))
    assert query(walk)["weights"] == "IMAGENET1K_V1"
    assert "Random weights" not in badges(walk)


def test_newer_weights_bring_their_own_preparation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    FakeDownload(monkeypatch, tmp_path, "resnet50").is_there = True
    sets = published.published_weights(ResNetSpec.preset("resnet50"))
    assert [found.preparation for found in sets] == [Preparation(), Preparation(resize=232)]
    page = open_page("net=resnet50&weights=IMAGENET1K_V2")
    assert page.selectbox(key=W_WEIGHTS).value == "IMAGENET1K_V2"
    send_picture(page)
    # 300 × 232 ÷ 200 = 348
    assert "from 300×200 to 348×232" in badges(page)
    assert "Random weights" not in badges(page)
    assert not errors(page)


@pytest.mark.parametrize("name", ["IMAGENET1K_V9", "<script>", "../../etc"])
def test_weights_that_are_not_there_are_told(name: str) -> None:
    page = open_page(f"net=resnet18&weights={name}")
    assert len(warnings(page)) == 1
    assert "Random weights" in badges(page)
    assert page.selectbox(key=W_WEIGHTS).value == "random"
