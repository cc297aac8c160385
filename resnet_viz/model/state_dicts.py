"""Where the state dict lies in a checkpoint, and by what prefix its keys differ from the net's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import accumulate

import torch

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.model.checkpoints import shown

# What training scripts call the dict of weights. Where there are several, the first counts: the trained weights
# before their running mean.
NESTS = (
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "net",
    "network",
    "module",
    "weights",
    "params",
    "ema",
    "ema_state_dict",
    "state_dict_ema",
    "model_ema",
)
MAX_NESTS = 5
COUNTER = "num_batches_tracked"


@dataclass(frozen=True, slots=True)
class StateDict:
    """The entries of a checkpoint by the net's own keys; a value is a plain tensor, or whatever stood there instead.

    `nest` is where they lay, as in `checkpoint.model`, and `prefix` what their keys began with; either may be empty.
    """

    values: Mapping[str, object]
    nest: str = ""
    prefix: str = ""


def find_state_dict(content: object, keys: Collection[str]) -> StateDict:
    """The state dict inside `content` for a net with these keys. Raises WeightsError where there is none."""
    path: list[str] = []
    entries = _entries(content)
    while len(path) < MAX_NESTS and (name := _nest_in(entries)):
        path.append(name)
        entries = _entries(entries[name])
    values = _checked(entries)
    prefix = _best_prefix(values, keys)
    return StateDict({key.removeprefix(prefix): value for key, value in values.items()}, ".".join(path), prefix)


def is_counter(key: str) -> bool:
    """Whether it is the number of batches that a batch norm has seen."""
    return key.rpartition(".")[2] == COUNTER


def _entries(content: object) -> dict[object, object]:
    if not isinstance(content, dict):
        text = _("The file holds no dictionary of weights but {got}: save the net's state_dict() and choose that file.")
        raise WeightsError(text.format(got=type(content).__name__))
    # By the class's own method: a pickle may give an OrderedDict an attribute `items` that stands before it.
    return dict(dict.items(content))


def _nest_in(entries: dict[object, object]) -> str | None:
    return next((name for name in NESTS if isinstance(entries.get(name), dict) and entries[name]), None)


def _checked(entries: dict[object, object]) -> dict[str, object]:
    if not any(isinstance(value, torch.Tensor) for value in entries.values()):
        names = ", ".join(shown(name) for name in list(entries)[:5]) or "–"
        text = _("The file holds no weights, only: {names}. Save the net's state_dict() and choose that file.")
        raise WeightsError(text.format(names=names))
    return {key if isinstance(key, str) else shown(key): _plain(value) for key, value in entries.items()}


def _plain(value: object) -> object:
    """A tensor without what a pickle may have hung on it: an attribute `to`, say, would stand before the method."""
    return torch.Tensor.detach(value) if isinstance(value, torch.Tensor) else value


def _best_prefix(values: Mapping[str, object], keys: Collection[str]) -> str:
    """The beginning common to all keys without which most of them are the net's; the shortest of equals."""
    first = next(iter(values))
    prefixes = ["", *accumulate(f"{part}." for part in first.split(".")[:-1])]
    common = [prefix for prefix in prefixes if all(key.startswith(prefix) for key in values)]
    return max(common, key=lambda prefix: sum(key.removeprefix(prefix) in keys for key in values))
