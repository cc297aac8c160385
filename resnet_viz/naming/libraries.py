"""What each library calls a layer of a ResNet.

Sources: the state dicts of torchvision 0.29.1, timm 1.0.31 and transformers 5.24.0; the source of mmpretrain
(`mmpretrain/models/backbones/resnet.py` at 0979e785) and of detectron2 (`detectron2/modeling/backbone/resnet.py` at
0af92994); Keras's source (`keras/src/applications/resnet.py` at 040582fc); kuangliu/pytorch-cifar's `shortcut` and
`linear`, which many repositories share. `sequential` is `nn.Sequential(*net.children())` of torchvision's net.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from resnet_viz.naming.layers import Place
from resnet_viz.spec.resnet import ResNetSpec

Namer = Callable[[ResNetSpec, Place], str]

# The numbers of convolutions and norms in a deep stem's Sequential of convolutions, norms and ReLUs.
_DEEP_CONVOLUTIONS, _DEEP_NORMS = (0, 3, 6), (1, 4, 7)
# The children of torchvision's ResNet before layer1: conv1, bn1, relu, maxpool.
_CHILDREN_BEFORE = 4


def torchvision(spec: ResNetSpec, place: Place) -> str:
    """`layer1.0.conv1`, `layer1.0.bn1`, `layer1.0.downsample.0`, `fc`."""
    match place.part:
        case "stem":
            return _stem(spec, place, "conv1", "bn1")
        case "shortcut":
            pooled = spec.average_shortcut and place.stage > 1 and place.block == 0
            return f"{_in_stage(place)}.downsample.{pooled + place.is_norm}"
        case "last" | "head":
            return "norm_last" if place.part == "last" else "fc"
        case _:
            return f"{_in_stage(place)}.{_in_block(place)}"


def timm(spec: ResNetSpec, place: Place) -> str:
    """As torchvision; a pooling or identity stands before each projection of a ResNet-D. Pre-activated: `resnetv2`."""
    if spec.pre_activation:
        return _timm_v2(spec, place)
    if place.part == "shortcut":
        return f"{_in_stage(place)}.downsample.{spec.average_shortcut + place.is_norm}"
    return torchvision(spec, place)


def _timm_v2(spec: ResNetSpec, place: Place) -> str:
    block = f"stages.{place.stage - 1}.blocks.{place.block}"
    match place.part:
        case "stem":
            kind = "norm" if place.is_norm else "conv"
            return f"stem.{kind}{place.number}" if spec.stem == "deep" else f"stem.{kind}"
        case "block":
            return f"{block}.{'norm' if place.is_norm else 'conv'}{place.number}"
        case "shortcut":
            return f"{block}.downsample.conv"
        case "squeeze":
            return f"{block}.se.fc{place.number}"
        case _:
            return "norm" if place.part == "last" else "head.fc"


def huggingface(spec: ResNetSpec, place: Place) -> str:
    """`resnet.encoder.stages.0.layers.0.layer.0.convolution`, `classifier.1`."""
    kind = "normalization" if place.is_norm else "convolution"
    layer = f"resnet.encoder.stages.{place.stage - 1}.layers.{place.block}"
    match place.part:
        case "stem":
            return f"resnet.embedder.embedder.{kind}"
        case "block":
            return f"{layer}.layer.{place.number - 1}.{kind}"
        case "shortcut":
            return f"{layer}.shortcut.{kind}"
        case _:
            return "classifier.1"


def mmpretrain(spec: ResNetSpec, place: Place) -> str:
    """torchvision's under `backbone.`; `head.fc`; a deep stem is `backbone.stem.0.conv`, `backbone.stem.0.bn`, …"""
    if place.part == "head":
        return "head.fc"
    if place.part == "stem" and spec.stem == "deep":
        return f"backbone.stem.{place.number - 1}.{'bn' if place.is_norm else 'conv'}"
    return f"backbone.{torchvision(spec, place)}"


def detectron2(spec: ResNetSpec, place: Place) -> str:
    """`stem.conv1`, `res2.0.conv1`, `res2.0.shortcut`; a norm belongs to its convolution: `res2.0.conv1.norm`."""
    norm = ".norm" if place.is_norm else ""
    match place.part:
        case "stem":
            return f"stem.conv{place.number}{norm}"
        case "shortcut":
            return f"res{place.stage + 1}.{place.block}.shortcut{norm}"
        case "head":
            return "linear"
        case _:
            return f"res{place.stage + 1}.{place.block}.conv{place.number}{norm}"


