"""What a thing is called elsewhere, against torchvision's own lists and the published Caffe models' scheme."""

from dataclasses import replace

import pytest
import timm
import torch
from torch import nn
from torchvision.models.feature_extraction import create_feature_extractor, get_graph_node_names

from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.naming.layouts import module_of
from resnet_viz.naming.libraries import LIBRARIES, can_name
from resnet_viz.naming.renaming import key_pairs
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import PRESETS, TORCHVISION
from resnet_viz.views.inspect.names import by_value, names_of, system_text
from resnet_viz.views.parts.ids import chosen
from tests.nets import NETS, VARIANTS, Pair, trace_of

CAFFE_NETS = ("resnet50", "resnet101", "resnet152")


def names(trace: Trace, thing_id: str) -> dict[str, tuple[str, ...]]:
    found = chosen(trace, thing_id)
    assert found is not None
    return {name.system: name.values for name in names_of(trace, found.thing)}


def all_names(trace: Trace, system: str) -> dict[str, tuple[str, ...]]:
    found = {node_id: names(trace, node_id) for node_id in trace.nodes}
    return {node_id: one[system] for node_id, one in found.items() if system in one}


def test_all_names_of_one_convolution() -> None:
    assert names(trace_of("resnet50"), "layer3.5.conv2") == {
        "torchvision": ("layer3.5.conv2",),
        "paper": ("conv4_6, layer 2",),
        "caffe": ("res4f_branch2b",),
        "timm": ("layer3.5.conv2",),
        "huggingface": ("resnet.encoder.stages.2.layers.5.layer.1.convolution",),
        "mmpretrain": ("backbone.layer3.5.conv2",),
        "detectron2": ("res4.5.conv2",),
        "keras": ("conv4_block6_2_conv",),
        "sequential": ("6.5.conv2",),
        "features": ("layer3.5.conv2",),
        "state": ("layer3.5.conv2.weight",),
    }


def test_names_of_a_run_are_those_of_its_ends() -> None:
    trace = trace_of("resnet152")
    found = names(trace, "layer3.1..35")
    keys = found.pop("state")
    assert found == {
        "torchvision": ("layer3.1", "layer3.35"),
        "paper": ("conv4_2", "conv4_36"),
        "caffe": ("res4b1", "res4b35"),
        "timm": ("layer3.1", "layer3.35"),
        "huggingface": ("resnet.encoder.stages.2.layers.1", "resnet.encoder.stages.2.layers.35"),
        "mmpretrain": ("backbone.layer3.1", "backbone.layer3.35"),
        "detectron2": ("res4.1", "res4.35"),
        "sequential": ("6.1", "6.35"),
        "features": ("layer3.1", "layer3.35"),
    }
    inside = tuple(f"layer3.{block}." for block in range(1, 36))
    assert list(keys) == [key for key in build_plan(PRESETS["resnet152"]).state_dict() if key.startswith(inside)]
    run = chosen(trace, "layer3.1..35")
    assert run is not None
    assert [name.system for name in names_of(trace, run.thing) if name.is_range] == list(found)


# torchvision


@pytest.mark.parametrize("preset", TORCHVISION)
def test_feature_names_are_torchvisions(preset: str) -> None:
    trace, plan = trace_of(preset), build_plan(PRESETS[preset])
    _train, known = get_graph_node_names(plan)
    ops = [names(trace, node.id)["features"] for node in trace.nodes.values() if node.kind in ("input", "op")]
    assert sorted(ops) == sorted((name,) for name in known)


@pytest.mark.parametrize("variant", ["group-norm", "frozen-norm", "dilated"])
def test_feature_names_hold_for_other_norms_and_strides(variant: str) -> None:
    plan = build_plan(VARIANTS[variant])
    trace = trace_model(plan, VARIANTS[variant].input_shape, VARIANTS[variant])
    _train, known = get_graph_node_names(plan)
    ops = [names(trace, node.id)["features"] for node in trace.nodes.values() if node.kind in ("input", "op")]
    assert sorted(ops) == sorted((name,) for name in known)


@pytest.mark.parametrize("preset", ["resnet18", "resnet50"])
def test_a_group_s_feature_name_gives_its_output(preset: str) -> None:
    trace, plan = trace_of(preset), build_plan(PRESETS[preset])
    groups = [node for node in trace.nodes.values() if node.kind in ("stage", "block", "shortcut")]
    extract = create_feature_extractor(plan, [names(trace, node.id)["features"][0] for node in groups])
    with torch.no_grad():
        found = extract(torch.empty(PRESETS[preset].input_shape, device="meta"))
    assert {name: tuple(value.shape) for name, value in found.items()} == {node.id: node.out_shape for node in groups}


