"""Building: torchvision's own weights, nothing global left behind, and nothing allocated past the budget."""

import platform
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
import torchvision
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.ops.misc import FrozenBatchNorm2d

from resnet_viz.errors import DeviceError, SpecError
from resnet_viz.model.net import build, devices
from resnet_viz.model.net.build import build_model, build_plan, build_short_plan, plan_bytes
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.units import format_bytes

TINY = ResNetSpec("basic", (1, 1, 1, 1), num_classes=7)
TINY_BOTTLENECK = ResNetSpec("bottleneck", (1, 1, 1, 1), num_classes=7)


def group_norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(32, channels)


def assert_same_state(model: nn.Module, expected: nn.Module) -> None:
    state, wanted = model.state_dict(), expected.state_dict()
    assert list(state) == list(wanted)
    assert all(torch.equal(state[key], wanted[key]) for key in wanted)


def conv1_of(model: nn.Module) -> nn.Conv2d:
    layer = model.get_submodule("conv1")
    assert isinstance(layer, nn.Conv2d)
    return layer


def init_functions() -> dict[str, Any]:
    return {name: value for name, value in vars(nn.init).items() if callable(value)}


# The weights


@pytest.mark.parametrize("preset", ["resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2"])
def test_presets_have_torchvisions_weights(preset: str) -> None:
    spec = PRESETS[preset]
    torch.manual_seed(3)
    assert_same_state(build_model(spec, seed=3), torchvision.models.get_model(preset))


@pytest.mark.parametrize(
    ("changes", "arguments"),
    [
        ({"norm": "group"}, {"norm_layer": group_norm}),
        ({"norm": "frozen"}, {"norm_layer": FrozenBatchNorm2d}),
        ({"norm": "none"}, {"norm_layer": nn.Identity}),
        ({"zero_init_residual": True}, {"zero_init_residual": True}),
        ({"replace_stride_with_dilation": (False, True, True)}, {"replace_stride_with_dilation": [False, True, True]}),
        ({"groups": 4, "width_per_group": 16}, {"groups": 4, "width_per_group": 16}),
    ],
    ids=lambda value: "-".join(value),
)
def test_settings_reach_torchvisions_constructor(changes: dict[str, Any], arguments: dict[str, Any]) -> None:
    torch.manual_seed(0)
    expected = ResNet(Bottleneck, [1, 1, 1, 1], num_classes=7, **arguments)
    model: Any = build_model(replace(TINY_BOTTLENECK, **changes))
    assert_same_state(model, expected)
    assert str(model) == str(expected)


def test_seeds_differ_and_repeat() -> None:
    first, again, other = (conv1_of(build_model(TINY, seed=seed)) for seed in (1, 1, 2))
    assert torch.equal(first.weight, again.weight)
    assert not torch.equal(first.weight, other.weight)


@pytest.mark.parametrize("channels", [1, 4, 13])
def test_other_channel_counts_get_a_new_first_layer(channels: int) -> None:
    model: Any = build_model(replace(TINY, in_channels=channels), seed=5)
    torch.manual_seed(5)
    expected = ResNet(BasicBlock, [1, 1, 1, 1], num_classes=7)
    expected.conv1 = nn.Conv2d(channels, 64, kernel_size=7, stride=2, padding=3, bias=False)
    nn.init.kaiming_normal_(expected.conv1.weight, mode="fan_out", nonlinearity="relu")
    assert_same_state(model, expected)
    # Kaiming, fan out: the standard deviation is sqrt(2 / (64 × 7 × 7)) for any number of channels.
    assert model.conv1.weight.std().item() == pytest.approx((2 / (64 * 7 * 7)) ** 0.5, rel=0.1)


def test_model_is_in_eval_mode_and_the_plan_on_meta() -> None:
    assert not any(module.training for module in build_model(TINY).modules())
    plan = build_plan(TINY)
    assert not any(module.training for module in plan.modules())
    assert {tensor.device.type for tensor in plan.state_dict().values()} == {"meta"}
    assert {key: value.shape for key, value in plan.state_dict().items()} == {
        key: value.shape for key, value in build_model(TINY).state_dict().items()
    }


def test_plan_bytes_are_those_of_the_weights() -> None:
    assert plan_bytes(TINY) == sum(tensor.nbytes for tensor in build_model(TINY).state_dict().values())


# Nothing global is left behind


@pytest.mark.parametrize("make", [build_model, build_plan, build_short_plan, plan_bytes])
def test_the_random_state_stays_as_it_was(make: Any) -> None:
    torch.manual_seed(11)
    before = torch.get_rng_state()
    make(replace(TINY, in_channels=1))
    assert torch.equal(torch.get_rng_state(), before)


