"""Snapshots what a net's modules hold besides their weights before a pass, and restores it afterwards.

A forward pass may store results on its modules: a grid beside its size, anchors in a list, a counter. Those of a plan
have no values, and the net would fail on them. So every attribute is restored, with the contents of the containers and
plain objects that attributes hold: the same objects, in the same containers. `add_outside` adds what lies elsewhere.
"""

from __future__ import annotations

import sys
from array import array
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterable
from functools import partial
from operator import is_
from threading import local
from types import FunctionType, MemberDescriptorType, MethodType, ModuleType, NoneType
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from resnet_viz.model.foreign.classes import by_class
from resnet_viz.model.foreign.generators import STATES
from resnet_viz.model.foreign.reached import CACHED
from resnet_viz.model.foreign.restoring import (
    base_of,
    in_slot,
    put_array_back,
    put_items_back,
    put_members_back,
    put_pairs_back,
    put_sequence_back,
    put_slots_back,
)

# The maximum number of values to traverse: a net may refer to the rest of the program, data sets included.
_MAX_VALUES = 100_000
# Outside of modules, larger arrays and tensors are put back, their values are not: they may be data. Larger containers
# are not put back.
_MAX_BYTES_OUTSIDE, _MAX_BYTES_OUTSIDE_IN_ALL = 2**20, 2**24
_MAX_LENGTH_OUTSIDE = 10_000
_EMPTY = frozenset({dict, OrderedDict, list, set, deque})
# Other objects of the standard library and of torch belong to the program: loggers, locks, files, graphs of code.
_OF_NETS = ("types", "argparse", "collections", "torch.nn", "torch.distributions")
_OF_PROGRAMS = (type, ModuleType, torch.jit.ScriptModule, torch.optim.Optimizer, Dataset, DataLoader)
_PLAIN = frozenset({int, float, bool, str, NoneType})
# Attribute names of every nn.Module, and the slice of those that are normally empty, mainly hooks.
_NAMES = [*vars(nn.Module())]
_HOOKS = slice(_NAMES.index("_buffers") + 1, _NAMES.index("_modules"))
# Attribute names of the most common layers: checking each of their numbers takes a third of the time.
with torch.device("meta"):
    _USUAL: dict[type, list[str]] = {
        type(layer): [*vars(layer)]
        for layer in (nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1), nn.ReLU(), nn.Identity(), nn.Sequential(), nn.Linear(1, 1))
    }

_Visitor = Callable[["Holdings", Any], None]


