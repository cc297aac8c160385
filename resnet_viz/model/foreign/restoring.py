"""Restores one container, object or class to what it was, and writes nothing where nothing has changed."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Collection, Mapping
from operator import is_
from types import CellType, MemberDescriptorType
from typing import Any

import numpy.typing as npt

UNSET = object()
"""In place of a value where there is none."""


def same(now: Collection[Any], before: Collection[Any]) -> bool:
    """Whether both have identical objects in the same order."""
    return len(now) == len(before) and all(map(is_, now, before))


def base_of(held: dict[Any, Any]) -> Any:
    """Returns the base class whose methods to use: a subclass may override them, for missing or rejected keys."""
    return OrderedDict if isinstance(held, OrderedDict) else dict


def put_pairs_back(now: dict[Any, Any], before: Mapping[Any, Any]) -> None:
    """Restores a dictionary, with its order."""
    base = base_of(now)
    if same(base.keys(now), before.keys()) and same(base.values(now), before.values()):
        return
    for key in [key for key in base.keys(now) if key not in before]:
        base.__delitem__(now, key)
    for key, value in before.items():
        if base.get(now, key, UNSET) is not value:
            base.__setitem__(now, key, value)
    if not same(base.keys(now), before.keys()):
        for key, value in before.items():
            base.__delitem__(now, key)
            base.__setitem__(now, key, value)


def put_items_back(now: list[Any] | deque[Any], before: list[Any]) -> None:
    """Restores a list or deque."""
    if same(now, before):
        return
    if isinstance(now, list):
        list.__setitem__(now, slice(None), before)
    else:
        deque.clear(now)
        deque.extend(now, before)


def put_members_back(now: set[Any], before: set[Any]) -> None:
    """Restores a set."""
    if {*map(id, now)} != {*map(id, before)}:
        set.clear(now)
        set.update(now, before)


def put_sequence_back(now: Any, before: Any) -> None:
    """Restores bytes or an array of Python's own."""
    if now != before:
        now[:] = before


def put_array_back(now: npt.NDArray[Any], before: npt.NDArray[Any]) -> None:
    """Restores the values of an array."""
    if now.shape == before.shape and now.flags.writeable and now.tobytes() != before.tobytes():
        now[...] = before


def in_slot(owner: Any, slot: MemberDescriptorType) -> Any:
    """Returns what a slot of an object holds."""
    try:
        return slot.__get__(owner)
    except AttributeError:
        return UNSET


def put_slots_back(owner: Any, before: Mapping[MemberDescriptorType, Any]) -> None:
    """Restores the slots of an object."""
    for slot, value in before.items():
        if in_slot(owner, slot) is not value:
            if value is UNSET:
                slot.__delete__(owner)
            else:
                slot.__set__(owner, value)


def put_cell_back(cell: CellType, before: Any) -> None:
    """Restores a variable that a function closes over."""
    if before is UNSET:
        del cell.cell_contents
    else:
        cell.cell_contents = before


def put_entry_back(place: tuple[dict[str, Any], str], before: Any) -> None:
    """Restores one value of a namespace."""
    known, name = place
    if known.get(name, UNSET) is not before:
        if before is UNSET:
            del known[name]
        else:
            known[name] = before


def put_class_back(kind: type, before: Mapping[str, Any]) -> None:
    """Restores the values of a class, except for those that Python itself keeps there."""
    now = {name: value for name, value in vars(kind).items() if not name.startswith("__")}
    if same(now.values(), before.values()) and same(now.keys(), before.keys()):
        return
    for name in now.keys() - before.keys():
        type.__delattr__(kind, name)
    for name, value in before.items():
        if now.get(name, UNSET) is not value:
            type.__setattr__(kind, name, value)
