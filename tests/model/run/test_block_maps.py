"""What a block does: its five maps to the last bit, and how much it changes the signal, against arithmetic by hand."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from resnet_viz.errors import ImageError, SpecError, TraceError
from resnet_viz.model.net.build import build_model
from resnet_viz.model.run import passes
from resnet_viz.model.run.block_maps import block_changes, capture_block
from resnet_viz.model.run.inputs import to_input
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.findings import BlockMaps
from resnet_viz.records.preparation import Crop, Preparation
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from tests.model.lively_nets import PICTURE, SIZE, lively, net
from tests.model.snapshots import assert_unchanged, begun_in, snapshot
from tests.nets import THIN, Net, OptionA, conv, in_stage, plain, pre_activation, scaled_sum, skipping

PARTS = ("x", "residual", "shortcut", "sum", "output")


def normalised(layer: Any, x: Tensor) -> Tensor:
    return F.batch_norm(x, layer.running_mean, layer.running_var, layer.weight, layer.bias, False, 0.0, layer.eps)


def block_by_hand(block: Any, x: Tensor) -> dict[str, Tensor]:
    """He et al. 2015, Fig. 5, each step into new memory; the stride is where torchvision has it."""
    n = 3 if hasattr(block, "conv3") else 2
    residual = x
    for i in range(1, n + 1):
        layer = getattr(block, f"conv{i}")
        residual = F.conv2d(residual, layer.weight, None, layer.stride, layer.padding, layer.dilation, layer.groups)
        residual = normalised(getattr(block, f"bn{i}"), residual)
        residual = F.relu(residual) if i < n else residual
    shortcut = x
    if block.downsample is not None:
        projection, norm = block.downsample
        shortcut = normalised(norm, F.conv2d(x, projection.weight, None, projection.stride))
    total = residual + shortcut
    return {"x": x, "residual": residual, "shortcut": shortcut, "sum": total, "output": F.relu(total)}


def blocks_by_hand(model: Any, x: Tensor) -> Iterator[tuple[str, dict[str, Tensor]]]:
    with torch.no_grad():
        x = F.max_pool2d(F.relu(normalised(model.bn1, F.conv2d(x, model.conv1.weight, None, 2, 3))), 3, 2, 1)
        for stage in ("layer1", "layer2", "layer3", "layer4"):
            for number, block in enumerate(getattr(model, stage)):
                maps = block_by_hand(block, x)
                yield f"{stage}.{number}", maps
                x = maps["output"]


def assert_same(found: BlockMaps, expected: dict[str, Tensor]) -> None:
    for part in PARTS:
        array = getattr(found, part)
        assert array.dtype == np.float32
        assert not array.flags.writeable
        assert array.shape == tuple(expected[part].shape[1:])
        assert array.tobytes() == expected[part][0].contiguous().numpy().tobytes(), (found.block, part)
    assert np.array_equal(found.residual + found.shortcut, found.sum)


# The five maps


@pytest.mark.parametrize(
    ("preset", "chosen"),
    [("resnet18", ()), ("resnet50", ("layer1.0", "layer2.3", "layer4.2")), ("resnext50_32x4d", ("layer3.0",))],
)
def test_maps_are_those_by_hand_to_the_last_bit(preset: str, chosen: tuple[str, ...]) -> None:
    model = lively(build_model(PRESETS[preset], seed=1))
    expected = dict(blocks_by_hand(model, to_input(PICTURE, SIZE)))
    for block_id in chosen or expected:
        found = capture_block(model, PICTURE, block_id, SIZE)
        assert found.block == block_id
        assert_same(found, expected[block_id])
        # The sum goes below zero, or a test could not tell it from what the ReLU left of it.
        assert found.sum.min() < 0 <= found.output.min()


def test_a_preparation_may_stand_for_the_size() -> None:
    model, prepared = net(), Preparation(size=SIZE, resize=232, crop=Crop(0.1, 0.2, 0.5, 0.5))
    (_, expected), *_rest = blocks_by_hand(model, to_input(PICTURE, prepared))
    assert_same(capture_block(model, PICTURE, "layer1.0", prepared), expected)
    assert not np.array_equal(capture_block(model, PICTURE, "layer1.0", SIZE).x, expected["x"][0].numpy())


def test_a_block_that_ends_in_its_add() -> None:
    block: Any = Net(pre_activation, bn1=nn.BatchNorm2d(8), conv1=conv(), conv2=conv())
    model: Any = in_stage(block)
    found = capture_block(model, PICTURE, "layer1.0", SIZE)
    with torch.no_grad():
        x = model.conv1(to_input(PICTURE, SIZE))
        assert np.array_equal(found.x, x[0].numpy())
        assert np.array_equal(found.output, block(x)[0].numpy())
    assert np.array_equal(found.sum, found.output)
    assert np.array_equal(found.residual + found.shortcut, found.sum)


def test_option_a_pads_the_shortcut() -> None:
    block: Any = Net(skipping, conv1=conv(8, 16, 2), shortcut=OptionA(), relu=nn.ReLU(inplace=True))
    model: Any = in_stage(block)
    found = capture_block(model, PICTURE, "layer1.0", SIZE)
    with torch.no_grad():
        x = model.conv1(to_input(PICTURE, SIZE))
        assert np.array_equal(found.shortcut, block.shortcut(x)[0].numpy())
        assert np.array_equal(found.residual, block.conv1(x)[0].numpy())
        assert np.array_equal(found.output, block(x)[0].numpy())
    assert np.array_equal(found.residual + found.shortcut, found.sum)


@pytest.mark.parametrize("alpha", [0.5, 0.1])
def test_a_factor_of_the_add_belongs_to_the_branch(alpha: float) -> None:
    block: Any = Net(lambda net, x: torch.add(x, net.conv1(x), alpha=alpha), conv1=conv())
    model: Any = in_stage(block)
    found = capture_block(model, PICTURE, "layer1.0", SIZE)
    with torch.no_grad():
        x = model.conv1(to_input(PICTURE, SIZE))
        residual, total = alpha * block.conv1(x), block(x)
    np.testing.assert_array_equal(found.shortcut, x[0].numpy())
    np.testing.assert_allclose(found.residual, residual[0].numpy(), rtol=1e-6)
    np.testing.assert_array_equal(found.sum, total[0].numpy())
    np.testing.assert_allclose(found.residual + found.shortcut, found.sum, rtol=1e-5, atol=1e-6)
    (change,) = block_changes(model, PICTURE, SIZE)
    assert change.ratio == pytest.approx((residual.norm() / x.norm()).item(), rel=1e-4)
    assert change.cosine == pytest.approx(F.cosine_similarity(x.flatten(), total.flatten(), dim=0).item(), abs=1e-4)


@pytest.mark.parametrize(("alpha", "order"), [(1, (0, 1)), (0.5, (0, 1)), (1, (1, 0))])
def test_of_a_difference_the_sign_belongs_to_what_is_taken_away(alpha: float, order: tuple[int, int]) -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        operands = x, net.conv1(x)
        return torch.sub(operands[order[0]], operands[order[1]], alpha=alpha)

    block: Any = Net(forward, conv1=conv())
    model: Any = in_stage(block)
    found = capture_block(model, PICTURE, "layer1.0", SIZE)
    with torch.no_grad():
        x = model.conv1(to_input(PICTURE, SIZE))
        signs = (1, -alpha) if order == (0, 1) else (-alpha, 1)
        shortcut, residual = signs[0] * x, signs[1] * block.conv1(x)
    np.testing.assert_allclose(found.shortcut, shortcut[0].numpy(), rtol=1e-6)
    np.testing.assert_allclose(found.residual, residual[0].numpy(), rtol=1e-6)
    np.testing.assert_allclose(found.residual + found.shortcut, found.sum, rtol=1e-5, atol=1e-6)
    (change,) = block_changes(model, PICTURE, SIZE)
    total = shortcut + residual
    assert change.ratio == pytest.approx((residual.norm() / shortcut.norm()).item(), rel=1e-4)
    assert change.sum_norm == pytest.approx(total.norm().item(), rel=1e-4)


@pytest.mark.parametrize(
    ("add", "signs"),
    [
        (lambda x, f, g: x + f + g, (1, 1, 1)),
        (lambda x, f, g: f + x + g, (1, 1, 1)),
        (lambda x, f, g: g + (f + x), (1, 1, 1)),
        (lambda x, f, g: f.add_(g).add_(x), (1, 1, 1)),
        (lambda x, f, g: sum([f, x, g]), (1, 1, 1)),
        (lambda x, f, g: sum([f + g, x]), (1, 1, 1)),
        (lambda x, f, g: x - f - g, (1, -1, -1)),
        (lambda x, f, g: f - (g + x), (-1, 1, -1)),
        (lambda x, f, g: torch.rsub(x - g, f, alpha=2), (-2, 1, 2)),
    ],
    ids=["x f g", "f x g", "nested", "in place", "Python's sum", "of a sum", "x - f - g", "f - (g + x)", "rsub"],
)
@pytest.mark.parametrize("looks", [False, True])
def test_of_three_branches_the_residual_is_all_but_the_shortcut(
    add: Any, signs: tuple[int, int, int], looks: bool
) -> None:
    """Whatever the order: the last addition's operands may be neither F(x) nor x."""

    def forward(net: Any, x: Tensor) -> Tensor:
        x = x if not looks or x.sum() > -1e9 else -x
        return add(x, net.conv1(x), net.conv2(x))  # type: ignore[no-any-return]

    torch.manual_seed(0)
    block: Any = Net(forward, conv1=conv(), conv2=conv())
    model: Any = in_stage(block)
    with torch.no_grad():
        x = model.conv1(to_input(PICTURE, SIZE))
        shortcut, residual = signs[0] * x, signs[1] * block.conv1(x) + signs[2] * block.conv2(x)
    found = capture_block(model, PICTURE, "layer1.0", SIZE)
    np.testing.assert_allclose(found.shortcut, shortcut[0].numpy(), rtol=1e-6)
    np.testing.assert_allclose(found.residual, residual[0].numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.residual + found.shortcut, found.sum, rtol=1e-5, atol=1e-6)
    (change,) = block_changes(model, PICTURE, SIZE)
    assert change.ratio == pytest.approx((residual.norm() / shortcut.norm()).item(), rel=1e-4)
    assert change.shortcut_norm == pytest.approx(shortcut.norm().item(), rel=1e-4)


