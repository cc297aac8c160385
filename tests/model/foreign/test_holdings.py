"""What the modules of a net hold beside their weights is there after every call as it was, whatever a pass does."""

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import MemberDescriptorType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models.detection import fasterrcnn_resnet50_fpn, retinanet_resnet50_fpn

from resnet_viz.errors import ResnetVizError
from resnet_viz.model.foreign.states import eval_state
from resnet_viz.model.run.capture import capture
from resnet_viz.model.run.predict import predict
from resnet_viz.model.trace.plan import trace_model
from tests.model.foreign.calls import CALLS, EACH, SHAPE
from tests.model.lively_nets import PICTURE, SIZE
from tests.model.snapshots import assert_unchanged, snapshot
from tests.nets import conv


def fingerprint(model: nn.Module) -> dict[str, Any]:
    """All that is to be found from a net on, by the way to it: which object it is, and of tensors all that shows."""
    found: dict[str, Any] = {}
    seen: set[int] = set()
    queue: list[tuple[str, Any]] = [("net", model)]
    for way, value in queue:
        found[way] = _looks(value)
        if id(value) not in seen:
            seen.add(id(value))
            queue += [(f"{way}{step}", part) for step, part in _parts(value)]
    return found


def _looks(value: Any) -> object:
    if not isinstance(value, Tensor):
        return value if isinstance(value, int | float | str | None) else id(value)
    copy = value.detach().clone().contiguous().reshape(-1)
    bits = None if copy.is_meta else copy.view(torch.uint8).numpy().tobytes()
    flags = (value.requires_grad, value.is_leaf, value.device.type, value.dtype)
    return id(value), value.data_ptr(), tuple(value.shape), value.stride(), flags, bits


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((f"[{n}, {key!r}]", part) for n, (key, part) in enumerate(value.items()))
    elif isinstance(value, list | tuple | deque):
        yield from ((f"[{n}]", part) for n, part in enumerate(value))
    elif isinstance(value, set | frozenset):
        yield from ((f"{{{n}}}", part) for n, part in enumerate(sorted(value, key=id)))
    if isinstance(value, nn.Module | SimpleNamespace) or type(value).__module__ == __name__:
        yield from ((f".{n}.{name}", part) for n, (name, part) in enumerate(getattr(value, "__dict__", {}).items()))
        for name, slot in vars(type(value)).items():
            if isinstance(slot, MemberDescriptorType) and hasattr(value, name):
                yield f".{name}", getattr(value, name)


class Grid(nn.Module):
    """Keeps a grid beside the size it is for, as many a positional encoding does."""

    def __init__(self) -> None:
        super().__init__()
        self.grid: Tensor | None = None
        self.size: tuple[int, ...] = ()

    def forward(self, x: Tensor) -> Tensor:
        if self.size != tuple(x.shape):
            self.size, self.grid = tuple(x.shape), torch.ones_like(x[0, 0])
        assert self.grid is not None
        return x * (self.grid + 1)


class Slotted:
    """An object without a dictionary."""

    __slots__ = ("empty", "mean", "n")
    empty: Tensor
    mean: Tensor
    n: int

    def __init__(self) -> None:
        self.mean, self.n = torch.zeros(8), 0


