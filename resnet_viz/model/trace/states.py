"""What a pass over a net leaves as it was: its modules' modes, attributes and buffers, and the values it may write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torchvision.ops.misc import FrozenBatchNorm2d

from resnet_viz.model.trace.holdings import Holdings

# These write into their buffers in training only. A copy of each would cost a deep net a fiftieth of its pass.
_STEADY = frozenset({nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm, FrozenBatchNorm2d})


@contextmanager
def eval_state(model: nn.Module) -> Iterator[None]:
    """Batch norm uses its stored statistics; in the end the net is as before."""
    modules = [*model.modules()]
    training = [module for module in modules if module.training]
    for module in training:
        module.training = False
    try:
        with kept_state(modules, has_values=True):
            yield
    finally:
        for module in training:
            module.training = True


@contextmanager
def kept_state(modules: Iterable[nn.Module], has_values: bool) -> Iterator[None]:
    """All that the modules of a net hold is put back: the very objects and, where a pass computes, tensors' values.

    Only the values of parameters are not: no layer writes into its weights.
    """
    holdings = Holdings(modules)
    memory = _Memory(_written(holdings)) if has_values else None
    try:
        yield
    finally:
        holdings.put_back()
        if memory is not None:
            memory.put_back()


def _written(holdings: Holdings) -> list[Tensor]:
    """The tensors that a pass may write into, each once."""
    moving = [module for module in holdings.modules if module.training or type(module) not in _STEADY]
    buffers = [buffer for module in moving for buffer in module._buffers.values() if buffer is not None]
    found = {id(tensor): tensor for tensor in (*buffers, *holdings.tensors)}
    # A list of weights, as recurrent layers keep, is no second set of them.
    for module in holdings.modules if holdings.tensors else ():
        for parameter in module._parameters.values():
            found.pop(id(parameter), None)
    return [tensor for tensor in found.values() if _has_memory(tensor)]


def _has_memory(tensor: Tensor) -> bool:
    """Whether it is numbers in memory, and not one of a plan, of a layer to be, sparse, or made up of others."""
    is_torchs = type(tensor).__torch_dispatch__ is Tensor.__torch_dispatch__
    if not is_torchs or is_lazy(tensor) or tensor.is_meta or tensor.is_nested:
        return False
    return tensor.layout is torch.strided


class _Memory:
    """Where tensors stand in memory, and what stands there.

    It is compared and written as bytes: a NaN is then equal to itself, and for a caller's graph, which may have saved a
    tensor, nothing was written.
    """

    def __init__(self, tensors: Iterable[Tensor]) -> None:
        self._places = [(tensor, tensor.detach(), tensor.requires_grad) for tensor in tensors]
        self._bytes: dict[int, tuple[Tensor, Tensor]] = {}
        for tensor, _place, _needs_gradient in self._places:
            storage = tensor.untyped_storage()
            if storage.data_ptr() not in self._bytes:  # Views share theirs.
                bytes_there = torch.empty(0, dtype=torch.uint8, device=tensor.device).set_(storage)
                self._bytes[storage.data_ptr()] = bytes_there, bytes_there.clone()

    def put_back(self) -> None:
        """Write where a byte is another one, and nowhere else."""
        for tensor, place, needs_gradient in self._places:
            _put_tensor_back(tensor, place, needs_gradient)
        # Also what was made in inference mode may be written into there.
        with torch.inference_mode():
            for now, before in self._bytes.values():
                if now.untyped_storage().nbytes() < len(before):
                    now.untyped_storage().resize_(len(before))
                if not torch.equal(now, before):
                    now.copy_(before)


def _put_tensor_back(tensor: Tensor, place: Tensor, needs_gradient: bool) -> None:
    if tensor.requires_grad and not needs_gradient:
        # What comes of the input was written into it. Only a view cannot be made a constant again.
        with suppress(RuntimeError), torch.inference_mode(False):
            tensor.detach_()
    if _geometry(tensor) != _geometry(place):
        tensor.data = place


def _geometry(tensor: Tensor) -> tuple[Any, ...]:
    return tensor.data_ptr(), tensor.dtype, tensor.shape, tensor.stride()
