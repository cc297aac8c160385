"""Multiply-adds of what no rule knows: as torch's counter has them on the meta device, or said to be unknown."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.ops import DeformConv2d, deform_conv2d, roi_align

from resnet_viz.errors import TraceError
from resnet_viz.model.trace.plan import trace_model
from tests.nets import SHAPE, Net, conv

Forward = Callable[[Any, Tensor], Any]


def tokens(x: Tensor) -> Tensor:
    return x.flatten(2).transpose(1, 2)


def flattened(net: Any, x: Tensor) -> Any:
    return net.layer(x.flatten(2))


def deepened(net: Any, x: Tensor) -> Any:
    return net.layer(x[:, :, None])


def in_sequence(net: Any, x: Tensor) -> Any:
    return net.layer(tokens(x))


def attending(net: Any, x: Tensor) -> Any:
    return net.layer(tokens(x), tokens(x), tokens(x), need_weights=False)[0]


def fused_attention(net: Any, x: Tensor) -> Tensor:
    parts = tokens(x)[:, None]
    return F.scaled_dot_product_attention(parts, parts, parts)


def torch_macs(net: nn.Module) -> int:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        deepcopy(net).to("meta")(torch.empty(SHAPE, device="meta"))
    n_flops: int = counter.get_total_flops()
    return n_flops // 2


COUNTED: dict[str, nn.Module] = {
    "conv1d": Net(flattened, layer=nn.Conv1d(3, 5, 3)),
    "conv3d": Net(deepened, layer=nn.Conv3d(3, 5, (1, 3, 3), groups=1)),
    "transposed-1d": Net(flattened, layer=nn.ConvTranspose1d(3, 6, 3, 2)),
    "transposed-2d": Net(lambda net, x: net.layer(x), layer=nn.ConvTranspose2d(3, 6, 3, 2, groups=3)),
    "transposed-3d": Net(deepened, layer=nn.ConvTranspose3d(3, 6, 3, 2)),
    "linear": Net(lambda net, x: net.layer(x), layer=nn.Linear(16, 7)),
    "matmul": Net(lambda net, x: tokens(x) @ x.flatten(2)),
    "einsum": Net(lambda net, x: torch.einsum("nchw,kc->nkhw", x, torch.ones(4, 3, device=x.device))),
    "baddbmm": Net(lambda net, x: torch.baddbmm(torch.zeros(1, 16, 16, device=x.device), x[:, 0], x[:, 1])),
    "fused-attention": Net(fused_attention),
    "multi-head": Net(attending, layer=nn.MultiheadAttention(3, 1, batch_first=True)),
    "encoder": Net(in_sequence, layer=nn.TransformerEncoderLayer(3, 1, 8, batch_first=True)),
    "lstm": Net(in_sequence, layer=nn.LSTM(3, 4, batch_first=True)),
    "sampled": Net(lambda net, x: roi_align(x, torch.tensor([[0.0, 0, 0, 8, 8]], device=x.device), (4, 4))),
    "pointwise": Net(lambda net, x: F.normalize(F.gelu(x).chunk(3, 1)[0], dim=1)),
}


class Looking(nn.Module):
    """A net that looks at values, so that it is run."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Any:
        return x if x.mean() > 1e9 else self.net(x)


@pytest.mark.parametrize("name", COUNTED)
def test_products_are_counted_as_torchs_counter_has_them_on_meta(name: str) -> None:
    net = COUNTED[name].eval()
    trace = trace_model(net, SHAPE)
    assert (trace.n_macs, trace.macs_at_least, trace.warnings) == (torch_macs(net), False, ())


@pytest.mark.parametrize("name", [name for name in COUNTED if name != "lstm"])
def test_a_net_that_is_run_counts_the_same(name: str) -> None:
    net = COUNTED[name].eval()
    trace = trace_model(Looking(net), SHAPE)
    assert (trace.origin, trace.n_macs, trace.macs_at_least) == ("run", torch_macs(net), False)


def test_inference_mode_counts_the_same() -> None:
    net = COUNTED["multi-head"].eval()
    with torch.inference_mode():
        assert trace_model(net, SHAPE).n_macs == torch_macs(net)


