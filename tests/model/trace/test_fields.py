"""Receptive fields beyond torchvision's own ops: each is where the gradient is, or is said to be unknown."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Field
from tests.nets import Net, conv, trace_of

SIDE = 24
Forward = Callable[[Any, Tensor], Tensor]


def seen(net: nn.Module, image: Tensor) -> list[list[list[int]]]:
    """Vertically and horizontally, the pixels that each position of the middle column or row depends on."""
    maps = net(image)
    rows, columns = maps.shape[-2:]
    found: list[list[list[int]]] = [[], []]
    for axis, n in enumerate((rows, columns)):
        for at in range(n):
            value = maps[..., at, columns // 2] if axis == 0 else maps[..., rows // 2, at]
            (gradient,) = torch.autograd.grad(value.sum(), image, retain_graph=True)
            found[axis].append(gradient[0].abs().sum(0).sum(1 - axis).nonzero().flatten().tolist())
    return found


def assert_exact(net: nn.Module, shape: tuple[int, ...] = (1, 4, SIDE, SIDE + 4)) -> tuple[Field, Field]:
    """A field is exact where the image holds all of it; at an edge nothing beyond it is seen."""
    net = net.double().eval()
    for parameter in net.parameters():
        nn.init.constant_(parameter, 0.5)
    trace = trace_model(net, shape)
    assert trace.warnings == ()
    image = torch.rand(shape, dtype=torch.float64).add(1).requires_grad_()
    field = trace.ops[-1].field
    assert field is not None
    for axis, places in enumerate(seen(net, image)):
        pixels = range(shape[2 + axis])
        n_whole = 0
        for at, found in enumerate(places):
            shift = at * (field[axis].jump or 0)
            first, last = field[axis].lo + shift, field[axis].hi + shift
            assert set(found) <= set(range(first, last + 1))
            if first in pixels and last in pixels:
                n_whole += 1
                assert (min(found), max(found)) == (first, last)
        assert n_whole > 0
    return field


def blurred(net: Any, x: Tensor) -> Tensor:
    kernel = torch.tensor([1.0, 2, 1], dtype=x.dtype, device=x.device)
    kernel = (kernel[:, None] * kernel)[None, None].expand(x.shape[1], 1, 3, 3)
    return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), kernel, stride=2, groups=x.shape[1])


def res2net(net: Any, x: Tensor) -> Tensor:
    first, second = torch.split(x, 2, 1)
    return torch.cat([first, net.conv1(second)], 1)


def shuffled(net: Any, x: Tensor) -> Any:
    n, c, h, w = x.shape
    mixed = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
    return net.conv1(F.silu(mixed.chunk(2, 1)[0]))


def selected(net: Any, x: Tensor) -> Tensor:
    paths = torch.stack([net.conv1(x), net.conv2(x)], dim=1)
    return (paths * paths.softmax(dim=1)).sum(dim=1)


def spatial_gate(net: Any, x: Tensor) -> Tensor:
    return x * torch.sigmoid(net.conv1(torch.cat([x.mean(1, keepdim=True), x.amax(dim=1, keepdim=True)], 1)))


CASES: dict[str, nn.Module] = {
    "same": nn.Sequential(conv(4, 4), nn.Conv2d(4, 4, 3, padding="same"), nn.ReLU()),
    "same-even": nn.Conv2d(4, 4, (4, 2), padding="same"),
    "same-dilated": nn.Sequential(nn.Conv2d(4, 4, 3, 2), nn.Conv2d(4, 4, (3, 4), padding="same", dilation=(2, 1))),
    "valid": nn.Conv2d(4, 4, 3, 2, padding="valid"),
    "zero-pad": nn.Sequential(nn.ZeroPad2d((0, 1, 2, 1)), nn.Conv2d(4, 4, 3, 2)),
    "crop": nn.Sequential(nn.ZeroPad2d((-1, 0, -2, 0)), nn.Conv2d(4, 4, 3, 2)),
    "reflection": nn.Sequential(nn.ReflectionPad2d((1, 2, 1, 2)), nn.Conv2d(4, 4, 4, 2)),
    "replication": nn.Sequential(nn.ReplicationPad2d(1), nn.Conv2d(4, 4, 3)),
    "constant": nn.Sequential(nn.ConstantPad2d((1, 0, 1, 0), 0.5), nn.Conv2d(4, 4, 2)),
    "reflecting-convolution": nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"),
    "blur": nn.Sequential(Net(blurred), conv(4, 4)),
    "average": nn.Sequential(nn.AvgPool2d(2, divisor_override=3), conv(4, 4)),
    "lp": nn.Sequential(nn.LPPool2d(2, 3, 2), conv(4, 4)),
    "transposed": nn.ConvTranspose2d(4, 4, 3, padding=1, dilation=2),
    "unshuffle": nn.Sequential(nn.PixelUnshuffle(2), conv(16, 4)),
    "nearest-half": nn.Sequential(Net(lambda net, x: F.interpolate(x, scale_factor=0.5)), conv(4, 4)),
    "nearest-exact": Net(lambda net, x: F.interpolate(x, (8, 7), mode="nearest-exact")),
    "bilinear-half": Net(lambda net, x: F.interpolate(x, scale_factor=0.5, mode="bilinear")),
    "bilinear-third": Net(lambda net, x: F.interpolate(x, (SIDE // 3, 7), mode="bilinear")),
    "bilinear-quarter": Net(lambda net, x: F.interpolate(x, scale_factor=0.25, mode="bilinear")),
    "area": Net(lambda net, x: F.interpolate(x, (12, 14), mode="area")),
    "split": Net(res2net, conv1=conv(2, 2)),
    "shuffle": Net(shuffled, conv1=conv(2, 4)),
    "selective": Net(selected, conv1=conv(4, 4), conv2=nn.Conv2d(4, 4, 3, padding=2, dilation=2)),
    "spatial-gate": Net(spatial_gate, conv1=conv(2, 1)),
    "slices": Net(lambda net, x: net.conv1(x[:, 1:3, ..., 1:, 2::2].contiguous()), conv1=nn.Conv2d(2, 4, 3)),
    "norms": nn.Sequential(conv(4, 4), nn.LocalResponseNorm(2), nn.PReLU(), nn.Dropout2d(), nn.Hardswish()),
    "in-place": Net(lambda net, x: net.conv1(x).mul_(2).clamp_(min=-9) / 3, conv1=conv(4, 4)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_field_is_where_the_gradient_is(name: str) -> None:
    assert_exact(CASES[name])


def test_same_padding_by_hand() -> None:
    """Two 3×3 see 5×5; of an even kernel the larger half lies behind."""
    two = nn.Sequential(nn.Conv2d(4, 4, 3, padding="same"), nn.Conv2d(4, 4, 3, padding="same"))
    assert assert_exact(two) == (Field(-2, 2, 1), Field(-2, 2, 1))
    assert assert_exact(nn.Conv2d(4, 4, (4, 2), padding="same")) == (Field(-1, 2, 1), Field(0, 1, 1))


@pytest.mark.parametrize(
    "forward",
    [
        lambda net, x: x * net.conv1(x.amax((2, 3), keepdim=True)),
        lambda net, x: x * net.conv1(F.adaptive_max_pool2d(x, 1)).sigmoid().expand_as(x),
        lambda net, x: x * net.conv1(F.avg_pool2d(x, x.shape[2:])).sigmoid(),
        lambda net, x: x * F.softmax(x.view(*x.shape[:2], -1).mean(-1).view(*x.shape[:2], 1, 1), 1) + net.conv1(x) * 0,
    ],
    ids=["maximum", "adaptive", "window", "view"],
)
def test_gates_of_other_forms(forward: Forward, request: pytest.FixtureRequest) -> None:
    """What comes of the whole map scales, and does not widen the field; a mean over flattened positions is not told."""
    trace = trace_model(Net(forward, conv1=nn.Conv2d(4, 4, 1)), (1, 4, 8, 8))
    product = next(op for op in trace.ops if op.op == "mul")
    if request.node.callspec.id == "view":
        assert product.field is None
    else:
        assert product.field == (Field(0, 0, 1), Field(0, 0, 1))
        assert product.is_global


def test_a_head_of_any_form_sees_what_the_pooled_map_saw() -> None:
    net = Net(
        lambda net, x: net.fc(F.normalize(net.conv1(x).mean((2, 3)))).cumsum(-1).view(-1, 5, 1) @ torch.ones(1, 2),
        conv1=conv(4, 4),
        fc=nn.Linear(4, 5),
    )
    trace = trace_model(net, (1, 4, 8, 8))
    assert [op.field for op in trace.ops[1:]] == [(Field(-1, 8, None), Field(-1, 8, None))] * (len(trace.ops) - 1)


def test_flattening_by_view_sees_the_whole_map() -> None:
    trace = trace_model(Net(lambda net, x: net.conv1(x).view(x.shape[0], -1), conv1=conv(4, 4)), (1, 4, 8, 8))
    assert trace.ops[-1].field == (Field(-1, 8, None), Field(-1, 8, None))


def test_statistics_of_the_whole_map_are_told() -> None:
    layers = nn.Sequential(conv(4, 4), nn.LayerNorm((4, 8, 8)))
    for net in (layers, nn.Sequential(conv(4, 4), nn.InstanceNorm2d(4))):
        op = trace_model(net.eval(), (1, 4, 8, 8)).ops[-1]
        assert (op.field, op.is_global) == ((Field(-1, 1, 1), Field(-1, 1, 1)), True)
    tracked = nn.Sequential(conv(4, 4), nn.InstanceNorm2d(4, track_running_stats=True)).eval()
    assert not trace_model(tracked, (1, 4, 8, 8)).ops[-1].is_global


@pytest.mark.parametrize(
    "forward",
    [
        lambda net, x: F.interpolate(x, scale_factor=2),
        lambda net, x: F.interpolate(x, (5, 5)),
        lambda net, x: F.interpolate(x, scale_factor=0.5, mode="bilinear", align_corners=True),
        lambda net, x: F.interpolate(x, scale_factor=0.5, mode="bilinear", antialias=True),
        lambda net, x: F.interpolate(x, scale_factor=0.3),
        lambda net, x: F.pad(x, (1, 1, 1, 1), mode="circular"),
        lambda net, x: F.conv_transpose2d(x, torch.ones(4, 4, 2, 2), stride=2),
        lambda net, x: F.pixel_shuffle(x, 2),
        lambda net, x: x.transpose(2, 3),
        lambda net, x: x.permute(0, 2, 3, 1),
        lambda net, x: x.flatten(2),
        lambda net, x: x.mean(3, keepdim=True),
        lambda net, x: x.softmax(3),
        lambda net, x: torch.cat([x, x], 2),
        lambda net, x: x.chunk(2, 3)[1],
        lambda net, x: x.roll(1, 2),
        lambda net, x: x.flip(3),
        lambda net, x: x @ torch.ones(16, 16),
        lambda net, x: x[:, :, 3],
        lambda net, x: x[:, :, [1, 3]],
        lambda net, x: F.layer_norm(x, (16,)),
        lambda net, x: F.adaptive_avg_pool2d(x, 5),
    ],
)
def test_what_is_not_a_window_is_unknown(forward: Forward) -> None:
    assert trace_model(Net(forward), (1, 4, 16, 16)).ops[-1].field is None


def test_nothing_changes_for_our_own_nets() -> None:
    field = trace_of("resnet18").field
    assert field == (Field(-217, 217, 32), Field(-217, 217, 32))
