"""Reads what modules hold: parameters and buffers, each counted once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import is_traceable_wrapper_subclass

from resnet_viz.model.graph.calls import Module
from resnet_viz.model.trace.quantised import is_quantised, packed_tensors
from resnet_viz.records.trace import ParamMeta, TensorMeta

_PLAIN = frozenset({Tensor, nn.Parameter, nn.Buffer})


def tensor_meta(tensor: Tensor) -> TensorMeta:
    """Returns a tensor's shape, dtype and size in bytes."""
    return _cached_tensor_meta(tensor.shape, tensor.dtype)


@lru_cache(maxsize=1024)
def _cached_tensor_meta(shape: tuple[int, ...], dtype: torch.dtype) -> TensorMeta:
    """Cached, since most ops of a net have one of a few shapes."""
    return TensorMeta(tuple(shape), str(dtype).removeprefix("torch."), prod(shape) * dtype.itemsize)


def bytes_of(tensor: Any) -> int:
    """Returns the bytes that a tensor takes: of one that is made of others, as torchao's of int8 and scales, theirs."""
    if not is_traceable_wrapper_subclass(tensor):
        return int(tensor.nbytes)
    names, _context = tensor.__tensor_flatten__()
    return sum(bytes_of(getattr(tensor, name)) for name in names)


def modules_of(modules: Mapping[str, nn.Module]) -> list[Module]:
    """Returns what the modules, by path, hold: a tensor that several share counts for the first."""
    # What is packed is unpacked into new tensors, which must all be alive to be told apart.
    is_any_packed = any(map(is_quantised, {type(module): module for module in modules.values()}.values()))
    packed = (
        {path: packed_tensors(module) for path, module in modules.items() if not module._parameters}
        if is_any_packed
        else {}
    )
    keys: dict[int, str] = {}
    return [_module(path, module, packed.get(path) or module._parameters, keys) for path, module in modules.items()]


def _module(path: str, module: nn.Module, parameters: Mapping[str, Tensor | None], keys: dict[int, str]) -> Module:
    """Returns a module's parameters; `keys` maps a tensor's id() to the key of its first occurrence."""
    is_sequence = isinstance(module, nn.Sequential)
    if not (parameters or module._buffers):  # as of half of all modules
        return Module(path, type(module).__name__, not module._modules, is_sequence, (), 0, 0, 0)
    params: list[ParamMeta] = []
    n_own = n_new = n_bytes = 0
    for values, is_buffer in ((parameters, False), (module._buffers, True)):
        for name, tensor in values.items():
            if tensor is None:
                continue
            meta, key = tensor_meta(tensor), f"{path}.{name}" if path else name
            first = keys.setdefault(id(tensor), key)
            n_values = 0 if is_buffer else tensor.numel()
            n_own += n_values
            if first == key:
                n_new += n_values
                n_bytes += meta.n_bytes if type(tensor) in _PLAIN else bytes_of(tensor)
            if not is_buffer or name not in module._non_persistent_buffers_set:
                is_trainable = not is_buffer and tensor.requires_grad
                same_as = None if first == key else first
                params.append(ParamMeta(key, meta.shape, meta.dtype, is_buffer, is_trainable, same_as))
    return Module(path, type(module).__name__, not module._modules, is_sequence, tuple(params), n_own, n_new, n_bytes)
