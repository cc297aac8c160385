"""Restores a net after a pass: modes, attributes and buffers of its modules, and tensor values a pass may write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torchvision.ops.misc import FrozenBatchNorm2d

from resnet_viz.model.trace.holdings import Holdings
from resnet_viz.model.trace.originals import bypass_spreading, eager

# These write into their buffers in training only. Copying each would cost a deep net 2 % of its pass.
_STEADY = frozenset({nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm, FrozenBatchNorm2d})


@contextmanager
def eval_state(model: nn.Module) -> Iterator[None]:
    """Puts the net into eval mode; its state is restored afterwards."""
    modules = [*model.modules()]
    training = [module for module in modules if module.training]
    for module in training:
        module.training = False
    try:
        with kept_state(modules, has_values=True), eager():
            yield
    finally:
        for module in training:
            module.training = True


@contextmanager
def kept_state(modules: Iterable[nn.Module], has_values: bool) -> Iterator[None]:
    """Restores everything the modules hold: the same objects and, with `has_values`, the values of tensors.

    Except for the values of parameters: no layer writes into its weights.
    """
    holdings = Holdings(modules)
    bypass_spreading(holdings.modules)  # undone with the other attributes
    memory = _Memory(_written(holdings)) if has_values else None
    try:
        yield
    finally:
        holdings.put_back()
        if memory is not None:
            memory.put_back()


def _written(holdings: Holdings) -> list[Tensor]:
    """Returns the tensors that a pass may write into, without duplicates."""
    moving = [module for module in holdings.modules if module.training or type(module) not in _STEADY]
    buffers = [buffer for module in moving for buffer in module._buffers.values() if buffer is not None]
    found = {id(tensor): tensor for tensor in (*buffers, *holdings.tensors)}
    # A list of weights, as recurrent layers keep, is no second set of them.
    for module in holdings.modules if holdings.tensors else ():
        for parameter in module._parameters.values():
            found.pop(id(parameter), None)
    return [tensor for tensor in found.values() if _has_memory(tensor)]


def _has_memory(tensor: Tensor) -> bool:
    """Whether it is a strided tensor with values: not meta, lazy, nested, sparse, or a wrapper subclass."""
    is_torchs = type(tensor).__torch_dispatch__ is Tensor.__torch_dispatch__
    if not is_torchs or is_lazy(tensor) or tensor.is_meta or tensor.is_nested:
        return False
    return tensor.layout is torch.strided


class _Memory:
    """Snapshot of tensors' memory: storage, geometry and bytes.

    Compared and written as bytes, so that NaN equals itself, and so that a caller's autograd graph, which may have
    saved a tensor, does not see an in-place change.
    """

    def __init__(self, tensors: Iterable[Tensor]) -> None:
        self._places = [(tensor, tensor.detach(), tensor.requires_grad) for tensor in tensors]
        self._bytes: dict[int, tuple[Tensor, Tensor]] = {}
        for tensor, _place, _needs_gradient in self._places:
            storage = tensor.untyped_storage()
            if storage.data_ptr() not in self._bytes:  # Views share a storage.
                bytes_there = torch.empty(0, dtype=torch.uint8, device=tensor.device).set_(storage)
                self._bytes[storage.data_ptr()] = bytes_there, bytes_there.clone()

    def put_back(self) -> None:
        """Writes back only storages that have changed."""
        for tensor, place, needs_gradient in self._places:
            _put_tensor_back(tensor, place, needs_gradient)
        # Inference mode, since tensors created in it may be written in it only.
        with torch.inference_mode():
            for now, before in self._bytes.values():
                if now.untyped_storage().nbytes() < len(before):
                    now.untyped_storage().resize_(len(before))
                if not torch.equal(now, before):
                    now.copy_(before)


def _put_tensor_back(tensor: Tensor, place: Tensor, needs_gradient: bool) -> None:
    if tensor.requires_grad and not needs_gradient:
        # A value that depends on the input was written into it. Only a view cannot be detached in place.
        with suppress(RuntimeError), torch.inference_mode(False):
            tensor.detach_()
    if _geometry(tensor) != _geometry(place):
        tensor.data = place


def _geometry(tensor: Tensor) -> tuple[Any, ...]:
    return tensor.data_ptr(), tensor.dtype, tensor.shape, tensor.stride()
