"""Named nets against the libraries' own, with real weights: parameters, shapes, arithmetic, and nothing changed."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
import timm
import torch
import torchvision
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz.errors import ResnetVizError, SpecError, TraceError
from resnet_viz.model.named import build
from resnet_viz.model.named.build import build_named, build_named_model
from resnet_viz.model.named.configurations import CONFIGURATIONS
from resnet_viz.model.named.tracing import trace_named
from resnet_viz.model.net import devices
from resnet_viz.model.net.planning import not_planning, on_meta
from resnet_viz.spec.named import NamedNet
from resnet_viz.units import format_bytes

# Small nets of other families: timm's, and torchvision's for classes, segments, videos, and what is to be quantised.
# RegNet computes with tensors while it is built.
NETS = (
    NamedNet("timm", "test_resnet", (96, 64)),
    NamedNet("timm", "regnetx_002", (64, 64)),
    NamedNet("timm", "resnetv2_18", (64, 64)),
    NamedNet("timm", "convnext_atto", (64, 96)),
    NamedNet("timm", "test_vit"),
    NamedNet("timm", "dla34", (64, 64)),
    NamedNet("torchvision", "regnet_y_400mf", (64, 64)),
    NamedNet("torchvision", "lraspp_mobilenet_v3_large", (64, 64)),
    NamedNet("torchvision", "mc3_18", (4, 32, 32)),
    NamedNet("torchvision", "quantized_resnet18", (64, 64)),
)


def library_s(net: NamedNet, seed: int = 0) -> nn.Module:
    """The library's own net, with the weights of a seed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        if net.library == "timm":
            made: nn.Module = timm.create_model(net.name)
        else:
            model: Any = torchvision.models
            options = {"weights_backbone": None} if "lraspp" in net.name else {}
            made = model.get_model(net.name, weights=None, **options)
    return made.eval()


def first_tensor(output: Any) -> torch.Tensor:
    tensor: torch.Tensor = output["out"] if isinstance(output, dict) else output
    return tensor


@pytest.mark.parametrize("net", NETS, ids=lambda net: net.word)
def test_a_named_net_is_traced_as_its_library_runs_it(net: NamedNet) -> None:
    trace = trace_named(net)
    own: Any = library_s(net)
    # On the CPU the counter does not know the fused kernel of attention.
    with FlopCounterMode(display=False) as counter, torch.no_grad(), sdpa_kernel(SDPBackend.MATH):
        output = first_tensor(own(torch.zeros(trace.input.shape)))
    assert trace.n_params == sum(value.numel() for value in own.parameters())
    assert trace.n_macs == counter.get_total_flops() // 2
    assert trace.ops[-1].out_shape == tuple(output.shape)
    assert trace.input.shape[2:] == (net.input_size or tuple(own.default_cfg["input_size"][1:]))
    assert (trace.name, trace.spec, trace.device, trace.origin) == (net.word, None, "meta", "rule")
    assert trace.versions[net.library] in (timm.__version__, torchvision.__version__)


@pytest.mark.parametrize(
    ("word", "shape"),
    # timm's default_cfg; torchvision's documentation of the published weights (crop, resize) and of its references.
    [
        ("timm:resnet26t", (1, 3, 256, 256)),
        ("torchvision:inception_v3", (1, 3, 299, 299)),
        ("torchvision:fcn_resnet50", (1, 3, 520, 520)),
        ("torchvision:r3d_18", (1, 3, 16, 112, 112)),
        ("torchvision:efficientnet_b1", (1, 3, 240, 240)),
    ],
)
def test_the_usual_size_is_the_library_s(word: str, shape: tuple[int, ...]) -> None:
    assert trace_named(NamedNet.parse(word)).input.shape == shape


def test_a_transformer_of_one_size_gets_it_and_not_that_of_its_weights() -> None:
    """The first weights of vit_h_14 are for 518 pixels, which its function builds for them alone."""
    assert trace_named(NamedNet("torchvision", "vit_h_14")).input.shape == (1, 3, 224, 224)


def test_a_detector_is_run_once_at_the_size_asked_for() -> None:
    net = NamedNet("torchvision", "fasterrcnn_mobilenet_v3_large_320_fpn", (64, 96))
    trace = trace_named(net)
    own = torchvision.models.detection.fasterrcnn_mobilenet_v3_large_320_fpn(weights=None, weights_backbone=None)
    assert trace.n_params == sum(value.numel() for value in own.parameters())
    assert (trace.origin, trace.input.shape) == ("run", (1, 3, 64, 96))
    # The first convolution halves the picture that the detector has made of its input: as large, padded to 32.
    first = next(op for op in trace.ops if op.op == "conv2d")
    assert trace.nodes[first.id].out_shape[-2:] == (32, 48)


def test_a_net_of_two_pictures_gets_both() -> None:
    trace = trace_named(NamedNet("torchvision", "raft_small", (128, 128)))
    assert {"input", "input_2"} <= set(trace.nodes)
    assert trace.ops[-1].out_shape == (1, 2, 128, 128)


