"""Snapshots what the code of a net keeps outside of its modules, with the rest of what `Holdings` restores.

Caches in a class, in a global dictionary, in a closure, in an `lru_cache`: what a plan leaves there has no values, and
the net would fail on it.
"""

from __future__ import annotations

import gc
from itertools import chain
from types import BuiltinFunctionType, CellType, FunctionType, ModuleType
from typing import Any

from torch import Tensor
from torch.nn.utils import parametrize

from resnet_viz.model.foreign.holdings import Holdings
from resnet_viz.model.foreign.reached import Reach, is_of_users, reach_of_class, reach_of_function
from resnet_viz.model.foreign.restoring import UNSET, put_cell_back, put_class_back, put_entry_back

# The maximum number of values to look at in a cache of results.
_MAX_RESULTS = 10_000
_CODE = (FunctionType, BuiltinFunctionType, type, ModuleType)


def add_outside(holdings: Holdings) -> None:
    """Adds what the code of the net's modules, hooks and objects can reach."""
    holdings.is_outside = True
    seen: set[object] = set()
    names: set[str] = set()
    while reaches := [*_new_reaches(holdings, seen, names)]:
        for reach in reaches:
            names |= reach.names
            _add_reach(holdings, reach, seen)
    if parametrize._cache_enabled:
        # Weights that are computed once as long as `parametrize.cached()` holds. A pass begins without them.
        holdings.traverse((parametrize._cache,))
        parametrize._cache.clear()


def _new_reaches(holdings: Holdings, seen: set[object], names: set[str]) -> list[Reach]:
    found = []
    for kind in dict.fromkeys(map(type, holdings.modules)):
        if kind not in seen:
            seen.add(kind)
            found.append(reach_of_class(kind))
            _add_class(holdings, kind)
    for kind in [*holdings.object_kinds]:
        if kind not in seen:
            seen.add(kind)
            named = frozenset(chain.from_iterable(vars(base) for base in kind.__mro__[:-1])) & names
            found.append(reach_of_class(kind, named))
            _add_class(holdings, kind)
    found += [reach_of_function(function) for function in (*holdings.functions, *holdings.cached)]
    holdings.functions.clear()
    holdings.cached.clear()
    return found


def _add_reach(holdings: Holdings, reach: Reach, seen: set[object]) -> None:
    for function in reach.functions:
        if id(function) not in seen:
            seen.add(id(function))
            _add_function(holdings, function)
    for known, name in reach.places.values():
        value = known.get(name, UNSET)
        holdings.add_state(put_entry_back, (known, name), value)
        holdings.traverse((value,))
    for kind in reach.classes:
        if kind not in seen:
            seen.add(kind)
            _add_class(holdings, kind)
    for cached in reach.caches:
        if id(cached) not in seen:
            seen.add(id(cached))
            holdings.add_state(_drop_results, cached, cached.cache_info().misses)


def _add_function(holdings: Holdings, function: FunctionType) -> None:
    holdings.traverse((function.__dict__, function.__defaults__, function.__kwdefaults__))
    for cell in function.__closure__ or ():
        value = _content(cell)
        holdings.add_state(put_cell_back, cell, value)
        holdings.traverse((value,))


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return UNSET


def _add_class(holdings: Holdings, kind: type) -> None:
    """Adds the values of a class and its bases."""
    for base in kind.__mro__:
        if is_of_users(base.__module__):
            held = {name: value for name, value in vars(base).items() if not name.startswith("__")}
            holdings.add_state(put_class_back, base, held)
            holdings.traverse([value for value in held.values() if not isinstance(value, _CODE)])


def _drop_results(cached: Any, n_misses: int) -> None:
    """Empties a function's cache if the pass has added results that hold tensors: others are as good as before."""
    if cached.cache_info().misses != n_misses and _holds_tensors(cached):
        cached.cache_clear()


def _holds_tensors(cached: Any) -> bool:
    found, seen = [cached], {id(cached)}
    for value in found:  # It grows during iteration.
        for part in gc.get_referents(value):
            if isinstance(part, Tensor):
                return True
            if id(part) not in seen and not isinstance(part, _CODE) and len(found) < _MAX_RESULTS:
                seen.add(id(part))
                found.append(part)
    return False
