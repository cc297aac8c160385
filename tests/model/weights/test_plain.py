"""Tensors of other classes, in a file or in the net: refused by name, and not one value has changed."""

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import Replicate, distribute_tensor

from resnet_viz.errors import WeightsError
from resnet_viz.model.net.build import build_model
from resnet_viz.model.weights import load as weights
from resnet_viz.model.weights.checkpoints import Checkpoint
from resnet_viz.model.weights.load import load_weights
from resnet_viz.spec.resnet import ResNetSpec
from tests.model.weights.bad_weights import pth
from tests.nets import THIN

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")

SPEC = ResNetSpec("basic", (1, 1, 1, 1), num_classes=10, widths=THIN)
STATE: dict[str, Tensor] = dict(build_model(SPEC, seed=1).state_dict())


class Wrapped(Tensor):
    """A tensor of somebody's: it counts what is asked of it, and then refuses."""

    calls = 0

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        cls.calls += 1
        raise RuntimeError("not with me")


def wrapped(value: Tensor) -> Tensor:
    return torch.Tensor._make_subclass(Wrapped, value)


@pytest.fixture
def mesh(tmp_path: Path) -> Iterator[Any]:
    """One process as a group of its own."""
    group: Any = dist
    group.init_process_group("gloo", store=group.FileStore(str(tmp_path / "store"), 1), rank=0, world_size=1)
    try:
        yield init_device_mesh("cpu", (1,))
    finally:
        dist.destroy_process_group()


def refused(net: nn.Module, source: Any) -> WeightsError:
    """The error; each value of the net is the same after as before."""
    before = {
        key: value.clone()
        for key, value in net.state_dict().items()
        if type(value) is Tensor and value.layout is torch.strided
    }
    with pytest.raises(WeightsError) as caught:
        load_weights(net, source)
    after = net.state_dict()
    assert all(torch.equal(after[key], value) for key, value in before.items())
    return caught.value


# In the file


@pytest.mark.parametrize("keys", [("fc.bias",), tuple(STATE)])
def test_a_sharded_tensor_in_a_file_is_refused_by_name(mesh: Any, keys: tuple[str, ...]) -> None:
    sharded = {key: distribute_tensor(STATE[key], mesh, [Replicate()]) for key in keys}
    error = refused(build_model(SPEC), pth(STATE | sharded))
    assert error.invalid == keys
    assert (error.missing, error.unexpected, error.misshapen) == ((), (), ())
    assert f"{keys[0]} (torch.distributed.tensor.DTensor instead of a plain tensor)" in str(error)


def test_a_file_of_a_sharded_net_is_refused_by_name(mesh: Any) -> None:
    """As FSDP2 has it: all parameters are sharded, and the buffers are plain."""
    net: Any = fully_shard(build_model(SPEC), mesh=mesh)
    error = refused(build_model(SPEC), pth(net.state_dict()))
    assert set(error.invalid) == {key for key, _value in net.named_parameters()}
    assert "DTensor" in str(error)


def test_a_sharded_tensor_beside_the_net_does_no_harm(mesh: Any) -> None:
    net = build_model(SPEC)
    beside = {"teacher.weight": distribute_tensor(STATE["fc.weight"], mesh, [Replicate()])}
    report = load_weights(net, pth(STATE | beside))
    assert report.left_out == ("teacher.weight",)
    assert all(torch.equal(value, STATE[key]) for key, value in net.state_dict().items())


@pytest.mark.parametrize("keys", [("fc.bias",), tuple(STATE)])
def test_a_tensor_of_somebodys_class_is_never_asked(keys: tuple[str, ...]) -> None:
    parts = {key: torch.Tensor._make_subclass(Quiet, STATE[key]) for key in keys}
    net = build_model(SPEC)
    report = load_weights(net, pth(STATE | parts))
    assert (report.made_plain, report.set_aside) == (("of another class",), (f"{__name__}.Quiet",))
    assert all(torch.equal(value, STATE[key]) and type(value) is Tensor for key, value in net.state_dict().items())


