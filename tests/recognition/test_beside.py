"""What stands beside a net, the nets to choose from, other heads, and nets that no spec describes, in words."""

from collections.abc import Mapping

import pytest
import timm
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune

from resnet_viz.errors import WeightsError
from resnet_viz.model.net.build import build_plan
from resnet_viz.naming.renaming import shapes_of
from resnet_viz.recognition.kinds import KINDS
from resnet_viz.recognition.plain import plain_shapes
from resnet_viz.recognition.search import recognise_shapes
from resnet_viz.spec.resnet import PRESETS, ResNetSpec

Shapes = dict[str, tuple[int, ...]]
SMALL = ResNetSpec("basic", (1, 1), widths=(8, 16), num_classes=11)
NET = shapes_of(SMALL)
BODY = {key: shape for key, shape in NET.items() if not key.startswith("fc.")}
LARGE = shapes_of(ResNetSpec("bottleneck", (1, 1), widths=(8, 16), num_classes=11))


def under(prefix: str, shapes: Mapping[str, tuple[int, ...]]) -> Shapes:
    return {prefix + key: shape for key, shape in shapes.items()}


PAIRS = [
    # two nets, their names, the usual one
    (under("module.encoder_q.", NET) | under("module.encoder_k.", NET), ("encoder_q", "encoder_k"), "encoder_q"),
    (under("online_network.", BODY) | under("target_network.", BODY), ("online_network", "target_network"),
     "online_network"),
    (under("student.module.", NET) | under("teacher.", NET), ("student", "teacher"), "teacher"),
    (under("student.", NET) | under("teacher.", LARGE), ("student", "teacher"), "student"),
    (under("state_dict_ema.", NET) | under("state_dict.", NET), ("state_dict_ema", "state_dict"), "state_dict"),
    (under("ema.", NET) | NET, ("ema", "net"), "net"),
    (under("state_dict.", NET) | under("current_model_state.", NET), ("state_dict", "current_model_state"),
     "current_model_state"),
    (under("a.", NET) | under("b.c.", NET), ("a", "b"), "a"),
]  # fmt: skip


@pytest.mark.parametrize(("shapes", "names", "usual"), PAIRS)
def test_of_two_nets_the_usual_one_is_taken_and_the_other_on_demand(
    shapes: Shapes, names: tuple[str, ...], usual: str
) -> None:
    found = recognise_shapes(shapes)
    assert (found.parts, found.part, found.is_sure) == (names, usual, True)
    for name in names:
        chosen = recognise_shapes(shapes, name)
        assert (chosen.part, chosen.parts) == (name, names)
        assert recognise_shapes(shapes, chosen.wrapping) == chosen or not chosen.wrapping
        assert set(chosen.keys.values()) | set(chosen.left_out) == set(shapes)
    with pytest.raises(WeightsError, match=r"nobody.*" + usual):
        recognise_shapes(shapes, "nobody")
    with pytest.raises(WeightsError, match="several"):
        recognise_shapes(NET, "teacher")


def test_what_is_left_out_has_a_kind() -> None:
    beside = {
        "queue": "module.queue module.queue_ptr",
        "optimiser": "optimizer.state.0.exp_avg",
        "counter": "epoch n_averaged",
        "loss": "criterion.weight",
        "head": "module.predictor.0.weight",
        "other": "module.grid",
        "momentum": "module.encoder_k.fc.2.weight module.encoder_k.conv1.weight",
        "net": "another.conv1.weight",
    }
    expected = {key: kind for kind, keys in beside.items() for key in keys.split()}
    shapes = {**dict.fromkeys(expected, (1,)), **under("module.encoder_q.", NET), **under("module.encoder_k.", BODY)}
    shapes |= under("another.", LARGE)
    found = recognise_shapes(shapes, "encoder_q")
    kinds = dict(zip(found.left_out, found.left_out_kinds, strict=True))
    assert {key: kinds[key] for key in expected} == expected
    assert set(kinds.values()) <= set(KINDS)
    # Seen from the other side the first net is no copy.
    turned = recognise_shapes(shapes, "encoder_k")
    assert dict(zip(turned.left_out, turned.left_out_kinds, strict=True))["module.encoder_q.conv1.weight"] == "net"


