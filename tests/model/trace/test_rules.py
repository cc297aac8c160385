"""The rules against torch's own meta kernels over random arguments: a rule agrees with torch or has no answer."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from resnet_viz.model.trace.rules import RULES, Outcome

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
REFUSALS = (RuntimeError, ValueError, IndexError, TypeError, ZeroDivisionError, NotImplementedError)
_answers: Counter[str] = Counter()


@pytest.fixture(autouse=True)
def _rules_are_asked_in_earnest() -> Iterator[None]:
    """A rule that always passes would agree with torch too: of the random calls it must answer many."""
    _answers.clear()
    yield
    assert _answers["answered"] >= 20 or _answers["asked"] < 50


def assert_agrees(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Outcome | None:
    """What the rule says is what torch does, and where torch refuses, the rule says nothing."""
    _answers["asked"] += 1
    expected = refusal = outcome = None
    try:
        expected = function(*args, **kwargs)
    except REFUSALS as error:
        refusal = error
    with suppress(*REFUSALS):  # A rule that fails is one that does not know.
        outcome = RULES[function][1](*args, **kwargs)
    if outcome is None:
        return None
    _answers["answered"] += 1
    assert expected is not None, f"the rule gives {outcome.shape}, torch refuses: {refusal}"
    assert outcome.shape == tuple(expected.shape)
    assert expected.dtype == args[0].dtype
    assert outcome.is_inplace is (expected is args[0]) or outcome.is_view
    assert outcome.is_view is (expected._base is args[0]) or expected is args[0]
    return outcome


def meta(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.empty(shape, device="meta", dtype=dtype)


def mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Ordinary arguments, and now and then what only a mistake would bring."""
    return st.integers(0, 9).flatmap(lambda n: odd if n == 9 else usual)


def pairs(least: int, most: int) -> st.SearchStrategy[Any]:
    """A number for both axes, or one for each; at times one too small, or too many."""
    number = st.integers(least, most)
    return mostly(number | st.tuples(number, number), st.just(least - 1) | st.tuples(number) | st.tuples(*[number] * 3))


channels = st.sampled_from([1, 2, 3, 4, 6, 32, 64])
maps = st.builds(meta, st.integers(1, 3), channels, st.integers(1, 12), st.integers(1, 12))
flat = st.builds(meta, st.integers(1, 3), channels) | st.builds(meta, channels)
odd_maps = mostly(maps, flat | st.builds(meta, channels, st.integers(1, 6), st.integers(1, 6)) | st.just(meta()))
flags = mostly(st.just(False), st.just(True))


def vectors(x: Tensor) -> st.SearchStrategy[Any]:
    """Weights or statistics, one value a channel."""
    n_channels = x.shape[1] if x.dim() > 1 else 1
    return mostly(st.just(meta(n_channels)), st.none() | st.just(meta(n_channels + 1)))