def keras(spec: ResNetSpec, place: Place) -> str:
    """`conv1_conv`, `conv2_block1_1_conv`, `conv2_block1_0_bn` (the projection's), `predictions`."""
    kind = "bn" if place.is_norm else "conv"
    block = f"conv{place.stage + 1}_block{place.block + 1}"
    match place.part:
        case "stem":
            return f"conv1_{kind}"
        case "block":
            return f"{block}_{place.number}_{kind}"
        case "shortcut":
            return f"{block}_0_{kind}"
        case _:
            return "predictions"


def cifar(spec: ResNetSpec, place: Place) -> str:
    """torchvision's with `shortcut` and `linear`."""
    if place.part == "head":
        return "linear"
    return torchvision(spec, place).replace(".downsample.", ".shortcut.")


def sequential(spec: ResNetSpec, place: Place) -> str:
    """The children's numbers: `0`, `1`, `4.0.conv1`, …"""
    name = torchvision(spec, place)
    first, _dot, rest = name.partition(".")
    n_stages = len(spec.layers)
    numbers = {"conv1": 0, "bn1": 1, "fc": _CHILDREN_BEFORE + n_stages + 1}
    numbers |= {f"layer{stage}": _CHILDREN_BEFORE - 1 + stage for stage in range(1, n_stages + 1)}
    return f"{numbers[first]}{'.' if rest else ''}{rest}"


def _stem(spec: ResNetSpec, place: Place, conv: str, norm: str) -> str:
    if spec.stem != "deep":
        return norm if place.is_norm else conv
    if place.is_norm and place.number == len(_DEEP_NORMS):
        return norm
    return f"{conv}.{(_DEEP_NORMS if place.is_norm else _DEEP_CONVOLUTIONS)[place.number - 1]}"


def _in_stage(place: Place) -> str:
    return f"layer{place.stage}.{place.block}"


def _in_block(place: Place) -> str:
    if place.part == "squeeze":
        return f"se.fc{place.number}"
    return f"{'bn' if place.is_norm else 'conv'}{place.number}"


LIBRARIES: Mapping[str, Namer] = MappingProxyType(
    {
        "torchvision": torchvision,
        "timm": timm,
        "huggingface": huggingface,
        "mmpretrain": mmpretrain,
        "detectron2": detectron2,
        "keras": keras,
        "cifar": cifar,
        "sequential": sequential,
    }
)
"""How each library names a layer."""


def can_name(spec: ResNetSpec, library: str) -> bool:
    """Whether a library builds such a net: Hugging Face has no deep stem, detectron2 no squeeze-and-excitation, …

    Keras's own nets have biases in their convolutions, too, for which a spec has no place; the rest is the same.
    Without norms are nets of timm (`norm_layer=nn.Identity`) and of detectron2 (`norm=""`).
    """
    if library == "huggingface":
        return _is_plain(spec) and _is_narrow(spec) and spec.stem == "7x7" and _has_batch_norms(spec)
    if library == "detectron2":
        return _is_plain(spec) and spec.stem == "7x7"
    if library == "keras":
        is_usual = spec.block == "bottleneck" and spec.shortcut == "B" and _has_batch_norms(spec)
        return _is_plain(spec) and _is_narrow(spec) and is_usual and spec.stem == "7x7"
    if library == "mmpretrain":
        # Its group norms are called `gn1`, and it builds none without.
        is_other = spec.pre_activation or spec.squeeze_excitation or not _has_batch_norms(spec)
        return not is_other and spec.stem != "3x3"
    if library == "cifar":
        return _is_plain(spec) and spec.stem == "3x3"
    if library == "timm":
        # There, a pre-activated net's norms hold its ReLUs.
        return not (spec.pre_activation and spec.norm == "none")
    return library != "sequential" or spec.is_torchvision


def _is_narrow(spec: ResNetSpec) -> bool:
    """Whether a bottleneck's middle is one group of the usual width."""
    return spec.groups == 1 and spec.width_per_group == 64


def _has_batch_norms(spec: ResNetSpec) -> bool:
    return spec.norm in ("batch", "frozen")


def _is_plain(spec: ResNetSpec) -> bool:
    return not (spec.pre_activation or spec.squeeze_excitation or spec.average_shortcut)