class Holdings:
    """Snapshot of everything that a net's modules hold, down to the tensors; `put_back` restores it.

    Not covered: the state of objects that are not the net's.
    """

    def __init__(self, modules: Iterable[nn.Module]) -> None:
        self.modules: list[nn.Module] = []
        """The net's modules, including unregistered ones."""
        self.tensors: list[Tensor] = []
        """Tensors that are neither parameters nor buffers of theirs, or that are also referenced elsewhere."""
        self.functions: list[tuple[Any, type | None]] = []
        """Functions that they hold, as hooks, and the class of which a function is a method; not those of classes."""
        self.object_kinds: dict[int, type] = {}
        """The classes of objects that they hold, by id()."""
        self.is_outside = False
        """Whether what is traversed now is kept outside of modules."""
        self._empty: list[Any] = []
        self._hooks: list[list[Any]] = []
        self._fields: list[tuple[dict[str, Any], list[str], list[Any]]] = []
        self._others: list[tuple[Callable[[Any, Any], None], Any, Any]] = []
        self._visitors: dict[Any, tuple[_Visitor, ...]] = {}
        self._seen: set[int] = set()
        self._n_left = _MAX_VALUES
        self._n_bytes_left = _MAX_BYTES_OUTSIDE_IN_ALL
        self._found: list[Any] = []
        self.traverse([*modules])

    def traverse(self, values: Collection[Any]) -> None:
        """Adds values and all that they hold."""
        self._find_more(values)
        for value in self._found:  # It grows during iteration: breadth first.
            kind: Any = type(value)
            for visit in self._visitors[kind]:
                visit(self, value)
        self._found.clear()

    def put_back(self) -> None:
        """Restores whatever has changed, and writes nothing else."""
        for hooks in self._hooks:
            if any(hooks):
                self._empty += hooks
        for container in self._empty:
            if container:
                container.clear()
        for held, names, values in self._fields:
            if [*held] != names or not all(map(is_, held.values(), values)):
                put_pairs_back(held, dict(zip(names, values, strict=True)))
        for put_back, owner, before in self._others:
            put_back(owner, before)

    def _find(self, values: Iterable[Any]) -> None:
        """Queues values to be traversed. Inlined for speed, since it runs for every attribute."""
        visitors, seen = self._visitors, self._seen
        for value in values:
            kind: Any = type(value)
            of_kind = visitors.get(kind)
            if of_kind is None:
                of_kind = visitors[kind] = _visitors_of(kind)
            if not of_kind or id(value) in seen or (kind is tuple and _PLAIN.issuperset(map(type, value))):
                continue
            if kind in _EMPTY and not value:
                self._empty.append(value)
            else:
                seen.add(id(value))
                self._found.append(value)

    def _find_more(self, values: Collection[Any]) -> None:
        if len(values) <= self._n_left:
            self._n_left -= len(values)
            self._find(values)

    def _add_module(self, module: nn.Module) -> None:
        held = module.__dict__
        if "_modules" not in held:
            return  # Its class has not called Module.__init__ yet.
        self.modules.append(module)
        names, values = [*held], [*held.values()]
        usual = _USUAL.get(type(module), _NAMES)
        self._fields.append((held, usual if names == usual else names, values))
        for table in (held["_parameters"], held["_buffers"], held["_modules"]):
            self._seen.add(id(table))
            if table:
                self._fields.append((table, [*table], [*table.values()]))
            else:
                self._empty.append(table)
        if held["_parameters"]:
            fields = [tensor.__dict__ for tensor in held["_parameters"].values() if tensor is not None]
            if any(fields):
                self._find(fields)
            else:
                self._empty += fields
        if held["_modules"]:
            self._find(held["_modules"].values())
        hooks = values[_HOOKS]
        if names[: len(usual)] == usual and not any(hooks):
            self._hooks.append(hooks)
            values = values[len(usual) :]
        if values:
            self._find(values)
        if usual is _NAMES:
            self._add_slots(module)

    def add_state(self, put_back: Callable[[Any, Any], None], owner: Any, before: Any) -> None:
        """Adds an object that is restored by `put_back(owner, before)`."""
        self._others.append((put_back, owner, before))

    def _add_tensor(self, tensor: Tensor) -> None:
        if not self.is_outside or self._is_affordable(tensor):
            self.tensors.append(tensor)
        self._find((tensor.__dict__,))

    def _add_array(self, array: npt.NDArray[Any]) -> None:
        if not self.is_outside or self._can_afford(array.nbytes):
            self._others.append((put_array_back, array, array.copy()))

    def _is_affordable(self, tensor: Tensor) -> bool:
        try:
            return self._can_afford(tensor.untyped_storage().nbytes())
        except (NotImplementedError, RuntimeError):
            return False  # Sparse and nested ones have no storage.

    def _can_afford(self, n_bytes: int) -> bool:
        if n_bytes > min(_MAX_BYTES_OUTSIDE, self._n_bytes_left):
            return False
        self._n_bytes_left -= n_bytes
        return True

    def _is_too_long(self, values: Collection[Any]) -> bool:
        return self.is_outside and len(values) > _MAX_LENGTH_OUTSIDE

    def _add_dict(self, held: dict[Any, Any]) -> None:
        if self._is_too_long(held):
            return
        before = dict(base_of(held).items(held))
        self._others.append((put_pairs_back, held, before))
        self._find_more(before.values())

    def _add_list(self, items: list[Any] | deque[Any]) -> None:
        if self._is_too_long(items):
            return
        before = [*items]
        self._others.append((put_items_back, items, before))
        self._find_more(before)

    def _add_set(self, members: set[Any]) -> None:
        if self._is_too_long(members):
            return
        self._others.append((put_members_back, members, set(members)))
        self._find_more(members)

    def _add_object(self, value: Any) -> None:
        kind: Any = type(value)
        self.object_kinds[id(kind)] = kind
        self._find_more((fields_of(value),))
        self._add_slots(value)

    def _add_slots(self, value: Any) -> None:
        slots = slots_of(value)
        if slots:
            self._others.append((put_slots_back, value, slots))
            self._find_more(slots.values())

    def _add_function(self, function: FunctionType) -> None:
        self.functions.append((function, None))

    def _add_method(self, method: MethodType) -> None:
        self.functions.append((method, None))
        self._find((method.__self__,))

    def _add_partial(self, call: partial[Any]) -> None:
        self._find((call.func, call.args, call.keywords, call.__dict__))

    def _add_local(self, held: local) -> None:
        self._find((local.__getattribute__(held, "__dict__"),))

    def _add_weak(self, held: Any) -> None:
        self._add_dict(held.data)

    def _add_bytes(self, held: bytearray | array[Any]) -> None:
        if not self._is_too_long(held):
            self._others.append((put_sequence_back, held, held[:]))


