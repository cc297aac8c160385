"""A net is known again by names and shapes, whoever names them and whatever is wrapped around; others never are."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import timm
import torch
import torchvision

from resnet_viz.naming.libraries import LIBRARIES, can_name
from resnet_viz.naming.renaming import shapes_of
from resnet_viz.recognition import search
from resnet_viz.recognition.forms import FORMS
from resnet_viz.recognition.search import recognise_shapes
from resnet_viz.spec.resnet import PRESETS, ResNetSpec

Shapes = dict[str, tuple[int, ...]]
FIFTY = (3, 4, 6, 3)
SPECS: dict[str, ResNetSpec] = {
    **{name: spec for name, spec in PRESETS.items() if "plain" not in name and spec.depth < 110},
    "resnet152": PRESETS["resnet152"],
    "thin": ResNetSpec("basic", (1, 2, 1, 1), widths=(8, 16, 24, 32), num_classes=11, in_channels=1),
    "26": ResNetSpec("basic", (2, 3, 5, 2)),
    "50-D": ResNetSpec("bottleneck", FIFTY, stem="deep", average_shortcut=True, num_classes=11),
    "18-D": ResNetSpec("basic", (2, 2, 2, 2), stem="deep", average_shortcut=True),
    "SE-50": ResNetSpec("bottleneck", FIFTY, squeeze_excitation=True),
    "v2-50": ResNetSpec("bottleneck", FIFTY, pre_activation=True),
    "C": ResNetSpec("bottleneck", FIFTY, shortcut="C"),
    "CIFAR B": ResNetSpec.cifar(56, shortcut="B"),
    "3x3": ResNetSpec("basic", (2, 2, 2, 2), stem="3x3", num_classes=10),
    "group": ResNetSpec("bottleneck", FIFTY, norm="group"),
    "no norms": ResNetSpec("basic", (2, 2, 2, 2), norm="none"),
    "no norms D": ResNetSpec("bottleneck", FIFTY, stem="deep", average_shortcut=True, norm="none"),
    "three stages": ResNetSpec("bottleneck", (2, 3, 2), num_classes=5),
}  # fmt: skip
WRAPPINGS: dict[str, Callable[[Shapes], Shapes]] = {
    "plain": lambda shapes: shapes,
    "module": lambda shapes: under("module.", shapes),
    "compiled": lambda shapes: under("_orig_mod.module.", shapes),
    "averaged": lambda shapes: {"n_averaged": (), **under("module.", shapes)},
    "Lightning with a loss": lambda shapes: {**under("model.", shapes), "criterion.weight": (11,)},
    "profiled": lambda shapes: {**shapes, "total_ops": (1,), "layer1.0.total_params": (1,)},
    "MoCo": lambda shapes: {
        **under("module.encoder_q.", shapes), **under("module.encoder_k.", shapes),
        "module.queue": ([*shapes.values()][-1][0], 65536),
    },
    "DINO": lambda shapes: {**under("student.module.backbone.", shapes), **under("teacher.backbone.", shapes)},
}  # fmt: skip
HEADS = ("fc.", "linear.", "classifier.1.", "head.fc.", "9.", "predictions/")


def under(prefix: str, shapes: Mapping[str, tuple[int, ...]]) -> Shapes:
    """The tensors of a net inside of another module."""
    return {prefix + key: shape for key, shape in shapes.items()}


def shapes_in(net: Any) -> Shapes:
    """The tensors of a module."""
    return {key: tuple(value.shape) for key, value in net.state_dict().items()}


NAMED = [pair for pair in product(SPECS, LIBRARIES) if can_name(SPECS[pair[0]], pair[1])]


@pytest.mark.parametrize(("name", "library"), NAMED)
def test_a_net_is_known_by_any_librarys_names(name: str, library: str) -> None:
    spec = SPECS[name]
    shapes = shapes_of(spec, library)
    found = recognise_shapes(shapes)
    assert found.is_sure
    assert found.spec is not None
    assert shapes_of(found.spec, library) == shapes
    assert found.spec.name == spec.name
    assert found.has_head
    assert found.left_out == ()
    same = [other for other in LIBRARIES if can_name(spec, other) and shapes_of(spec, other) == shapes]
    assert found.names == same[0]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("name", ["resnet18", "50-D", "v2-50", "thin"])
def test_whatever_is_wrapped_around(name: str, wrapping: str) -> None:
    spec = SPECS[name]
    found = recognise_shapes(WRAPPINGS[wrapping](shapes_of(spec, "timm")))
    assert found.is_sure
    assert found.spec is not None
    if wrapping != "MoCo":
        assert shapes_of(found.spec, "timm") == shapes_of(spec, "timm")
    else:
        assert not found.has_head
        assert found.spec == replace(recognise_shapes(shapes_of(spec, "timm")).spec or spec, num_classes=1000)
        assert found.wrapping == "module.encoder_q."
        assert found.parts == ("encoder_q", "encoder_k")
        assert "module.queue" in found.left_out
    if wrapping == "DINO":
        assert found.wrapping == "teacher.backbone."
        assert (found.parts, found.part) == (("student", "teacher"), "teacher")
    if wrapping == "averaged":
        assert found.left_out == ("n_averaged",)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_body_without_its_head_is_known(library: str) -> None:
    spec = SPECS[{"cifar": "3x3", "keras": "resnet50"}.get(library, "resnet18")]
    body = {key: shape for key, shape in shapes_of(spec, library).items() if not key.startswith(HEADS)}
    found = recognise_shapes(under("backbone.", body) if library != "mmpretrain" else body)
    assert found.is_sure
    assert not found.has_head
    assert found.spec is not None
    assert found.spec.layers == spec.layers


def test_a_detectors_body_is_known() -> None:
    with torch.device("meta"):
        net = torchvision.models.detection.fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None)
    found = recognise_shapes(shapes_in(net))
    assert found.is_sure
    assert found.spec is not None
    assert found.spec.name == "ResNet-50"
    assert found.wrapping == "backbone.body."
    assert not found.has_head
    assert any(key.startswith("backbone.fpn") for key in found.left_out)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda shapes: shapes.pop("layer2.0.bn1.weight"), "missing"),
        (lambda shapes: shapes.update({"layer2.0.conv2.weight": (128, 128, 5, 5)}), "misshapen"),
        (lambda shapes: shapes.update({"layer2.0.conv2.bias": (128,)}), "unexpected"),
        (lambda shapes: shapes.update({"layer2.0.attention.weight": (1, 2, 7, 7)}), "unexpected"),
    ],
)
def test_what_is_nearly_a_net_is_not_sure(change: Callable[[Shapes], Any], what: str) -> None:
    shapes = shapes_of(PRESETS["resnet18"])
    change(shapes)
    found = recognise_shapes(shapes)
    assert not found.is_sure
    assert found.spec is None
    (candidate, *_others) = found.candidates
    assert candidate.spec.name == "ResNet-18"
    assert len(getattr(candidate, what)) == candidate.n_differences == 1


OTHERS = [
    *("vgg11_bn", "densenet121", "mobilenet_v3_small", "vit_b_32", "convnext_tiny", "regnet_y_400mf", "googlenet"),
    *("efficientnet_b0", "swin_t", "shufflenet_v2_x0_5", "inception_v3", "alexnet"),
]
OF_TIMM = ["res2net50_26w_4s", "resnest14d", "skresnet18", "ecaresnet50t", "dla34", "hrnet_w18_small", "repvgg_a0",
           "resnet33ts", "seresnext26t_32x4d", "resnetblur50", "nf_resnet26", "resnetrs50", "tresnet_m"]  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_other_nets_are_never_sure(name: str) -> None:
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    # RegNet computes its widths by tensors.
    with torch.device("cpu" if name.startswith("regnet") else "meta"):
        net = torchvision.models.get_model(name, weights=None, **options)
    assert not recognise_shapes(shapes_in(net)).is_sure


@pytest.mark.parametrize("name", OF_TIMM)
def test_other_residual_nets_are_sure_only_if_their_tensors_are_the_same(name: str) -> None:
    with torch.device("meta"):
        shapes = shapes_in(timm.create_model(name))
    found = recognise_shapes(shapes)
    if found.is_sure:
        assert found.spec is not None
        assert shapes_of(found.spec, found.names) == shapes
    else:
        assert found.spec is None


def test_what_the_shapes_do_not_show_is_open() -> None:
    assert "stride_in" in recognise_shapes(shapes_of(PRESETS["resnet50"])).open_questions
    assert "stride_in" not in recognise_shapes(shapes_of(PRESETS["resnet18"])).open_questions
    assert "shortcut" in recognise_shapes(shapes_of(PRESETS["cifar20"])).open_questions


def test_a_net_without_norms_is_told_as_that() -> None:
    spec = SPECS["no norms"]
    found = recognise_shapes(shapes_of(spec))
    assert found.spec == spec
    assert found.description == "ResNet-18, 1000 classes, no norms"
    assert {"norm_without_tensors", "pre_activation"} <= {*found.open_questions}
    assert not {"norm", "zero_init_residual"} & {*found.open_questions}
    # Norms that are folded into convolutions leave biases there, and some of a net's norms are not none.
    folded = {**shapes_of(spec), "layer1.0.conv1.bias": (64,)}
    half = {key: shape for key, shape in shapes_of(PRESETS["resnet18"]).items() if not key.startswith("layer1.0.bn1")}
    assert not recognise_shapes(folded).is_sure
    assert "nearest is ResNet-18 without norms" in recognise_shapes(folded).description
    assert "nearest is ResNet-18, but: 4 keys are missing" in recognise_shapes(half).description


def test_files_made_to_take_long_do_not() -> None:
    """Many nets in one file, numbers of thousands of digits, millions of blocks that are not there."""
    shapes = shapes_of(ResNetSpec("basic", (1,), widths=(1,)))
    many = {f"{n}.{key}": shape for n in range(2_000) for key, shape in shapes.items()}
    assert recognise_shapes(many).is_sure
    digits = "9" * 5_000
    assert not recognise_shapes({**shapes, f"layer{digits}.{digits}.conv1.weight": (1, 1, 3, 3)}).is_sure
    assert not recognise_shapes({**shapes, "layer1.9999.conv1.weight": (1, 1, 3, 3)}).is_sure


def test_the_keys_of_a_file_are_looked_at_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A net by each form of names, all in one module with 60,000 other tensors."""
    looks: list[int] = []
    monkeypatch.setattr(search, "match_net", lambda _site, inside, _beside: looks.append(len(inside)))
    first = {form.first_block + form.anchors[0]: (1, 1, 3, 3) for form in FORMS}
    recognise_shapes(first | {f"x{n}": (1,) for n in range(60_000)})
    assert 60_000 < sum(looks) <= 400_000


@pytest.mark.parametrize("shapes", [{}, {"weight": (3,)}, {"layer1.0.conv1.weight": ()}, {"res2.0.conv1.weight": (1,)}])
def test_nothing_is_nothing(shapes: Shapes) -> None:
    found = recognise_shapes(shapes)
    assert not found.is_sure
    assert found.spec is None
