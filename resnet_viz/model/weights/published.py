"""The weights that torchvision publishes for a net: metadata and accuracy, from torchvision's own metadata."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import torch
from torch import nn
from torchvision.models import get_model_weights
from torchvision.models.resnet import Bottleneck, ResNet
from torchvision.ops.misc import FrozenBatchNorm2d

from resnet_viz.downloads.copies import cached_weights, set_aside_damaged
from resnet_viz.errors import SpecError, WeightsError
from resnet_viz.i18n import _
from resnet_viz.model.weights.checkpoints import read_file, shown_name
from resnet_viz.records.preparation import Preparation
from resnet_viz.records.weights import PublishedWeights
from resnet_viz.spec.resnet import TORCHVISION, ResNetSpec
from resnet_viz.units import format_bytes

DATA_SET = "ImageNet-1K"


def published_weights(spec: ResNetSpec) -> tuple[PublishedWeights, ...]:
    """Returns torchvision's weights for a net, oldest first; empty where none fit.

    They fit its ten nets with 1000 classes, 3 channels and batch or frozen norm, at any input size and dilation:
    neither changes a weight's shape.
    """
    if spec.preset_name not in TORCHVISION or (spec.num_classes, spec.in_channels) != (1000, 3):
        return ()
    if spec.norm not in ("batch", "frozen"):
        return ()
    return tuple(_describe(weights, spec) for weights in get_model_weights(spec.preset_name))


def find_published(model: nn.Module, name: str) -> PublishedWeights:
    """Returns the weights of this name for `model`, as in `ResNet50_Weights.IMAGENET1K_V2` or `IMAGENET1K_V2`.

    `DEFAULT` is the newest. Raises WeightsError where torchvision publishes none for the net, or none of this name.
    """
    spec = _spec_of(model)
    found = published_weights(spec) if spec else ()
    if not found:
        raise WeightsError(
            _(
                "torchvision publishes no weights for this net, got {got}. They fit its own nets with 1000 classes, "
                "3 input channels and batch or frozen norm: choose one of these, or a file of weights."
            ).format(got=shown_name(name))
        )
    by_name = {name: weights for weights in found for name in (weights.name, weights.title)}
    default = found[-1]
    by_name |= {"DEFAULT": default, f"{default.title.partition('.')[0]}.DEFAULT": default}
    if name not in by_name:
        raise WeightsError(
            _("There are no weights named “{got}” for this net. Choose one of {allowed}.").format(
                got=shown_name(name), allowed=", ".join(weights.title for weights in found)
            )
        )
    return by_name[name]


def read_published(published: PublishedWeights) -> bytes:
    """Returns the bytes of the downloaded file. Raises WeightsError where it is missing or not the published one."""
    folder = Path(torch.hub.get_dir()) / "checkpoints"  # `torch.hub.set_dir` counts, too
    path = cached_weights(published, folder)
    if path is None:
        if set_aside_damaged(published, folder):
            raise _damaged_error(published)
        raise WeightsError(
            _("{title} is not on this machine: download it first ({size}).").format(
                title=published.title, size=format_bytes(published.size)
            )
        )
    data = read_file(path)
    if not hashlib.sha256(data).hexdigest().startswith(published.hash_prefix):  # changed since the check
        raise _damaged_error(published)
    return data


def _damaged_error(published: PublishedWeights) -> WeightsError:
    text = _("The downloaded file of {title} is damaged (its SHA-256 is not the published one): download it again.")
    return WeightsError(text.format(title=published.title))


def _describe(weights: Any, spec: ResNetSpec) -> PublishedWeights:
    scores = weights.meta["_metrics"][DATA_SET]
    file_name = Path(urlparse(weights.url).path).name
    return PublishedWeights(
        name=weights.name,
        title=str(weights),
        url=weights.url,
        size=round(weights.meta["_file_size"] * 2**20),
        top1=scores["acc@1"],
        top5=scores["acc@5"],
        recipe=weights.meta["recipe"],
        num_params=weights.meta["num_params"],
        # What torchvision calls GFLOPS are multiply-adds.
        n_macs=round(weights.meta["_ops"] * 1e9),
        file_name=file_name,
        hash_prefix=_hash_prefix(file_name),
        categories=tuple(weights.meta["categories"]),
        preparation=_preparation(weights.transforms(), spec),
    )


def _hash_prefix(file_name: str) -> str:
    """Returns the digits between the last `-` and the suffix: torch.hub's convention."""
    found = re.search(r"-([0-9a-f]{8,})\.\w+$", file_name)
    if found is None:
        raise WeightsError(_("The file {name} bears no hash, so a download cannot be checked.").format(name=file_name))
    return found[1]


def _preparation(transform: Any, spec: ResNetSpec) -> Preparation:
    return Preparation(
        size=spec.input_size,
        resize=transform.resize_size[0],
        crop_side=transform.crop_size[0],
        mean=tuple(transform.mean),
        std=tuple(transform.std),
        interpolation=transform.interpolation.value,
    )


def _spec_of(model: nn.Module) -> ResNetSpec | None:
    """Returns the spec of a torchvision ResNet, as far as weights depend on it; None for other modules."""
    if not isinstance(model, ResNet):
        return None
    stages = (model.layer1, model.layer2, model.layer3, model.layer4)
    try:
        return ResNetSpec(
            "bottleneck" if isinstance(model.layer1[0], Bottleneck) else "basic",
            tuple(len(stage) for stage in stages),
            num_classes=model.fc.out_features,
            groups=model.groups,
            width_per_group=model.base_width,
            norm=_norm_of(model.bn1),
            in_channels=model.conv1.in_channels,
        )
    except (SpecError, AttributeError):  # some of its modules have been replaced
        return None


def _norm_of(norm: nn.Module) -> str:
    if isinstance(norm, FrozenBatchNorm2d):
        return "frozen"
    if isinstance(norm, nn.Identity):
        return "none"
    return "batch" if isinstance(norm, nn.BatchNorm2d) else "group"
