"""Restores a net after a pass: modes, attributes and buffers of its modules, and tensor values a pass may write.

The global random generators, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext

import torch
from torch import Tensor, nn
from torchvision.ops.misc import FrozenBatchNorm2d

from resnet_viz.model.foreign.generators import Generators
from resnet_viz.model.foreign.holdings import Holdings
from resnet_viz.model.foreign.memory import Memory, has_memory
from resnet_viz.model.foreign.originals import bypass_spreading, eager
from resnet_viz.model.foreign.outside import add_outside

# These write into their buffers in training only. Copying each would cost a deep net 2 % of its pass.
_STEADY = frozenset({nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm, FrozenBatchNorm2d})


@contextmanager
def eval_state(model: nn.Module) -> Iterator[None]:
    """Puts the net into eval mode; its state is restored afterwards."""
    with _mode_state(model, is_training=False):
        yield


@contextmanager
def train_state(model: nn.Module) -> Iterator[None]:
    """Puts the net into train mode; its state is restored afterwards, with running statistics and counters."""
    with _mode_state(model, is_training=True):
        yield


@contextmanager
def _mode_state(model: nn.Module, is_training: bool) -> Iterator[None]:
    modules = [*model.modules()]
    others = [module for module in modules if module.training is not is_training]
    try:
        for module in others:
            object.__setattr__(module, "training", is_training)  # whatever its class makes of that
        with kept_state(modules, has_values=True), eager():
            yield
    finally:
        for module in others:
            object.__setattr__(module, "training", not is_training)


@contextmanager
def kept_state(modules: Iterable[nn.Module], has_values: bool) -> Iterator[None]:
    """Restores everything the modules hold: the same objects and, with `has_values`, the values of tensors.

    Except for the values of parameters: hardly a layer writes into its weights, see `Writes`.
    """
    holdings = Holdings(modules)
    add_outside(holdings)
    generators = Generators(_device_of(holdings.modules))
    bypass_spreading(holdings.modules)  # undone with the other attributes
    memory = Memory(_written(holdings)) if has_values else None
    # Whoever calls within `torch.device("meta")` does not mean the net's input, nor what the net makes of it.
    is_on_meta = has_values and torch.get_default_device().type == "meta"
    try:
        with torch.device("cpu") if is_on_meta else nullcontext():
            yield
    finally:
        holdings.put_back()
        if memory is not None:
            memory.put_back()
        generators.put_back()


@contextmanager
def kept_values(tensors: Iterable[Tensor]) -> Iterator[None]:
    """Restores the values of tensors, and the gradients of parameters."""
    memory = Memory(tensors)
    try:
        yield
    finally:
        memory.put_back()


def _device_of(modules: Iterable[nn.Module]) -> torch.device:
    tensors = (tensor for module in modules for tensor in module._parameters.values() if tensor is not None)
    first = next(tensors, None)
    return torch.device("cpu") if first is None else first.device


def _written(holdings: Holdings) -> list[Tensor]:
    """Returns the tensors that a pass may write into, without duplicates."""
    moving = [module for module in holdings.modules if module.training or type(module) not in _STEADY]
    buffers = [buffer for module in moving for buffer in module._buffers.values() if buffer is not None]
    found = {id(tensor): tensor for tensor in (*buffers, *holdings.tensors)}
    # A list of weights, as recurrent layers keep, is no second set of them.
    for module in holdings.modules if holdings.tensors else ():
        for parameter in module._parameters.values():
            found.pop(id(parameter), None)
    return [tensor for tensor in found.values() if has_memory(tensor)]