@pytest.mark.parametrize("name", list(CONFIGURATIONS))
def test_hugging_face_s_net_is_the_same_net_elsewhere(name: str) -> None:
    if find_spec("transformers") is None:
        pytest.skip("transformers is not installed")
    ours, other = trace_named(NamedNet("hf", name)), trace_named(NamedNet.parse(CONFIGURATIONS[name].same_as))
    assert (ours.n_params, ours.ops[-1].out_shape) == (other.n_params, other.ops[-1].out_shape)
    assert ours.n_macs == other.n_macs
    assert len(ours.blocks) == len(other.blocks)
    assert ours.versions["transformers"]


# Building


@pytest.mark.parametrize(
    "net", [NamedNet("timm", "test_resnet"), NamedNet("torchvision", "regnet_y_400mf")], ids=lambda net: net.word
)
def test_weights_are_those_of_the_seed_and_the_library(net: NamedNet) -> None:
    expected = library_s(net, 7).state_dict()
    found = build_named_model(net, seed=7)
    assert not found.training
    assert list(found.state_dict()) == list(expected)
    assert all(torch.equal(value, expected[key]) for key, value in found.state_dict().items())


def test_hugging_face_s_weights_are_those_of_the_seed() -> None:
    transformers = pytest.importorskip("transformers")
    values = {"layer_type": "basic", "depths": [2, 2, 2, 2], "hidden_sizes": [64, 128, 256, 512]}
    with torch.random.fork_rng():
        torch.manual_seed(5)
        own = transformers.ResNetForImageClassification(transformers.ResNetConfig(num_labels=1000, **values))
    found = build_named_model(NamedNet("hf", "resnet-18"), seed=5).state_dict()
    assert all(torch.equal(value, found[key]) for key, value in own.state_dict().items())


def states() -> list[Any]:
    """What building must not change: generators, defaults, the functions that initialise."""
    numpy: Any = np.random.get_state()
    functions = [value for name, value in vars(nn.init).items() if name.endswith("_")]
    kept = [torch.get_default_dtype(), torch.get_default_device(), torch.is_grad_enabled(), *functions]
    return [torch.get_rng_state().tolist(), random.getstate(), numpy[1].tolist(), *kept]


@pytest.mark.parametrize("net", [*NETS[:2], NETS[6]], ids=lambda net: net.word)
def test_building_allocates_nothing_and_changes_nothing(net: NamedNet) -> None:
    before = states()
    plan = build_named(net)
    assert {value.device.type for value in (*plan.parameters(), *plan.buffers())} == {"meta"}
    assert not plan.training
    build_named_model(net, seed=3)
    assert states() == before


def test_two_threads_may_ask_at_once() -> None:
    nets = [NETS[0], NETS[1], NETS[6]] * 2
    alone = [trace_named(net) for net in nets]
    with ThreadPoolExecutor(3) as pool:
        assert [*pool.map(trace_named, nets)] == alone


def test_a_library_is_not_imported_while_a_plan_is_made() -> None:
    """It would keep the functions of `torch.nn.init` that do nothing."""
    imported = threading.Event()

    def wait() -> None:
        with not_planning():
            imported.set()

    thread = threading.Thread(target=wait)
    with on_meta():
        thread.start()
        assert not imported.wait(0.05)
    thread.join(10)
    assert imported.is_set()


# Refusals


@pytest.mark.parametrize(
    ("net", "error", "words"),
    [
        (NamedNet("timm", "no_such_net"), SpecError, "no architecture named"),
        (NamedNet("timm", "vit_tiny_patch16_224", (64, 64)), TraceError, "1×3×64×64"),
        (NamedNet("timm", "test_resnet", (4, 64, 64)), SpecError, "takes pictures: got 4x64x64"),
        (NamedNet("torchvision", "mc3_18", (64, 64)), SpecError, "takes videos: got 64x64"),
        (NamedNet("torchvision", "ssdlite320_mobilenet_v3_large", (64, 1334)), SpecError, "at most 1,333 pixels"),
    ],
    ids=lambda value: value.word if isinstance(value, NamedNet) else "",
)
def test_what_cannot_be_traced_is_told_in_a_sentence(net: NamedNet, error: type[ResnetVizError], words: str) -> None:
    with pytest.raises(error, match=words):
        trace_named(net)


@pytest.mark.parametrize("net", ["timm:resnet18", None, 5])
def test_only_a_named_net_is_built(net: Any) -> None:
    for call in (trace_named, build_named, build_named_model):
        with pytest.raises(TraceError, match="NamedNet"):
            call(net)


def test_a_library_that_fails_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> nn.Module:
        raise ImportError("needs the package sheep\nand more")

    monkeypatch.setattr(build, "maker_of", lambda library, name: fail)
    with pytest.raises(TraceError, match=r"^timm:test_resnet cannot be built: timm says: needs the package sheep$"):
        trace_named(NETS[0])


def test_what_does_not_fit_is_told_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(value.nbytes for value in library_s(NETS[0]).state_dict().values())
    monkeypatch.setattr(devices, "free_bytes", lambda device: size - 1)
    with pytest.raises(SpecError, match=f"needs {format_bytes(size)} for its weights, but CPU has"):
        build_named_model(NETS[0])
    monkeypatch.setattr(devices, "free_bytes", lambda device: size)
    assert isinstance(build_named_model(NETS[0]), nn.Module)


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, True, "0"])
def test_a_wrong_seed_is_refused(seed: Any) -> None:
    with pytest.raises(SpecError, match="Seed"):
        build_named_model(NETS[0], seed=seed)
