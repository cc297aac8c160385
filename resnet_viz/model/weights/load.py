"""Loads weights into a net atomically: from a file or torchvision, validated before any value changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import TypeGuard

import torch
from torch import Tensor, nn

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.model.weights.checkpoints import Checkpoint, read_checkpoint, read_checkpoint_files, shown_name
from resnet_viz.model.weights.pickled_names import PLAIN_TENSOR, StandIn, kind_of
from resnet_viz.model.weights.published import find_published, read_published
from resnet_viz.model.weights.recognised import find_values
from resnet_viz.model.weights.state_dicts import PLAIN, Expected, StateDict, is_counter, is_shaped
from resnet_viz.model.weights.words import Faults, listed, mismatch_error
from resnet_viz.organisms.index import PREFIX, find_organism, read_organism
from resnet_viz.records.weights import WeightsReport
from resnet_viz.spec.resnet import ResNetSpec

# Also those of 8 bits, which hold weights to be multiplied as they are.
FLOATS = (
    torch.float16,
    torch.bfloat16,
    torch.float32,
    torch.float64,
    torch.float8_e4m3fn,
    torch.float8_e4m3fnuz,
    torch.float8_e5m2,
    torch.float8_e5m2fnuz,
)
INTEGERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)


def load_weights(
    model: nn.Module, source: bytes | Path | Sequence[bytes | Path] | str, part: str | None = None
) -> WeightsReport:
    """Loads weights into `model`, in place, on its device and in its dtype; its mode is unchanged.

    source: bytes of a checkpoint (torch.save, safetensors or npz), its `Path`, that of a sharded checkpoint's index,
    the files of it, or a name: of torchvision weights for this net, as in `IMAGENET1K_V2` or
    `ResNet50_Weights.IMAGENET1K_V2`, which must have been downloaded, or of weights that come with the package, as in
    `digits:resnet56`, for the net of `ResNetSpec.preset("digits56")`.

    part: which net of a file that holds several to take, as in `teacher`; by default the one that is usually meant.

    Every tensor of the net must be in the file with its shape, under the net's keys or those that another library gives
    a ResNet, and any prefix; only `num_batches_tracked` may be missing, and a head as a whole, which is then left as it
    is. Entries that cannot belong to the net are skipped and reported. Raises WeightsError where keys are missing, have
    another shape, or belong to another net, and for data that cannot be read; `model` is then unchanged.
    """
    targets = _targets(model)
    checkpoint = _read(model, source)
    names = [name for name, _module in model.named_modules()]
    state = find_values(checkpoint.content, Expected(targets, names), part)
    ready = _match_values(targets, state)
    with torch.no_grad():
        _check_writable(targets)
        for key, target in targets.items():
            if key in ready:
                target.copy_(ready[key])
            elif is_counter(key):
                target.zero_()
    return _report(checkpoint, state, targets, ready)


def _targets(model: nn.Module) -> dict[str, Tensor]:
    """Returns the net's tensors by key, sharing its memory. Raises WeightsError unless all are plain, with values."""
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
    """Whether it is a dense tensor of torch's own class; a subclass may override copying."""
    if not isinstance(target, Tensor) or type(target) not in PLAIN:
        return False
    return target.layout is torch.strided and not (target.is_quantized or target.is_nested)


def _check_writable(targets: Mapping[str, Tensor]) -> None:
    """Copies each of the net's odd tensors to itself. Raises WeightsError where one is not writable.

    These are tensors whose elements share memory, and those of inference mode outside it. They must be detected before
    anything has changed.
    """
    for key, target in targets.items():
        if target.is_contiguous() and not target.is_inference():
            continue
        try:
            target.copy_(target.clone())
        except RuntimeError as error:
            text = _("The net's {key} cannot be written to: replace it by a clone of its own. Nothing was loaded.")
            raise WeightsError(text.format(key=shown_name(key)), invalid=(key,)) from error