def test_no_other_device_is_seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    seeded: list[int] = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)
    monkeypatch.setattr(torch.mps, "manual_seed", seeded.append)
    build_model(TINY, seed=77)
    assert seeded == []


@pytest.mark.gpu
def test_the_random_state_of_the_gpus_stays_as_it_was() -> None:
    backend: Any = torch.cuda if torch.cuda.is_available() else torch.mps
    backend.manual_seed(11)
    before = backend.get_rng_state()
    model: Any = build_model(TINY, devices.list_devices()[-1].key, seed=3)
    assert torch.equal(backend.get_rng_state(), before)
    assert_same_state(model.cpu(), build_model(TINY, seed=3))


@pytest.mark.parametrize("fails", [False, True])
def test_torchs_initialisers_are_put_back(fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    before = init_functions()

    def broken(spec: ResNetSpec) -> nn.Module:
        assert init_functions() != before
        raise KeyError("broken")

    if fails:
        monkeypatch.setattr(build, "_construct", broken)
    with pytest.raises(KeyError, match="broken") if fails else nullcontext():
        build_plan(TINY)
    assert init_functions() == before
    assert not torch.empty(1).is_meta
    monkeypatch.undo()
    assert conv1_of(build_model(TINY)).weight.std() > 0.01


@contextmanager
def plan_being_built(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """While this is open another thread stands in the middle of building a plan."""
    is_building, may_go_on = threading.Event(), threading.Event()
    construct = build._construct

    def slow(spec: ResNetSpec) -> nn.Module:
        is_building.set()
        assert may_go_on.wait(30)
        return construct(spec)

    monkeypatch.setattr(build, "_construct", slow)
    thread = threading.Thread(target=build_plan, args=[TINY])
    thread.start()
    try:
        assert is_building.wait(30)
        yield
    finally:
        may_go_on.set()
        thread.join(30)
        monkeypatch.setattr(build, "_construct", construct)


def test_a_plan_does_not_disturb_who_initialises_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(9)
    expected = nn.Conv2d(3, 8, 3)
    with plan_being_built(monkeypatch):
        torch.manual_seed(9)
        layer = nn.Conv2d(3, 8, 3)
        with torch.no_grad():
            filled = nn.init.constant_(torch.zeros(4), 2.5)
    assert_same_state(layer, expected)
    assert not layer.weight.is_meta
    assert filled.tolist() == [2.5] * 4


def test_builds_in_many_threads_are_each_as_if_alone() -> None:
    expected = {seed: build_model(TINY, seed=seed).state_dict()["fc.weight"] for seed in range(4)}
    built: dict[int, torch.Tensor] = {}

    def work(seed: int) -> None:
        plan_bytes(TINY)
        built[seed] = build_model(TINY, seed=seed).state_dict()["fc.weight"]

    threads = [threading.Thread(target=work, args=[seed]) for seed in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(torch.equal(built[seed], weight) for seed, weight in expected.items())


def test_a_build_and_who_draws_or_sets_the_global_state_meanwhile_do_not_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = build_model(TINY, seed=4)
    make_layer, drawn = ResNet._make_layer, []

    def meanwhile() -> None:
        drawn.append(torch.rand(3))
        state = torch.get_rng_state()
        torch.rand(5)
        torch.set_rng_state(state)

    def make_disturbed(*args: Any, **kwargs: Any) -> Any:
        thread = threading.Thread(target=meanwhile)
        thread.start()
        thread.join(30)
        return make_layer(*args, **kwargs)

    torch.manual_seed(7)
    expected = [torch.rand(3) for _ in range(2 * 4)]  # the layers are made for the plan, too
    monkeypatch.setattr(ResNet, "_make_layer", make_disturbed)
    torch.manual_seed(7)
    assert_same_state(build_model(TINY, seed=4), alone)
    assert torch.equal(torch.stack(drawn), torch.stack(expected))


# What does not fit, and devices that are not there


@pytest.mark.parametrize(
    "changes",
    [
        {"width_per_group": 1_000_000},
        {"width_per_group": 1_000_000, "groups": 1_000_000, "num_classes": 1_000_000},
        {"layers": (1, 1, 997, 1), "width_per_group": 4096},
    ],
)
def test_huge_nets_are_refused_at_once_and_take_no_memory(changes: dict[str, Any]) -> None:
    process = psutil.Process()
    before, start = process.memory_info().rss, time.process_time()
    with pytest.raises(SpecError, match=r"needs .*(iB|bytes)"):
        build_model(replace(TINY_BOTTLENECK, **changes))
    assert time.process_time() - start < 5
    assert process.memory_info().rss - before < 200 * 2**20


def test_what_does_not_fit_is_told_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = plan_bytes(TINY) + 4 * (512 + 1) * (10**6 - TINY.num_classes)
    spec = replace(TINY, num_classes=10**6)
    assert plan_bytes(spec) == needed
    construct, is_meta = build._construct, []

    def watched(spec: ResNetSpec) -> nn.Module:
        is_meta.append(torch.empty(0).is_meta)
        return construct(spec)

    monkeypatch.setattr(build, "_construct", watched)
    monkeypatch.setattr(devices, "free_bytes", lambda device: needed - 1)
    with pytest.raises(SpecError, match="fewer classes") as caught:
        build_model(spec)
    assert f"ResNet-10 needs {format_bytes(needed)}" in str(caught.value)
    assert f"cpu has {format_bytes(needed - 1)} to give".lower() in str(caught.value).lower()
    assert is_meta == [True]


def test_what_just_fits_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "free_bytes", lambda device: plan_bytes(TINY))
    assert build_model(TINY).get_submodule("fc").out_features == TINY.num_classes


@pytest.mark.parametrize("device", ["cuda:99", "tpu", "", "cpu:0", "meta", "cpu\n", 5, None, []])
def test_unknown_devices_are_told_with_what_is_there(device: Any) -> None:
    with pytest.raises(DeviceError) as caught:
        build_model(TINY, device)
    assert all(known.key in str(caught.value) for known in devices.list_devices())
    assert devices.list_devices()[0].key == "cpu"


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, True, "0", None])
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    with pytest.raises(SpecError, match=r"Seed: got .*from 0 to 2⁶³ - 1"):
        build_model(TINY, seed=seed)


