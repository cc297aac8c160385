"""What a net keeps outside of its modules is as it was after every call: in classes, globals, closures, caches."""

import functools
import gc
from collections.abc import Callable
from typing import Any
from weakref import ref

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize

from resnet_viz.model.foreign.reached import reach_of_class
from resnet_viz.model.trace.plan import trace_model
from tests.model.foreign.calls import CALLS, EACH, SHAPE
from tests.model.foreign.keeping_nets import NETS, AsGlobal, Net, OnClass, forget_all, grid_like

OF_A_NET = pytest.mark.parametrize("make", NETS)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Nothing of an earlier test."""
    forget_all()


@EACH
@OF_A_NET
@torch.no_grad()
def test_what_is_kept_outside_of_modules_is_put_back(name: str, make: Callable[[], Net]) -> None:
    image = torch.randn(SHAPE)
    expected = [make()(image) for _ in range(1)]
    forget_all()
    model = make()
    CALLS[name](model)
    assert torch.equal(model(image), expected[0])


@OF_A_NET
@torch.no_grad()
def test_what_was_kept_before_is_there_still(make: Callable[[], Net]) -> None:
    image = torch.randn(SHAPE)
    model, twin = make(), make()
    model(image)
    second = model(image)
    forget_all()
    twin(image)
    trace = trace_model(twin, SHAPE)
    assert torch.equal(twin(image), second)
    assert not trace.warnings


def test_what_is_reached_is_what_the_pass_names() -> None:
    reach = reach_of_class(AsGlobal)
    names = {function.__qualname__ for function in reach.functions}
    assert names == {"Net.forward", "AsGlobal.grid", "Net.grid", "_global_grid", "grid_like"}
    assert [name for _namespace, name in reach.places.values()] == ["GRID"]
    assert reach_of_class(nn.Conv2d).functions == []  # torch keeps nothing of a net


def test_packages_that_a_net_calls_are_not_gone_through() -> None:
    """They may name all of themselves; the one that defines the net is."""

    class Calling(Net):
        def grid(self, x: Tensor) -> Tensor:
            assert x.dim() == 4, pytest.importorskip.__name__  # pytest makes more of it
            return grid_like(x)

    assert {function.__name__ for function in reach_of_class(Calling).functions} == {"forward", "grid", "grid_like"}


def test_names_and_order_of_a_class_are_as_before() -> None:
    before = {**vars(OnClass)}
    trace_model(OnClass(), SHAPE)
    assert {**vars(OnClass)} == before


def test_a_hook_of_ones_own_keeps_its_maps() -> None:
    """As it is done everywhere to look at a map: it is not replaced by one without values."""
    maps: dict[str, Tensor] = {}
    model = Net()
    model.layer1.register_forward_hook(lambda _module, _inputs, output: maps.update(layer1=output.detach()))
    model(torch.randn(SHAPE))
    kept = maps["layer1"]
    for call in CALLS.values():
        call(model)
        assert maps == {"layer1": kept}


def test_results_without_tensors_stay_cached() -> None:
    @functools.cache
    def size(n: int) -> list[int]:
        return [n]

    class Sized(Net):
        def grid(self, x: Tensor) -> Tensor:
            return grid_like(x) * size(x.shape[-1])[0]

    first = size(1)
    trace_model(Sized(), SHAPE)
    assert size.cache_info().currsize == 2
    assert size(1) is first


@pytest.mark.parametrize("most", [None, 8])
@torch.no_grad()
def test_results_of_before_stay_cached(most: int | None) -> None:
    """A random matrix that is drawn once is not drawn anew."""

    @functools.lru_cache(most)
    def matrix(n: int, device: torch.device) -> Tensor:
        return torch.randn(n, device=device)

    class Projected(Net):
        def grid(self, x: Tensor) -> Tensor:
            return matrix(x.shape[-1], x.device)

    model, image = Projected(), torch.randn(SHAPE)
    expected = model(image)
    for call in CALLS.values():
        call(model)
    assert matrix.cache_info().currsize == 1
    assert torch.equal(model(image), expected)
    for n in range(20):
        matrix(n, torch.device("cpu"))  # Its limit holds on.
    assert matrix.cache_info().currsize == (most or 21)


def test_what_a_name_stands_for_later_is_followed() -> None:
    """As in a notebook: a dictionary in the place of None, and a function written anew."""
    model: Any = Net()
    namespace: dict[str, Any] = {"__name__": __name__, "grid_like": grid_like, "kept": None}
    exec("def grid(x): return grid_like(x) if kept is None else kept.setdefault(0, grid_like(x))", namespace)
    model.grid = namespace["grid"]
    trace_model(model, SHAPE)
    namespace["kept"] = {}
    trace_model(model, SHAPE)
    assert namespace["kept"] == {}


def test_classes_and_what_they_close_over_are_let_go() -> None:
    def trace_one() -> list[Any]:
        data = torch.zeros(3)

        class Closed(Net):
            def grid(self, x: Tensor) -> Tensor:
                return grid_like(x) + data.sum().to(x)

        model = Closed()
        CALLS["predict"](model)
        return [ref(data), ref(Closed)]

    left = trace_one()
    gc.collect()
    assert [each() for each in left] == [None, None]


def test_weights_computed_once_are_computed_again() -> None:
    """`parametrize.cached` keeps them for all nets, in one dictionary of torch's own."""
    model: Any = Net()
    parametrizations.weight_norm(model.fc)
    image = torch.randn(SHAPE)
    with torch.no_grad():
        expected = model(image)
        with parametrize.cached():
            plain = trace_model(model, SHAPE)
            weight = model.fc.weight
            again = trace_model(model, SHAPE)
            assert model.fc.weight is weight
            assert torch.equal(model(image), expected)
    assert [*plain.nodes] == [*again.nodes]


def test_what_cannot_be_found_is_told() -> None:
    class Hidden(Net):
        def grid(self, x: Tensor) -> Tensor:
            kept = getattr(torch, "_kept_by_a_test", None)
            if kept is None:
                kept = torch._kept_by_a_test = grid_like(x)  # type: ignore[attr-defined]
            return kept

    try:
        warnings = trace_model(Hidden(), SHAPE).warnings
        assert len(warnings) == 1
        assert "make it anew" in warnings[0]
    finally:
        del torch._kept_by_a_test  # type: ignore[attr-defined]


def test_circles_are_no_reason_to_warn() -> None:
    class Circular(Net):
        def grid(self, x: Tensor) -> Tensor:
            circle: list[Any] = [grid_like(x)]
            circle.append(circle)
            return circle[0]  # type: ignore[no-any-return]

    assert not trace_model(Circular(), SHAPE).warnings


def test_a_large_global_array_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be all data that a program works on."""
    data = torch.zeros(2**20)

    class Reading(Net):
        def grid(self, x: Tensor) -> Tensor:
            return data[: x.shape[-1]].to(x)

    model = Reading()
    copied: list[int] = []
    clone = Tensor.clone

    def counted(self: Tensor, **options: Any) -> Tensor:
        copied.append(self.nbytes)
        return clone(self, **options)

    monkeypatch.setattr(Tensor, "clone", counted)
    CALLS["capture"](model)
    assert copied
    assert max(copied) < data.nbytes