def linear(name: str, n_out: int = 5, n_in: int = 16) -> Shapes:
    return {f"{name}.weight": (n_out, n_in), f"{name}.bias": (n_out,)}


HEADS = [
    # what is beside the body, and the classes: None where it is no single linear layer on its features
    (linear("fc.1"), 5),
    (linear("last_linear"), 5),
    (linear("classifier"), 5),
    (linear("head.fc"), 5),
    (linear("fc.0", 8) | linear("fc.2", 5, 8), None),
    ({"fc.weight": (5, 16)}, None),
    (linear("fc.1", 5, 99), None),
    (linear("projector.0"), None),
    ({}, None),
]


@pytest.mark.parametrize(("head", "n_classes"), HEADS)
def test_a_head_of_another_name_is_found_or_left_out(head: Shapes, n_classes: int | None) -> None:
    for shapes in (BODY | head, under("model.backbone.", BODY) | under("model.", head)):
        found = recognise_shapes(shapes)
        assert found.is_sure
        assert found.spec is not None
        assert found.has_head == (n_classes is not None)
        if n_classes is not None:
            assert found.spec.num_classes == n_classes
            assert shapes[found.keys["fc.weight"]] == (n_classes, 16)
        assert len(found.left_out) == (0 if found.has_head else len(head))
        assert set(found.left_out_kinds) <= {"head"}
        assert ("no head" in found.description) != found.has_head


def with_ways() -> nn.Module:
    """One net with a convolution of each kind of parametrisation, old and new."""
    net = build_plan(SMALL).to_empty(device="cpu")
    blocks: list[nn.Module] = [module for module in net.modules() if isinstance(module, nn.Conv2d)]
    prune.l1_unstructured(blocks[0], "weight", amount=2)
    nn.utils.weight_norm(blocks[1])  # type: ignore[no-untyped-call, unused-ignore]
    nn.utils.spectral_norm(blocks[2])
    parametrizations.weight_norm(blocks[3])
    parametrizations.spectral_norm(blocks[4])
    parametrizations.orthogonal(net.get_submodule("fc"))
    return net


def test_parametrised_tensors_are_read_as_plain_ones() -> None:
    shapes = {key: tuple(value.shape) for key, value in with_ways().state_dict().items()}
    plain, ways = plain_shapes(shapes)
    assert plain == NET
    assert {way.kind for way in ways.values()} == {"pruned", "weight norm", "spectral norm", "parametrised"}
    assert len([*ways]) == 6
    assert {key for way in ways.values() for key in way.keys} == shapes.keys() - NET.keys()
    found = recognise_shapes(shapes)
    assert (found.is_sure, found.spec) == (True, SMALL)
    assert "pruned" in found.description
    # What is done to a projection beside the net is not told of the net.
    beside = recognise_shapes(BODY | {"projector.weight_g": (9, 1), "projector.weight_v": (9, 16)})
    assert (beside.left_out, "weight norm" in beside.description) == (("projector.weight",), False)


def test_a_wrapped_stage_or_block_is_read_through() -> None:
    wrapped = {key.replace("layer1.", "layer1._orig_mod.").replace("layer2.0.", "layer2.0.module."): key for key in NET}
    assert len(wrapped.keys() - NET.keys()) > 10
    assert recognise_shapes({key: NET[name] for key, name in wrapped.items()}).spec == SMALL


def test_keras_may_write_a_layer_twice_or_join_by_dots() -> None:
    net = shapes_of(PRESETS["resnet50"], "keras")
    twice = {f"{key.partition('/')[0]}/{key}:0": shape for key, shape in net.items()}
    dotted = {f"resnet50.{key.replace('/', '.')}": shape for key, shape in net.items()}
    for shapes in (net, twice, dotted):
        found = recognise_shapes(shapes)
        assert (found.spec, found.is_sure, found.names) == (PRESETS["resnet50"], True, "keras")


