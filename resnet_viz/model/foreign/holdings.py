"""Snapshots what a net's modules hold besides their weights before a pass, and restores it afterwards.

A forward pass may store results on its modules: a grid beside its size, anchors in a list, a counter. Those of a plan
have no values, and the net would fail on them. So every attribute is restored, with the contents of the containers and
plain objects that attributes hold: the same objects, in the same containers.
"""

from __future__ import annotations

import random
import sys
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from operator import is_
from types import MemberDescriptorType, ModuleType, NoneType
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

# The maximum number of values to traverse: a net may refer to the rest of the program, data sets included.
_MAX_VALUES = 100_000
_EMPTY = frozenset({dict, OrderedDict, list, set, deque})
# Other objects of the standard library and of torch belong to the program: loggers, locks, files, graphs of code.
_OF_NETS = ("types", "argparse", "collections", "torch.nn", "torch.distributions")
_OF_PROGRAMS = (type, ModuleType, torch.jit.ScriptModule, torch.optim.Optimizer, Dataset, DataLoader)
_PLAIN = frozenset({int, float, bool, str, NoneType})
_UNSET = object()
# Attribute names of every nn.Module, and the slice of those that are normally empty, mainly hooks.
_NAMES = [*vars(nn.Module())]
_HOOKS = slice(_NAMES.index("_buffers") + 1, _NAMES.index("_modules"))
# Attribute names of the most common layers: checking each of their numbers takes a third of the time.
with torch.device("meta"):
    _USUAL: dict[type, list[str]] = {
        type(layer): [*vars(layer)] for layer in (nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1), nn.ReLU())
    }

_Visitor = Callable[["Holdings", Any], None]


class Holdings:
    """Snapshot of everything that a net's modules hold, down to the tensors; `put_back` restores it.

    Not covered: the state of functions and classes, and of objects that are not the net's.
    """

    def __init__(self, modules: Iterable[nn.Module]) -> None:
        self.modules: list[nn.Module] = []
        """The net's modules, including unregistered ones."""
        self.tensors: list[Tensor] = []
        """Tensors that are neither parameters nor buffers of theirs, or that are also referenced elsewhere."""
        self._empty: list[Any] = []
        self._hooks: list[list[Any]] = []
        self._fields: list[tuple[dict[str, Any], list[str], list[Any]]] = []
        self._others: list[tuple[Callable[[Any, Any], None], Any, Any]] = []
        self._visitors: dict[Any, tuple[_Visitor, ...]] = {}
        self._seen: set[int] = set()
        self._n_left = _MAX_VALUES
        self._found: list[Any] = []
        self._find(modules)
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
                _put_pairs_back(held, dict(zip(names, values, strict=True)))
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
        self._n_left -= len(values)
        if self._n_left >= 0:
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
        if held["_modules"]:
            self._find(held["_modules"].values())
        hooks = values[_HOOKS]
        if names[: len(usual)] == usual and not any(hooks):
            self._hooks.append(hooks)
            values = values[len(usual) :]
        self._find(values)

    def add_state(self, put_back: Callable[[Any, Any], None], owner: Any, before: Any) -> None:
        """Adds an object that is restored by `put_back(owner, before)`."""
        self._others.append((put_back, owner, before))

    def _add_tensor(self, tensor: Tensor) -> None:
        self.tensors.append(tensor)

    def _add_dict(self, held: dict[Any, Any]) -> None:
        before = dict(_base_of(held).items(held))
        self._others.append((_put_pairs_back, held, before))
        self._find_more(before.values())

    def _add_list(self, items: list[Any] | deque[Any]) -> None:
        before = [*items]
        self._others.append((_put_items_back, items, before))
        self._find_more(before)

    def _add_set(self, members: set[Any]) -> None:
        self._others.append((_put_members_back, members, set(members)))
        self._find_more(members)

    def _add_object(self, value: Any) -> None:
        self._find_more((fields_of(value),))
        slots = slots_of(value)
        if slots:
            self._others.append((_put_slots_back, value, slots))
            self._find_more(slots.values())


