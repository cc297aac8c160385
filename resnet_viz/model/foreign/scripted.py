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
    for module in modules:
        if str(type(module).__module__).startswith("torch."):
            continue
        held = (str(value.name) for value in vars(module).values() if type(value) is torch.jit.ScriptFunction)
        name = next(held, "") or reach_of_class(type(module)).scripted
        if name:
            return module, name
    return None