class Quiet(Tensor):
    """A tensor of somebody's that torch can save."""


def test_whatever_a_reader_gives_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """As torch's own may, where it is told to take a class for safe."""
    state = dict(STATE) | {"fc.bias": wrapped(STATE["fc.bias"]), "bn1.weight": nn.Parameter(STATE["bn1.weight"])}
    monkeypatch.setattr(weights, "read_checkpoint", lambda data: Checkpoint("pth", state))
    Wrapped.calls = 0
    error = refused(build_model(SPEC), b"any")
    assert error.invalid == ("fc.bias",)
    assert "Wrapped instead of a plain tensor" in str(error)
    assert Wrapped.calls == 0


# In the net


def _with_bias(net: Any, value: Any) -> nn.Module:
    net.fc.bias = value
    return net  # type: ignore[no-any-return]


def _one_place(net: Any) -> nn.Module:
    net.bn1.running_mean = torch.zeros(1).expand(THIN[0])
    return net  # type: ignore[no-any-return]


def _extra(net: Any) -> nn.Module:
    class Keeps(nn.Identity):
        def get_extra_state(self) -> Any:
            return {"a": 1}

        def set_extra_state(self, state: Any) -> None:
            pass

    net.relu = Keeps()
    return net  # type: ignore[no-any-return]


@pytest.mark.parametrize("form", [pth, lambda state: safetensors.torch.save(state)])
def test_a_sharded_net_is_refused(mesh: Any, form: Callable[[Mapping[str, Tensor]], bytes]) -> None:
    net: Any = fully_shard(build_model(SPEC), mesh=mesh)
    error = refused(net, form(STATE))
    assert set(error.invalid) == {key for key, _value in net.named_parameters()}
    assert "conv1.weight (DTensor)" in str(error)


@pytest.mark.parametrize(
    ("change", "key", "word"),
    [
        (lambda net: _with_bias(net, nn.Parameter(Quiet(torch.zeros(10)))), "fc.bias", "Quiet"),
        (lambda net: _with_bias(net, nn.Parameter(torch.zeros(10).to_sparse())), "fc.bias", "fc.bias"),
        (_extra, "relu._extra_state", "dict"),
        (_one_place, "bn1.running_mean", "clone"),
    ],
)
def test_a_net_that_cannot_be_filled_is_refused(change: Any, key: str, word: str) -> None:
    error = refused(change(build_model(SPEC)), pth(STATE))
    assert error.invalid == (key,)
    assert word in str(error)
    assert str(error).endswith("Nothing was loaded.")


def test_a_quantised_net_is_refused() -> None:
    net: Any = build_model(SPEC)
    net.bn1.weight = None
    net.bn1.register_buffer("scale", torch.quantize_per_tensor(torch.ones(THIN[0]), 0.1, 0, torch.qint8))
    error = refused(net, pth(STATE))
    assert error.invalid == ("bn1.scale",)


def test_a_net_without_its_shapes_is_refused() -> None:
    net: Any = build_model(SPEC)
    net.fc = nn.LazyLinear(10)
    error = refused(net, pth(STATE))
    assert error.invalid == ("fc.weight", "fc.bias")
    assert "UninitializedParameter" in str(error)


def test_buffers_and_parameters_of_torchs_own_are_plain() -> None:
    net: Any = build_model(SPEC)
    net.bn1.running_mean = nn.Buffer(torch.zeros(THIN[0]))
    load_weights(net, pth(STATE))
    assert all(torch.equal(value, STATE[key]) for key, value in net.state_dict().items())


def test_no_process_group_is_left(tmp_path: Path) -> None:
    assert not dist.is_initialized()
    file = io.BytesIO()
    torch.save(STATE, file)
    load_weights(build_model(SPEC), file.getvalue())
