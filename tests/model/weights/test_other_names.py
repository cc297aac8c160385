"""Weights under other libraries' names, with or without a head: loaded to the last bit, or told what the file is."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
import timm
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

from resnet_viz import WeightsError, build_model, recognise
from resnet_viz.model.weights.load import load_weights
from resnet_viz.naming.libraries import LIBRARIES, can_name
from resnet_viz.naming.renaming import rename_state_dict
from resnet_viz.records.weights import WeightsReport
from resnet_viz.spec.resnet import ResNetSpec
from tests.nets import THIN

NET = ResNetSpec("bottleneck", (1, 2, 1, 1), num_classes=11, widths=THIN)
DEEP = replace(NET, stem="deep", average_shortcut=True)
FIRST = ResNetSpec("basic", (2, 2, 2, 2), norm="frozen")


def pth(content: object) -> bytes:
    buffer = BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def state_of(spec: ResNetSpec) -> dict[str, Tensor]:
    return {
        key: torch.randn_like(value) if key.endswith(("weight", "bias")) else value
        for key, value in build_model(spec, seed=1).state_dict().items()
    }


def loaded(content: object, spec: ResNetSpec, like: dict[str, Tensor]) -> WeightsReport:
    """Loads into a net, whose tensors are then those of a state dict; what it lacks is as it was."""
    net, before = build_model(spec), build_model(spec).state_dict()
    report = load_weights(net, pth(content))
    assert all(torch.equal(value, like.get(key, before[key])) for key, value in net.state_dict().items())
    return report


def refused(content: object, spec: ResNetSpec) -> WeightsError:
    net, before = build_model(spec), build_model(spec).state_dict()
    with pytest.raises(WeightsError) as caught:
        load_weights(net, pth(content))
    assert all(torch.equal(value, before[key]) for key, value in net.state_dict().items())
    return caught.value


@pytest.mark.parametrize("library", LIBRARIES)
def test_any_librarys_names_are_loaded(library: str) -> None:
    spec = (
        replace(NET, stem="3x3")
        if library == "cifar"
        else ResNetSpec.preset("resnet18")
        if library == "sequential"
        else NET
    )
    assert can_name(spec, library)
    state = state_of(spec)
    named = rename_state_dict(state, spec, to=library)
    report = loaded({"state_dict": {f"model.{key}": value for key, value in named.items()}, "epoch": 3}, spec, state)
    if library not in ("torchvision", "timm"):
        assert (report.names, report.nest, report.prefix) == (library, "state_dict", "model.")


def test_timms_own_net_gives_its_own_values() -> None:
    theirs = timm.create_model("resnet26d", num_classes=11).eval()
    net = build_model(ResNetSpec("bottleneck", (2, 2, 2, 2), num_classes=11, stem="deep", average_shortcut=True))
    report = load_weights(net, pth(theirs.state_dict()))
    assert (report.names, report.kept, report.left_out) == ("timm", (), ())
    picture = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.allclose(net(picture), theirs(picture), atol=1e-5 * theirs(picture).abs().max())


def test_a_net_of_timms_takes_torchvisions_weights() -> None:
    state = state_of(DEEP)
    theirs = timm.create_model("resnet26d", num_classes=11)
    full = replace(DEEP, layers=(2, 2, 2, 2), widths=(64, 128, 256, 512))
    load_weights(theirs, pth(state_of(full)))
    assert state.keys() <= build_model(full).state_dict().keys()


def test_a_body_is_loaded_and_the_head_left_as_it_was() -> None:
    body = {key: value for key, value in state_of(NET).items() if not key.startswith("fc.")}
    report = loaded({f"backbone.{key}": value for key, value in body.items()}, NET, body)
    assert report.kept == ("fc.weight", "fc.bias")
    assert report.n_tensors == len(body)
    half = {**body, "fc.bias": torch.zeros(11)}
    assert refused(half, NET).missing == ("fc.weight",)


def test_half_a_head_is_told() -> None:
    body = {key: value for key, value in state_of(NET).items() if key != "fc.bias"}
    assert "fc.weight alone" in str(refused({f"net.{key}": value for key, value in body.items()}, NET))


def test_batch_norms_are_no_group_norms() -> None:
    group = replace(NET, norm="group")
    assert "with group norms" in str(refused(rename_state_dict(state_of(NET), NET, to="timm"), group))
    assert "with group norms" in str(refused(state_of(group), NET))
    state = dict(build_model(NET, seed=1).named_parameters())
    assert "norm" in recognise(pth(state)).open_questions


def test_a_net_without_norms_is_no_other() -> None:
    bare = replace(DEEP, norm="none")
    state = state_of(bare)
    assert loaded({"model": rename_state_dict(state, bare, to="timm")}, bare, state).names == "timm"
    assert "without norms" in str(refused(state, DEEP))
    assert "without norms" in str(refused(state_of(DEEP), bare))


def test_what_no_file_shows_of_a_shortcut_is_no_other_net() -> None:
    spec = replace(NET, pre_activation=True)
    pooled = replace(spec, average_shortcut=True)
    state = state_of(spec)
    report = loaded({"model": rename_state_dict(state, spec, to="timm")}, spec, state)
    assert "average_shortcut" in recognise(pth(rename_state_dict(state, spec, to="timm"))).open_questions
    net = build_model(pooled)
    load_weights(net, pth(rename_state_dict(state, spec, to="timm")))
    assert [*net.state_dict().values()][-1].equal([*state.values()][-1])
    assert report.names == "timm"


def test_a_detectors_body_is_loaded() -> None:
    state = resnet_fpn_backbone(backbone_name="resnet18", weights=None).state_dict()
    like = {key.removeprefix("body."): value for key, value in state.items() if key.startswith("body.")}
    report = loaded({"model": {f"backbone.{key}": value for key, value in state.items()}}, FIRST, like)
    assert (report.nest, report.prefix) == ("model", "backbone.body.")
    assert all(key.startswith("model.backbone.fpn.") for key in report.left_out)


@pytest.mark.parametrize(
    ("other", "word"),
    [
        (replace(NET, layers=(1, 3, 1, 1)), "1, 3, 1, 1"),
        (replace(NET, stem="deep"), "deep"),
        (replace(NET, block="basic"), "ResNet-12"),
        (ResNetSpec("basic", (1, 1)), "ResNet-6"),
    ],
)
def test_a_file_of_another_net_says_which(other: ResNetSpec, word: str) -> None:
    error = refused(state_of(other), NET)
    assert "The file is of" in str(error)
    assert word in str(error)


def test_another_number_of_classes_is_told() -> None:
    named = rename_state_dict(state_of(replace(NET, num_classes=7)), replace(NET, num_classes=7), to="huggingface")
    assert "for 7 classes and this net has 11" in str(refused(named, NET))


def test_what_is_wrong_in_a_value_is_told_by_the_nets_own_key() -> None:
    named = rename_state_dict(state_of(NET), NET, to="detectron2")
    named["res2.0.conv1.norm.weight"][3] = torch.nan
    assert refused(named, NET).invalid == ("layer1.0.bn1.weight",)


def test_odd_tensors_among_the_nets_are_no_missing_head() -> None:
    named: dict[str, Any] = dict(rename_state_dict(state_of(NET), NET, to="huggingface"))
    named |= {key: value.to_sparse() for key, value in named.items() if key.startswith("classifier")}
    assert refused(named, NET)


class Gated(nn.Module):
    """A net with torchvision's names and something of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.body = build_model(NET)
        self.gate = nn.Conv2d(3, 3, 1)