@pytest.mark.parametrize(
    ("forward", "n_macs"),
    [
        (lambda net, x: x @ torch.ones(16, device=x.device), 3 * 16 * 16),
        (lambda net, x: torch.dot(x.flatten(), x.flatten()), 3 * 16 * 16),
        (lambda net, x: torch.addbmm(torch.zeros(16, 16, device=x.device), x[0], x[0]), 3 * 16**3),
    ],
    ids=["vector", "dot", "summed"],
)
def test_products_that_torchs_counter_leaves_out(forward: Forward, n_macs: int) -> None:
    trace = trace_model(Net(forward), SHAPE)
    assert (trace.n_macs, trace.macs_at_least) == (n_macs, False)


@pytest.mark.parametrize("groups", [1, 3])
def test_a_deformable_convolution_costs_the_one_it_stands_for(groups: int) -> None:
    layers = {"offset": conv(3, 18), "layer": DeformConv2d(3, 6, 3, padding=1, groups=groups)}
    trace = trace_model(Net(lambda net, x: net.layer(x, net.offset(x)), **layers), SHAPE)
    plain = trace_model(nn.Conv2d(3, 6, 3, padding=1, groups=groups), SHAPE)
    assert trace.nodes["layer"].n_macs == plain.n_macs
    assert trace.n_macs == 18 * 27 * 256 + 6 * 27 * 256 // groups
    assert trace.nodes["layer"].field is None


def test_a_deformable_convolution_with_a_mask_that_is_run() -> None:
    def forward(net: Any, x: Tensor) -> Any:
        return deform_conv2d(x, torch.ones(1, 18, 14, 14), torch.ones(5, 3, 3, 3), mask=torch.ones(1, 9, 14, 14))

    assert trace_model(Looking(Net(forward)), SHAPE).n_macs == 5 * 14 * 14 * 27


