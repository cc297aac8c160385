"""Weights into a net, all or nothing: a file or torchvision's published ones, checked before one number is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _, n_
from resnet_viz.model.checkpoints import Checkpoint, printable, read_checkpoint, read_file, shown
from resnet_viz.model.published import find_published, read_published
from resnet_viz.model.state_dicts import StateDict, find_state_dict, is_counter

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
INTEGERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)
# So many keys of each kind stand in a message; the error has them all.
N_NAMED = 5


@dataclass(frozen=True, slots=True)
class WeightsReport:
    """What was loaded.

    format: `pth`, `legacy pth`, `safetensors` or `torchvision`.
    title: torchvision's name of the weights, or the file's; the format where there is neither.
    n_tensors, n_values: how many came from the file.
    filled: batch counters that an old file lacks, set to 0; ignored: those of a file for a net that counts none.
    prefix, nest: what was taken from the keys, as in `module.`, and where the state dict lay, as in `state_dict`.
    converted: the types of numbers that were turned into the net's own, as in `float16`; None if none was.
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


@dataclass(frozen=True, slots=True)
class _Faults:
    """What does not fit: keys, the shapes that the file has, and words for what else is wrong."""

    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    misshapen: dict[str, tuple[int, ...]]
    invalid: dict[str, str]


def load_weights(model: nn.Module, source: bytes | Path | str) -> WeightsReport:
    """Load weights into `model`, in place, on its device and in its type of numbers; its mode stays as it is.

    source: the bytes of a checkpoint (`.pth`, `.pt`, `.safetensors`), the `Path` of one, or the name of torchvision's
    weights for this net, as in `IMAGENET1K_V2` or `ResNet50_Weights.IMAGENET1K_V2`, which must have been downloaded.

    Every key of the net must be in the file with its shape, and no other; only `num_batches_tracked` may be missing.
    Raises WeightsError otherwise, and for whatever cannot be read; then no value of `model` has changed.
    """
    targets = _targets(model)
    checkpoint = _read(model, source)
    state = find_state_dict(checkpoint.content, targets)
    ready = _fit(targets, state.values)
    with torch.no_grad():
        for key, target in targets.items():
            if key in ready:
                target.copy_(ready[key])
            else:
                target.zero_()
    return _report(checkpoint, state, targets, ready)


def _targets(model: nn.Module) -> dict[str, Tensor]:
    """The net's tensors by key: views that share its memory."""
    targets: dict[str, Tensor] = dict(model.state_dict())
    if any(target.is_meta for target in targets.values()):
        raise WeightsError(_("This net is a plan without memory for weights: build it with build_model first."))
    return targets


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


def _is_idle(key: str, targets: Mapping[str, Tensor]) -> bool:
    """Whether it counts the batches of a norm that is frozen in this net: torchvision drops it, too."""
    return is_counter(key) and key not in targets and key.rpartition(".")[0] + ".running_mean" in targets


def _fit(targets: Mapping[str, Tensor], values: Mapping[str, object]) -> dict[str, Tensor]:
    """What is to be copied, in the net's types and on its device. Raises WeightsError with all that does not fit."""
    shared = {key: values[key] for key in targets if key in values}
    wrong = {key: why for key, value in shared.items() if (why := _wrong_kind(value, targets[key]))}
    tensors = {key: value for key, value in shared.items() if isinstance(value, Tensor) and key not in wrong}
    misshapen = {key: tuple(value.shape) for key, value in tensors.items() if value.shape != targets[key].shape}
    # Before its values are looked at: what is finite in float64 may not be so in float32. And before the first of
    # the net's is changed: a device may be full.
    ready = {
        key: value.to(targets[key].device, targets[key].dtype) for key, value in tensors.items() if key not in misshapen
    }
    wrong |= {key: why for key, value in ready.items() if (why := _wrong_values(key, value))}
    missing = tuple(key for key in targets if key not in values and not is_counter(key))
    unexpected = tuple(printable(key) for key in values if key not in targets and not _is_idle(key, targets))
    if missing or unexpected or misshapen or wrong:
        raise _error(_Faults(missing, unexpected, misshapen, wrong), targets)
    return ready


def _wrong_kind(value: object, target: Tensor) -> str | None:
    if not isinstance(value, Tensor):
        return _("not a tensor but {got}").format(got=type(value).__name__)
    if value.layout is not torch.strided or value.is_quantized or value.is_nested or value.is_meta:
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


def _error(faults: _Faults, targets: Mapping[str, Tensor]) -> WeightsError:
    return WeightsError(
        _classes_message(faults, targets) or _message(faults, targets),
        missing=faults.missing,
        unexpected=faults.unexpected,
        misshapen=tuple(faults.misshapen),
        invalid=tuple(faults.invalid),
    )


def _classes_message(faults: _Faults, targets: Mapping[str, Tensor]) -> str | None:
    """The commonest misfit in its own words: all fits but the number of classes."""
    if faults.missing or faults.unexpected or faults.invalid or set(faults.misshapen) != {"fc.weight", "fc.bias"}:
        return None
    got, expected = faults.misshapen["fc.weight"], tuple(targets["fc.weight"].shape)
    if got[1:] != expected[1:] or faults.misshapen["fc.bias"] != got[:1]:
        return None
    return _(
        "The file is for {n} classes and this net has {m}: set the number of classes to {n} and load it again. "
        "Nothing was loaded."
    ).format(n=got[0], m=expected[0])


def _message(faults: _Faults, targets: Mapping[str, Tensor]) -> str:
    shapes = [
        _("{key} is {got} and should be {expected}").format(key=key, got=got, expected=tuple(targets[key].shape))
        for key, got in faults.misshapen.items()
    ]
    parts = (
        (n_("{n} key is missing", "{n} keys are missing", len(faults.missing)), faults.missing),
        (n_("{n} key is unexpected", "{n} keys are unexpected", len(faults.unexpected)), faults.unexpected),
        (n_("{n} shape is wrong", "{n} shapes are wrong", len(shapes)), shapes),
        (
            n_("{n} entry is unusable", "{n} entries are unusable", len(faults.invalid)),
            [f"{key} ({wrong})" for key, wrong in faults.invalid.items()],
        ),
    )
    listed = " ".join(f"{head.format(n=len(names))}: {_listed(names)}." for head, names in parts if names)
    return _(
        "The weights do not fit this net, and nothing was loaded. {listed} "
        "Choose the net that they were saved from, or another file."
    ).format(listed=listed)


def _listed(names: Sequence[str]) -> str:
    few = ", ".join(shown(name) for name in names[:N_NAMED])
    more = len(names) - N_NAMED
    return few + n_(" and {n} more", " and {n} more", more).format(n=more) if more > 0 else few


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
        ignored=tuple(key for key in state.values if key not in targets),
        prefix=state.prefix,
        nest=state.nest,
        converted=", ".join(sorted(types)) or None,
    )


def _type_name(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")
