"""Small nets with norms that are not the identity, their maps worked out by hand, and every way to run a net."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from resnet_viz.model.run.block_maps import block_changes, capture_block
from resnet_viz.model.run.capture import capture
from resnet_viz.model.run.gradients import effective_field, grad_cam, input_gradient
from resnet_viz.model.run.occlusion import occlusion
from resnet_viz.model.run.predict import predict
from resnet_viz.spec.resnet import ResNetSpec
from tests.nets import thin_net

SIZE = (64, 96)
PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (70, 110, 3), np.uint8))


def net(block: str = "basic", norm: str = "batch") -> Any:
    """A small ResNet with statistics and affine weights that are not the trivial ones."""
    return lively(thin_net(ResNetSpec(block, (1, 2, 1, 1), num_classes=7, norm=norm)))


def lively(model: Any) -> Any:
    """The model, its norms no longer the identity."""
    generator = torch.Generator().manual_seed(2)
    for key, value in model.state_dict().items():
        if ".bn" in f".{key}" or "downsample.1" in key:
            random = torch.rand(value.shape, generator=generator)
            value.copy_(random + 0.5 if key.endswith(("var", "weight")) else random - 0.5)
    return model


def normalised(layer: Any, x: Tensor) -> Tensor:
    """What a norm gives, computed by torch's own function."""
    if isinstance(layer, nn.Identity):
        return x
    if isinstance(layer, nn.GroupNorm):
        return F.group_norm(x, layer.num_groups, layer.weight, layer.bias, layer.eps)
    mean, var = layer.running_mean.clone(), layer.running_var.clone()
    return F.batch_norm(x, mean, var, layer.weight.clone(), layer.bias.clone(), False, 0.0, layer.eps)


def by_hand(model: Any, x: Tensor) -> dict[str, Tensor]:
    """Every map up to the last stage, no tensor written twice (He et al. 2015, Fig. 2 and 5)."""
    maps = {"input": x, "conv1": F.conv2d(x, model.conv1.weight, stride=2, padding=3)}
    maps["bn1"] = normalised(model.bn1, maps["conv1"])
    maps["relu"] = maps["bn1"].clamp(min=0)
    x = maps["maxpool"] = F.max_pool2d(maps["relu"], 3, 2, 1)
    for stage in ("layer1", "layer2", "layer3", "layer4"):
        for number, block in enumerate(getattr(model, stage)):
            path = f"{stage}.{number}"
            x = maps[path] = maps[stage] = _block_by_hand(block, path, x, maps)
    return maps


def _block_by_hand(block: Any, path: str, x: Tensor, maps: dict[str, Tensor]) -> Tensor:
    shortcut, names = x, ["conv1", "conv2", "conv3"] if hasattr(block, "conv3") else ["conv1", "conv2"]
    for i, name in enumerate(names):
        conv = getattr(block, name)
        x = maps[f"{path}.{name}"] = F.conv2d(x, conv.weight, stride=conv.stride, padding=conv.padding)
        x = maps[f"{path}.bn{i + 1}"] = normalised(getattr(block, f"bn{i + 1}"), x)
        if name != names[-1]:
            x = maps[f"{path}.relu_{i}" if i else f"{path}.relu"] = x.clamp(min=0)
    if block.downsample is not None:
        projection, norm = block.downsample
        shortcut = maps[f"{path}.downsample.0"] = F.conv2d(shortcut, projection.weight, stride=projection.stride)
        shortcut = maps[f"{path}.downsample.1"] = maps[f"{path}.downsample"] = normalised(norm, shortcut)
    total = maps[f"{path}.add"] = x + shortcut
    x = maps[f"{path}.relu_{len(names) - 1}"] = total.clamp(min=0)
    return x


class Relu(nn.Module):
    """A leaf that calls several functions, one of them of its own name, and the same one twice."""

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(2 * F.relu(x - 1) - 1)


Call = Callable[[Any], object]
RUNS: dict[str, Call] = {
    "capture": lambda model: capture(model, PICTURE, ["input", "layer2.0.bn2", "layer3.0.add", "fc"], SIZE),
    "capture_block": lambda model: capture_block(model, PICTURE, "layer2.0", SIZE),
    "block_changes": lambda model: block_changes(model, PICTURE, SIZE),
    "predict": lambda model: predict(model, PICTURE, 3, SIZE),
    "grad_cam": lambda model: grad_cam(model, PICTURE, "layer3.0.add", 1, SIZE),
    "grad_cam of the input": lambda model: grad_cam(model, PICTURE, "input", None, SIZE),
    "input_gradient": lambda model: input_gradient(model, PICTURE, 1, SIZE),
    "effective_field": lambda model: effective_field(model, PICTURE, "layer2", (2, 2), SIZE),
    "occlusion": lambda model: occlusion(model, PICTURE, 1, input_size=SIZE),
}