@pytest.mark.parametrize(
    "add",
    [
        lambda x, f, gamma: torch.addcmul(x, gamma, f),
        lambda x, f, gamma: x.addcmul_(f, gamma),
        lambda x, f, gamma: torch.addcdiv(x, f, gamma),
        lambda x, f, gamma: torch.lerp(x, f, 0.25),
    ],
    ids=["addcmul", "in place", "addcdiv", "lerp"],
)
@pytest.mark.parametrize("looks", [False, True])
def test_what_is_added_with_a_factor_is_the_residual(add: Any, looks: bool) -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        return add(x if not looks or x.sum() > -1e9 else -x, net.conv1(x), net.gamma[0])  # type: ignore[no-any-return]

    torch.manual_seed(0)
    block: Any = Net(forward, conv1=conv(), gamma=nn.ParameterList([torch.rand(8, 1, 1)]))
    model: Any = in_stage(block)
    with torch.no_grad():
        x = model.conv1(to_input(PICTURE, SIZE))
        total = block(x.clone())
    found = capture_block(model, PICTURE, "layer1.0", SIZE)
    np.testing.assert_allclose(found.shortcut, x[0].numpy(), rtol=1e-6)
    np.testing.assert_allclose(found.sum, total[0].numpy(), rtol=1e-6)
    np.testing.assert_allclose(found.residual, (total - x)[0].numpy(), rtol=1e-4, atol=1e-6)
    (change,) = block_changes(model, PICTURE, SIZE)
    assert change.ratio == pytest.approx(((total - x).norm() / x.norm()).item(), rel=1e-4)


