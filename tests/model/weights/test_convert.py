"""A file under other names: the same bits, whoever names them, and nothing written where anything is not sure."""

import io
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import safetensors.torch
import timm
import torch
from torch import Tensor

from resnet_viz.errors import WeightsError
from resnet_viz.model.net.build import build_model
from resnet_viz.model.weights.convert import convert_weights
from resnet_viz.naming.libraries import LIBRARIES, can_name
from resnet_viz.naming.renaming import rename_state_dict, shapes_of
from resnet_viz.spec.resnet import ResNetSpec

SMALL = ResNetSpec("basic", (1, 1, 1, 1), widths=(8, 8, 16, 16), num_classes=5)
V2 = ResNetSpec("bottleneck", (1, 1, 1, 1), widths=(8, 8, 8, 8), pre_activation=True, num_classes=3)


def saved(content: Any) -> bytes:
    """The bytes of a file of torch."""
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


@cache
def resnet_d() -> dict[str, Tensor]:
    """The state dict of timm's small ResNet-26-D."""
    with torch.device("cpu"):
        return dict(timm.create_model("resnet26d", num_classes=11, base_width=8).state_dict())


def values_of(spec: ResNetSpec) -> dict[str, Tensor]:
    """The state dict of a spec's net."""
    return dict(build_model(spec).state_dict())


def are_equal(found: dict[str, Tensor], expected: dict[str, Tensor]) -> bool:
    """Whether both have the same keys, dtypes and bits."""
    return found.keys() == expected.keys() and all(
        value.dtype == expected[key].dtype and torch.equal(value, expected[key]) for key, value in found.items()
    )


def test_timms_names_and_back_give_equal_bits() -> None:
    ours = convert_weights(saved(resnet_d()), "torchvision")
    assert (ours.found.names, ours.n_tensors) == ("timm", len(resnet_d()))
    assert "layer1.0.downsample.0.weight" in safetensors.torch.load(ours.data)
    back = convert_weights(ours.data, "timm")
    assert back.found.names == "torchvision"
    assert are_equal(safetensors.torch.load(back.data), resnet_d())


def test_half_precision_inside_a_lightning_checkpoint_is_kept() -> None:
    halves = {key: value.half() if value.is_floating_point() else value for key, value in resnet_d().items()}
    state = {**{f"model.{key}": value for key, value in halves.items()}, "loss.weight": torch.ones(11)}
    made = convert_weights(saved({"epoch": 3, "state_dict": state, "hyper_parameters": {"lr": 0.1}}), "timm")
    assert are_equal(safetensors.torch.load(made.data), halves)
    assert made.found.left_out == ("state_dict.loss.weight",)


@pytest.mark.parametrize("library", [library for library in LIBRARIES if can_name(SMALL, library)])
def test_a_body_stays_without_its_head(library: str) -> None:
    body = {key: value for key, value in values_of(SMALL).items() if not key.startswith("fc.")}
    # A part of a head is none.
    made = convert_weights(saved({**body, "fc.weight": torch.ones(5, 16)}), library)
    found = safetensors.torch.load(made.data)
    whole = rename_state_dict(values_of(SMALL), SMALL, library)
    assert not made.found.has_head
    assert found.keys() == set([*whole][:-2])
    assert [tuple(found[key].shape) for key in found] == [shapes_of(SMALL, library)[key] for key in found]


def test_a_head_becomes_the_convolution_that_timm_has() -> None:
    net = timm.create_model("resnetv2_50", num_classes=3, layers=(1, 1, 1, 1), channels=(32, 32, 32, 32), stem_chs=8)
    weights = values_of(V2)
    made = convert_weights(saved(weights), "timm")
    found = safetensors.torch.load(made.data)
    assert found["head.fc.weight"].shape == (3, 32, 1, 1)
    assert torch.equal(found["head.fc.weight"].flatten(), weights["fc.weight"].flatten())
    net.load_state_dict(found)
    with pytest.raises(WeightsError, match="whether its shortcuts pool"):
        convert_weights(made.data, "torchvision")


def test_views_are_written_as_the_values_that_they_show() -> None:
    weights = values_of(SMALL)
    weights |= {
        "layer1.0.conv1.weight": weights["layer1.0.conv1.weight"].to(memory_format=torch.channels_last),
        "layer1.0.bn1.weight": torch._neg_view(torch.arange(8.0)),
        "layer1.0.bn1.bias": weights["layer1.0.bn2.bias"],
    }
    found = safetensors.torch.load(convert_weights(saved(weights), "timm").data)
    assert are_equal(found, weights)
    assert found["layer1.0.bn1.weight"][-1] == -7


def test_transformers_reads_it() -> None:
    """It asks for this entry, and refuses a file without."""
    data = convert_weights(saved(values_of(SMALL)), "huggingface").data
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert header["__metadata__"] == {"format": "pt"}


@pytest.mark.parametrize(
    ("content", "to", "words"),
    [
        (lambda: {"epoch": 1}, "timm", "no ResNet"),
        (lambda: values_of(SMALL) | {"layer1.0.extra.weight": torch.ones(8, 8, 3, 3)}, "timm", "not known for sure"),
        (lambda: values_of(V2), "huggingface", "huggingface has no"),
        (lambda: values_of(SMALL), "caffe", "caffe"),
        (lambda: values_of(SMALL) | {"bn1.weight": torch.ones(8, dtype=torch.complex128)}, "timm", "complex128"),
    ],
    ids=["no net", "not sure", "no such net", "no library", "no such dtype"],
)
def test_what_is_not_sure_is_not_written(content: Callable[[], object], to: str, words: str) -> None:
    with pytest.raises(WeightsError, match=words):
        convert_weights(saved(content()), to)


@pytest.mark.parametrize("library", ["torchvision", "keras"])
def test_a_head_of_another_name_gets_the_librarys_and_values_its_axes(library: str) -> None:
    spec = ResNetSpec("bottleneck", (1, 1), widths=(4, 6), num_classes=5)
    state = build_model(spec).state_dict()
    other = {
        key.replace("fc.", "model.fc.1.") if key.startswith("fc.") else f"model.{key}": state[key] for key in state
    }
    buffer = io.BytesIO()
    torch.save(other, buffer)
    found = safetensors.torch.load(convert_weights(buffer.getvalue(), library).data)
    back = rename_state_dict(found, spec, "torchvision", library)
    assert {key for key in state if key not in back} == {key for key in state if "num_" in key and library == "keras"}
    assert all(torch.equal(value, state[key]) for key, value in back.items())
