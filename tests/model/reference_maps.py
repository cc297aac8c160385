"""Every op of torchvision's ResNet once more, out of place: what the captured maps are held against.

The layers are the net's own; their order, the `+=` and the ReLUs in place of torchvision's `forward` are written out
here, and each op gives a tensor that nothing writes into.
"""

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torchvision.models.resnet import Bottleneck

# A block calls its one ReLU module several times.
_RELUS = ("relu", "relu_1", "relu_2")
_STAGES = ("layer1", "layer2", "layer3", "layer4")


def reference_maps(model: Any, x: Tensor) -> dict[str, Tensor]:
    """What each op gives for an input (N, 3, H, W), by the op's id in running order."""
    maps: dict[str, Tensor] = {}
    x = maps["conv1"] = model.conv1(x)
    x = maps["bn1"] = model.bn1(x)
    x = maps["relu"] = F.relu(x)
    x = maps["maxpool"] = model.maxpool(x)
    for path, block in blocks_of(model):
        x = _run_block(block, path, x, maps)
    x = maps["avgpool"] = model.avgpool(x)
    x = maps["flatten"] = torch.flatten(x, 1)
    maps["fc"] = model.fc(x)
    return maps


def reference_blocks(model: Any) -> dict[str, dict[str, str]]:
    """For each block the ids of the ops that give its x, F(x), shortcut, sum and output."""
    found: dict[str, dict[str, str]] = {}
    x = "maxpool"
    for path, block in blocks_of(model):
        n = _n_convs(block)
        shortcut = x if block.downsample is None else f"{path}.downsample.1"
        output = f"{path}.{_RELUS[n - 1]}"
        found[path] = {
            "x": x,
            "residual": f"{path}.bn{n}",
            "shortcut": shortcut,
            "sum": f"{path}.add",
            "output": output,
        }
        x = output
    return found


def blocks_of(model: Any) -> Iterator[tuple[str, Any]]:
    """Every block with its path, in running order."""
    for stage in _STAGES:
        for number, block in enumerate(getattr(model, stage)):
            yield f"{stage}.{number}", block


def _run_block(block: Any, path: str, x: Tensor, maps: dict[str, Tensor]) -> Tensor:
    """He et al. 2015, Fig. 5, with torchvision's names."""
    identity, n = x, _n_convs(block)
    for i in range(1, n + 1):
        x = maps[f"{path}.conv{i}"] = getattr(block, f"conv{i}")(x)
        x = maps[f"{path}.bn{i}"] = getattr(block, f"bn{i}")(x)
        if i < n:
            x = maps[f"{path}.{_RELUS[i - 1]}"] = F.relu(x)
    if block.downsample is not None:
        projection, norm = block.downsample
        identity = maps[f"{path}.downsample.0"] = projection(identity)
        identity = maps[f"{path}.downsample.1"] = norm(identity)
    x = maps[f"{path}.add"] = x + identity
    x = maps[f"{path}.{_RELUS[n - 1]}"] = F.relu(x)
    return x


def _n_convs(block: Any) -> int:
    return 3 if isinstance(block, Bottleneck) else 2
