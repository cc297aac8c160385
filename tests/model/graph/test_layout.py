"""Maps whose channels lie last, as those of Swin, are shown and weighted like all others, by torch's own figures."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.model.graph.layout import channel_axes
from resnet_viz.model.run.block_maps import capture_block
from resnet_viz.model.run.capture import capture
from resnet_viz.model.run.gradients import effective_field, grad_cam
from resnet_viz.model.run.inputs import to_input
from resnet_viz.model.run.predict import predict
from resnet_viz.model.trace.plan import trace_model
from tests.model.lively_nets import PICTURE
from tests.nets import Net, conv

SIZE = (64, 96)
SHAPE = (1, 3, *SIZE)


def swin() -> Any:
    """Swin with few channels: its blocks have (N, H, W, C) throughout."""
    torch.manual_seed(0)
    return torchvision.models.SwinTransformer([4, 4], 8, [2, 2], [2, 2], [4, 4], num_classes=5).eval()


def convnext() -> Any:
    """ConvNeXt with few channels: (N, H, W, C) between two `permute` of each block."""
    torch.manual_seed(0)
    setting = torchvision.models.convnext.CNBlockConfig
    model = torchvision.models.ConvNeXt([setting(8, 16, 2), setting(16, None, 2)], num_classes=5, layer_scale=1.0)
    return model.eval()


def output_and_slopes(model: Any, path: str, class_index: int) -> tuple[Tensor, Tensor]:
    """A module's output and the gradient of a class there, by torch alone."""
    kept: list[Tensor] = []
    handle = model.get_submodule(path).register_forward_hook(lambda _module, _inputs, output: kept.append(output))
    logits = model(to_input(PICTURE, SIZE).requires_grad_())
    handle.remove()
    (slopes,) = torch.autograd.grad(logits[0, class_index], kept[0])
    return kept[0].detach(), slopes


LAST: list[tuple[Callable[[], Any], str]] = [
    (swin, "features.0.2"),
    (swin, "features.1.0"),
    (swin, "features.1.1.mlp.0"),
    (swin, "features.2"),
    (swin, "features.3.1"),
    (swin, "norm"),
    (convnext, "features.1.0.block.2"),
    (convnext, "features.1.0.block.3"),
    (convnext, "features.1.1.block.4"),
]
FIRST: list[tuple[Callable[[], Any], str]] = [
    (swin, "features.0.0"),
    (convnext, "features.0"),
    (convnext, "features.1.0.block.0"),
    (convnext, "features.1.0"),
    (convnext, "features.2"),
]


@pytest.mark.parametrize(("make", "path"), [*LAST, *FIRST])
def test_maps_are_channels_height_and_width(make: Callable[[], Any], path: str) -> None:
    model = make()
    output, slopes = output_and_slopes(model, path, 1)
    if (make, path) in LAST:
        output, slopes = output.permute(0, 3, 1, 2), slopes.permute(0, 3, 1, 2)
    np.testing.assert_allclose(capture(model, PICTURE, path, SIZE)[path], output[0].numpy(), rtol=1e-4, atol=1e-5)
    cam = (slopes.mean((2, 3), keepdim=True) * output).sum(1)[0].relu()
    np.testing.assert_allclose(grad_cam(model, PICTURE, path, 1, SIZE), cam.numpy(), rtol=1e-3, atol=1e-6)
    trace = trace_model(model, SHAPE)
    axis = channel_axes(trace).get(trace.last_op(trace.nodes[path]).id, 1)
    assert axis == (3 if (make, path) in LAST else 1)


class To(nn.Module):
    """Moves axes, in a leaf of two functions."""

    def __init__(self, *order: int) -> None:
        super().__init__()
        self.order = order

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(self.order).contiguous()


class Of(nn.Module):
    """A function of a map, with a weight or without."""

    def __init__(self, function: Callable[..., Tensor], *shape: int) -> None:
        super().__init__()
        self.function = function
        self.weight = nn.Parameter(torch.rand(shape)) if shape else None

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x) if self.weight is None else self.function(x, self.weight)


