"""Residual nets of other libraries (`requirements-zoo.txt`), each at a small size and without weights."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from torch import nn

from tests.zoo.entries import Entry, evaluated


def transformers_nets() -> Iterator[Entry]:
    """Hugging Face's ResNet and RegNet, and the backbone of DETR."""

    def resnet(**settings: Any) -> nn.Module:
        library: Any = import_module("transformers")
        return evaluated(library.ResNetForImageClassification(library.ResNetConfig(**settings)))

    def regnet() -> nn.Module:
        library: Any = import_module("transformers")
        config = library.RegNetConfig(hidden_sizes=[32, 64, 160, 384], depths=[1, 2, 7, 12], groups_width=16)
        return evaluated(library.RegNetForImageClassification(config))

    def detr_backbone() -> nn.Module:
        library: Any = import_module("transformers")
        return evaluated(library.ResNetBackbone(library.ResNetConfig(out_features=["stage2", "stage3", "stage4"])))

    small = {"layer_type": "basic", "depths": [2, 2, 2, 2], "hidden_sizes": [16, 32, 64, 128], "embedding_size": 16}
    yield Entry("transformers", "ResNet, basic", lambda: resnet(**small), 8, "2+2+2+2")
    yield Entry("transformers", "ResNet-50", resnet, 16, "3+4+6+3")
    yield Entry("transformers", "RegNet", regnet, 22, "1+2+7+12")
    yield Entry("transformers", "ResNetBackbone of DETR", detr_backbone, 16, "3+4+6+3")


def smp_nets() -> Iterator[Entry]:
    """segmentation_models_pytorch's U-Net and FPN."""
    for name, n, sums in (("Unet", 8, "the encoder's 2+2+2+2"), ("FPN", 8, "the encoder's; a pyramid's are merges")):

        def make(name: str = name) -> nn.Module:
            library: Any = import_module("segmentation_models_pytorch")
            return evaluated(getattr(library, name)("resnet18", encoder_weights=None))

        yield Entry("segmentation_models_pytorch", f"{name}, resnet18", make, n, sums)


def monai_nets() -> Iterator[Entry]:
    """MONAI's ResNet in two dimensions, and SegResNet."""

    def resnet18() -> nn.Module:
        library: Any = import_module("monai.networks.nets")
        return evaluated(library.resnet18(spatial_dims=2, n_input_channels=3, num_classes=5))

    def segresnet() -> nn.Module:
        library: Any = import_module("monai.networks.nets")
        return evaluated(library.SegResNet(spatial_dims=2, in_channels=3, out_channels=2))

    yield Entry("monai", "resnet18, 2D", resnet18, 8, "2+2+2+2")
    yield Entry("monai", "SegResNet, 2D", segresnet, 12, "1+2+2+4 down, 1+1+1 up; sums after up-sampling are merges")


def pytorchcv_nets() -> Iterator[Entry]:
    """pytorchcv's forms of ResNet."""
    counts = {
        "resnet18": (8, "2+2+2+2"), "resnet50b": (16, "3+4+6+3"), "preresnet18": (8, "2+2+2+2"),
        "seresnet18": (8, "2+2+2+2"), "resnet20_cifar10": (9, "3+3+3"), "preresnet20_cifar10": (9, "3+3+3"),
        "resnext29_32x4d_cifar10": (9, "3+3+3"), "wrn16_10_cifar10": (6, "2+2+2"),
    }  # fmt: skip
    for name, (n, sums) in counts.items():

        def make(name: str = name) -> nn.Module:
            library: Any = import_module("pytorchcv.model_provider")
            return evaluated(library.get_model(name))

        size = 32 if "cifar" in name else 224
        yield Entry("pytorchcv", name, make, n, sums, (1, 3, size, size))
