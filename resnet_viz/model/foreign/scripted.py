"""Finds functions of TorchScript that a net of Python modules calls: nobody hears what happens inside of them."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from resnet_viz.model.foreign.reached import reach_of_class


def scripted_in(modules: Iterable[nn.Module]) -> tuple[nn.Module, str] | None:
    """Returns the first module that names a TorchScript function in its forward pass, or holds one; and its name.

    The pass may go around it, but what a Trace left out would then be left out without a word.
    """
    names: dict[int, str | None] = {}  # of each class by id(): None for torch's own
    for module in modules:
        kind = type(module)
        if id(kind) not in names:
            is_torchs = str(kind.__module__).startswith("torch.")
            names[id(kind)] = None if is_torchs else reach_of_class(kind).scripted
        name = names[id(kind)]
        if name is None:
            continue
        if not name and torch.jit.ScriptFunction in map(type, vars(module).values()):
            name = next(str(value.name) for value in vars(module).values() if type(value) is torch.jit.ScriptFunction)
        if name:
            return module, name
    return None
