"""Snapshots the memory of tensors, and restores it bit for bit."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy


def has_memory(tensor: Tensor) -> bool:
    """Whether it is a strided tensor with values: not meta, lazy, nested, sparse, or a wrapper subclass."""
    is_torchs = type(tensor).__torch_dispatch__ is Tensor.__torch_dispatch__
    if not is_torchs or is_lazy(tensor) or tensor.is_meta or tensor.is_nested:
        return False
    return tensor.layout is torch.strided


class Memory:
    """Snapshot of tensors' memory: storage, geometry and bytes; of parameters their gradients, too.

    Compared and written as bytes, so that NaN equals itself, and so that a caller's autograd graph, which may have
    saved a tensor, does not see an in-place change.
    """

    def __init__(self, tensors: Iterable[Tensor]) -> None:
        written = [*tensors]
        self._gradients = [(tensor, tensor.grad) for tensor in written if isinstance(tensor, nn.Parameter)]
        written += [gradient for _tensor, gradient in self._gradients if gradient is not None and has_memory(gradient)]
        self._places = [(tensor, tensor.detach(), tensor.requires_grad) for tensor in written]
        self._bytes: dict[int, tuple[Tensor, Tensor]] = {}
        for tensor, _place, _needs_gradient in self._places:
            storage = tensor.untyped_storage()
            if storage.data_ptr() not in self._bytes:  # Views share a storage.
                bytes_there = torch.empty(0, dtype=torch.uint8, device=tensor.device).set_(storage)
                self._bytes[storage.data_ptr()] = bytes_there, bytes_there.clone()

    def put_back(self) -> None:
        """Writes back only storages that have changed."""
        for parameter, gradient in self._gradients:
            if parameter.grad is not gradient:
                parameter.grad = gradient
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
    if tensor.requires_grad != needs_gradient and tensor.is_leaf:
        tensor.requires_grad_(needs_gradient)
    if _geometry(tensor) != _geometry(place):
        tensor.data = place


def _geometry(tensor: Tensor) -> tuple[Any, ...]:
    return tensor.data_ptr(), tensor.dtype, tensor.shape, tensor.stride()
