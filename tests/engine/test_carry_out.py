"""Each job gives what the function gives that it names, and goes to another process and back."""

from __future__ import annotations

import gzip
import json
import pickle
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import resnet_viz
from resnet_viz import PRESETS, ResNetSpec, build_model, trace_spec
from resnet_viz.engine.carry_out import carry_out
from resnet_viz.engine.desk import Desk
from resnet_viz.errors import ImageError, SpecError, WeightsError
from resnet_viz.jobs import nets, runs
from resnet_viz.jobs.nets import Job, NetKey, WeightsKey
from resnet_viz.jobs.runs import RunJob, Shot
from resnet_viz.model.net.devices import list_devices
from resnet_viz.model.run.capture import read_kernels
from resnet_viz.model.run.norms import measure_norms
from resnet_viz.model.weights.published import published_weights
from resnet_viz.records.preparation import Preparation
from resnet_viz.views.address.compare import CompareView
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.filmstrip import film_nodes, make_filmstrip
from resnet_viz.views.parts.detail import Detail
from tests.nets import THIN
from tests.pages import checkpoint

SPEC = ResNetSpec("basic", (1, 1, 1, 1), widths=THIN, num_classes=10, input_size=(64, 64))
KEY = NetKey(SPEC, "cpu", WeightsKey())
PIXELS = np.random.default_rng(0).integers(0, 255, (70, 90, 3), np.uint8)
HOW = Preparation((64, 64))
SHOT = Shot(KEY, "own", HOW)
PICTURE = Image.fromarray(PIXELS)


@cache
def net() -> Any:
    return build_model(SPEC)


def desk(files: Any = None) -> Desk:
    return Desk(lambda key: PIXELS if key == "own" else files)


def of_gzip(data: bytes) -> Any:
    return json.loads(gzip.decompress(data))


def film() -> Any:
    trace = trace_spec(SPEC)
    return make_filmstrip(trace, resnet_viz.capture(net(), PICTURE, film_nodes(trace), HOW), colours=Colours())


RESULTS: dict[Job, Callable[[], Any]] = {
    nets.TraceNet(SPEC): lambda: trace_spec(SPEC),
    nets.RecordWalks(SPEC): lambda: resnet_viz.walk_both(SPEC),
    nets.FindNamed("timm:resnet10t"): lambda: resnet_viz.NamedNet("timm", "resnet10t"),
    nets.ListDevices(): lambda: list_devices(),
    nets.ListPublished(PRESETS["resnet18"]): lambda: published_weights(PRESETS["resnet18"]),
    nets.LoadNet(KEY): lambda: None,
    nets.ReadKernels(KEY, "conv1"): lambda: read_kernels(net(), "conv1"),
    runs.Capture(SHOT, ("conv1", "fc")): lambda: resnet_viz.capture(net(), PICTURE, ["conv1", "fc"], HOW),
    runs.MakeFilm(SHOT, SPEC, Colours()): film,
    runs.CaptureBlock(SHOT, "layer1.0"): lambda: resnet_viz.capture_block(net(), PICTURE, "layer1.0", HOW),
    runs.MeasureChanges(SHOT): lambda: resnet_viz.block_changes(net(), PICTURE, HOW),
    runs.MeasureNorms(SHOT, 2, "train"): lambda: measure_norms(net(), PICTURE, 2, "train", HOW),
    runs.Predict(SHOT, 3, "one"): lambda: resnet_viz.predict(net(), PICTURE, 3, HOW),
    runs.GradCam(SHOT, "layer4.0", 1): lambda: resnet_viz.grad_cam(net(), PICTURE, "layer4.0", 1, HOW),
    runs.InputGradient(SHOT, 1): lambda: resnet_viz.input_gradient(net(), PICTURE, 1, HOW),
    runs.Occlude(SHOT, 1, "one"): lambda: resnet_viz.occlusion(net(), PICTURE, 1, input_size=HOW),
    runs.EffectiveField(SHOT, "layer2.0", (1, 2)): lambda: resnet_viz.effective_field(
        net(), PICTURE, "layer2.0", (1, 2), HOW
    ),
}