def test_nothing_behind_the_block_runs() -> None:
    model = net()
    begun = begun_in(model, lambda: capture_block(model, PICTURE, "layer2.0", SIZE))
    assert "layer2.0.bn2" in begun
    assert not {"layer2.1", "layer3", "fc"} & begun


# How much a block changes


@pytest.mark.parametrize("block", ["basic", "bottleneck"])
def test_changes_are_those_of_the_maps(block: str) -> None:
    model = net(block)
    found = block_changes(model, PICTURE, SIZE)
    expected = list(blocks_by_hand(model, to_input(PICTURE, SIZE)))
    assert [change.block for change in found] == [path for path, _maps in expected]
    for change, (_path, maps) in zip(found, expected, strict=True):
        residual, shortcut, total = (maps[part].double().flatten() for part in ("residual", "shortcut", "sum"))
        assert change.residual_norm == pytest.approx(residual.norm().item(), rel=1e-4)
        assert change.shortcut_norm == pytest.approx(shortcut.norm().item(), rel=1e-4)
        assert change.sum_norm == pytest.approx(total.norm().item(), rel=1e-4)
        assert change.ratio == pytest.approx((residual.norm() / shortcut.norm()).item(), rel=1e-4)
        assert change.cosine == pytest.approx(F.cosine_similarity(shortcut, total, dim=0).item(), abs=1e-4)