class Memo(OrderedDict[str, Tensor]):
    """A bounded cache with a will of its own."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def __setitem__(self, key: str, value: Tensor) -> None:
        super().__setitem__(key, value)
        if len(self) > self.size:
            self.popitem(last=False)

    def __missing__(self, key: str) -> Tensor:
        raise AssertionError(key)


class Hoarder(nn.Module):
    """The identity. Each pass leaves something in every kind of container, and writes into the tensors it finds."""

    moved: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.n = 0
        self.names = ["a", "b"]
        self.maps = [torch.zeros(8), torch.ones(8)]
        self.nested: dict[str, Any] = {"a": ({"b": [torch.full((8,), torch.nan)]}, 3), "gone": "here"}
        self.last = deque([torch.zeros(8)], maxlen=2)
        self.seen = {torch.zeros(8)}
        self.state = SimpleNamespace(mean=torch.zeros(8), parts={"x": torch.zeros(8)})
        self.slotted = Slotted()
        self.memo = Memo(2)
        self.memo["one"], self.memo["two"] = torch.ones(8), torch.zeros(8)
        self.table = torch.arange(16.0).reshape(2, 8)
        self.row = self.table[1]
        self.wide = self.table[0, :1].expand(8)
        self.ring: list[Any] = [self, {}]
        self.ring[1]["ring"] = self.ring
        self.hidden = [nn.BatchNorm2d(8), Grid()]
        self.nothing: list[Tensor] = []
        self.no_pairs: dict[str, Tensor] = {}
        self.gone = "until the first pass"
        self.unknown = iter([1, 2])
        self.register_buffer("moved", torch.zeros(8))

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(dim=(0, 2, 3))
        self.n += 1
        self.new = mean
        if hasattr(self, "gone"):
            del self.gone
        self.names.reverse()
        self.nothing.append(mean)
        self.no_pairs["first"] = mean
        self.maps[0] = mean
        self.maps[1].mul_(2)
        self.maps.insert(0, mean)
        self.nested["a"][0]["b"][0].fill_(1)
        self.nested["a"][0]["b"].append(mean)
        self.nested.pop("gone", None)
        self.last.append(mean)
        self.seen.add(mean)
        self.state.mean = mean
        self.state.parts["x"].add_(mean.detach())
        self.state.more = mean
        self.slotted.mean.add_(mean)  # in a pass with gradients it becomes part of the graph
        self.slotted.n += 1
        self.slotted.empty = mean
        self.memo["three"] = mean
        self.memo.move_to_end(next(iter(self.memo)))
        self.row.add_(1)
        self.table.data = self.table.detach() * 2
        self.moved = self.moved.resize_(2, 4).fill_(1).reshape(8)
        self.late = Grid()  # a module that a pass makes
        self.late.register_forward_hook(lambda *_: None)
        self.register_forward_pre_hook(lambda *_: None)
        self.register_buffer("other", mean)
        for module in self.hidden:
            module.train()
            x = module(x)
        return x + 0 * self.row.sum()


class Block(nn.Module):
    """A residual block that holds what it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.grid, self.hoarder = conv(), Grid(), Hoarder()

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.hoarder(self.grid(self.conv1(x))) + x)


class Holding(nn.Module):
    """A net with such a block, that may fail behind it."""

    fails = False

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.layer1, self.fc = conv(3, stride=4), nn.Sequential(Block()), nn.Linear(8, 4)
        self.eval()

    def forward(self, x: Tensor) -> Any:
        x = self.layer1(self.conv1(x)).mean(dim=(2, 3))
        if self.fails and not x.is_meta:
            raise KeyError("on the way")
        return self.fc(x)


def gridded() -> Any:
    """A net that is as it was after each pass but for a grid."""
    torch.manual_seed(0)
    model = Holding()
    model.layer1[0].hoarder = nn.Identity()
    return model


@EACH
@pytest.mark.parametrize("is_used", [False, True])
def test_a_cache_beside_its_size_is_put_back(name: str, is_used: bool) -> None:
    model, image = gridded(), torch.randn(SHAPE)
    with torch.no_grad():
        expected = gridded()(image)
        if is_used:
            model(image)
        before = fingerprint(model)
        CALLS[name](model)
        assert fingerprint(model) == before
        assert torch.equal(model(image), expected)


@EACH
def test_all_that_a_net_holds_is_put_back(name: str) -> None:
    model = Holding()
    before, state = fingerprint(model), snapshot(model)
    for _ in range(2):
        CALLS[name](model)
        assert fingerprint(model) == before
    assert_unchanged(model, state)
    with torch.no_grad():
        model(torch.randn(SHAPE))
    assert fingerprint(model) != before  # A pass of its own does leave something.


@EACH
def test_all_that_a_net_holds_is_put_back_after_an_error(name: str) -> None:
    model = Holding()
    model.fails = True
    if name == "trace_model":
        model.layer1.register_forward_hook(lambda *_: [][0])
    before = fingerprint(model)
    with suppress(KeyError, ResnetVizError):
        CALLS[name](model)
        assert name in {"capture_block", "effective_field"}  # They end before it.
    assert fingerprint(model) == before


@pytest.mark.parametrize("make", [fasterrcnn_resnet50_fpn, retinanet_resnet50_fpn])
def test_detectors_run_on_after_a_trace(make: Callable[..., Any]) -> None:
    """Their anchors are a list on a module that a net of torchvision makes in each pass."""
    torch.manual_seed(0)
    model = make(weights=None, weights_backbone=None, min_size=64, max_size=64, num_classes=3).eval()
    image = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        expected = model(image)
        before = fingerprint(model)
        trace = trace_model(model, (1, 3, 64, 64))
        assert fingerprint(model) == before
        found = model(image)
    assert trace.origin == "run"
    assert all(torch.equal(found[0][key], expected[0][key]) for key in expected[0])


