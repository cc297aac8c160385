"""Error messages for weights that do not fit a net; a message names a few keys, the error holds all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _, n_
from resnet_viz.model.weights.checkpoints import shown_name
from resnet_viz.spec.resnet import ResNetSpec

# The number of keys of each kind in a message; the error's attributes have all.
N_NAMED = 5


@dataclass(frozen=True, slots=True)
class Faults:
    """The mismatches: keys, the file's shapes, and reasons for invalid values."""

    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    misshapen: dict[str, tuple[int, ...]]
    invalid: dict[str, str]


def mismatch_error(faults: Faults, targets: Mapping[str, Tensor], told: str = "") -> WeightsError:
    """Returns the error for a mismatch; `targets` are the net's tensors, `told` is what the file is, where known."""
    return WeightsError(
        told or _classes_message(faults, targets) or _message(faults, targets),
        missing=faults.missing,
        unexpected=faults.unexpected,
        misshapen=tuple(faults.misshapen),
        invalid=tuple(faults.invalid),
    )


def _classes_message(faults: Faults, targets: Mapping[str, Tensor]) -> str | None:
    """Returns a specific message where only the number of classes differs, the most common mismatch."""
    if faults.missing or faults.unexpected or faults.invalid or set(faults.misshapen) != {"fc.weight", "fc.bias"}:
        return None
    got, expected = faults.misshapen["fc.weight"], tuple(targets["fc.weight"].shape)
    if got[1:] != expected[1:] or faults.misshapen["fc.bias"] != got[:1]:
        return None
    return _(
        "The file is for {n} classes and this net has {m}: set the number of classes to {n} and load it again. "
        "Nothing was loaded."
    ).format(n=got[0], m=expected[0])


def _message(faults: Faults, targets: Mapping[str, Tensor]) -> str:
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
    parts_told = " ".join(f"{head.format(n=len(names))}: {listed(names)}." for head, names in parts if names)
    return _(
        "The weights do not fit this net, and nothing was loaded. {listed} "
        "Choose the net that they were saved from, or another file."
    ).format(listed=parts_told)


def listed(names: Sequence[str]) -> str:
    """Returns the first few names, and the number of further ones."""
    few = ", ".join(shown_name(name) for name in names[:N_NAMED])
    more = len(names) - N_NAMED
    return few + n_(" and {n} more", " and {n} more", more).format(n=more) if more > 0 else few


def told_of(spec: ResNetSpec) -> str:
    """Returns a net in words: its name, blocks per stage, classes, and whether it has group norms, or none."""
    told = {"group": _("{name} with group norms"), "none": _("{name} without norms")}.get(spec.norm, "{name}")
    name = told.format(name=spec.name)
    return n_("{name} ({layers} blocks, {n} class)", "{name} ({layers} blocks, {n} classes)", spec.num_classes).format(
        name=name, layers=", ".join(map(str, spec.layers)), n=spec.num_classes
    )
