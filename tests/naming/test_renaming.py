"""Names and shapes are those of torch and of the libraries themselves, where these are installed."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from resnet_viz.errors import WeightsError
from resnet_viz.model.net.build import build_model, build_plan
from resnet_viz.naming.libraries import LIBRARIES, can_name
from resnet_viz.naming.renaming import rename_state_dict, shapes_of, translate_name
from resnet_viz.spec.resnet import PRESETS, ResNetSpec

FIFTY = (3, 4, 6, 3)
SPECS: dict[str, ResNetSpec] = {
    **{name: spec for name, spec in PRESETS.items() if spec.depth < 110},
    "resnet152": PRESETS["resnet152"],
    "50-D": ResNetSpec("bottleneck", FIFTY, stem="deep", average_shortcut=True),
    "18-D": ResNetSpec("basic", (2, 2, 2, 2), stem="deep", average_shortcut=True),
    "SE-50": ResNetSpec("bottleneck", FIFTY, squeeze_excitation=True),
    "v2-50": ResNetSpec("bottleneck", FIFTY, pre_activation=True),
    "v2 basic C": ResNetSpec("basic", (1, 2, 1), pre_activation=True, shortcut="C", stem="3x3"),
    "all": ResNetSpec("bottleneck", (1, 2), squeeze_excitation=True, stem="deep", widths=(9, 24), shortcut="C",
                      groups=3, width_per_group=64, average_shortcut=True, in_channels=1, num_classes=7),
    "group": ResNetSpec("bottleneck", FIFTY, norm="group"),
    "frozen": ResNetSpec("basic", (2, 2, 2, 2), norm="frozen"),
    "no norms": ResNetSpec("basic", (2, 2, 2, 2), norm="none"),
    "no norms D": ResNetSpec("bottleneck", FIFTY, stem="deep", average_shortcut=True, norm="none"),
    "no norms v2": ResNetSpec("bottleneck", (1, 2), pre_activation=True, squeeze_excitation=True, norm="none"),
    "one stage": ResNetSpec("basic", (1,), num_classes=2),
}  # fmt: skip


@pytest.mark.parametrize("name", SPECS)
def test_keys_shapes_and_order_are_those_of_torch(name: str) -> None:
    expected = {key: tuple(value.shape) for key, value in build_plan(SPECS[name]).state_dict().items()}
    assert [*shapes_of(SPECS[name]).items()] == [*expected.items()]


def of_timm(name: str, **options: Any) -> Callable[[], Any]:
    return lambda: pytest.importorskip("timm").create_model(name, **options)


def of_huggingface(kind: str, depths: tuple[int, ...], widths: tuple[int, ...]) -> Callable[[], Any]:
    def make() -> Any:
        transformers = pytest.importorskip("transformers")
        config = transformers.ResNetConfig(layer_type=kind, depths=depths, hidden_sizes=widths, num_labels=1000)
        return transformers.ResNetForImageClassification(config)

    return make


def sequential(net: nn.Module) -> nn.Module:
    return nn.Sequential(*net.children())


LIBRARY_NETS: list[tuple[str, str, Callable[[], Any]]] = [
    ("resnet18", "timm", of_timm("resnet18")),
    ("resnet152", "timm", of_timm("resnet152")),
    ("resnext50_32x4d", "timm", of_timm("resnext50_32x4d")),
    ("50-D", "timm", of_timm("resnet50d")),
    ("18-D", "timm", of_timm("resnet18d")),
    ("SE-50", "timm", of_timm("seresnet50")),
    ("v2-50", "timm", of_timm("resnetv2_50")),
    ("no norms", "timm", of_timm("resnet18", norm_layer=nn.Identity)),
    ("no norms D", "timm", of_timm("resnet50d", norm_layer=nn.Identity)),
    ("no norms", "sequential", lambda: sequential(build_plan(SPECS["no norms"]))),
    ("resnet50", "huggingface", of_huggingface("bottleneck", FIFTY, (256, 512, 1024, 2048))),
    ("resnet34", "huggingface", of_huggingface("basic", FIFTY, (64, 128, 256, 512))),
    ("resnet18", "sequential", lambda: sequential(build_plan(SPECS["resnet18"]))),
    ("resnext50_32x4d", "sequential", lambda: sequential(build_plan(SPECS["resnext50_32x4d"]))),
]


@pytest.mark.parametrize(("name", "library", "make"), LIBRARY_NETS)
def test_names_are_those_of_the_library(name: str, library: str, make: Callable[[], Any]) -> None:
    with torch.device("meta"):
        expected = {key: tuple(value.shape) for key, value in make().state_dict().items()}
    assert shapes_of(SPECS[name], library) == expected


FROM_SOURCE = [
    # library, torchvision's name, the library's: by its source, see `libraries.py`
    ("mmpretrain", "resnet50", "layer2.0.downsample.1.weight", "backbone.layer2.0.downsample.1.weight"),
    ("mmpretrain", "resnet50", "fc.bias", "head.fc.bias"),
    ("mmpretrain", "50-D", "conv1.4.running_var", "backbone.stem.1.bn.running_var"),
    ("mmpretrain", "50-D", "bn1.weight", "backbone.stem.2.bn.weight"),
    ("mmpretrain", "50-D", "layer1.0.downsample.0.weight", "backbone.layer1.0.downsample.0.weight"),
    ("mmpretrain", "50-D", "layer2.0.downsample.1.weight", "backbone.layer2.0.downsample.1.weight"),
    ("detectron2", "resnet50", "conv1.weight", "stem.conv1.weight"),
    ("detectron2", "resnet50", "bn1.running_mean", "stem.conv1.norm.running_mean"),
    ("detectron2", "resnet50", "layer1.0.bn3.weight", "res2.0.conv3.norm.weight"),
    ("detectron2", "resnet50", "layer4.0.downsample.1.bias", "res5.0.shortcut.norm.bias"),
    ("keras", "resnet50", "conv1.weight", "conv1_conv/kernel"),
    ("keras", "resnet50", "layer1.0.bn3.running_var", "conv2_block1_3_bn/moving_variance"),
    ("keras", "resnet50", "layer4.0.downsample.1.bias", "conv5_block1_0_bn/beta"),
    ("keras", "resnet50", "layer3.5.bn2.weight", "conv4_block6_2_bn/gamma"),
    ("keras", "resnet50", "fc", "predictions"),
    ("cifar", "cifar20", "layer1.0.conv1.weight", "layer1.0.conv1.weight"),
    ("cifar", "cifar B", "layer2.0.downsample.0.weight", "layer2.0.shortcut.0.weight"),
    ("cifar", "cifar B", "fc.weight", "linear.weight"),
]
SPECS["cifar B"] = ResNetSpec.cifar(20, shortcut="B")


@pytest.mark.parametrize(("library", "name", "ours", "theirs"), FROM_SOURCE)
def test_names_of_libraries_without_a_wheel(library: str, name: str, ours: str, theirs: str) -> None:
    spec = SPECS[name]
    assert translate_name(ours, "torchvision", library, spec) == theirs
    assert translate_name(theirs, library, "torchvision", spec) == ours


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("library", LIBRARIES)
def test_there_and_back_is_the_same(name: str, library: str) -> None:
    spec = SPECS[name]
    ours = {key: object() for key in shapes_of(spec)}
    if not can_name(spec, library):
        with pytest.raises(WeightsError, match=library):
            rename_state_dict(ours, spec, library)
        return
    if library == "keras":
        ours = {key: value for key, value in ours.items() if not key.endswith("num_batches_tracked")}
    theirs = rename_state_dict(ours, spec, library)
    assert len(theirs) == len(ours)
    assert [*theirs.values()] == [*ours.values()]
    assert rename_state_dict(theirs, spec) == ours
    assert rename_state_dict(theirs, spec, source=library) == ours


def test_counters_may_be_missing() -> None:
    spec = SPECS["resnet18"]
    old = {key: key for key in shapes_of(spec) if not key.endswith("num_batches_tracked")}
    assert len(rename_state_dict(old, spec, "huggingface")) == len(old)


@pytest.mark.parametrize("library", ["timm", "keras"])
def test_values_take_the_other_librarys_axes_and_come_back_bit_for_bit(library: str) -> None:
    spec = ResNetSpec("bottleneck", (1, 1), widths=(4, 6), num_classes=5, pre_activation=library == "timm")
    ours = build_model(spec).state_dict()
    theirs = rename_state_dict(ours, spec, library)
    assert {key: tuple(value.shape) for key, value in theirs.items()} == shapes_of(spec, library)
    back = rename_state_dict(theirs, spec)
    assert all(torch.equal(value, ours[key]) for key, value in back.items())
    arrays = {key: value.numpy() for key, value in theirs.items()}
    assert {key: value.shape for key, value in rename_state_dict(arrays, spec).items()} == {
        key: tuple(value.shape) for key, value in back.items()
    }


def test_a_kernel_of_keras_is_that_of_its_own_convolution() -> None:
    """Keras's order of axes, by its documentation, in a convolution written out for one pixel."""
    spec = ResNetSpec("bottleneck", (1,), widths=(2,), num_classes=3)
    ours = build_model(spec).state_dict()
    kernel = rename_state_dict(ours, spec, "keras")["conv2_block1_2_conv/kernel"]
    picture = torch.rand(2, 3, 3)
    by_keras = torch.einsum("chw,hwcd->d", picture, kernel)
    weight = ours["layer1.0.conv2.weight"]
    torch.testing.assert_close(by_keras, torch.conv2d(picture[None], weight)[0, :, 0, 0])


def test_a_module_or_a_key_is_translated() -> None:
    assert translate_name("layer3.5.conv2", "torchvision", "huggingface") == (
        "resnet.encoder.stages.2.layers.5.layer.1.convolution"
    )
    assert translate_name("resnet.embedder.embedder.normalization.bias", "huggingface", "timm") == "bn1.bias"
    assert translate_name("4.0.bn1.weight", "sequential", "detectron2") == "res2.0.conv1.norm.weight"


@pytest.mark.parametrize(
    "ask",
    [
        lambda: translate_name("layer9.0.conv1", "torchvision", "timm"),
        lambda: translate_name("conv1", "torchvision", "caffe"),
        lambda: translate_name("conv1", "nobody", "timm"),
        lambda: rename_state_dict({"conv1.weight": 0}, SPECS["resnet18"], "timm"),
        lambda: rename_state_dict({**shapes_of(SPECS["resnet18"]), "queue": 0}, SPECS["resnet18"], "timm"),
        lambda: shapes_of(SPECS["resnet18"], "nobody"),
    ],
)
def test_what_is_no_name_is_told(ask: Callable[[], object]) -> None:
    with pytest.raises(WeightsError):
        ask()
