"""CIFAR-10: an archive of the right form comes from a local server, breaks off, goes on, and is trained with."""

import hashlib
import io
import pickle
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torchvision.datasets import CIFAR10

from resnet_viz.downloads import pictures
from resnet_viz.errors import WeightsError
from resnet_viz.model.train.cifar import read_cifar10
from resnet_viz.model.train.loop import train
from resnet_viz.training.plan import Recipe
from tests.training.runs import SMALL

N_EACH = 8


def batch_of(seed: int) -> bytes:
    random = np.random.default_rng(seed)
    data = random.integers(0, 256, (N_EACH, 3072), np.uint8)
    return pickle.dumps({"data": data, "labels": random.integers(0, 10, N_EACH).tolist()})


FILES = {f"data_batch_{n}": batch_of(n) for n in range(1, 6)} | {"test_batch": batch_of(6)}
META = pickle.dumps({"label_names": list("abcdefghij")})


def archive() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name, data in {**FILES, "batches.meta": META}.items():
            info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return file.getvalue()


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pictures.PublishedData]:
    """Torchvision's class for the small archive, which a server breaks off in the middle when asked from the start."""
    body = archive()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            start = int(self.headers.get("Range", "bytes=0-")[6:-1])
            self.send_response(206 if start else 200)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            self.wfile.write(body[start:] if start else body[: len(body) // 2])

        def log_message(self, *_: Any) -> None:
            pass

    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(CIFAR10, "tgz_md5", md5(body))
    monkeypatch.setattr(CIFAR10, "train_list", [[name, md5(data)] for name, data in FILES.items() if "data" in name])
    monkeypatch.setattr(CIFAR10, "test_list", [["test_batch", md5(FILES["test_batch"])]])
    monkeypatch.setattr(CIFAR10, "meta", {**CIFAR10.meta, "md5": md5(META)})
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/{pictures.CIFAR10.file_name}"
        made = replace(pictures.CIFAR10, url=url, size=len(body), hash_prefix=md5(body))
        monkeypatch.setattr(pictures.has_data, "__defaults__", (made,))
        yield made
        server.shutdown()


def test_address_and_hash_are_torchvision_s() -> None:
    ours = pictures.CIFAR10
    assert (ours.url, ours.file_name, ours.hash_prefix) == (CIFAR10.url, CIFAR10.filename, CIFAR10.tgz_md5)


def test_it_is_downloaded_in_two_goes_and_trained_with(small: pictures.PublishedData) -> None:
    with pytest.raises(WeightsError, match="--download"):
        read_cifar10()
    with pytest.raises(WeightsError, match="broke off"):
        pictures.download_data(lambda done, total: None, small)
    seen: list[int] = []
    pictures.download_data(lambda done, total: seen.append(done), small)
    assert (seen[0], seen[-1]) == (small.size // 2, small.size)
    (images, labels), (held, held_labels) = read_cifar10()
    first = pickle.loads(FILES["data_batch_1"])
    assert np.array_equal(images[:N_EACH].reshape(N_EACH, -1), first["data"])
    assert labels[:N_EACH].tolist() == first["labels"]
    assert (len(images), len(held), len(held_labels)) == (5 * N_EACH, N_EACH, N_EACH)
    spec = replace(SMALL, in_channels=3, input_size=(32, 32))
    run = train(spec, "cifar10", steps=2, recipe=Recipe(batch=16))
    assert np.isfinite(run.losses).all()