@pytest.mark.parametrize("make", [fasterrcnn_resnet50_fpn, retinanet_resnet50_fpn])
def test_detectors_run_on_after_a_capture(make: Callable[..., Any]) -> None:
    model = make(weights=None, weights_backbone=None, min_size=64, max_size=64, num_classes=3).eval()
    before = fingerprint(model)
    maps = capture(model, PICTURE, "backbone.body.layer1.0.conv1", SIZE)
    assert maps["backbone.body.layer1.0.conv1"].shape[0] == 64
    with pytest.raises(ResnetVizError):
        predict(model, PICTURE, 1, SIZE)
    assert fingerprint(model) == before
    with torch.no_grad():
        model(torch.randn(1, 3, 64, 64))


def test_a_run_on_values_begins_with_the_net_as_it_was() -> None:
    """What the pass before it met has no values, and one that a net looks at stops it."""

    class Looking(Grid):
        def forward(self, x: Tensor) -> Tensor:
            x = super().forward(x)
            return x if self.grid is None or self.grid.sum() > 0 else -x

    model = gridded()
    model.layer1[0].grid = Looking().eval()
    before = fingerprint(model)
    assert trace_model(model, SHAPE).origin == "run"
    assert fingerprint(model) == before


@EACH
def test_a_buffer_that_a_pass_makes_larger_is_put_back(name: str) -> None:
    """As the observers of a net do that is to be quantised, which begin with none."""

    class Observer(nn.Module):
        least: Tensor

        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("least", torch.zeros(0))

        def forward(self, x: Tensor) -> Tensor:
            self.least.resize_(8).copy_(x.detach().amin(dim=(0, 2, 3)))
            return x

    model = gridded()
    model.layer1[0].hoarder = Observer().eval()
    least = model.layer1[0].hoarder.least
    CALLS[name](model)
    assert model.layer1[0].hoarder.least is least
    assert least.shape == (0,)


def test_weights_in_a_list_are_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recurrent layers keep such a list. A copy of all weights would cost a pass on a deep net a tenth more."""

    def forbidden(*_: Any) -> Any:
        raise AssertionError

    model: Any = gridded()
    model.weights = [*model.parameters(), {"first": model.conv1.weight}]
    monkeypatch.setattr(Tensor, "clone", forbidden)
    with eval_state(model):
        pass


def test_a_program_that_a_net_knows_is_left_alone() -> None:
    """What is not the net's may change during a pass, by whomever."""
    model = gridded()
    optimiser = torch.optim.SGD(model.parameters(), 0.1)
    model.optimiser = optimiser

    def hook(*_: object) -> None:
        optimiser.defaults["lr"] = 3.0

    model.layer1.register_forward_hook(hook)
    trace_model(model, SHAPE)
    assert optimiser.defaults["lr"] == 3.0


class Unwilling:
    """Answers to nothing but what it has."""

    __slots__ = ("x",)

    def __getattr__(self, name: str) -> Any:
        raise KeyError(name)


@EACH
@pytest.mark.filterwarnings("ignore")  # torch's own, on kinds that it calls new
def test_tensors_and_objects_of_all_kinds_do_no_harm(name: str) -> None:
    model = gridded()
    with torch.inference_mode():
        model.made_in_inference = torch.ones(3)
    model.register_buffer("sparse", torch.eye(3).to_sparse())
    model.others = [
        torch.eye(3).to_sparse_csr(),
        torch.quantize_per_tensor(torch.ones(3), 1.0, 0, torch.quint8),
        torch.ones(2, dtype=torch.complex64).conj(),
        torch.zeros(1).expand(5),
        torch.ones(2, device="meta"),
        torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]),
        torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged),
        torch.from_numpy(np.frombuffer(b"12345678", dtype=np.uint8)),  # memory that must not be written to
        nn.LazyConv2d(3, 3),
        nn.Module.__new__(nn.Module),
        Unwilling(),
        threading.Lock(),
        logging.getLogger(__name__),
        (n for n in range(3)),
        torch.Generator(),
        torch,
    ]
    ids = [id(value) for value in model.others]
    CALLS[name](model)
    assert [id(value) for value in model.others] == ids


def test_what_is_far_too_much_is_kept_but_not_gone_through() -> None:
    model = gridded()
    model.many = many = list(range(300_000))
    trace_model(model, SHAPE)
    assert model.many is many
    assert many == list(range(300_000))
