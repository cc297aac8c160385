"""Snapshots what the code of a net keeps outside of its modules, with the rest of what `Holdings` restores.

Caches in a class, in a global dictionary, in a closure, in an `lru_cache`: what a plan leaves there has no values, and
the net would fail on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from types import BuiltinFunctionType, CellType, FunctionType, ModuleType
from typing import Any

from torch.nn.modules import module as torch_module
from torch.nn.utils import parametrize

from resnet_viz.model.foreign.holdings import Holdings
from resnet_viz.model.foreign.reached import Reach, is_of_users, reach_of_class, reach_of_function
from resnet_viz.model.foreign.restoring import UNSET, put_cell_back, put_class_back, put_entry_back
from resnet_viz.model.foreign.results import drop_new, keys_of

_CODE = (FunctionType, BuiltinFunctionType, type, ModuleType)
_GLOBAL_HOOKS = (torch_module._global_forward_hooks, torch_module._global_forward_pre_hooks)


def add_outside(holdings: Holdings) -> None:
    """Adds what the code of the net's modules, hooks and objects can reach."""
    holdings.is_outside = True
    if any(_GLOBAL_HOOKS):
        holdings.traverse(_GLOBAL_HOOKS)
    outside = _Outside(holdings)
    while reaches := [*outside.of_modules()] or [*outside.of_objects()]:
        for reach in reaches:
            outside.add(reach)
    if parametrize._cache_enabled:
        # Weights that are computed once as long as `parametrize.cached()` holds. A pass begins without them.
        holdings.traverse((parametrize._cache,))
        parametrize._cache.clear()


class _Outside:
    """What has been added so far."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._seen: set[object] = set()
        self._names: set[str] = set()

    def of_modules(self) -> Iterator[Reach]:
        """Yields what the classes of modules reach, and functions that they hold."""
        kinds = [*map(type, self._holdings.modules)]
        for kind in dict(zip(map(id, kinds), kinds, strict=True)).values():
            if self._is_new(("module", id(kind))):
                self._add_class(kind)
                yield reach_of_class(kind)
        for function, kind in _taken(self._holdings.functions):
            if self._is_new(("held", id(function))):
                yield reach_of_function(function, kind)

    def of_objects(self) -> Iterator[Reach]:
        """Yields what methods of objects reach, of those that are named anywhere."""
        for kind in [*self._holdings.object_kinds.values()]:
            named = frozenset(chain.from_iterable(vars(base) for base in kind.__mro__[:-1])) & self._names
            if self._is_new(("object", id(kind), named)):
                self._add_class(kind)
                yield reach_of_class(kind, named)

    def add(self, reach: Reach) -> None:
        """Adds the values that functions hold, and those that they name."""
        self._names |= reach.names
        for function in reach.functions:
            if self._is_new(id(function)):
                self._add_function(function)
        for known, name in reach.places.values():
            if self._is_new((id(known), name)):
                value = known.get(name, UNSET)
                self._holdings.add_state(put_entry_back, (known, name), value)
                self._holdings.traverse((value,))
        for kind in reach.classes.values():
            self._add_class(kind)
        for cached in reach.caches:
            if self._is_new(id(cached)):
                self._holdings.add_state(drop_new, cached, keys_of(cached))

    def _is_new(self, key: object) -> bool:
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _add_function(self, function: FunctionType) -> None:
        self._holdings.traverse((function.__dict__, function.__defaults__, function.__kwdefaults__))
        for cell in function.__closure__ or ():
            value = _content(cell)
            self._holdings.add_state(put_cell_back, cell, value)
            self._holdings.traverse((value,))

    def _add_class(self, kind: type) -> None:
        """Adds the values of a class and its bases."""
        for base in kind.__mro__:
            if is_of_users(base.__module__) and self._is_new(("class", id(base))):
                held = {name: value for name, value in vars(base).items() if not name.startswith("__")}
                self._holdings.add_state(put_class_back, base, held)
                self._holdings.traverse([value for value in held.values() if not issubclass(type(value), _CODE)])


def _taken(functions: list[Any]) -> list[Any]:
    taken = [*functions]
    functions.clear()
    return taken


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return UNSET
