"""Builds the module of a spec, torchvision's class where possible: with weights to run it, or on meta to trace it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from threading import RLock
from typing import Any

import torch
import torchvision
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.ops.misc import FrozenBatchNorm2d

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.model.net.alike import Alike, own_stages
from resnet_viz.model.net.devices import check_device, find_lack
from resnet_viz.model.net.planning import on_meta
from resnet_viz.model.net.seeding import Seeded, check_seed
from resnet_viz.model.net.variant import VariantResNet, replace_stem
from resnet_viz.spec.checks import NORM_GROUPS
from resnet_viz.spec.resnet import TORCHVISION, ResNetSpec
from resnet_viz.units import format_bytes

_BLOCKS: dict[str, type[BasicBlock | Bottleneck]] = {"basic": BasicBlock, "bottleneck": Bottleneck}
_NORMS: dict[str, Callable[..., nn.Module]] = {
    "batch": nn.BatchNorm2d,
    "group": partial(nn.GroupNorm, NORM_GROUPS),
    "frozen": FrozenBatchNorm2d,
    "none": nn.Identity,
}
_ANY_CLASSES = 1000
# Whether a net fits is asked before it takes its memory, so builds are serialised. A plan need not wait for a build,
# which may take a minute.
building = RLock()


def build_model(spec: ResNetSpec, device: str | torch.device = "cpu", seed: int = 0) -> nn.Module:
    """Returns the net with random weights, in eval mode, on a device such as `cpu`, `cuda:0` or `mps`.

    The class is torchvision's `ResNet` where `spec.is_torchvision`, else `VariantResNet`. With 3 input channels,
    torchvision's has the weights of `torch.manual_seed(seed)` followed by its constructor, on every device; for other
    channel counts a new `conv1` is initialised the same way. The global random state is neither read nor changed.
    Raises SpecError where the weights exceed the device's free memory or the seed is no integer from 0 to 2⁶³ - 1,
    DeviceError for an unknown device.
    """
    check_seed(seed)
    target = check_device(device)
    with building, Seeded(seed):
        _check_fits(spec, target)
        model = _construct(spec)
    return model.to(target).eval()


def build_plan(spec: ResNetSpec) -> nn.Module:
    """Returns the same module on the meta device: shapes without memory or initialisation, in eval mode.

    Raises SpecError.
    """
    with planning(spec):
        return _construct(spec).eval()


def build_short_plan(spec: ResNetSpec) -> tuple[nn.Module, list[Alike]]:
    """Returns such a plan of the first two blocks of each stage, and which blocks after them are like the second.

    Only a stage's first block has another stride or other input channels. Raises SpecError.
    """
    runs = [
        Alike(f"layer{stage}", "1", tuple(map(str, range(2, n)))) for stage, n in enumerate(spec.layers, 1) if n > 2
    ]
    short = replace(spec, layers=tuple(min(n, 2) for n in spec.layers))
    with planning(spec):
        model = own_stages(_plan_body(replace(short, num_classes=_ANY_CLASSES)))
        model._modules["fc"] = nn.Linear(model.fc.in_features, spec.num_classes).eval()
    if isinstance(model, VariantResNet):
        model.spec = short
    return model, runs


# Whoever types a net changes the number of classes, or of blocks, and little else; most of a trace is building.
@lru_cache(maxsize=8)
def _plan_body(spec: ResNetSpec) -> Any:
    """Returns a plan that several nets take their modules of; call it while planning."""
    return _construct(spec).eval()


@contextmanager
def planning(spec: ResNetSpec) -> Iterator[None]:
    """Modules built in this context are on the meta device and not initialised. Raises SpecError."""
    try:
        with on_meta():
            yield
    except RuntimeError as error:  # The size of one layer in bytes overflows torch's counter.
        raise SpecError(
            _(
                "{name} needs more than {most} for its weights, which no device has. "
                "Choose fewer groups, a smaller width or fewer classes."
            ).format(name=spec.name, most=format_bytes(2**63))
        ) from error


def plan_bytes(spec: ResNetSpec) -> int:
    """Returns the size of parameters and buffers in bytes. Raises SpecError."""
    plan = build_plan(spec)
    return sum(tensor.nbytes for tensor in (*plan.parameters(), *plan.buffers()))


def _construct(spec: ResNetSpec) -> nn.Module:
    return _construct_torchvision(spec) if spec.is_torchvision else VariantResNet(spec, _NORMS[spec.norm])


def call_constructor(spec: ResNetSpec) -> nn.Module:
    """Builds the same net as user code would: a torchvision preset by its function, as in `resnet50()`."""
    name = spec.preset_name
    if name is None or name not in TORCHVISION:
        return _construct(spec)
    function = getattr(torchvision.models, name)
    given = _arguments(spec)
    usual = _arguments(TORCHVISION[name])
    model: nn.Module = function(**{key: value for key, value in given.items() if value != usual[key]})
    return _with_channels(model, spec)


def _arguments(spec: ResNetSpec) -> dict[str, Any]:
    """Arguments of torchvision's class besides block and layers."""
    flags = spec.replace_stride_with_dilation
    return {
        "num_classes": spec.num_classes,
        "zero_init_residual": spec.zero_init_residual,
        "groups": spec.groups,
        "width_per_group": spec.width_per_group,
        "replace_stride_with_dilation": list(flags) if flags else None,
        "norm_layer": _NORMS[spec.norm],
    }


def _construct_torchvision(spec: ResNetSpec) -> nn.Module:
    return _with_channels(ResNet(_BLOCKS[spec.block], list(spec.layers), **_arguments(spec)), spec)


def _with_channels(model: nn.Module, spec: ResNetSpec) -> nn.Module:
    if spec.in_channels != 3:
        replace_stem(model, spec.in_channels)
    return model


def _check_fits(spec: ResNetSpec, device: torch.device) -> None:
    lack = find_lack(plan_bytes(spec), device)
    if lack is not None:
        text = _(
            "{name} needs {needed} for its weights, but {device} has {free} to give. "
            "Choose fewer blocks, a smaller width or fewer classes."
        )
        raise SpecError(text.format(name=spec.name, **lack))
