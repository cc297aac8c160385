"""Remembers the last plan of each net until the net is edited.

A plan depends on everything that a forward pass may look at before any value: modules, their attributes, hooks and
classes, shapes and dtypes of tensors. Those are compared before each run; values of weights are not. What a forward
reads elsewhere, such as a global variable, is not seen.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from functools import partial
from types import FunctionType, MethodType, NoneType
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules import module as torch_module

from resnet_viz.model.foreign.holdings import fields_of, slots_of
from resnet_viz.model.trace.plan import Plan, plan_model

# Planning costs a twentieth of a run. Weak keys: an entry is dropped with its net.
_plans: WeakKeyDictionary[nn.Module, tuple[object, Plan]] = WeakKeyDictionary()

# Compared by value.
_PLAIN = frozenset({int, float, bool, str, bytes, complex, NoneType, torch.dtype, torch.device, torch.Size})
# How deep, and up to which length, containers and objects that modules hold are compared.
_MAX_DEPTH = 4
_MAX_LENGTH = 1_000
_GLOBAL_HOOKS = ("_global_forward_hooks", "_global_forward_pre_hooks")


def cached_plan(model: nn.Module, shape: tuple[int, ...]) -> Plan:
    """Returns a net's remembered plan; a new one after another shape or an edit of the net."""
    key = (shape, *_net_key(model))
    known = _plans.get(model)
    if known is None or known[0] != key:
        known = (key, plan_model(model, shape))
        if known[1].trace.origin == "run":  # It looks at values, which are not compared.
            _plans.pop(model, None)
        else:
            _plans[model] = known
    return known[1]


def _net_key(model: nn.Module) -> Iterator[object]:
    """Compares equal for two states of a net that have the same plan. Refers to no part of the net strongly."""
    first = next(model.parameters(), None)
    yield None if first is None else first.device
    yield [tuple(getattr(torch_module, name)) for name in _GLOBAL_HOOKS]
    kinds: dict[type, None] = {}
    for module in model.modules():
        kinds[type(module)] = None
        yield _module_key(module)
    for kind in kinds:
        yield _class_key(kind)


def _module_key(module: nn.Module, depth: int = _MAX_DEPTH) -> tuple[object, ...]:
    """Inlined for speed: it runs for every attribute of every module."""
    held = module.__dict__
    key: list[object] = [id(module), type(module), *held]
    for name, value in held.items():
        kind = type(value)
        if kind in _PLAIN or (kind is tuple and _PLAIN.issuperset(map(type, value))):
            key.append(value)
        elif kind in (dict, OrderedDict) and not value:
            continue  # Most modules have no hooks.
        elif name == "_modules":
            key += (*value, *map(id, value.values()))
        elif name in ("_parameters", "_buffers"):
            key += value
            key += [t if t is None else _tensor_key(t) for t in value.values()]
        else:
            key += (name, _key(value, depth))
    return tuple(key)


def _class_key(kind: type) -> list[object]:
    """What a class and its bases define: `forward` may be replaced on any of them."""
    bases = kind.__mro__[: kind.__mro__.index(nn.Module)]
    return [(name, _key(value, 1)) for base in bases for name, value in vars(base).items()]


def _tensor_key(tensor: Tensor) -> object:
    try:
        return (id(tensor), tensor.shape, tensor.dtype, tensor.requires_grad)
    except RuntimeError:
        return id(tensor)  # Nested tensors have no shape.


def _key(value: Any, depth: int) -> object:
    # By its type only: a proxy would answer for what it stands for.
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if issubclass(kind, Tensor):
        return _tensor_key(value)
    if kind is np.ndarray and value.size <= _MAX_LENGTH and not value.dtype.hasobject:
        return (value.shape, value.dtype, value.tobytes())
    if kind is FunctionType or not depth:
        return _Same(value)
    if kind is MethodType:
        return (_Same(value.__func__), id(value.__self__))
    if issubclass(kind, dict | list | tuple | set | frozenset | deque):
        return _container_key(value, depth - 1)
    return _object_key(value, depth - 1)


def _container_key(value: Any, depth: int) -> object:
    if len(value) > _MAX_LENGTH:
        return (id(value), len(value))
    if issubclass(type(value), dict):
        return [(_key(name, depth), _key(part, depth)) for name, part in dict.items(value)]
    return [_key(part, depth) for part in value]


def _object_key(value: Any, depth: int) -> object:
    if issubclass(type(value), nn.Module):
        return _module_key(value, depth)
    if issubclass(type(value), partial):
        return [_key(part, depth) for part in (value.func, value.args, value.keywords)]
    if str(type(value).__module__).startswith("torch."):
        return _Same(value)
    return (_Same(value), _key(fields_of(value), depth), [_key(part, depth) for part in slots_of(value).values()])


class _Same:
    """Equals only what is the same object, alive: the address of a dead one may be another's."""

    __slots__ = ("_id", "_ref")

    def __init__(self, value: Any) -> None:
        self._id = id(value)
        try:
            self._ref: Any = ref(value)
        except TypeError:
            self._ref = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._id == other._id and self.is_alive and other.is_alive

    __hash__ = None  # type: ignore[assignment]

    @property
    def is_alive(self) -> bool:
        """Whether the object still exists; of the few that cannot be referred to weakly it is not known."""
        return self._ref is None or self._ref() is not None