@pytest.mark.parametrize("preset", TORCHVISION)
def test_paths_are_those_of_modules(preset: str) -> None:
    trace, plan = trace_of(preset), build_plan(PRESETS[preset])
    paths = all_names(trace, "torchvision")
    modules = dict(plan.named_modules())
    assert {path for (path,) in paths.values()} == set(modules) - {""}
    assert not {"network", "input", "stem", "head", "flatten"} & set(paths)
    assert not [node_id for node_id in paths if node_id.endswith(".add")]
    assert paths["layer2.0.relu_1"] == ("layer2.0.relu",)
    keys = {key for node in trace.nodes.values() for key in names(trace, node.id).get("state", ())}
    assert keys == set(plan.state_dict())


# Caffe


def caffe_layers(layers: tuple[int, ...], is_numbered: bool) -> set[str]:
    """Every layer of the published models up to the classifier, written out from their scheme."""
    found = {"data", "conv1", "bn_conv1", "scale_conv1", "conv1_relu", "pool1", "pool5", "fc1000"}
    for stage, n_blocks in enumerate(layers, start=2):
        for block in range(n_blocks):
            own = "abcdef"[block] if not (is_numbered and stage in (3, 4) and block) else f"b{block}"
            name = f"{stage}{own}"
            branches = ["branch2a", "branch2b", "branch2c"] + ["branch1"] * (block == 0)
            found |= {f"{kind}{name}_{branch}" for kind in ("res", "bn", "scale") for branch in branches}
            found |= {f"res{name}_branch2a_relu", f"res{name}_branch2b_relu", f"res{name}", f"res{name}_relu"}
    return found


@pytest.mark.parametrize("preset", CAFFE_NETS)
def test_caffe_s_names_are_complete(preset: str) -> None:
    spec = PRESETS[preset]
    found = {name for values in all_names(trace_of(preset), "caffe").values() for name in values}
    assert found == caffe_layers(spec.layers, is_numbered=preset != "resnet50")


@pytest.mark.parametrize(
    ("preset", "node", "expected"),
    [
        ("resnet50", "layer2.3.conv3", ("res3d_branch2c",)),
        ("resnet50", "layer3.0.downsample.0", ("res4a_branch1",)),
        ("resnet50", "layer3.5.bn2", ("bn4f_branch2b", "scale4f_branch2b")),
        ("resnet101", "layer1.2.relu_2", ("res2c_relu",)),
        ("resnet101", "layer2.3.relu_2", ("res3b3_relu",)),
        ("resnet101", "layer3.22.conv2", ("res4b22_branch2b",)),
        ("resnet101", "layer4.2.conv2", ("res5c_branch2b",)),
        ("resnet152", "layer2.7.conv1", ("res3b7_branch2a",)),
        ("resnet152", "layer3.35.add", ("res4b35",)),
    ],
)
def test_caffe_s_names_known_from_published_nets(preset: str, node: str, expected: tuple[str, ...]) -> None:
    assert names(trace_of(preset), node)["caffe"] == expected


@pytest.mark.parametrize("preset", sorted(set(TORCHVISION) - set(CAFFE_NETS)))
def test_caffe_has_no_name_for_what_was_not_published(preset: str) -> None:
    assert not all_names(trace_of(preset), "caffe")


@pytest.mark.parametrize(
    "change", [{"norm": "group"}, {"norm": "none"}, {"replace_stride_with_dilation": (False, False, True)}]
)
def test_other_nets_of_the_same_form_have_no_caffe_names(change: dict[str, object]) -> None:
    spec = replace(PRESETS["resnet50"], **change)  # type: ignore[arg-type]
    trace = trace_model(build_plan(spec), spec.input_shape, spec)
    assert not all_names(trace, "caffe")


def test_a_classifier_of_other_classes_is_not_the_published_one() -> None:
    spec = replace(PRESETS["resnet50"], num_classes=10)
    trace = trace_model(build_plan(spec), spec.input_shape, spec)
    assert not {"caffe", "paper"} & set(names(trace, "fc"))
    assert names(trace, "conv1")["caffe"] == ("conv1",)


# The paper and timm


def test_the_paper_s_names() -> None:
    trace = trace_of("resnet34")
    assert all_names(trace, "paper")["layer1"] == ("conv2_x",)
    assert names(trace, "layer2.0")["paper"] == ("conv3_1",)
    assert names(trace, "layer4.2.conv2")["paper"] == ("conv5_3, layer 2",)
    assert names(trace, "conv1")["paper"] == ("conv1",)
    assert not [node_id for node_id in all_names(trace, "paper") if "bn" in node_id or "downsample" in node_id]


