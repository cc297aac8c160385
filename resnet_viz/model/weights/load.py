"""Weights into a net, all or nothing: a file or torchvision's published ones, checked before one number is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.model.weights.checkpoints import Checkpoint, read_checkpoint, read_file, shown
from resnet_viz.model.weights.pickled_names import PLAIN_TENSOR, StandIn, kind_of
from resnet_viz.model.weights.published import find_published, read_published
from resnet_viz.model.weights.state_dicts import PLAIN, Expected, StateDict, find_state_dict, is_counter, is_shaped
from resnet_viz.model.weights.words import Faults, listed, misfit

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
INTEGERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)


@dataclass(frozen=True, slots=True)
class WeightsReport:
    """What was loaded.

    format: `pth`, `legacy pth`, `safetensors` or `torchvision`.
    title: torchvision's name of the weights, or the file's; the format where there is neither.
    n_tensors, n_values: how many came from the file.
    filled: batch counters that an old file lacks, set to 0; ignored: those of a file for a net that counts none.
    prefix, nest: what was taken from the keys, as in `module.`, and where the state dict lay, as in `state_dict`.
    converted: the types of numbers that were turned into the net's own, as in `float16`; None if none was.
    left_out: the keys of what lay beside the net, as in `criterion.weight`, and set_aside: the classes of somebody's
    code that the file names, as in `argparse.Namespace`; neither has been used.
    """

    format: str
    title: str
    n_tensors: int
    n_values: int
    filled: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    prefix: str = ""
    nest: str = ""
    converted: str | None = None
    left_out: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()


def load_weights(model: nn.Module, source: bytes | Path | str) -> WeightsReport:
    """Load weights into `model`, in place, on its device and in its type of numbers; its mode stays as it is.

    source: the bytes of a checkpoint (of torch.save, or safetensors), the `Path` of one, or the name of torchvision's
    weights for this net, as in `IMAGENET1K_V2` or `ResNet50_Weights.IMAGENET1K_V2`, which must have been downloaded.

    Every key of the net must be in the file with its shape, all under one prefix; only `num_batches_tracked` may be
    missing. What can be no part of the net is left out and reported. Raises WeightsError where something is missing
    or misshapen, speaks of another net, or fits twice, and for whatever cannot be read; then no value of `model` has
    changed.
    """
    targets = _targets(model)
    checkpoint = _read(model, source)
    state = find_state_dict(checkpoint.content, Expected(targets, [name for name, _module in model.named_modules()]))
    ready = _fit(targets, state)
    with torch.no_grad():
        _rehearse(targets)
        for key, target in targets.items():
            if key in ready:
                target.copy_(ready[key])
            else:
                target.zero_()
    return _report(checkpoint, state, targets, ready)


def _targets(model: nn.Module) -> dict[str, Tensor]:
    """The net's tensors by key: views that share its memory. Raises WeightsError where others stand among them."""
    targets: dict[str, Tensor] = dict(model.state_dict())
    odd = {key: f"{key} ({kind_of(target)})" for key, target in targets.items() if not _is_plain(target)}
    if odd:
        text = _(
            "Weights go into plain tensors only, and this net has others: {listed}. Load them before the net is "
            "sharded or quantised. Nothing was loaded."
        )
        raise WeightsError(text.format(listed=listed(list(odd.values()))), invalid=tuple(odd))
    if any(target.is_meta for target in targets.values()):
        raise WeightsError(_("This net is a plan without memory for weights: build it with build_model first."))
    return targets


def _is_plain(target: object) -> bool:
    """Whether it is a dense tensor of torch's own class: another class decides for itself what copying means."""
    if not isinstance(target, Tensor) or type(target) not in PLAIN:
        return False
    return target.layout is torch.strided and not (target.is_quantized or target.is_nested)