def _read(model: nn.Module, source: object) -> Checkpoint:
    if isinstance(source, str) and source.startswith(PREFIX):
        spec = getattr(model, "spec", None)
        organism = find_organism(source, spec if isinstance(spec, ResNetSpec) else None)
        return replace(read_checkpoint(read_organism(organism)), title=organism.name)
    if isinstance(source, str):
        published = find_published(model, source)
        return replace(read_checkpoint(read_published(published)), format="torchvision", title=published.title)
    if isinstance(source, bytes | bytearray | memoryview):
        return read_checkpoint(bytes(source))
    if isinstance(source, Path) or _is_sequence(source):
        return read_checkpoint_files(source)
    text = _("Got {got} for weights. Pass the bytes of a file, its Path, or the name of published weights.")
    raise WeightsError(text.format(got=type(source).__name__))


def _is_sequence(source: object) -> TypeGuard[Sequence[bytes | Path]]:
    return isinstance(source, list | tuple) and all(isinstance(part, bytes | Path) for part in source)


def _match_values(targets: Mapping[str, Tensor], state: StateDict) -> dict[str, Tensor]:
    """Returns the values to copy, in the net's dtypes and on its device. Raises WeightsError with all mismatches."""
    values = state.values
    wrong = {key: why for key, value in values.items() if (why := _wrong_kind(value, targets[key]))}
    tensors = {key: value for key, value in values.items() if isinstance(value, Tensor) and key not in wrong}
    misshapen = {key: tuple(value.shape) for key, value in tensors.items() if not is_shaped(value, targets[key])}
    # Convert before checking for finite values: a finite float64 may overflow float32.
    converted = {key: value.to(targets[key].dtype) for key, value in tensors.items() if key not in misshapen}
    wrong |= {key: why for key, value in converted.items() if (why := _wrong_values(key, value))}
    missing = tuple(key for key in targets if key not in values and not is_counter(key) and key not in state.kept)
    if missing or state.unexpected or misshapen or wrong:
        in_order = {key: misshapen[key] for key in targets if key in misshapen}
        raise mismatch_error(Faults(missing, state.unexpected, in_order, wrong), targets, state.told)
    # Before the first copy: the device may run out of memory.
    return {key: value.to(targets[key].device) for key, value in converted.items()}


def _wrong_kind(value: object, target: Tensor) -> str | None:
    is_odd = isinstance(value, StandIn) and value.is_tensor and value.name == PLAIN_TENSOR
    if is_odd or (isinstance(value, Tensor) and type(value) in PLAIN and not _is_plain(value)):
        return _("sparse, quantised, nested or without values")
    if isinstance(value, StandIn | Tensor) and type(value) not in PLAIN:
        return _("{got} instead of a plain tensor").format(got=shown_name(kind_of(value)))
    if not isinstance(value, Tensor):
        return _("not a tensor but {got}").format(got=type(value).__name__)
    if value.is_meta:
        return _("sparse, quantised, nested or without values")
    if value.dtype not in (FLOATS if target.is_floating_point() else INTEGERS):
        return _("{got} instead of {expected}").format(got=_type_name(value), expected=_type_name(target))
    return None


def _wrong_values(key: str, value: Tensor) -> str | None:
    if not value.numel() or not value.is_floating_point():
        return None
    # In one pass, and both are NaN if any value is.
    least, largest = (float(bound) for bound in torch.aminmax(value))
    if not (isfinite(least) and isfinite(largest)):
        return _("NaN or infinite values")
    if key.rpartition(".")[2] == "running_var" and least < 0:
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
        filled=tuple(key for key in targets if key not in ready and is_counter(key)),
        ignored=state.ignored,
        prefix=state.prefix,
        nest=state.nest,
        converted=", ".join(sorted(types)) or None,
        left_out=state.left_out,
        set_aside=checkpoint.set_aside,
        names=state.found.names if state.found else "",
        part=state.found.part if state.found else "",
        parts=state.found.parts if state.found else (),
        kept=state.kept,
        made_plain=state.made_plain,
    )


def _type_name(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")