def test_a_block_whose_last_norm_is_zero_changes_nothing() -> None:
    model = build_model(ResNetSpec("basic", (1, 2, 1, 1), zero_init_residual=True), seed=0)
    identities = [change for change in block_changes(model, PICTURE, SIZE) if change.block in ("layer1.0", "layer2.1")]
    assert [change.ratio for change in identities] == [0, 0]
    assert [change.cosine for change in identities] == pytest.approx([1, 1])


def test_what_there_is_nothing_to_compare_with_is_none() -> None:
    model: Any = in_stage(Net(lambda net, x: net.conv(x) + x, conv=conv()))
    nn.init.zeros_(model.conv1.weight)
    (change,) = block_changes(model, PICTURE, SIZE)
    assert (change.shortcut_norm, change.ratio, change.cosine) == (0, None, None)
    nn.init.constant_(model.conv1.weight, torch.nan)
    (change,) = block_changes(model, PICTURE, SIZE)
    assert (change.ratio, change.cosine) == (None, None)


def test_a_net_that_looks_at_values_is_measured_where_it_went() -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        is_even = x[0, 0].std() < 1e-3
        x = net.conv1(x) + 1  # an add of no block
        return x if is_even else net.layer1(x)

    model: Any = Net(forward, conv1=conv(3), layer1=nn.Sequential(Net(scaled_sum, conv1=conv())))
    assert trace_model(model, (1, 3, *SIZE)).origin == "run"
    with torch.no_grad():
        x = model.conv1(to_input(PICTURE, SIZE)) + 1
        branch = model.layer1(x) - x
    (change,) = block_changes(model, PICTURE, SIZE)
    assert change.block == "layer1.0"
    assert change.ratio == pytest.approx((branch.norm() / x.norm()).item(), rel=1e-4)
    grey = Image.new("RGB", (70, 70), "grey")
    assert block_changes(model, grey, SIZE) == ()
    with pytest.raises(TraceError, match=r"does not come to layer1\.0 with this picture"):
        capture_block(model, grey, "layer1.0", SIZE)


