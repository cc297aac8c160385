"""Hugging Face's residual nets by name: the values of their configurations, as data.

transformers has classes and no list of architectures; names and values are those of the checkpoints on its hub, without
the owner. Nothing is asked of the hub. Tests compare parameters and multiply-adds with the same net of torchvision or
timm, whose name each entry gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Value = str | int | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Configuration:
    """A net of transformers.

    family: as in `ResNet`, of `ResNetConfig` and `ResNetForImageClassification`. values: the configuration's arguments
    that count, beside 1,000 classes. source: where they come from. same_as: the same net elsewhere, if there is one.
    """

    family: str
    values: Mapping[str, Value]
    source: str
    same_as: str


_BASIC, _BOTTLENECK = (64, 128, 256, 512), (256, 512, 1024, 2048)
_TABLE_1 = "He et al. 2015, Table 1; microsoft/resnet-{depth}"
_DEPTHS = "Liu et al. 2022, section 3; facebook/convnext-{size}-224"


def _resnet(depth: int, layer_type: str, depths: tuple[int, ...], same_as: str) -> Configuration:
    widths = _BASIC if layer_type == "basic" else _BOTTLENECK
    values: dict[str, Value] = {"layer_type": layer_type, "depths": depths, "hidden_sizes": widths}
    return Configuration("ResNet", values, _TABLE_1.format(depth=depth), same_as)


def _regnet(name: str, layer_type: str, depths: tuple[int, ...], widths: tuple[int, ...], group: int) -> Configuration:
    values: dict[str, Value] = {
        "layer_type": layer_type,
        "depths": depths,
        "hidden_sizes": widths,
        "groups_width": group,
    }
    same = f"timm:regnet{layer_type}_{name}"
    return Configuration(
        "RegNet", values, f"Radosavovic et al. 2020, appendix; facebook/regnet-{layer_type}-{name}", same
    )


def _convnext(size: str, depths: tuple[int, ...], widths: tuple[int, ...]) -> Configuration:
    values: dict[str, Value] = {"depths": depths, "hidden_sizes": widths}
    return Configuration("ConvNext", values, _DEPTHS.format(size=size), f"timm:convnext_{size}")


CONFIGURATIONS: Mapping[str, Configuration] = MappingProxyType(
    {
        "bit-50": Configuration(
            "Bit", {"layer_type": "preactivation"}, "Kolesnikov et al. 2020; google/bit-50", "timm:resnetv2_50x1_bit"
        ),
        "convnext-base-224": _convnext("base", (3, 3, 27, 3), (128, 256, 512, 1024)),
        "convnext-large-224": _convnext("large", (3, 3, 27, 3), (192, 384, 768, 1536)),
        "convnext-small-224": _convnext("small", (3, 3, 27, 3), (96, 192, 384, 768)),
        "convnext-tiny-224": _convnext("tiny", (3, 3, 9, 3), (96, 192, 384, 768)),
        "convnextv2-tiny-1k-224": Configuration(
            "ConvNextV2",
            {"depths": (3, 3, 9, 3), "hidden_sizes": (96, 192, 384, 768)},
            "Woo et al. 2023, section 3; facebook/convnextv2-tiny-1k-224",
            "timm:convnextv2_tiny",
        ),
        "regnet-x-004": _regnet("004", "x", (1, 2, 7, 12), (32, 64, 160, 384), 16),
        "regnet-y-004": _regnet("004", "y", (1, 3, 6, 6), (48, 104, 208, 440), 8),
        "regnet-y-040": _regnet("040", "y", (2, 6, 12, 2), (128, 192, 512, 1088), 64),
        "resnet-101": _resnet(101, "bottleneck", (3, 4, 23, 3), "torchvision:resnet101"),
        "resnet-152": _resnet(152, "bottleneck", (3, 8, 36, 3), "torchvision:resnet152"),
        "resnet-18": _resnet(18, "basic", (2, 2, 2, 2), "torchvision:resnet18"),
        "resnet-26": _resnet(26, "bottleneck", (2, 2, 2, 2), "timm:resnet26"),
        "resnet-34": _resnet(34, "basic", (3, 4, 6, 3), "torchvision:resnet34"),
        "resnet-50": _resnet(50, "bottleneck", (3, 4, 6, 3), "torchvision:resnet50"),
    }
)