def body(*layers: nn.Module) -> Any:
    """A net of these layers behind a convolution to 8 channels, its last map with channels second."""

    class Body(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv1, self.layers, self.fc = conv(3, 8, 2), nn.Sequential(*layers), nn.Linear(8, 5)

        def forward(self, x: Tensor) -> Tensor:
            return self.fc(self.layers(self.conv1(x)).mean((2, 3)))  # type: ignore[no-any-return]

    torch.manual_seed(0)
    return Body().eval()


LAST_OF, FIRST_OF = (0, 2, 3, 1), (0, 3, 1, 2)
BODIES: dict[str, tuple[tuple[nn.Module, ...], int, int]] = {
    # name: layers, which of them is asked, its axis of channels
    "a leaf that moves": ((To(*LAST_OF), nn.GELU(), nn.Linear(8, 8), To(*FIRST_OF)), 0, 3),
    "behind it": ((To(*LAST_OF), nn.GELU(), To(*FIRST_OF)), 1, 3),
    "a factor there": ((To(*LAST_OF), Of(torch.mul, 8), nn.GELU(), To(*FIRST_OF)), 2, 3),
    "a product there": ((To(*LAST_OF), Of(torch.matmul, 8, 8), nn.GELU(), To(*FIRST_OF)), 2, 3),
    "moved back": ((To(*LAST_OF), nn.Linear(8, 8), To(*FIRST_OF), nn.GELU()), 3, 1),
    "moved twice in one leaf": ((Of(lambda x: x.transpose(1, 3).relu().transpose(1, 3)), nn.GELU()), 0, 1),
    "a linear layer along the width": ((nn.Linear(48, 48), nn.GELU()), 1, 1),
    "a norm along the width": ((nn.LayerNorm(48), nn.GELU()), 1, 1),
    "along the height": ((Of(lambda x: x.transpose(2, 3)), nn.Linear(32, 32), Of(lambda x: x.mT), nn.GELU()), 3, 1),
    "channels in the middle": ((To(0, 2, 1, 3), nn.GELU(), To(0, 2, 1, 3)), 1, 2),
    "lost and found": ((Of(lambda x: x.flatten(2).mT.reshape(1, 32, 48, 8)), nn.Linear(8, 8), To(*FIRST_OF)), 0, 3),
    "other axes between": (
        (Of(lambda x: x.permute(0, 2, 3, 1).reshape(1, 4, 8, 48, 8).permute(0, 4, 1, 2, 3).reshape(1, 8, 32, 48)),
         nn.GELU(), conv()), 0, 1),
    "a moved weight": ((Of(lambda x, w: F.conv2d(x, w.permute(1, 0, 2, 3)), 8, 8, 1, 1), nn.GELU()), 0, 1),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_the_axis_of_channels_is_followed(name: str) -> None:
    layers, at, axis = BODIES[name]
    model = body(*layers)
    path = f"layers.{at}"
    output, slopes = (value.movedim(axis, 1) for value in output_and_slopes(model, path, 1))
    np.testing.assert_allclose(capture(model, PICTURE, path, SIZE)[path], output[0].numpy(), rtol=1e-4, atol=1e-5)
    trace = trace_model(model, SHAPE)
    if not trace.last_op(trace.nodes[path]).is_view:
        cam = (slopes.mean((2, 3), keepdim=True) * output).sum(1)[0].relu()
        np.testing.assert_allclose(grad_cam(model, PICTURE, path, 1, SIZE), cam.numpy(), rtol=1e-3, atol=1e-6)


def test_a_position_is_a_row_and_a_column() -> None:
    model = swin()
    kept: list[Tensor] = []
    model.features[1][0].register_forward_hook(lambda _module, _inputs, output: kept.append(output))
    pixels = to_input(PICTURE, SIZE).requires_grad_()
    model(pixels)
    (slopes,) = torch.autograd.grad(kept[0][0, 15, 23].mean(), pixels)
    found = effective_field(model, PICTURE, "features.1.0", (15, 23), SIZE)
    np.testing.assert_allclose(found, torch.linalg.vector_norm(slopes[0], dim=0).numpy(), rtol=1e-3, atol=1e-7)
    with pytest.raises(TraceError, match="from 0 to 15"):
        effective_field(model, PICTURE, "features.1.0", (16, 0), SIZE)


def test_maps_of_blocks_are_channels_height_and_width() -> None:
    model = swin()
    maps = capture_block(model, PICTURE, trace_model(model, SHAPE).blocks[0].id, SIZE)
    assert {array.shape for array in (maps.x, maps.residual, maps.shortcut, maps.sum, maps.output)} == {(8, 16, 24)}
    np.testing.assert_allclose(maps.residual + maps.shortcut, maps.sum, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("layer", ["norm", "einsum"])
def test_a_layer_that_gives_a_view_has_a_gradient(layer: str) -> None:
    """What some functions of torch give are views, and one made without gradients must not be written into."""

    class Head(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv1, self.norm, self.fc = conv(3), nn.InstanceNorm2d(8, affine=True), nn.Linear(8, 4)
            self.mix = nn.Parameter(torch.randn(8, 8))

        def forward(self, x: Tensor) -> Tensor:
            x = self.norm(self.conv1(x))
            if layer == "einsum":
                x = torch.einsum("nchw,cd->ndhw", x, self.mix)
            return self.fc(x.relu().mean((2, 3)))  # type: ignore[no-any-return]

    torch.manual_seed(0)
    model = Head().eval()
    kept: list[Tensor] = []
    handle = model.norm.register_forward_hook(lambda _module, _inputs, output: kept.append(output))
    logits = model(to_input(PICTURE, SIZE))
    handle.remove()
    value = kept[0] if layer == "norm" else torch.einsum("nchw,cd->ndhw", kept[0], model.mix)
    logits = model.fc(value.relu().mean((2, 3)))
    (slopes,) = torch.autograd.grad(logits[0, 1], value)
    cam = (slopes.mean((2, 3), keepdim=True) * value.detach()).sum(1)[0].relu()
    np.testing.assert_allclose(grad_cam(model, PICTURE, layer, 1, SIZE), cam.numpy(), rtol=1e-3, atol=1e-7)


def test_complex_maps_are_refused() -> None:
    model = Net(lambda net, x: torch.fft.ifft2(torch.fft.fft2(net.conv1(x))).real, conv1=conv(3)).eval()
    node = next(op.id for op in trace_model(model, SHAPE).ops if op.outputs[0].dtype == "complex64")
    for ask in (capture, grad_cam, partial(effective_field, position=(0, 0))):
        with pytest.raises(TraceError, match="complex"):
            ask(model, PICTURE, node)


def test_the_default_device_is_not_meant_for_the_picture() -> None:
    model = swin()
    expected = predict(model, PICTURE, 2, SIZE)
    with torch.device("meta"):
        assert predict(model, PICTURE, 2, SIZE) == expected
