"""Data that a forward pass yields for each op and module, before they become nodes of the Trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from resnet_viz.model.trace.windows import Window
from resnet_viz.records.trace import ParamMeta, SourceRef, TensorMeta


@dataclass(slots=True)
class Call:
    """One op as recorded; a leaf module that calls several functions is one op."""

    id: str
    module: str | None
    op: str
    source: tuple[SourceRef, ...]
    attrs: Mapping[str, Any] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    outputs: tuple[TensorMeta, ...] = ()
    windows: list[tuple[Window, Window] | None] = field(default_factory=list)
    """Window of each of its functions, in order; None where no rule applies."""
    n_macs: int = 0
    """What is known of them."""
    may_cost_more: bool = False
    is_ruled: bool = True
    is_inplace: bool = False
    is_view: bool = False
    memory_of: str | None = None
    """The op whose memory this one writes into or views."""
    sees_all: bool = False
    has_statistics: bool = False


@dataclass(frozen=True, slots=True)
class Module:
    """One module of the net: its class, whether it has submodules, and its own parameters."""

    path: str
    class_name: str
    is_leaf: bool
    is_sequence: bool
    params: tuple[ParamMeta, ...]
    """Its own parameters and buffers with a key in the state dict."""
    n_own: int
    """Its own parameters."""
    n_new: int
    """Its own parameters without those shared with an earlier module."""
    n_bytes: int
    """Bytes of its own parameters and buffers, without those shared with an earlier module."""


def tensor_meta(tensor: Tensor) -> TensorMeta:
    """Returns a tensor's shape, dtype and size."""
    return _cached_tensor_meta(tuple(tensor.shape), tensor.dtype)


@lru_cache(maxsize=1024)
def _cached_tensor_meta(shape: tuple[int, ...], dtype: torch.dtype) -> TensorMeta:
    """Cached, since most ops of a net have one of a few shapes."""
    return TensorMeta(shape, str(dtype).removeprefix("torch."), prod(shape) * dtype.itemsize)


def describe_modules(modules: Mapping[str, nn.Module]) -> list[Module]:
    """Returns the modules by path as records, in order; a shared tensor counts with the first that holds it."""
    keys: dict[int, str] = {}
    return [_module(path, module, keys) for path, module in modules.items()]


def _module(path: str, module: nn.Module, keys: dict[int, str]) -> Module:
    """Returns a module's parameters; `keys` maps a tensor's id() to the key of its first occurrence."""
    params: list[ParamMeta] = []
    n_own = n_new = n_bytes = 0
    for values, is_buffer in ((module._parameters, False), (module._buffers, True)):
        for name, tensor in values.items():
            if tensor is None:
                continue
            meta, key = tensor_meta(tensor), f"{path}.{name}" if path else name
            first = keys.setdefault(id(tensor), key)
            n_values = 0 if is_buffer else tensor.numel()
            n_own += n_values
            if first == key:
                n_new += n_values
                n_bytes += meta.n_bytes
            if not is_buffer or name not in module._non_persistent_buffers_set:
                is_trainable = not is_buffer and tensor.requires_grad
                same_as = None if first == key else first
                params.append(ParamMeta(key, meta.shape, meta.dtype, is_buffer, is_trainable, same_as))
    is_sequence = isinstance(module, nn.Sequential)
    return Module(path, type(module).__name__, not module._modules, is_sequence, tuple(params), n_own, n_new, n_bytes)