def widened(depth: int, factor: int) -> Shapes:
    """Zagoruyko's net by the names of meliketoy/wide-resnet.pytorch: pre-activated, with biases in convolutions."""
    widths, shapes = (16, 16 * factor, 32 * factor), {"conv1.weight": (16, 3, 3, 3), "conv1.bias": (16,)}
    for stage in (1, 2):
        for block in range((depth - 4) // 6):
            before, after = widths[stage - 1] if not block else widths[stage], widths[stage]
            name = f"layer{stage}.{block}"
            shapes |= {f"{name}.bn1.weight": (before,), f"{name}.bn1.bias": (before,)}
            shapes |= {f"{name}.conv1.weight": (after, before, 3, 3), f"{name}.conv2.weight": (after, after, 3, 3)}
    return shapes


def keras_with_biases() -> Shapes:
    """Keras's own ResNet-50: its convolutions have biases (`use_bias`)."""
    net = shapes_of(PRESETS["resnet50"], "keras")
    return net | {key.replace("kernel", "bias"): shape[-1:] for key, shape in net.items() if "conv/kernel" in key}


def in_3d() -> Shapes:
    """As MONAI's and MedicalNet's nets."""
    return {key: (*shape, shape[-1]) if len(shape) == 4 else shape for key, shape in NET.items()}


def of_timm(name: str) -> Shapes:
    with torch.device("meta"):
        return {key: tuple(value.shape) for key, value in timm.create_model(name).state_dict().items()}


@pytest.mark.parametrize(
    ("shapes", "words", "nearest"),
    [
        (widened(16, 4), "WRN-12-4, pre-activated, biases in conv", "ResNet-10"),
        (keras_with_biases(), "biases in convolutions", "ResNet-50"),
        (in_3d(), "3-D convolutions", "ResNet-6"),
        (of_timm("resnet26t"), "tiered stem (24, 32, 64", "ResNet-26-D"),
        (of_timm("skresnet18"), "SKNet", "ResNet-18"),
        (of_timm("res2net50_26w_4s"), "Res2Net", "ResNet-50"),
        (of_timm("resnest14d"), "ResNeSt", "ResNet-14-D"),
        (of_timm("ecaresnet26t"), "ECA-Net", "ResNet-26-D"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_net_that_no_spec_describes_is_told_in_words(shapes: Shapes, words: str, nearest: str) -> None:
    found = recognise_shapes(shapes)
    assert (found.spec, found.is_sure) == (None, False)
    assert words in found.description
    assert found.candidates[0].spec.name.startswith(nearest)
    assert found.candidates[0].n_differences


@pytest.mark.parametrize("name", ["resnet34", "resnext50_32x4d"])
def test_by_shapes_alone_a_net_is_a_candidate_and_never_sure(name: str) -> None:
    shapes = {f"{97 * n % 1009}": shape for n, shape in enumerate(shapes_of(PRESETS[name]).values())}
    found = recognise_shapes(shapes)
    assert (found.spec, found.is_sure, found.names) == (None, False, "")
    assert [candidate.spec for candidate in found.candidates] == [PRESETS[name]]
    assert not recognise_shapes({**shapes, "one more": (1, 2, 3, 3)}).candidates


def test_a_convolution_beside_the_layers_is_no_part_of_a_known_net() -> None:
    """As in nets with attention before the first stage: the same blocks, and another function."""
    assert not recognise_shapes({**NET, "sa.conv1.weight": (1, 2, 7, 7)}).is_sure
    assert not recognise_shapes({**NET, "layer1.0.conv1.step": ()}).is_sure
    assert recognise_shapes({**NET, "layer1.0.total_ops": (1,)}).is_sure
