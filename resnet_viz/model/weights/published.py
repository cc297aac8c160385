"""The weights that torchvision publishes for a net: what they are, what they score, and where a copy lies here.

All of it is read from torchvision's own metadata. Nothing here opens a connection; `download.py` does, on request.
Whether a copy is there, its hash decides and nothing less: a damaged one would be a dead end for whoever chose it.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import torch
from torch import nn
from torchvision.models import get_model_weights
from torchvision.models.resnet import Bottleneck, ResNet
from torchvision.ops.misc import FrozenBatchNorm2d

from resnet_viz.errors import SpecError, WeightsError
from resnet_viz.i18n import _
from resnet_viz.model.weights.checkpoints import read_file, shown
from resnet_viz.records.preparation import Preparation
from resnet_viz.spec.resnet import TORCHVISION, ResNetSpec
from resnet_viz.units import format_bytes

DATA_SET = "ImageNet-1K"
# The metadata gives a file's length in MiB with three digits: this much, in bytes, it may be off.
LENGTH_ROUNDING = 1_024

# What was found of a file, by its path: what it was then, and whether it was right.
_verdicts: dict[str, tuple[tuple[int, int, int, str], bool]] = {}


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """One set of weights for one net.

    name: the member of torchvision's enum, as in `IMAGENET1K_V2`; title: with the enum before it.
    size: of the file, in bytes, as exactly as torchvision gives it (three digits of a MiB).
    top1, top5: share of ImageNet's 50,000 validation pictures named right, in percent, within the first or first five.
    recipe: address of a description of how they were trained. num_params: how many numbers they are.
    n_macs: multiply-adds of one pass at the size that the scores were measured at, as torchvision rounds it (three
    digits after the GMAC).
    file_name: in the cache folder; hash_prefix: the first digits of the file's SHA-256.
    categories: the names of the classes, in order. preparation: of a picture for these weights and the spec's input.
    """

    name: str
    title: str
    url: str
    size: int
    top1: float
    top5: float
    recipe: str
    num_params: int
    n_macs: int
    file_name: str
    hash_prefix: str
    categories: tuple[str, ...]
    preparation: Preparation


def published_weights(spec: ResNetSpec) -> tuple[PublishedWeights, ...]:
    """Torchvision's sets for a net, oldest first; none where the net is not one they fit.

    They fit its ten nets with 1000 classes, 3 channels and batch or frozen norm, whatever the input's size and the
    dilation: neither changes a weight.
    """
    if spec.preset_name not in TORCHVISION or (spec.num_classes, spec.in_channels) != (1000, 3) or spec.norm == "group":
        return ()
    return tuple(_describe(weights, spec) for weights in get_model_weights(spec.preset_name))


def find_published(model: nn.Module, name: str) -> PublishedWeights:
    """The set of this name for the net that `model` is, as in `ResNet50_Weights.IMAGENET1K_V2` or `IMAGENET1K_V2`.

    `DEFAULT` is the newest. Raises WeightsError where torchvision publishes none for the net, or none of this name.
    """
    spec = _spec_of(model)
    found = published_weights(spec) if spec else ()
    if not found:
        raise WeightsError(
            _(
                "torchvision publishes no weights for this net, got {got}. They fit its own nets with 1000 classes, "
                "3 input channels and batch or frozen norm: choose one of these, or a file of weights."
            ).format(got=shown(name))
        )
    by_name = {name: weights for weights in found for name in (weights.name, weights.title)}
    default = found[-1]
    by_name |= {"DEFAULT": default, f"{default.title.partition('.')[0]}.DEFAULT": default}
    if name not in by_name:
        raise WeightsError(
            _("There are no weights named “{got}” for this net. Choose one of {allowed}.").format(
                got=shown(name), allowed=", ".join(weights.title for weights in found)
            )
        )
    return by_name[name]


def weights_folder() -> Path:
    """Where torch keeps what it downloads: `checkpoints` in the folder of torch.hub, as set by `TORCH_HOME`."""
    return Path(torch.hub.get_dir()) / "checkpoints"


def cached_weights(published: PublishedWeights, folder: Path | None = None) -> Path | None:
    """The downloaded file, if it is there as it was published.

    Its hash is computed when the file is first met, or has changed since: a tenth of a second for each 100 MB.
    """
    path = _place_of(published, folder)
    try:
        return path if _is_known_right(path, published) else None
    except OSError:
        return None


def set_aside_damaged(published: PublishedWeights, folder: Path | None = None) -> bool:
    """Whether another file than the published one was in its place; it is now beside it, as `<file name>.damaged`.

    It stays in its place where the folder cannot be written to; nothing uses it there.
    """
    path = _place_of(published, folder)
    aside = path.with_name(f"{path.name}.damaged")
    try:
        is_damaged = path.is_file() and not _is_known_right(path, published)
        if is_damaged:
            with suppress(OSError):
                path.replace(aside)
        return is_damaged or (aside.is_file() and not path.is_file())
    except OSError:
        return False


def read_published(published: PublishedWeights) -> bytes:
    """The bytes of the downloaded file. Raises WeightsError where it is not there, or is another than published."""
    path = cached_weights(published)
    if path is None:
        if set_aside_damaged(published):
            raise _damaged(published)
        raise WeightsError(
            _("{title} is not on this machine: download it first ({size}).").format(
                title=published.title, size=format_bytes(published.size)
            )
        )
    data = read_file(path)
    if not hashlib.sha256(data).hexdigest().startswith(published.hash_prefix):  # it has changed just now
        raise _damaged(published)
    return data


def is_right(path: Path, published: PublishedWeights) -> bool:
    """Whether a file is there and is the published one, by its length and hash. Raises OSError."""
    if not (path.is_file() and has_length(published, path.stat().st_size)):
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().startswith(published.hash_prefix)


def _place_of(published: PublishedWeights, folder: Path | None) -> Path:
    return (folder or weights_folder()) / published.file_name


def _is_known_right(path: Path, published: PublishedWeights) -> bool:
    """The same, remembered as long as the file seems to be the same. Raises OSError."""
    if not path.is_file():
        return False
    state = path.stat()
    seen = (state.st_size, state.st_mtime_ns, state.st_ino, published.hash_prefix)
    known = _verdicts.get(str(path))
    if known is None or known[0] != seen:
        known = _verdicts[str(path)] = (seen, is_right(path, published))
    return known[1]


def _damaged(published: PublishedWeights) -> WeightsError:
    text = _("The downloaded file of {title} is damaged (its SHA-256 is not the published one): download it again.")
    return WeightsError(text.format(title=published.title))


def has_length(published: PublishedWeights, n_bytes: int) -> bool:
    """Whether a file of so many bytes can be the published one."""
    return abs(n_bytes - published.size) <= LENGTH_ROUNDING


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
    """The digits between the last `-` and the ending: torch.hub's convention."""
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
    )


def _spec_of(model: nn.Module) -> ResNetSpec | None:
    """The spec of one of torchvision's ResNets as far as weights depend on it; None for other modules."""
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
    except (SpecError, AttributeError):  # somebody has put other modules into it
        return None


def _norm_of(norm: nn.Module) -> str:
    if isinstance(norm, FrozenBatchNorm2d):
        return "frozen"
    return "batch" if isinstance(norm, nn.BatchNorm2d) else "group"