def test_a_net_of_ones_own_takes_its_own_keys_only() -> None:
    model = Gated()
    load_weights(model, pth(model.state_dict()))
    with pytest.raises(WeightsError):
        load_weights(model, pth(rename_state_dict(state_of(NET), NET, to="huggingface")))


@pytest.mark.parametrize("dtype", [torch.float8_e4m3fn, torch.float8_e5m2])
def test_floats_of_eight_bits_become_the_nets(dtype: torch.dtype) -> None:
    small = {key: value.to(dtype) if key.endswith("weight") else value for key, value in state_of(NET).items()}
    report = loaded(small, NET, {key: value.to(torch.float32) for key, value in small.items()})
    assert report.converted == str(dtype).removeprefix("torch.")


def norm_of(kind: str, module: nn.Module) -> None:
    make: dict[str, Any] = {
        "pruned": lambda: prune.random_unstructured(module, "weight", 0.3),
        "weight norm": lambda: parametrizations.weight_norm(module),
        "weight norm by a hook": lambda: nn.utils.weight_norm(module),
        "spectral norm": lambda: parametrizations.spectral_norm(module),
        "spectral norm by a hook": lambda: nn.utils.spectral_norm(module),
    }
    make[kind]()


@pytest.mark.filterwarnings("ignore")  # torch's own, on old forms of norms
@pytest.mark.parametrize(
    "kind", ["pruned", "weight norm", "weight norm by a hook", "spectral norm", "spectral norm by a hook"]
)
def test_weights_that_a_pass_would_make_are_plain(kind: str) -> None:
    theirs = build_model(NET, seed=1)
    for module in list(theirs.modules()):
        if isinstance(module, nn.Conv2d):
            norm_of(kind, module)
    net, picture = build_model(NET), torch.rand(1, 3, 64, 64)
    report = load_weights(net, pth({"model": theirs.state_dict()}))
    assert report.made_plain == (kind.removesuffix(" by a hook"),)
    with torch.no_grad():
        assert torch.allclose(net(picture), theirs.eval()(picture), rtol=1e-4, atol=1e-6)


