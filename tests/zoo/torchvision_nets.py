"""torchvision's ResNet models: classification, segmentation, detection, video, quantisable; and the forms of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
import torchvision
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torch.utils.checkpoint import checkpoint
from torchvision.models import detection, quantization, segmentation
from torchvision.models.feature_extraction import create_feature_extractor

from tests.zoo.entries import SIZE, Entry, evaluated

# Blocks per stage: He et al. 2015, Table 1.
STAGES = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
CLASSIFIERS = {
    "resnet18": 18, "resnet34": 34, "resnet50": 50, "resnet101": 101, "resnet152": 152, "resnext50_32x4d": 50,
    "resnext101_32x8d": 101, "resnext101_64x4d": 101, "wide_resnet50_2": 50, "wide_resnet101_2": 101,
}  # fmt: skip
# RegNet: blocks per stage as the generator of Radosavovic et al. 2020 gives them.
REGNETS = {
    "regnet_x_400mf": (1, 2, 7, 12), "regnet_x_800mf": (1, 3, 7, 5), "regnet_x_1_6gf": (2, 4, 10, 2),
    "regnet_x_3_2gf": (2, 6, 15, 2), "regnet_x_8gf": (2, 5, 15, 1), "regnet_x_16gf": (2, 6, 13, 1),
    "regnet_y_400mf": (1, 3, 6, 6), "regnet_y_800mf": (1, 3, 8, 2), "regnet_y_1_6gf": (2, 6, 17, 2),
    "regnet_y_3_2gf": (2, 5, 13, 1), "regnet_y_8gf": (2, 4, 10, 1), "regnet_y_16gf": (2, 4, 11, 1),
}  # fmt: skip
BARE: dict[str, Any] = {"weights": None, "weights_backbone": None}


def _built(module: Any, name: str, **options: Any) -> nn.Module:
    return evaluated(getattr(module, name)(**options))


def classifiers() -> Iterator[Entry]:
    """Every ResNet and RegNet that classifies."""
    for name, depth in CLASSIFIERS.items():
        make = partial(_built, torchvision.models, name)
        yield Entry("torchvision", name, make, sum(STAGES[depth]), "+".join(map(str, STAGES[depth])))
    for name, counts in REGNETS.items():
        make = partial(_built, torchvision.models, name)
        yield Entry("torchvision", name, make, sum(counts), "+".join(map(str, counts)))


def around_a_backbone() -> Iterator[Entry]:
    """Segmentation, detection, video and quantisable nets."""
    for name in ("fcn_resnet50", "deeplabv3_resnet50", "fcn_resnet101", "deeplabv3_resnet101"):
        depth = int(name[-3:].lstrip("t"))
        yield Entry("torchvision", name, partial(_built, segmentation, name, **BARE), sum(STAGES[depth]), "backbone")
    detectors = (
        "fasterrcnn_resnet50_fpn", "fasterrcnn_resnet50_fpn_v2", "maskrcnn_resnet50_fpn", "maskrcnn_resnet50_fpn_v2",
        "keypointrcnn_resnet50_fpn", "retinanet_resnet50_fpn", "retinanet_resnet50_fpn_v2", "fcos_resnet50_fpn",
    )  # fmt: skip
    for name in detectors:
        make = partial(_built, detection, name, min_size=64, max_size=64, **BARE)
        yield Entry("torchvision", name, make, 16, "backbone; a pyramid's sums are merges", counted="backbone")
    for name in ("r3d_18", "mc3_18", "r2plus1d_18"):
        make = partial(_built, torchvision.models.video, name)
        yield Entry("torchvision", name, make, 8, "2+2+2+2 in three dimensions", (1, 3, 4, 32, 32))
    for name, n in (("resnet18", 8), ("resnet50", 16), ("resnext101_32x8d", 33), ("resnext101_64x4d", 33)):
        make = partial(_built, quantization, name, weights=None)
        yield Entry("torchvision", f"quantization.{name}", make, n, "float, to be quantised")


class Checkpointed(nn.Module):
    """ResNet-18 whose stages are run again for their gradients."""

    def __init__(self, use_reentrant: bool) -> None:
        super().__init__()
        self.net, self.use_reentrant = torchvision.models.resnet18(), use_reentrant

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, 1000) of x (N, 3, H, W)."""
        net = self.net
        x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
        for layer in (net.layer1, net.layer2, net.layer3, net.layer4):
            x = checkpoint(layer, x, use_reentrant=self.use_reentrant)
        return net.fc(net.avgpool(x).flatten(1))  # type: ignore[no-any-return]


class Autocast(nn.Module):
    """ResNet-18 in bfloat16 where torch finds it safe."""

    def __init__(self) -> None:
        super().__init__()
        self.net = torchvision.models.resnet18()

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, 1000) of x (N, 3, H, W)."""
        with torch.autocast(x.device.type if x.device.type != "meta" else "cpu", dtype=torch.bfloat16):
            return self.net(x)  # type: ignore[no-any-return]


def _resnet18() -> nn.Module:
    return evaluated(torchvision.models.resnet18())


def _compiled() -> nn.Module:
    return evaluated(torch.compile(_resnet18()))


FORMS: dict[str, Callable[[], nn.Module]] = {
    "DataParallel": lambda: nn.DataParallel(_resnet18()).eval(),
    "AveragedModel": lambda: AveragedModel(_resnet18()).eval(),
    "torch.compile": _compiled,
    "autocast": lambda: Autocast().eval(),
    "checkpoint, reentrant": lambda: Checkpointed(True).eval(),
    "checkpoint": lambda: Checkpointed(False).eval(),
    "channels last": lambda: _resnet18().to(memory_format=torch.channels_last),
    "torch.fx": lambda: torch.fx.symbolic_trace(_resnet18()),
    "feature extractor": lambda: create_feature_extractor(_resnet18(), ["layer2", "layer4"]),
    "half": lambda: _resnet18().half(),
    "double": lambda: _resnet18().double(),
}


def forms() -> Iterator[Entry]:
    """One net in the forms that people pass."""
    for name, make in FORMS.items():
        yield Entry("ResNet-18", name, make, 8, "2+2+2+2", SIZE)