def test_timm_names_what_it_calls_otherwise() -> None:
    small, large = trace_of("resnet18"), trace_of("resnet50")
    assert {node_id: names(small, node_id)["timm"][0] for node_id in ("relu", "avgpool", "flatten", "maxpool")} == {
        "relu": "act1",
        "avgpool": "global_pool.pool",
        "flatten": "global_pool.flatten",
        "maxpool": "maxpool",
    }
    assert names(small, "layer1.0.relu_1")["timm"] == ("layer1.0.act2",)
    assert names(large, "layer1.0.relu_2")["timm"] == ("layer1.0.act3",)
    assert names(large, "layer2.0.downsample.1")["timm"] == ("layer2.0.downsample.1",)
    assert "timm" not in names(large, "layer2.0.add")


# Libraries


@pytest.mark.parametrize("net", ["basic", "v1", "v2", "se", "A", "C", "cifar", "one"])
def test_a_layer_is_called_what_its_tensors_are(net: str) -> None:
    spec, trace = NETS[net], trace_of(NETS[net])
    keys = {library: key_pairs(spec, "torchvision", library) for library in LIBRARIES if can_name(spec, library)}
    for library in set(LIBRARIES) - {"torchvision"}:
        found = all_names(trace, library)
        assert bool(found) is (library in keys)
        if found:
            theirs = {module_of(ours): module_of(key) for ours, key in keys[library].items()}
            layers = {path: names for path, names in found.items() if not trace.nodes[path].children}
            assert {path: (name,) for path, name in theirs.items()}.items() <= layers.items()
            assert library == "timm" or layers.keys() == theirs.keys()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("resnet18", {}),
        ("resnet26d", {"block": "bottleneck", "layers": (2, 2, 2, 2), "stem": "deep", "average_shortcut": True}),
        ("seresnet18", {"squeeze_excitation": True}),
        ("resnetv2_50", {"block": "bottleneck", "layers": (3, 4, 6, 3), "pre_activation": True}),
    ],
)
def test_timm_has_the_modules_that_are_named(name: str, changes: dict[str, object]) -> None:
    spec = replace(PRESETS["resnet18"], **changes)  # type: ignore[arg-type]
    with torch.device("meta"):
        modules = {path for path, _module in timm.create_model(name).named_modules()}
    trace = trace_of(spec)
    found = all_names(trace, "timm")
    assert {path for (path,) in found.values()} <= modules
    named = {trace.nodes[node_id].kind for node_id in found}
    assert {"op", "block", "stage"} <= named
    if not spec.pre_activation:
        unnamed = {node.id.rpartition(".")[2] for node in trace.nodes.values() if node.module and node.id not in found}
        assert unnamed <= {"add", "mul", "avgpool", "activation", "scale_activation"}


def test_groups_are_the_modules_of_hugging_face() -> None:
    transformers = pytest.importorskip("transformers")
    with torch.device("meta"):
        net = transformers.ResNetForImageClassification(transformers.ResNetConfig(num_labels=1000))
    found = all_names(trace_of("resnet50"), "huggingface")
    assert {path for (path,) in found.values()} <= {path for path, _module in net.named_modules()}


def test_groups_have_names_of_their_own() -> None:
    trace = trace_of("resnet50")
    assert names(trace, "layer2.0.downsample")["huggingface"] == ("resnet.encoder.stages.1.layers.0.shortcut",)
    assert names(trace, "layer2.0.downsample")["detectron2"] == ("res3.0.shortcut",)
    assert names(trace, "layer4")["huggingface"] == ("resnet.encoder.stages.3",)
    assert names(trace, "layer4")["sequential"] == ("7",)
    assert not {"huggingface", "sequential"} & set(names(trace, "relu"))


def test_equal_names_stand_together() -> None:
    found = chosen(trace_of("resnet50"), "layer3.5.conv2")
    assert found is not None
    told = {label: name.values[0] for label, name in by_value(names_of(found.trace, found.thing))}
    assert told["torchvision, timm, Feature extraction"] == "layer3.5.conv2"
    assert told["detectron2"] == "res4.5.conv2"
    assert len(told) == 9


# Nets of other making


def test_a_net_of_unknown_making_has_paths_and_keys_alone() -> None:
    net = nn.Sequential()
    net.add_module("body", nn.Sequential(Pair(8, 8), Pair(8, 8)))
    trace = trace_model(net.eval(), (1, 8, 8, 8))
    systems = {system for node_id in trace.nodes for system in names(trace, node_id)}
    assert systems == {"module", "state"}
    assert all(system_text(system) for system in (*systems, *names(trace_of("resnet50"), "conv1")))
