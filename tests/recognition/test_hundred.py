"""A hundred files of ten families, with the libraries' own names and wrappings, and a hundred made at random.

At least 95 are named right and sure, and none is sure and wrong. Where a library is not installed, its table of names
stands in: mmpretrain, detectron2, Keras and CIFAR repositories (sources in `naming/libraries.py`).
"""

import importlib.util
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch
from timm.layers.create_conv2d import create_conv2d
from timm.layers.norm_act import BatchNormAct2d
from timm.models.resnet import BasicBlock, Bottleneck
from timm.models.resnet import ResNet as TimmResNet
from timm.models.resnetv2 import ResNetV2 as TimmResNetV2
from torch import nn
from torch.nn.utils import parametrizations, prune
from torch.optim.swa_utils import AveragedModel

from resnet_viz.errors import SpecError
from resnet_viz.model.net.build import build_model, build_plan
from resnet_viz.naming.libraries import LIBRARIES, can_name
from resnet_viz.naming.renaming import rename_state_dict, shapes_of
from resnet_viz.recognition.found import Recognition
from resnet_viz.recognition.plain import plain_shapes
from resnet_viz.recognition.search import recognise_shapes
from resnet_viz.spec.resnet import ResNetSpec

Shapes = dict[str, tuple[int, ...]]
# timm's stem has 64 channels whatever the stages have, and its nets run with four of these only.
WIDTHS = (64, 16, 8, 24)
FAMILIES: dict[str, ResNetSpec] = {
    "basic": ResNetSpec("basic", (2, 1, 1, 1), widths=WIDTHS, num_classes=11),
    "bottleneck": ResNetSpec("bottleneck", (1, 2, 1, 1), widths=WIDTHS),
    "ResNeXt": ResNetSpec("bottleneck", (1, 1, 1, 1), widths=WIDTHS, groups=4, width_per_group=32),
    "wide": ResNetSpec("bottleneck", (1, 1, 1, 2), widths=WIDTHS, width_per_group=128),
    "3x3": ResNetSpec("basic", (1, 2, 2), widths=WIDTHS[:3], stem="3x3", num_classes=10),
    "D": ResNetSpec("bottleneck", (2, 1, 1, 1), widths=WIDTHS, stem="deep", average_shortcut=True, num_classes=3),
    "deep": ResNetSpec("basic", (1, 1, 1, 1), widths=WIDTHS, stem="deep", in_channels=1),
    "SE": ResNetSpec("bottleneck", (1, 1, 1, 1), widths=WIDTHS, squeeze_excitation=True),
    "v2": ResNetSpec("bottleneck", (1, 2, 1, 1), widths=WIDTHS, pre_activation=True),
    "group": ResNetSpec("basic", (2, 1), widths=(64, 32), norm="group", num_classes=2),
}


def shapes_in(state_dict: Mapping[str, Any]) -> Shapes:
    return {key: tuple(value.shape) for key, value in state_dict.items()}


def under(prefix: str, shapes: Shapes) -> Shapes:
    return {prefix + key: shape for key, shape in shapes.items()}


@cache
def plan(spec: ResNetSpec) -> nn.Module:
    return build_plan(spec)


def of_timm(spec: ResNetSpec) -> nn.Module:
    """timm's own net of a spec; its constructor by hand, since its named nets are large."""
    block: Any = BasicBlock if spec.block == "basic" else Bottleneck
    if spec.pre_activation:
        return TimmResNetV2(
            [*spec.layers],
            tuple(4 * width for width in spec.widths),
            spec.num_classes,
            stem_chs=spec.stem_width,
            act_layer=nn.ReLU,
            norm_layer=BatchNormAct2d,
            conv_layer=create_conv2d,
        )
    return TimmResNet(
        block,
        (*spec.layers,),
        num_classes=spec.num_classes,
        in_chans=spec.in_channels,
        cardinality=spec.groups,
        base_width=spec.width_per_group,
        stem_type="deep" if spec.stem == "deep" else "",
        stem_width=32,
        avg_down=spec.average_shortcut,
        channels=spec.widths,
        norm_layer=nn.BatchNorm2d,
        block_args={"attn_layer": "se"} if spec.squeeze_excitation else None,
    )


def has_timm(spec: ResNetSpec) -> bool:
    """Whether timm's constructor makes it: no small stem, no group norm."""
    return spec.stem != "3x3" and spec.norm == "batch"


def timms(spec: ResNetSpec) -> Shapes:
    if not has_timm(spec):
        return shapes_of(spec, "timm")
    with torch.device("meta"):
        return shapes_in(of_timm(spec).state_dict())