@pytest.mark.parametrize("job", RESULTS, ids=lambda job: type(job).__name__)
def test_a_job_gives_what_its_function_gives(job: Job) -> None:
    sent = pickle.loads(pickle.dumps(job))
    assert sent == job
    result = pickle.loads(pickle.dumps(carry_out(sent, desk())))
    expected = RESULTS[job]()
    if isinstance(expected, np.ndarray):
        assert np.array_equal(result, expected)
    elif isinstance(expected, dict):
        assert all(np.array_equal(result[node], maps) for node, maps in expected.items())
    elif isinstance(job, runs.CaptureBlock):
        assert all(np.array_equal(getattr(result, name), getattr(expected, name)) for name in expected.__slots__)
    else:
        assert result == expected


def test_drawings_and_walks_are_packed_for_the_browser() -> None:
    drawn = of_gzip(carry_out(nets.DrawNet(SPEC, Detail("block"), "strip"), desk()))
    assert drawn["net"] == SPEC.to_query()
    assert "<svg" in drawn["svg"]
    compared = of_gzip(carry_out(nets.DrawCompared(CompareView((SPEC, PRESETS["cifar20"]))), desk()))
    assert "digraph" in compared["laid"]
    walks = of_gzip(carry_out(nets.PackWalks(SPEC), desk()))
    assert set(walks["walks"]) == {"build", "forward"}


def test_every_job_is_known() -> None:
    kinds = {kind for module in (nets, runs) for kind in vars(module).values() if isinstance(kind, type)}
    jobs = {kind for kind in kinds if issubclass(kind, Job)} - {Job, RunJob}
    assert jobs == {type(job) for job in RESULTS} | {nets.DrawNet, nets.DrawCompared, nets.PackWalks}
    with pytest.raises(TypeError, match="no such job"):
        carry_out(Job(), desk())


def test_a_net_is_built_once_and_let_go_on_request() -> None:
    own = desk()
    first = own.model(KEY)
    carry_out(runs.Predict(SHOT, 3, "one"), own)
    assert own.model(KEY) is first
    assert own.holds(KEY)
    own.drop([KEY])
    assert not own.holds(KEY)
    assert not own.holds(None)


def test_a_file_of_weights_is_loaded() -> None:
    data = checkpoint(SPEC, seed=3)
    key = NetKey(SPEC, "cpu", WeightsKey("hash", is_file=True))
    own = desk([np.frombuffer(data, np.uint8)])
    report = carry_out(nets.LoadNet(key), own)
    assert report.n_tensors == len(net().state_dict())
    loaded, expected = own.model(key).state_dict(), build_model(SPEC, seed=3).state_dict()
    assert all(torch.equal(loaded[name], expected[name]) for name in expected)


def test_what_is_gone_is_asked_for_in_a_sentence() -> None:
    with pytest.raises(WeightsError, match="not here any more"):
        carry_out(nets.LoadNet(NetKey(SPEC, "cpu", WeightsKey("hash", is_file=True))), desk())
    with pytest.raises(ImageError, match="Choose it again"):
        carry_out(runs.Predict(Shot(KEY, "another", HOW), 3, "one"), desk())
    with pytest.raises(SpecError):
        carry_out(nets.FindNamed("resnet19"), desk())


def test_pictures_are_kept_up_to_a_number_of_bytes_and_forgotten_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resnet_viz.engine.desk._MOST_PICTURES", 2 * PIXELS.nbytes)
    fetched: list[str] = []

    def fetch(key: str) -> Any:
        fetched.append(key)
        return PIXELS

    own = Desk(fetch)
    for name in "ababcb":
        own.picture(Shot(KEY, name, HOW))
    assert fetched == list("abc")
    own.forget(["b"])
    own.picture(Shot(KEY, "b", HOW))
    assert fetched == list("abcb")