class Doubled(torch.autograd.Function):
    """Its forward multiplies matrices in Python."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x @ x

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return grads


def test_the_inside_of_an_autograd_function_is_counted() -> None:
    trace = trace_model(Net(lambda net, x: Doubled.apply(net.conv1(x)), conv1=conv(3)), SHAPE)
    assert (trace.n_macs, trace.macs_at_least) == (8 * 27 * 256 + 8 * 16**3, False)


UNKNOWN: dict[str, nn.Module] = {
    "bilinear": Net(lambda net, x: net.layer(x.mean((2, 3)), x.amax((2, 3))), layer=nn.Bilinear(3, 3, 4)),
    "fft": Net(lambda net, x: torch.fft.rfft2(x).abs()),
    "distances": Net(lambda net, x: torch.cdist(tokens(x), tokens(x))),
    "inverse": Net(lambda net, x: torch.linalg.inv(x + 9 * torch.eye(16, device=x.device))),
    "exponential": Net(lambda net, x: torch.matrix_exp(x)),
    "fused-lstm": Looking(COUNTED["lstm"]),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_may_hide_products_is_not_known(name: str) -> None:
    trace = trace_model(UNKNOWN[name].eval(), SHAPE)
    assert (trace.n_macs, trace.macs_at_least) == (None, True)
    (op,) = (op for op in trace.ops if op.macs_at_least)
    assert op.n_macs is None
    assert [warning for warning in trace.warnings if warning.startswith(f"{op.op}: not all of its MACs are counted")]
    assert "MACs not known" in repr(trace)


def test_an_operator_of_somebody_elses_is_not_known() -> None:
    with torch.library._scoped_library("resnet_viz_test", "DEF") as library:
        library.define("mix(Tensor x) -> Tensor")
        library.impl("mix", lambda x: x @ x, "CPU")
        library.impl("mix", torch.empty_like, "Meta")
        trace = trace_model(Net(lambda net, x: torch.ops.resnet_viz_test.mix(net.conv1(x)), conv1=conv(3)), SHAPE)
    assert trace.nodes["mix"].n_macs is None
    assert (trace.n_macs, trace.macs_at_least) == (8 * 27 * 256, True)


def test_a_sum_over_the_unknown_counts_what_is_known() -> None:
    layers = nn.Sequential(conv(3), Net(lambda net, x: torch.fft.rfft2(x).abs()), nn.Sequential(conv(8)))
    trace = trace_model(layers, SHAPE)
    known = 8 * 27 * 256 + 8 * 8 * 9 * 16 * 9
    assert (trace.n_macs, trace.macs_at_least) == (known, True)
    assert (trace.network.n_macs, trace.network.macs_at_least) == (known, True)
    assert [node.macs_at_least for node in (trace.nodes["0"], trace.nodes["2"])] == [False, False]
    assert "at least" in repr(trace)


def test_what_goes_on_outside_of_torch_is_told() -> None:
    """numpy cannot be listened to."""

    def forward(net: Any, x: Tensor) -> Tensor:
        return torch.from_numpy(net.conv1(x).numpy() * 2)

    trace = trace_model(Net(forward, conv1=conv(3)), SHAPE)
    assert (trace.n_macs, trace.macs_at_least) == (8 * 27 * 256, True)
    assert any(warning.startswith("After conv1 come no calls") for warning in trace.warnings)


def test_ordinary_functions_need_no_warning() -> None:
    def forward(net: Any, x: Tensor) -> Tensor:
        parts = torch.stack(torch.split(F.pad(x, (1, 1, 1, 1), "reflect").permute(0, 2, 3, 1).contiguous(), 1, -1))
        return F.dropout(F.interpolate(torch.cat([*parts], -1).view(1, 3, 18, 18), scale_factor=2)).softmax(1)

    assert trace_model(Net(forward), SHAPE).warnings == ()


@pytest.mark.parametrize(("name", "side"), [("botnet26t_256", 256), ("halonet26t", 256), ("lambda_resnet26t", 128)])
def test_nets_with_attention_are_counted_exactly(name: str, side: int) -> None:
    timm = pytest.importorskip("timm")
    net = timm.create_model(name).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        deepcopy(net).to("meta")(torch.empty(1, 3, side, side, device="meta"))
    assert 2 * (trace_model(net, (1, 3, side, side)).n_macs or 0) == counter.get_total_flops()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Net(lambda net, x: net.c(x.to(torch.complex64)).abs(), c=conv(3).to(torch.complex64)),
        lambda: Net(
            lambda net, x: F.linear(x.mean((2, 3)), net.a.weight @ net.b.weight), a=nn.Linear(4, 5), b=nn.Linear(3, 4)
        ),
    ],
    ids=["a complex convolution", "a product of weights"],
)
def test_what_is_easily_passed_over_is_counted_exactly(make: Callable[[], Any]) -> None:
    net = make()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        deepcopy(net).to("meta")(torch.empty(SHAPE, device="meta"))
    trace = trace_model(net, SHAPE)
    assert trace.n_macs is not None
    assert 2 * trace.n_macs == counter.get_total_flops() > 0
    assert not trace.macs_at_least


def test_inside_of_a_transform_nobody_hears_and_that_is_said() -> None:
    def one(net: Any, picture: Tensor) -> Tensor:
        return net.conv1(picture[None])[0]  # type: ignore[no-any-return]

    def forward(net: Any, x: Tensor) -> Tensor:
        return net.conv2(x) + torch.func.vmap(lambda picture: one(net, picture))(x)  # type: ignore[no-any-return]

    net = Net(forward, conv1=conv(3), conv2=conv(3))
    trace = trace_model(net, SHAPE)
    assert trace.macs_at_least
    assert any("torch.func" in warning for warning in trace.warnings)
    whole = Net(lambda net, x: torch.func.vmap(lambda picture: one(net, picture))(x), conv1=conv(3))
    with pytest.raises(TraceError, match=r"torch\.func"):
        trace_model(whole, SHAPE)


@pytest.mark.parametrize(
    ("function", "name", "is_view"),
    [
        (lambda net, x: F.instance_norm(x), "instance_norm", False),
        (lambda net, x: torch.einsum("nchw,cd->ndhw", x, torch.ones(3, 3)), "einsum", False),
        (lambda net, x: x.transpose(2, 3), "transpose", True),
    ],
)
def test_a_view_is_what_lies_in_the_memory_of_another(function: Any, name: str, is_view: bool) -> None:
    net, x = Net(function), torch.randn(SHAPE)
    assert (net(x).untyped_storage().data_ptr() == x.untyped_storage().data_ptr()) is is_view
    op = trace_model(net, SHAPE).nodes[name]
    assert op.is_view is is_view
    assert (op.act_bytes == 0) is is_view