@settings(max_examples=300)
@given(x=odd_maps, data=st.data())
def test_conv2d(x: Tensor, data: st.DataObject) -> None:
    groups = data.draw(mostly(st.sampled_from([1, 2, 3]), st.just(0)))
    c_in = data.draw(mostly(st.just(x.shape[1] // max(groups, 1) if x.dim() > 1 else 1), st.just(5)))
    c_out = data.draw(mostly(st.just(2 * groups), channels))
    weight = meta(c_out, c_in, data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4)))
    bias = data.draw(mostly(st.sampled_from([None, meta(c_out)]), st.just(meta(c_out + 1))))
    stride, dilation = data.draw(pairs(1, 4)), data.draw(pairs(1, 3))
    padding = data.draw(mostly(pairs(0, 3), st.sampled_from(["same", "valid"])))
    outcome = assert_agrees(torch.conv2d, x, weight, bias, stride, padding, dilation, groups)
    if outcome is not None:
        n, c, height, width = outcome.shape
        assert outcome.n_macs == n * c * height * width * c_in * weight.shape[2] * weight.shape[3]


@settings(max_examples=200)
@given(odd_maps, pairs(1, 4), st.none() | pairs(1, 4), pairs(0, 2), pairs(1, 2), flags, flags)
def test_max_pool2d(x: Tensor, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: bool, both: bool) -> None:
    assert_agrees(F.max_pool2d, x, kernel, stride, padding, dilation, ceil, both)


@settings(max_examples=200)
@given(odd_maps, pairs(1, 4), st.none() | pairs(1, 4), pairs(0, 2), flags, mostly(st.none(), st.integers(0, 2)))
def test_avg_pool2d(x: Tensor, kernel: Any, stride: Any, padding: Any, ceil: bool, divisor: int | None) -> None:
    assert_agrees(F.avg_pool2d, x, kernel, stride, padding, ceil, divisor_override=divisor)


@example(meta(1, 1, 1, 1), (1,))
@given(odd_maps, mostly(st.integers(1, 3), pairs(1, 3) | st.tuples(st.none(), st.integers(1, 3))))
def test_adaptive_avg_pool2d(x: Tensor, size: Any) -> None:
    assert_agrees(F.adaptive_avg_pool2d, x, size)


@settings(max_examples=200)
@given(odd_maps, st.data(), st.booleans())
def test_batch_norm(x: Tensor, data: st.DataObject, training: bool) -> None:
    mean, var, weight, bias = (data.draw(vectors(x)) for _ in range(4))
    assert_agrees(F.batch_norm, x, mean, var, weight, bias, training)


@settings(max_examples=200)
@given(odd_maps, mostly(st.sampled_from([1, 2, 32]), st.integers(0, 5)), st.data())
def test_group_norm(x: Tensor, groups: int, data: st.DataObject) -> None:
    assert_agrees(F.group_norm, x, groups, data.draw(vectors(x)), data.draw(vectors(x)))


@given(mostly(flat, odd_maps), st.data())
def test_linear(x: Tensor, data: st.DataObject) -> None:
    features = data.draw(mostly(st.just(x.shape[-1] if x.dim() else 1), st.just(7)))
    weight = data.draw(mostly(st.just(meta(5, features)), st.just(meta(features))))
    outcome = assert_agrees(F.linear, x, weight, data.draw(st.none() | vectors(meta(1, 5))))
    if outcome is not None:
        assert outcome.n_macs == x.numel() // features * 5 * features


@settings(max_examples=200)
@given(odd_maps, st.lists(mostly(st.integers(0, 4), st.integers(-7, 0)), max_size=9), flags)
def test_pad(x: Tensor, pad: list[int], is_reflected: bool) -> None:
    assert_agrees(F.pad, x, pad, "reflect" if is_reflected else "constant")


ends = st.none() | st.integers(-14, 14)
slices = st.builds(
    slice, st.none() | st.integers(-3, 3), ends, mostly(st.none() | st.integers(1, 3), st.integers(-2, 0))
)
indices = mostly(st.lists(slices, max_size=4).map(tuple) | slices, st.integers(-3, 3) | st.just(...) | st.none())


@settings(max_examples=200)
@given(odd_maps, indices)
def test_getitem(x: Tensor, index: Any) -> None:
    assert_agrees(Tensor.__getitem__, x, index)


axes = mostly(
    st.sampled_from([(2, 3), (-1, -2), [3, 2]]), st.lists(st.integers(-6, 7), max_size=3) | st.integers(-5, 5)
)


@settings(max_examples=200)
@given(odd_maps, axes | st.sampled_from([(2, 7), (6, 3), (2, 3, 2), None]), st.booleans())
def test_mean(x: Tensor, dim: Any, keepdim: bool) -> None:
    assert_agrees(torch.mean, x, dim, keepdim)


@given(odd_maps, mostly(st.just(1), st.integers(-5, 5)), mostly(st.just(-1), st.integers(-5, 5)))
def test_flatten(x: Tensor, start: int, end: int) -> None:
    assert_agrees(torch.flatten, x, start, end)


@settings(max_examples=200)
@given(
    mostly(st.builds(meta, channels), odd_maps), st.permutations([1, 1, -1]), st.lists(st.integers(-2, 4), max_size=2)
)
def test_reshape(x: Tensor, sizes: list[int], others: list[int]) -> None:
    assert_agrees(Tensor.reshape, x, *sizes, *others)


@pytest.mark.parametrize("function", [torch.add, Tensor.add_, torch.sub, torch.mul])
@given(x=odd_maps, data=st.data())
def test_elementwise(function: Any, x: Tensor, data: st.DataObject) -> None:
    shrunk = [data.draw(st.sampled_from([size, size, 1])) for size in x.shape]
    same = meta(*shrunk[data.draw(st.integers(0, len(shrunk))) :])
    others = [meta(5), meta(*x.shape, dtype=torch.float64), meta(*x.shape, dtype=torch.int64)]
    assert_agrees(function, x, data.draw(mostly(st.sampled_from([same, x, 2, 0.5]), st.sampled_from(others))))


@pytest.mark.parametrize("function", [F.relu, torch.relu_, torch.sigmoid, torch.rsqrt])
@given(x=odd_maps)
def test_one_by_one(function: Any, x: Tensor) -> None:
    assert assert_agrees(function, x) is not None