def another_librarys(spec: ResNetSpec) -> Shapes:
    """By the names of the last library that has such a net: Hugging Face itself where it is installed."""
    able = [library for library in LIBRARIES if can_name(spec, library)]
    if "huggingface" in able and importlib.util.find_spec("transformers") is not None:
        from transformers import ResNetConfig, ResNetForImageClassification  # type: ignore[import-not-found,unused-ignore]

        sizes = [width * spec.expansion for width in spec.widths]
        config = ResNetConfig(
            layer_type=spec.block, depths=[*spec.layers], hidden_sizes=sizes, embedding_size=spec.stem_width,
            num_labels=spec.num_classes, num_channels=spec.in_channels,
        )  # fmt: skip
        with torch.device("meta"):
            return shapes_in(ResNetForImageClassification(config).state_dict())
    return shapes_of(spec, able[-1])


def changed(spec: ResNetSpec, change: Callable[[nn.Module], Any]) -> Shapes:
    """The tensors of a net with something done to each of its convolutions."""
    net = build_plan(spec)
    for module in [module for module in net.modules() if isinstance(module, nn.Conv2d)]:
        change(module)
    return shapes_in(net.state_dict())


def moco(spec: ResNetSpec) -> Shapes:
    """As facebookresearch/moco's `builder.py` names them: an MLP in place of the head, and a queue."""
    query = {key: shape for key, shape in shapes_of(spec).items() if not key.startswith("fc.")}
    query |= {"fc.0.weight": (64, 64), "fc.0.bias": (64,), "fc.2.weight": (8, 64), "fc.2.bias": (8,)}
    both = under("encoder_q.", query) | under("encoder_k.", query)
    return under("state_dict.module.", both | {"queue": (8, 512), "queue_ptr": (1,)})


def lightning(spec: ResNetSpec) -> Shapes:
    net = under("state_dict.model.", shapes_of(spec)) | {"state_dict.criterion.weight": (spec.num_classes,)}
    return net | {"optimizer_states.0.state.0.exp_avg": (64, 3, 7, 7)}


def dino(spec: ResNetSpec) -> Shapes:
    net = shapes_of(spec)
    return (
        under("student.module.backbone.", net) | under("teacher.backbone.", net) | {"teacher.head.mlp.0.weight": (9, 9)}
    )


MAKERS: dict[str, Callable[[ResNetSpec], Shapes]] = {
    "DataParallel": lambda spec: shapes_in(nn.DataParallel(plan(spec)).state_dict()),
    "SWA": lambda spec: shapes_in(AveragedModel(plan(spec)).state_dict()),
    "compiled": lambda spec: shapes_in(torch.compile(plan(spec)).state_dict()),  # type: ignore[attr-defined,unused-ignore]
    "pruned": lambda spec: changed(spec, lambda module: prune.identity(module, "weight")),
    "weight norm": lambda spec: changed(spec, parametrizations.weight_norm),
    "timm": timms,
    "another library": another_librarys,
    "MoCo": moco,
    "Lightning": lightning,
    "DINO": dino,
}


def is_right(found: Recognition, spec: ResNetSpec, shapes: Shapes) -> bool:
    """Whether a net is the spec's, tensor for tensor, and each key that is told holds a tensor of that shape."""
    assert found.spec is not None
    expected, told = ({**shapes_of(replace(one, norm=spec.norm))} for one in (spec, found.spec))
    if not found.has_head:
        expected, told = (body(one) for one in (expected, told))
    plain, _ways = plain_shapes(shapes)
    held = {ours: plain[key] for ours, key in found.keys.items()}
    if found.names == "keras" or (found.names == "timm" and spec.pre_activation):
        return told == expected and len(set(found.keys.values())) == len(found.keys)
    counted = {key: shape for key, shape in expected.items() if shape or key in held}
    return told == expected and held == counted


def body(shapes: Shapes) -> Shapes:
    return {key: shape for key, shape in shapes.items() if not key.startswith("fc.")}


def test_a_hundred_files_are_named_right_and_sure() -> None:
    n_right = 0
    for family, spec in FAMILIES.items():
        for maker, make in MAKERS.items():
            shapes = make(spec)
            found = recognise_shapes(shapes)
            if found.is_sure:
                assert is_right(found, spec, shapes), (family, maker)
                assert found.spec is not None
                assert found.spec.name == spec.name
                assert found.has_head == (maker != "MoCo")
                n_right += 1
    assert n_right >= 95


