"""What differs between two nets: for every variant, what its paper changes, written out by hand, and nothing else."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.compare.differences import find_differences
from resnet_viz.views.compare.layers import DIFFERENCE_KINDS, Difference, difference_text
from tests.nets import SHAPE, Net, conv, trace_of

R18, R34, R50 = PRESETS["resnet18"], PRESETS["resnet34"], PRESETS["resnet50"]
SMALL = ResNetSpec("bottleneck", (1, 2), num_classes=7, input_size=(64, 64))
V1_ORDER = "1×1 → norm → relu → 3×3 → norm → relu → 1×1 → norm → + → relu"
V2_ORDER = "norm → relu → 1×1 → norm → relu → 3×3 → norm → relu → 1×1 → +"


def differ(before: ResNetSpec, after: ResNetSpec) -> tuple[Difference, ...]:
    return find_differences(trace_of(before), trace_of(after))


def told(before: ResNetSpec, after: ResNetSpec) -> list[tuple[object, ...]]:
    """Each difference without its words."""
    return [(one.kind, one.stage, one.what, *one.nodes) for one in differ(before, after)]


def ids(pattern: str, numbers: range) -> tuple[str, ...]:
    return tuple(pattern.format(n) for n in numbers)


def test_the_stride_moves_in_three_blocks() -> None:
    v1 = replace(R50, stride_in="1x1")
    expected = []
    for stage, layer in (("conv3_x", 2), ("conv4_x", 3), ("conv5_x", 4)):
        for name, before, after in (("conv1", "2", "1"), ("conv2", "1", "2")):
            node = (f"layer{layer}.0.{name}",)
            expected.append(Difference("changed", stage, "stride", before, after, (node, node), name, 1))
    assert list(differ(v1, R50)) == expected
    assert difference_text(expected[0]) == "conv3_x, conv1, 1 block: stride 1 instead of 2"


def test_a_plain_net_lacks_the_shortcuts_alone() -> None:
    def projection(layer: int) -> tuple[str, ...]:
        return tuple(f"layer{layer}.0.{name}" for name in ("downsample.0", "downsample.1", "add"))

    assert told(PRESETS["plain34"], R34) == [
        ("added", "conv2_x", "shortcut", (), ids("layer1.{}.add", range(3))),
        ("added", "conv3_x", "shortcut", (), projection(2)),
        ("added", "conv3_x", "shortcut", (), ids("layer2.{}.add", range(1, 4))),
        ("added", "conv4_x", "shortcut", (), projection(3)),
        ("added", "conv4_x", "shortcut", (), ids("layer3.{}.add", range(1, 6))),
        ("added", "conv5_x", "shortcut", (), projection(4)),
        ("added", "conv5_x", "shortcut", (), ids("layer4.{}.add", range(1, 3))),
    ]


def test_option_a_and_b_differ_where_the_shape_changes() -> None:
    stages = (("conv3_x", 2), ("conv4_x", 3), ("conv5_x", 4))
    assert list(differ(replace(R34, shortcut="A"), R34)) == [
        Difference(
            "changed",
            stage,
            "shortcut",
            "parameter-free",
            "projection",
            ((f"layer{layer}.0.downsample",), (f"layer{layer}.0.downsample.0", f"layer{layer}.0.downsample.1")),
            n_blocks=1,
        )
        for stage, layer in stages
    ]


def test_option_c_projects_where_b_has_an_identity() -> None:
    def pair(block: str) -> tuple[str, str]:
        return f"{block}.downsample.0", f"{block}.downsample.1"

    assert told(R18, replace(R18, shortcut="C")) == [
        ("changed", "conv2_x", "shortcut", ("layer1.0.add", "layer1.1.add"), pair("layer1.0") + pair("layer1.1")),
        ("changed", "conv3_x", "shortcut", ("layer2.1.add",), pair("layer2.1")),
        ("changed", "conv4_x", "shortcut", ("layer3.1.add",), pair("layer3.1")),
        ("changed", "conv5_x", "shortcut", ("layer4.1.add",), pair("layer4.1")),
    ]


def test_pre_activation_changes_the_order_and_the_ends() -> None:
    found = differ(R50, replace(R50, pre_activation=True))
    stages = (("conv2_x", 1, 3), ("conv3_x", 2, 4), ("conv4_x", 3, 6), ("conv5_x", 4, 3))
    expected: list[tuple[object, ...]] = [
        ("removed", "stem", "norm", "batch_norm", "", 0),
        ("removed", "stem", "layers", "relu", "", 0),
    ]
    for stage, _layer, n in stages:
        expected.append(("changed", stage, "order", V1_ORDER, V2_ORDER, n))
        expected.append(("removed", stage, "norm", "batch_norm", "", 1))
    expected += [
        ("added", "head", "norm", "", "batch_norm", 0),
        ("added", "head", "layers", "", "relu", 0),
    ]
    assert [(one.kind, one.stage, one.what, one.before, one.after, one.n_blocks) for one in found] == expected
    assert [one.nodes for one in found if one.kind != "changed"] == [
        (("bn1",), ()),
        (("relu",), ()),
        *(((f"layer{layer}.0.downsample.1",), ()) for _stage, layer, _n in stages),
        ((), ("norm_last",)),
        ((), ("relu",)),
    ]


def test_resnet_d_has_another_stem_and_pools_before_it_projects() -> None:
    found = differ(R50, replace(R50, stem="deep", average_shortcut=True))
    stem, *rest = found
    assert (stem.stage, stem.what, stem.before) == ("stem", "layers", "7×7, 64 /2")
    assert stem.after == "3×3, 32 /2 → 3×3, 32 → 3×3, 64"
    assert stem.nodes == (("conv1",), ids("conv1.{}", range(7)))
    expected: list[Difference] = []
    for stage, layer in (("conv3_x", 2), ("conv4_x", 3), ("conv5_x", 4)):
        first, second = f"layer{layer}.0.downsample.0", f"layer{layer}.0.downsample.1"
        nodes = ((first,), (second,))
        expected.append(Difference("changed", stage, "stride", "2", "1", nodes, "downsample.0", 1))
        pool = "average pool 2×2 /2"
        expected.append(Difference("added", stage, "layers", "", pool, ((), (first,)), "downsample.0", 1))
    assert rest == expected


@pytest.mark.parametrize("size", [32, 224])
def test_squeeze_and_excitation_adds_a_gate_to_every_block(size: int) -> None:
    plain = replace(R18, input_size=(size, size))
    names = ("avgpool", "fc1", "activation", "fc2", "scale_activation", "mul")
    assert told(plain, replace(plain, squeeze_excitation=True)) == [
        ("added", f"conv{n + 1}_x", "gate", (), tuple(f"layer{n}.{b}.se.{name}" for b in (0, 1) for name in names))
        for n in (1, 2, 3, 4)
    ]


def test_a_wide_net_is_wider_in_two_convolutions_of_every_block() -> None:
    found = differ(R50, PRESETS["wide_resnet50_2"])
    assert [(one.what, one.stage, one.place, one.before, one.after, one.n_blocks) for one in found] == [
        ("width", f"conv{n + 2}_x", place, str(64 * 2**n), str(128 * 2**n), blocks)
        for n, blocks in enumerate((3, 4, 6, 3))
        for place in ("conv1", "conv2")
    ]
    assert found[0].nodes[0] == found[0].nodes[1] == ids("layer1.{}.conv1", range(3))


def test_a_deeper_net_has_other_and_more_blocks() -> None:
    found = differ(R18, PRESETS["resnet152"])
    more = {one.stage: one.nodes for one in found if one.what == "blocks"}
    assert more == {
        "conv2_x": ((), ("layer1.2",)),
        "conv3_x": ((), ids("layer2.{}", range(2, 8))),
        "conv4_x": ((), ids("layer3.{}", range(2, 36))),
        "conv5_x": ((), ("layer4.2",)),
    }
    kinds = [one for one in found if one.what == "block"]
    assert [(one.before, one.after, one.n_blocks) for one in kinds] == [("basic", "bottleneck", 2)] * 4
    shortcuts = [(one.stage, one.before, one.after, one.n_blocks) for one in found if one.what == "shortcut"]
    assert shortcuts == [("conv2_x", "identity", "projection", 1)]
    assert len(found) == 4 + 4 + 1


def test_a_cifar_stem_has_another_convolution_and_no_pooling() -> None:
    assert told(R18, replace(R18, stem="3x3")) == [
        ("changed", "stem", "kernel", ("conv1",), ("conv1",)),
        ("changed", "stem", "stride", ("conv1",), ("conv1",)),
        ("removed", "stem", "layers", ("maxpool",), ()),
    ]


def test_other_settings_are_named() -> None:
    assert told(R18, replace(R18, num_classes=10)) == [("changed", "head", "width", ("fc",), ("fc",))]
    assert told(R18, replace(R18, input_size=(64, 64))) == [("changed", "input", "size", ("input",), ("input",))]
    assert [(one.what, one.before, one.after) for one in differ(R18, replace(R18, norm="group"))] == [
        ("norm", "batch_norm", "group_norm")
    ] * 5
    assert [
        (one.kind, one.stage, one.what, one.before, one.n_blocks) for one in differ(R18, replace(R18, norm="none"))
    ] == [
        ("removed", "stem", "norm", "batch_norm", 0),
        *(("removed", f"conv{stage}_x", "norm", "batch_norm", 2) for stage in (2, 3, 4, 5)),
    ]
    dilated = replace(R50, replace_stride_with_dilation=(False, False, True))
    assert [(one.what, one.place, one.n_blocks) for one in differ(R50, dilated)] == [
        ("stride", "conv2", 1),
        ("stride", "downsample.0", 1),
        ("dilation", "conv2", 2),
    ]
    shorter = replace(R18, layers=(2, 2, 2), widths=())
    assert told(shorter, replace(R18, widths=()))[:1] == [("added", "conv5_x", "stage", (), ("layer4",))]


def all_ops(spec: ResNetSpec) -> list[tuple[object, ...]]:
    """Two specs can make one net: where no shape changes, options A and B are the same."""
    return [(op.op, dict(op.attrs), op.inputs, op.out_shape) for op in trace_of(spec).ops]


SPECS = st.builds(
    lambda block, layers, shortcut, flags: replace(
        SMALL,
        block=block,
        layers=layers,
        widths=(16, 32, 64)[: len(layers)],
        shortcut="B" if any(flags) else shortcut,
        pre_activation=flags[0],
        squeeze_excitation=flags[1],
    ),
    st.sampled_from(["basic", "bottleneck"]),
    st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple),
    st.sampled_from(["A", "B", "C", "none"]),
    st.tuples(st.booleans(), st.booleans()),
)


@settings(max_examples=25)
@given(SPECS, SPECS)
def test_differences_name_nodes_and_turn_around(one: ResNetSpec, other: ResNetSpec) -> None:
    there, back = differ(one, other), differ(other, one)
    mirrored = {"added": "removed", "removed": "added", "changed": "changed"}
    assert bool(there) == (all_ops(one) != all_ops(other))
    assert {(d.kind, d.stage, d.what, d.before, d.after, d.nodes) for d in there} == {
        (mirrored[d.kind], d.stage, d.what, d.after, d.before, d.nodes[::-1]) for d in back
    }
    for difference in there:
        assert difference.kind in DIFFERENCE_KINDS
        is_there = tuple(bool(side) for side in difference.nodes)
        assert is_there == {"added": (False, True), "removed": (True, False), "changed": (True, True)}[difference.kind]
        assert set(difference.nodes[0]) <= set(trace_of(one).nodes)
        assert set(difference.nodes[1]) <= set(trace_of(other).nodes)
        assert difference.before != difference.after
        assert difference_text(difference)


def custom(stem: Sequence[nn.Module], block: nn.Module) -> Trace:
    parts: OrderedDict[str, nn.Module] = OrderedDict(stem=nn.Sequential(*stem), layer1=nn.Sequential(block))
    return trace_model(nn.Sequential(parts).eval(), SHAPE)


def test_blocks_of_one_kind_with_unlike_layers_are_told_by_their_layers() -> None:
    one, two = (custom([conv(3)], Net(plain_sum, body=nn.Sequential(*(conv() for _n in range(n))))) for n in (1, 2))
    (found,) = find_differences(one, two)
    assert (found.what, found.before, found.after) == ("block", "3×3, 8", "3×3, 8 → 3×3, 8")


def plain_sum(net: Any, x: Tensor) -> Any:
    return net.body(x) + x


def test_a_stem_without_weights_differs_as_a_whole() -> None:
    block = Net(plain_sum, body=nn.Sequential(nn.ReLU()))
    pooled, weighted = custom([nn.MaxPool2d(1)], block), custom([conv(3, 3)], block)
    (found,) = find_differences(pooled, weighted)
    assert (found.kind, found.stage, found.what, found.after) == ("changed", "stem", "layers", "3×3, 3")
    assert found.nodes == (("stem.0",), ("stem.0",))