def _rehearse(targets: Mapping[str, Tensor]) -> None:
    """Write each of the net's tensors into itself. Raises WeightsError where one cannot be written to.

    Such are those of which several values share one place. The first of them is to be met while all is as it was.
    """
    for key, target in targets.items():
        try:
            target.copy_(target.clone())
        except RuntimeError as error:
            text = _("The net's {key} cannot be written to: replace it by a clone of its own. Nothing was loaded.")
            raise WeightsError(text.format(key=shown(key)), invalid=(key,)) from error


def _read(model: nn.Module, source: object) -> Checkpoint:
    if isinstance(source, str):
        published = find_published(model, source)
        return replace(read_checkpoint(read_published(published)), format="torchvision", title=published.title)
    if isinstance(source, Path):
        return replace(read_checkpoint(read_file(source)), title=shown(source.name))
    if isinstance(source, bytes | bytearray | memoryview):
        return read_checkpoint(bytes(source))
    text = _("Got {got} for weights. Pass the bytes of a file, its Path, or the name of torchvision's weights.")
    raise WeightsError(text.format(got=type(source).__name__))


def _fit(targets: Mapping[str, Tensor], state: StateDict) -> dict[str, Tensor]:
    """What is to be copied, in the net's types and on its device. Raises WeightsError with all that does not fit."""
    values = state.values
    wrong = {key: why for key, value in values.items() if (why := _wrong_kind(value, targets[key]))}
    tensors = {key: value for key, value in values.items() if isinstance(value, Tensor) and key not in wrong}
    misshapen = {key: tuple(value.shape) for key, value in tensors.items() if not is_shaped(value, targets[key])}
    # Before its values are looked at: what is finite in float64 may not be so in float32. And before the first of
    # the net's is changed: a device may be full.
    ready = {
        key: value.to(targets[key].device, targets[key].dtype) for key, value in tensors.items() if key not in misshapen
    }
    wrong |= {key: why for key, value in ready.items() if (why := _wrong_values(key, value))}
    missing = tuple(key for key in targets if key not in values and not is_counter(key))
    if missing or state.unexpected or misshapen or wrong:
        in_order = {key: misshapen[key] for key in targets if key in misshapen}
        raise misfit(Faults(missing, state.unexpected, in_order, wrong), targets)
    return ready


def _wrong_kind(value: object, target: Tensor) -> str | None:
    is_odd = isinstance(value, StandIn) and value.is_tensor and value.name == PLAIN_TENSOR
    if is_odd or (isinstance(value, Tensor) and type(value) in PLAIN and not _is_plain(value)):
        return _("sparse, quantised, nested or without values")
    if isinstance(value, StandIn | Tensor) and type(value) not in PLAIN:
        return _("{got} instead of a plain tensor").format(got=shown(kind_of(value)))
    if not isinstance(value, Tensor):
        return _("not a tensor but {got}").format(got=type(value).__name__)
    if value.is_meta:
        return _("sparse, quantised, nested or without values")
    if value.dtype not in (FLOATS if target.is_floating_point() else INTEGERS):
        return _("{got} instead of {expected}").format(got=_type_name(value), expected=_type_name(target))
    return None


def _wrong_values(key: str, value: Tensor) -> str | None:
    if not bool(torch.isfinite(value).all()):
        return _("NaN or infinite values")
    if key.rpartition(".")[2] == "running_var" and bool((value < 0).any()):
        return _("a variance below zero")
    return None


def _report(
    checkpoint: Checkpoint, state: StateDict, targets: Mapping[str, Tensor], ready: Mapping[str, Tensor]
) -> WeightsReport:
    values = [(state.values[key], targets[key]) for key in ready]
    types = {_type_name(value) for value, target in values if isinstance(value, Tensor) and value.dtype != target.dtype}
    return WeightsReport(
        format=checkpoint.format,
        title=checkpoint.title or checkpoint.format,
        n_tensors=len(ready),
        n_values=sum(value.numel() for value in ready.values()),
        filled=tuple(key for key in targets if key not in ready),
        ignored=state.ignored,
        prefix=state.prefix,
        nest=state.nest,
        converted=", ".join(sorted(types)) or None,
        left_out=state.left_out,
        set_aside=checkpoint.set_aside,
    )


def _type_name(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")