def _add_generator(holdings: Holdings, generator: Any) -> None:
    get, put_back = STATES[next(kind for kind in STATES if isinstance(generator, kind))]
    holdings.add_state(put_back, generator, get(generator))


_CONTAINERS: tuple[tuple[type, _Visitor], ...] = (
    (dict, Holdings._add_dict),
    (list, Holdings._add_list),
    (deque, Holdings._add_list),
    (set, Holdings._add_set),
    (tuple, Holdings._find_more),
    (frozenset, Holdings._find_more),
    (np.ndarray, Holdings._add_array),
    (FunctionType, Holdings._add_function),
    (MethodType, Holdings._add_method),
    (partial, Holdings._add_partial),
    (local, Holdings._add_local),
    (CACHED, Holdings._add_function),
    (WeakKeyDictionary, Holdings._add_weak),
    (WeakValueDictionary, Holdings._add_weak),
    (bytearray, Holdings._add_bytes),
    (array, Holdings._add_bytes),
    *((kind, _add_generator) for kind in STATES),
)


@by_class
def _visitors_of(kind: Any) -> tuple[_Visitor, ...]:
    """Returns the traversal functions for a class; none for one without contents or outside the net."""
    if issubclass(kind, _OF_PROGRAMS):
        return ()
    if issubclass(kind, nn.Module):
        return (Holdings._add_module,)
    if issubclass(kind, Tensor):
        return (Holdings._add_tensor,)
    visitors = [visit for container, visit in _CONTAINERS if issubclass(kind, container)]
    return (*visitors, Holdings._add_object) if _may_be_of_net(str(kind.__module__)) else tuple(visitors)


def _may_be_of_net(module: str) -> bool:
    """Whether objects of a class defined in that module may be part of a net."""
    if module.startswith(_OF_NETS):
        return True
    root = module.partition(".")[0]
    return root != "torch" and root not in sys.stdlib_module_names


def fields_of(value: Any) -> dict[str, Any] | None:
    """Returns an object's attributes, without asking its class, whose `__getattr__` may run anything."""
    try:
        held = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return held if type(held) is dict else None


def slots_of(value: Any) -> dict[MemberDescriptorType, Any]:
    """Returns what an object's slots hold."""
    kind: Any = type(value)
    return {slot: in_slot(value, slot) for slot in _slots_of_class(kind)} if _has_slots(kind) else {}


@by_class
def _has_slots(kind: Any) -> bool:
    return bool(_slots_of_class(kind))


def _slots_of_class(kind: Any) -> tuple[MemberDescriptorType, ...]:
    members = [member for base in kind.__mro__ if "__slots__" in vars(base) for member in vars(base).values()]
    return tuple(member for member in members if isinstance(member, MemberDescriptorType))