# Devices, as torch tells of them


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with two CUDA GPUs, of which torch holds a part, and Apple's."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"Model {'AB'[index]}")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (1000 * (1 + device.index), 9000))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 300)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: 200)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 500)
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: 100)


@pytest.mark.usefixtures("two_gpus")
def test_all_devices_are_listed_and_each_has_its_name() -> None:
    _cpu, *others = devices.list_devices()
    assert [(device.key, device.title) for device in others] == [
        ("cuda:0", "CUDA 0 · Model A"), ("cuda:1", "CUDA 1 · Model B"), ("mps", "Apple GPU (MPS)")
    ]  # fmt: skip
    assert [str(devices.check_device(key)) for key in ("cuda", "cuda:1", "mps")] == ["cuda:0", "cuda:1", "mps"]
    with pytest.raises(DeviceError, match="cpu, cuda:0, cuda:1, mps"):
        devices.check_device("cuda:2")


@pytest.mark.usefixtures("two_gpus")
@pytest.mark.parametrize(("key", "free"), [("cuda:0", 1000 + 100), ("cuda:1", 2000 + 100), ("mps", 400)])
def test_what_torch_holds_and_does_not_use_is_free(key: str, free: int) -> None:
    assert devices.free_bytes(torch.device(key)) == int(0.8 * free)


@pytest.mark.parametrize("text", [None, "processor : 0\n"])
def test_a_cpu_that_linux_does_not_name_has_the_name_of_its_kind(
    text: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / "cpuinfo").write_text(text)
    monkeypatch.setattr(devices, "Path", lambda _path: tmp_path / "cpuinfo")
    monkeypatch.setattr(platform, "processor", lambda: "")
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert devices.list_devices()[0].title.startswith("CPU · riscv64 · ")


@pytest.mark.parametrize("spec", [TINY, TINY_BOTTLENECK, replace(TINY, stem="3x3", pre_activation=True)])
def test_short_plans_of_like_nets_share_layers_and_no_list_of_them(spec: ResNetSpec) -> None:
    """What a pass does to one, as to put a mark into a stage, the other does not have."""
    more = replace(spec, layers=(1, 3, 1, 1), num_classes=9)
    less = replace(more, layers=(1, 2, 1, 1), num_classes=5)
    (one, runs), (other, none) = build_short_plan(more), build_short_plan(less)
    assert [run.others for run in runs] == [("2",)]
    assert none == []
    for short, wanted in ((one, replace(more, layers=less.layers)), (other, less)):
        whole = build_plan(wanted)
        assert {name: each.shape for name, each in short.state_dict().items()} == {
            name: each.shape for name, each in whole.state_dict().items()
        }
        assert str(short) == str(whole)
        assert getattr(short, "spec", wanted) == wanted
    layers = [short.get_submodule("layer2") for short in (one, other)]
    assert layers[0]._modules["0"] is layers[1]._modules["0"]
    assert layers[0]._modules is not layers[1]._modules
    assert one._modules is not other._modules