def test_no_map_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each product is made while its add runs, and is three numbers that hold on to nothing."""
    sizes = []
    known = torch.stack

    def note(parts: Any, *args: Any) -> Tensor:
        result = known(parts, *args)
        sizes.append(result.untyped_storage().nbytes())
        return result

    monkeypatch.setattr(torch, "stack", note)
    block_changes(net(), PICTURE, SIZE)
    assert sizes == [3 * 4] * 5


# What is refused, and what is left behind


def test_a_block_without_an_add_is_told() -> None:
    model = Net(
        lambda net, x: net.layer1(net.conv1(x)),
        conv1=conv(3),
        layer1=nn.Sequential(*(Net(plain, conv1=conv(), bn1=nn.BatchNorm2d(8)) for _ in range(2))),
    )
    with pytest.raises(TraceError, match=r"layer1\.0 has no add"):
        capture_block(model, PICTURE, "layer1.0", SIZE)
    assert block_changes(model, PICTURE, SIZE) == ()


def test_a_plain_module_beside_a_block_is_no_block() -> None:
    model = Net(
        lambda net, x: net.layer1(net.conv1(x)),
        conv1=conv(3),
        layer1=nn.Sequential(Net(plain, conv1=conv(), bn1=nn.BatchNorm2d(8)), Net(scaled_sum, conv1=conv())),
    )
    with pytest.raises(TraceError, match=r"layer1\.0 is no residual block"):
        capture_block(model, PICTURE, "layer1.0", SIZE)
    assert [change.block for change in block_changes(model, PICTURE, SIZE)] == ["layer1.1"]


@pytest.mark.parametrize("block_id", ["layer1", "conv1", "layer1.0.add", "layer1.9", "", None, 3])
def test_what_is_no_block_is_told(block_id: Any) -> None:
    with pytest.raises(TraceError):
        capture_block(net(), PICTURE, block_id, SIZE)


@pytest.mark.parametrize("trains", [(), ("",), ("layer1", "layer1.0.bn1")])
def test_the_model_is_left_as_it_was(trains: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    model = net()
    for path in trains:
        model.get_submodule(path).train()
    model.conv1.weight.requires_grad_(False)
    before, random = snapshot(model), torch.get_rng_state()
    wanted = [parameter.requires_grad for parameter in model.parameters()]
    capture_block(model, PICTURE, "layer2.0", SIZE)
    block_changes(model, PICTURE, SIZE)
    with pytest.raises(TraceError):
        capture_block(model, PICTURE, "layer1", SIZE)
    with pytest.raises(ImageError):
        capture_block(model, "no picture", "layer1.0", SIZE)  # type: ignore[arg-type]
    monkeypatch.setattr(passes, "free_bytes", lambda device: 1000)
    for call in (lambda: capture_block(model, PICTURE, "layer1.0", SIZE), lambda: block_changes(model, PICTURE, SIZE)):
        with pytest.raises(SpecError, match="to give"):
            call()
    assert_unchanged(model, before)
    assert [parameter.requires_grad for parameter in model.parameters()] == wanted
    assert torch.equal(torch.get_rng_state(), random)


def test_an_error_on_the_way_leaves_the_model_as_it_was() -> None:
    model = net().train()

    def fail(module: nn.Module, args: tuple[Tensor, ...]) -> None:
        if not args[0].is_meta:
            raise KeyError("on the way")

    model.layer2.register_forward_pre_hook(fail)
    before = snapshot(model)
    for call in (lambda: capture_block(model, PICTURE, "layer3.0", SIZE), lambda: block_changes(model, PICTURE, SIZE)):
        with pytest.raises(TraceError, match="on the way"):
            call()
    assert_unchanged(model, before)


def test_a_thin_net_of_one_picture_pixel() -> None:
    found = capture_block(net(), Image.new("RGB", (1, 1)), "layer4.0", (1, 1))
    assert found.output.shape == (THIN[-1], 1, 1)
