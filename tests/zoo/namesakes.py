"""One name, several nets: what each library calls ResNet-18 and ResNet-50, looked at in the nets themselves.

`NAMESAKES` has the nets of the table; `look_at` gives a row of `resnet_viz/views/teach/namesakes/rows.json`.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tests.zoo.counters import total_of
from tests.zoo.preparations import PREPARATIONS
from tests.zoo.strides import Strides, strides_of, strides_of_keras

_SIZE = 224


@dataclass(frozen=True, slots=True)
class Namesake:
    """A net of a library: how it is called, and which of torchvision's it should be."""

    package: str
    call: str
    depth: int
    make: Callable[[], Any]

    @property
    def id(self) -> str:
        """`timm resnet50`."""
        return f"{self.package} {self.call}"


def _of(module: str, maker: str, /, **settings: Any) -> Callable[[], Any]:
    return lambda: getattr(import_module(module), maker)(**settings)


def _keras(maker: str) -> Callable[[], Any]:
    def make() -> Any:
        # Read when Keras is first imported.
        os.environ.setdefault("KERAS_BACKEND", "torch")
        return getattr(import_module("keras.applications"), maker)(weights=None)

    return make


def _transformers(**settings: Any) -> Callable[[], Any]:
    def make() -> Any:
        library: Any = import_module("transformers")
        return library.ResNetForImageClassification(library.ResNetConfig(num_labels=1000, **settings))

    return make


_PLANE = {"spatial_dims": 2, "n_input_channels": 3, "num_classes": 1000}
_TIMM = "timm"
NAMESAKES = (
    Namesake("torchvision", "resnet18", 18, _of("torchvision.models", "resnet18")),
    Namesake(_TIMM, "resnet18", 18, _of(_TIMM, "create_model", model_name="resnet18")),
    Namesake("pytorchcv", "resnet18", 18, _of("pytorchcv.model_provider", "get_model", name="resnet18")),
    Namesake("monai", "resnet18(spatial_dims=2)", 18, _of("monai.networks.nets", "resnet18", **_PLANE)),
    Namesake(
        "transformers",
        'ResNetConfig(layer_type="basic", depths=[2, 2, 2, 2])',
        18,
        _transformers(layer_type="basic", depths=[2, 2, 2, 2]),
    ),
    Namesake("torchvision", "resnet50", 50, _of("torchvision.models", "resnet50")),
    Namesake(_TIMM, "resnet50", 50, _of(_TIMM, "create_model", model_name="resnet50")),
    Namesake("keras", "ResNet50", 50, _keras("ResNet50")),
    Namesake("keras", "ResNet50V2", 50, _keras("ResNet50V2")),
    Namesake("pytorchcv", "resnet50", 50, _of("pytorchcv.model_provider", "get_model", name="resnet50")),
    Namesake("pytorchcv", "resnet50b", 50, _of("pytorchcv.model_provider", "get_model", name="resnet50b")),
    Namesake("monai", "resnet50(spatial_dims=2)", 50, _of("monai.networks.nets", "resnet50", **_PLANE)),
    Namesake(
        "monai",
        "resnet50(spatial_dims=2, bias_downsample=False)",
        50,
        _of("monai.networks.nets", "resnet50", bias_downsample=False, **_PLANE),
    ),
    Namesake(
        "segmentation-models-pytorch",
        'get_encoder("resnet50")',
        50,
        _of("segmentation_models_pytorch.encoders", "get_encoder", name="resnet50", weights=None),
    ),
    Namesake("transformers", "ResNetConfig()", 50, _transformers()),
    Namesake(
        "transformers",
        "ResNetConfig(downsample_in_first_stage=True)",
        50,
        _transformers(downsample_in_first_stage=True),
    ),
)


def look_at(namesake: Namesake) -> dict[str, Any]:
    """Returns the row of a net, as it is stored."""
    net = namesake.make()
    look = _look_at_keras if namesake.package == "keras" else _look_at_module
    return {
        "package": namesake.package,
        "version": version(namesake.package),
        "call": namesake.call,
        "depth": namesake.depth,
        "source": _source(net, namesake),
        **look(net),
        "load": _load(net, namesake.depth),
        "preparation": PREPARATIONS[namesake.package](namesake.call),
    }


def _look_at_module(net: nn.Module) -> dict[str, Any]:
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    convs = [module for module in net.modules() if isinstance(module, nn.Conv2d)]
    return {
        **_strides(strides_of(net)),
        "n_params": sum(parameter.numel() for parameter in net.parameters()),
        "n_macs": total_of("torch", net.eval(), (1, 3, _SIZE, _SIZE)) // 2,
        "n_zero_gammas": sum(not bool(norm.weight.any()) for norm in norms),
        "eps": _only({norm.eps for norm in norms}),
        "momentum": _only({norm.momentum for norm in norms}),
        "n_conv_biases": sum(conv.bias is not None for conv in convs),
    }


def _look_at_keras(net: Any) -> dict[str, Any]:
    norms = [layer for layer in net.layers if type(layer).__name__ == "BatchNormalization"]
    convs = [layer for layer in net.layers if type(layer).__name__ == "Conv2D"]
    return {
        **_strides(strides_of_keras(net)),
        "n_params": sum(weight.numel() for layer in net.layers for weight in _trained(layer)),
        "n_macs": _count_keras(net),
        "n_zero_gammas": sum(not bool(layer.gamma.value.any()) for layer in norms),
        "eps": _only({layer.epsilon for layer in norms}),
        # Keras's momentum is the share of the old mean, torch's of the new one.
        "momentum": _only({round(1 - layer.momentum, 6) for layer in norms}),
        "n_conv_biases": sum(bool(layer.use_bias) for layer in convs),
    }


def _trained(layer: Any) -> list[Any]:
    return [weight.value for weight in layer.trainable_weights]


def _count_keras(net: Any) -> int:
    """Half of what FlopCounterMode hears: Keras's channels come last."""
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        net(torch.zeros(1, _SIZE, _SIZE, 3), training=False)
    return int(counter.get_total_flops()) // 2


def _strides(found: Strides) -> dict[str, Any]:
    return {"stem_stride": found.stem, "strided": found.kernel, "in_block": found.block, "n_strided": found.n_stages}


def _load(net: nn.Module, depth: int) -> Mapping[str, Any]:
    """What a strict load of torchvision's tensors says; the numbers are of names and shapes."""
    theirs, own = _torchvision_shapes(depth), {key: value.shape for key, value in net.state_dict().items()}
    given = {key: torch.zeros(shape) for key, shape in theirs.items()}
    try:
        net.load_state_dict(given, strict=True)
        loads = True
    except RuntimeError:
        loads = False
    both = own.keys() & theirs.keys()
    return {
        "loads": loads,
        "missing": len(own.keys() - theirs.keys()),
        "unexpected": len(theirs.keys() - own.keys()),
        "shapes": sum(own[key] != theirs[key] for key in both),
    }


@cache
def _torchvision_shapes(depth: int) -> Mapping[str, torch.Size]:
    with torch.device("meta"):
        net = getattr(import_module("torchvision.models"), f"resnet{depth}")()
    return {key: value.shape for key, value in net.state_dict().items()}


def _source(net: Any, namesake: Namesake) -> str:
    """The file below site-packages in which the net is written."""
    maker = getattr(import_module("keras.applications"), namesake.call) if namesake.package == "keras" else type(net)
    parts = Path(inspect.getfile(maker)).parts
    return "/".join(parts[parts.index("site-packages") + 1 :])


def _only(found: set[Any]) -> Any:
    (one,) = found
    return one