def test_what_no_file_tells_of_is_refused() -> None:
    theirs = build_model(NET, seed=1)
    parametrizations.orthogonal(theirs.layer1[0].conv1)  # type: ignore[index, union-attr]
    assert "parametrisation" in str(refused(theirs.state_dict(), NET))


class Marked(Tensor):
    """A tensor of a class of one's own, as fastai's and MONAI's are."""


@pytest.mark.parametrize("form", [True, False])
def test_quantised_weights_and_those_of_other_classes_are_made_plain(form: bool) -> None:
    state: dict[str, Any] = state_of(NET)
    kernel, norm = "layer1.0.conv1.weight", "layer2.0.bn2.weight"
    scales, zeros = torch.rand(state[kernel].shape[0]) + 0.01, torch.arange(state[kernel].shape[0])
    state[kernel] = torch.quantize_per_channel(state[kernel], scales, zeros, 0, torch.qint8)
    state[norm] = torch.quantize_per_tensor(state[norm], 0.03, 7, torch.quint8)
    state["fc.weight"] = state["fc.weight"].as_subclass(Marked)
    buffer = BytesIO()
    torch.save({"model": state}, buffer, _use_new_zipfile_serialization=form)
    net = build_model(NET)
    report = load_weights(net, buffer.getvalue())
    assert report.made_plain == ("of another class", "quantised")
    assert recognise(buffer.getvalue()).is_sure
    for key, value in net.state_dict().items():
        given = state[key].dequantize() if state[key].is_quantized else state[key].as_subclass(Tensor)
        assert torch.equal(value, given)


@pytest.mark.parametrize(
    ("ending", "shape"), [("_g", (3, 5)), ("_g", (1,)), ("_u", (7,)), ("_u", ()), ("_mask", (3, 3)), ("_mask", None)]
)
def test_parts_that_do_not_belong_together_are_told(ending: str, shape: tuple[int, ...] | None) -> None:
    key = "layer1.0.conv1.weight"
    state: dict[str, Tensor] = dict(state_of(NET))
    weight = state.pop(key)
    state[f"{key}_v" if ending == "_g" else f"{key}_orig"] = weight
    state[key + ending] = torch.ones_like(weight, dtype=torch.complex64) if shape is None else torch.ones(shape)
    assert refused(state, NET).invalid in ((key,), ())


def test_a_dictionary_in_itself_ends() -> None:
    inside: dict[str, Any] = {}
    inside |= {f"a{n}": inside for n in range(100)}
    assert "too many entries" in str(
        refused({**state_of(NET), "x": 1, "layer1.0.odd.weight": torch.ones(1), "more": inside}, NET)
    )
