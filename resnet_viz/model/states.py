"""What a pass over a net leaves as it was: the mode of its modules, and the buffers they may write into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torchvision.ops.misc import FrozenBatchNorm2d

# These write into their buffers in training only. A copy of each would cost a deep net a fiftieth of its pass.
_STEADY = frozenset({nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm, FrozenBatchNorm2d})


@contextmanager
def eval_state(model: nn.Module) -> Iterator[None]:
    """Batch norm uses its stored statistics; in the end modes and buffers are those from before."""
    modules = list(model.modules())
    training = [module for module in modules if module.training]
    for module in training:
        module.training = False
    try:
        with kept_buffers((module for module in modules if type(module) not in _STEADY), has_values=True):
            yield
    finally:
        for module in training:
            module.training = True


@contextmanager
def kept_buffers(modules: Iterable[nn.Module], has_values: bool) -> Iterator[None]:
    """Running statistics and counters are put back, the very tensors and, where a pass computes, their values."""
    kept = [(module._buffers, dict(module._buffers)) for module in modules if module._buffers]
    buffers = {id(buffer): buffer for _now, names in kept for buffer in names.values() if buffer is not None}
    values = [(buffer, buffer.clone()) for buffer in buffers.values() if has_values and not buffer.is_meta]
    try:
        yield
    finally:
        for names, before in kept:
            names.update(before)
        # Also what was made in inference mode may be written into there.
        with torch.inference_mode():
            for buffer, value in values:
                # What is unchanged may be part of a caller's graph, for which even a write of the same is a change.
                if not torch.equal(buffer, value):
                    buffer.copy_(value)