def random_spec(chance: random.Random) -> ResNetSpec:
    """A spec of which tensors tell all: norm, stride, dilation and a pooling before v2's projections they do not."""
    while True:
        n_stages = chance.randint(1, 5)
        block = chance.choice(("basic", "bottleneck"))
        pre_activation = chance.random() < 0.2
        try:
            return ResNetSpec(
                block,
                tuple(chance.randint(1, 4) for _stage in range(n_stages)),
                widths=tuple(8 * chance.randint(1, 20) for _stage in range(n_stages)),
                num_classes=chance.randint(1, 2000),
                in_channels=chance.choice((1, 3, 4, 12)),
                stem=chance.choice(("7x7", "7x7", "3x3", "deep")),
                groups=chance.choice((1, 1, 2, 4)) if block == "bottleneck" else 1,
                shortcut=chance.choice("BBBC"),
                pre_activation=pre_activation,
                average_shortcut=not pre_activation and chance.random() < 0.2,
                squeeze_excitation=chance.random() < 0.2,
            )
        except SpecError:
            continue


def beside(chance: random.Random) -> Shapes:
    """What training leaves in a file."""
    kept = {
        "optimizer.state.0.exp_avg": (3, 3),
        "module.queue": (128, 99),
        "n_averaged": (),
        "criterion.weight": (7,),
        "epoch": (),
        "projector.0.weight": (5, 5),
    }
    return {key: shape for key, shape in kept.items() if chance.random() < 0.4}


PREFIXES = (
    "",
    "module.",
    "model.",
    "state_dict.",
    "net.module.encoder.",
    "_orig_mod.",
    "a.b.c.d.",
    "students.0.",
    "1.",
)


@pytest.mark.parametrize("seed", [1, 2])
def test_another_hundred_made_at_random(seed: int) -> None:
    chance = random.Random(seed)
    n_right = 0
    for _case in range(50):
        spec = random_spec(chance)
        library = chance.choice([library for library in LIBRARIES if can_name(spec, library)])
        shapes = under(chance.choice(PREFIXES), shapes_of(spec, library)) | beside(chance)
        found = recognise_shapes(dict(sorted(shapes.items())) if chance.random() < 0.5 else shapes)
        if found.is_sure:
            assert is_right(found, spec, shapes), (spec, library)
            n_right += 1
    assert n_right >= 48


class UNet(nn.Module):
    """A decoder beside an encoder that has a ResNet's first names, but no ResNet's blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 8, 7, bias=False), nn.BatchNorm2d(8)
        self.layer1 = nn.Sequential(nn.Sequential(nn.Conv2d(8, 8, 3), nn.BatchNorm2d(8)))
        self.up = nn.ModuleList([nn.ConvTranspose2d(8, 8, 2), nn.Conv2d(16, 8, 3)])


OTHER_NETS: dict[str, Callable[[], nn.Module]] = {
    "MLP": lambda: nn.Sequential(nn.Linear(9, 9), nn.BatchNorm1d(9), nn.ReLU(), nn.Linear(9, 2)),
    "text model": lambda: nn.Transformer(16, 2, 1, 1, 32),
    "U-Net": UNet,
}


@pytest.mark.parametrize("name", OTHER_NETS)
def test_what_is_no_resnet_is_not_sure(name: str) -> None:
    found = recognise_shapes(shapes_in(OTHER_NETS[name]().state_dict()))
    assert (found.is_sure, found.spec) == (False, None)
    assert found.description.startswith("No ResNet")


def trained(net: nn.Module) -> nn.Module:
    """The net with statistics and gains as after training: a fresh one would hide tensors that are swapped."""
    for key, value in net.state_dict().items():
        if value.is_floating_point() and value.ndim == 1:
            value.copy_(torch.rand_like(value) + (0.5 if "var" in key or "weight" in key else 0.0))
    return net.eval()


@pytest.mark.parametrize("family", ["basic", "ResNeXt", "D", "SE", "v2"])
def test_outputs_are_timms_own(family: str) -> None:
    """With timm's own net: tensors equal bit for bit after renaming, and the same outputs."""
    torch.manual_seed(0)
    spec = FAMILIES[family]
    theirs = trained(of_timm(spec))
    state = theirs.state_dict()
    found = recognise_shapes(shapes_in(state))
    assert found.spec is not None
    renamed = rename_state_dict(state, found.spec, source="timm")
    assert all(torch.equal(renamed[ours].flatten(), state[key].flatten()) for ours, key in found.keys.items())
    ours = build_model(found.spec)
    ours.load_state_dict(renamed)
    picture = torch.rand(2, spec.in_channels, 64, 64)
    with torch.inference_mode():
        expected, got = theirs(picture), ours.eval()(picture)
    assert (got - expected).abs().max() <= 1e-5 * expected.abs().max()