def _add_array(holdings: Holdings, array: npt.NDArray[Any]) -> None:
    holdings.add_state(_put_array_back, array, array.copy())


def _add_generator(holdings: Holdings, generator: Any) -> None:
    get, put_back = _STATES[next(kind for kind in _STATES if isinstance(generator, kind))]
    holdings.add_state(put_back, generator, get(generator))


def _put_numpy_generator_back(generator: np.random.Generator, state: Any) -> None:
    generator.bit_generator.state = state


# How to read and set the state of a random generator that a module holds.
_STATES: dict[Any, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    torch.Generator: (torch.Generator.get_state, torch.Generator.set_state),
    random.Random: (random.Random.getstate, random.Random.setstate),
    np.random.RandomState: (np.random.RandomState.get_state, np.random.RandomState.set_state),
    np.random.Generator: (lambda generator: generator.bit_generator.state, _put_numpy_generator_back),
}
_CONTAINERS: tuple[tuple[type, _Visitor], ...] = (
    (dict, Holdings._add_dict),
    (list, Holdings._add_list),
    (deque, Holdings._add_list),
    (set, Holdings._add_set),
    (tuple, Holdings._find_more),
    (frozenset, Holdings._find_more),
    (np.ndarray, _add_array),
    *((kind, _add_generator) for kind in _STATES),
)


@lru_cache(maxsize=1024)
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
    return {slot: _in_slot(value, slot) for slot in _slots_of_class(kind)}


@lru_cache(maxsize=1024)
def _slots_of_class(kind: Any) -> tuple[MemberDescriptorType, ...]:
    members = [member for base in kind.__mro__ if "__slots__" in vars(base) for member in vars(base).values()]
    return tuple(member for member in members if isinstance(member, MemberDescriptorType))


def _in_slot(owner: Any, slot: MemberDescriptorType) -> Any:
    try:
        return slot.__get__(owner)
    except AttributeError:
        return _UNSET


def _same(now: Collection[Any], before: Collection[Any]) -> bool:
    """Whether both have identical objects in the same order."""
    return len(now) == len(before) and all(map(is_, now, before))


def _base_of(held: dict[Any, Any]) -> Any:
    """Returns the base class whose methods to use: a subclass may override them, for missing or rejected keys."""
    return OrderedDict if isinstance(held, OrderedDict) else dict


def _put_pairs_back(now: dict[Any, Any], before: Mapping[Any, Any]) -> None:
    base = _base_of(now)
    if _same(base.keys(now), before.keys()) and _same(base.values(now), before.values()):
        return
    for key in [key for key in base.keys(now) if key not in before]:
        base.__delitem__(now, key)
    for key, value in before.items():
        if base.get(now, key, _UNSET) is not value:
            base.__setitem__(now, key, value)
    if not _same(base.keys(now), before.keys()):
        for key, value in before.items():
            base.__delitem__(now, key)
            base.__setitem__(now, key, value)


def _put_items_back(now: list[Any] | deque[Any], before: list[Any]) -> None:
    if _same(now, before):
        return
    if isinstance(now, list):
        list.__setitem__(now, slice(None), before)
    else:
        deque.clear(now)
        deque.extend(now, before)


def _put_members_back(now: set[Any], before: set[Any]) -> None:
    if {*map(id, now)} != {*map(id, before)}:
        set.clear(now)
        set.update(now, before)


def _put_array_back(now: npt.NDArray[Any], before: npt.NDArray[Any]) -> None:
    if now.shape == before.shape and now.flags.writeable and now.tobytes() != before.tobytes():
        now[...] = before


def _put_slots_back(owner: Any, before: Mapping[MemberDescriptorType, Any]) -> None:
    for slot, value in before.items():
        if _in_slot(owner, slot) is not value:
            if value is _UNSET:
                slot.__delete__(owner)
            else:
                slot.__set__(owner, value)
