"""Captured values are those of the op: every op of every preset, bit for bit as computed out of place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.models.feature_extraction import create_feature_extractor

from resnet_viz.model.net.build import build_model
from resnet_viz.model.run.block_maps import capture_block
from resnet_viz.model.run.capture import capture
from resnet_viz.model.run.inputs import to_input
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.findings import BlockMaps
from resnet_viz.spec.resnet import PRESETS, TORCHVISION
from tests.model.lively_nets import PICTURE, lively
from tests.model.reference_maps import reference_blocks, reference_maps
from tests.nets import filled

# The smallest whose last maps still have two pixels.
SIZE = (32, 48)


@dataclass(frozen=True, slots=True)
class Case:
    """A net and what each of its ops gives for the picture."""

    model: Any
    maps: dict[str, Tensor]


def case_of(model: Any, size: tuple[int, int]) -> Case:
    weight = model.conv1.weight
    image = to_input(PICTURE, size).to(weight.dtype)
    with torch.no_grad():
        maps = reference_maps(model, image)
        # The reference is torchvision's net, and nothing has been written into its maps.
        assert torch.equal(maps["fc"], model(image))
    # (The pooled map in channels-last form is one that torch itself makes in two steps.)
    assert all(value._version == 0 for key, value in maps.items() if key not in ("avgpool", "flatten"))
    return Case(model, maps)


@pytest.fixture(scope="module", params=TORCHVISION)
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    """One preset after the other, since the large ones do not fit side by side everywhere.

    On one thread: hundreds of short passes on several would mostly wait for each other where a machine is busy.
    """
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield case_of(lively(filled(PRESETS[request.param], seed=1)), SIZE)
    torch.set_num_threads(n_threads)


def assert_bits(found: np.ndarray, expected: Tensor, name: str) -> None:
    values = expected[0].float().contiguous().numpy()
    assert found.dtype == values.dtype == np.float32
    assert found.shape == values.shape
    # As one value: of two long strings of bytes pytest would look for minutes for what differs.
    has_same_bits = np.ascontiguousarray(found).tobytes() == values.tobytes()
    assert has_same_bits, name


def assert_all_bits(case: Case, size: tuple[int, int]) -> None:
    shown = capture(case.model, PICTURE, case.maps, size)
    assert list(shown) == list(case.maps)
    for node_id, array in shown.items():
        assert_bits(array, case.maps[node_id], node_id)


def assert_block_bits(case: Case, found: BlockMaps, parts: dict[str, str]) -> None:
    for part, node_id in parts.items():
        assert_bits(getattr(found, part), case.maps[node_id], f"{found.block}: {part}")


# Every preset


def test_the_reference_has_the_ops_of_the_trace(case: Case) -> None:
    trace = trace_model(case.model, (1, 3, *SIZE))
    assert [op.id for op in trace.ops] == list(case.maps)
    assert {op.id: op.out_shape for op in trace.ops} == {key: tuple(value.shape) for key, value in case.maps.items()}
    assert [block.id for block in trace.blocks] == list(reference_blocks(case.model))


def test_no_two_ops_give_the_same(case: Case) -> None:
    """Or a map shown under a wrong name would not be noticed."""
    assert all(value.isfinite().all() for value in case.maps.values())
    rest = {key: value for key, value in case.maps.items() if key != "flatten"}  # only another shape
    assert len({value.numpy().tobytes() for value in rest.values()}) == len(rest)
    assert all(
        value.min() < 0 for key, value in rest.items() if "relu" not in key and key not in ("maxpool", "avgpool")
    )


def test_every_op_gives_the_bits_of_the_reference(case: Case) -> None:
    assert_all_bits(case, SIZE)


def test_every_block_gives_the_bits_of_the_reference(case: Case) -> None:
    for block_id, parts in reference_blocks(case.model).items():
        found = capture_block(case.model, PICTURE, block_id, SIZE)
        assert_block_bits(case, found, parts)
        assert (found.residual + found.shortcut).tobytes() == found.sum.tobytes()
        assert np.maximum(found.sum, 0).tobytes() == found.output.tobytes()


# Other sizes, forms and numbers of threads


def test_at_full_size() -> None:
    case = case_of(lively(filled(PRESETS["resnet50"], seed=2)), (224, 224))
    assert_all_bits(case, (224, 224))
    for block_id in ("layer1.0", "layer2.1", "layer4.2"):
        found = capture_block(case.model, PICTURE, block_id)
        assert_block_bits(case, found, reference_blocks(case.model)[block_id])
        assert (found.residual + found.shortcut).tobytes() == found.sum.tobytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.to(memory_format=torch.channels_last),
        lambda model: model.double(),
        lambda model: model.bfloat16(),
    ],
    ids=["channels-last", "float64", "bfloat16"],
)
@pytest.mark.parametrize("preset", ["resnet18", "resnext50_32x4d"])
def test_in_other_forms(preset: str, change: Callable[[Any], Any]) -> None:
    case = case_of(change(lively(filled(PRESETS[preset], seed=3))), SIZE)
    weight, value = case.model.conv1.weight, case.maps["layer2.0.add"]
    assert value.dtype == weight.dtype
    assert value.is_contiguous() == weight.is_contiguous()
    assert_all_bits(case, SIZE)
    for block_id in ("layer1.1", "layer3.0"):
        parts = reference_blocks(case.model)[block_id]
        assert_block_bits(case, capture_block(case.model, PICTURE, block_id, SIZE), parts)
        assert torch.equal(case.maps[parts["residual"]] + case.maps[parts["shortcut"]], case.maps[parts["sum"]])


@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_with_other_numbers_of_threads(n_threads: int) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        assert_all_bits(case_of(lively(build_model(PRESETS["resnet18"], seed=4)), (96, 64)), (96, 64))
        assert torch.get_num_threads() == n_threads
    finally:
        torch.set_num_threads(before)


# What others show


def test_a_hook_is_shown_what_came_of_the_map_later() -> None:
    """The trap that all this is about: the assertions above would not hold for what a hook keeps."""
    model = build_model(PRESETS["resnet18"], seed=1)
    case, seen = case_of(lively(model), SIZE), {}
    for path in ("layer1.0.bn1", "layer1.0.bn2"):
        model.get_submodule(path).register_forward_hook(
            lambda _module, _args, output, path=path: seen.update({path: output})
        )
    with torch.no_grad():
        model(to_input(PICTURE, SIZE))
    assert torch.equal(seen["layer1.0.bn1"], case.maps["layer1.0.relu"])
    assert torch.equal(seen["layer1.0.bn2"], case.maps["layer1.0.relu_1"])  # what leaves the block
    for path, value in seen.items():
        with pytest.raises(AssertionError):
            assert_bits(value[0].numpy(), case.maps[path], path)


def test_torchvisions_extractor_shows_a_sum_that_is_rectified() -> None:
    case = case_of(lively(build_model(PRESETS["resnet18"], seed=1)), SIZE)
    with torch.no_grad():
        shown = create_feature_extractor(case.model, ["layer1.0.add", "fc"])(to_input(PICTURE, SIZE))["layer1.0.add"]
    assert torch.equal(shown, case.maps["layer1.0.relu_1"])
    with pytest.raises(AssertionError):
        assert_bits(shown[0].numpy(), case.maps["layer1.0.add"], "layer1.0.add")
