"""Pickles as torch writes them, in any protocol, read without running anything that they name.

torch knows the formats of its files; what a pickle may do is decided here. A name in a pickle leads to a builder of a
fixed table, to a type of numbers, or to a stand-in, and never to an import: so there is nothing to call but what
stands below. The opcodes that call, set or add are ours too, since a function or class of torch's that a pickle gets
hold of could be changed for the whole process, and a method of a tensor could be made to fill the memory.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pickle import UnpicklingError
from struct import unpack
from types import SimpleNamespace
from typing import Any, ClassVar

import torch

from resnet_viz.model.weights.pickled_names import KNOWN, MAKERS, Builder, StandIn, full_name, key_of

ZIP_START = b"PK\x03\x04"
# Of a name that a stand-in bears; a pickle's may be as long as the file.
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Unpickled:
    """What a file holds, and the names of the classes in it that stand-ins were put for."""

    content: object
    set_aside: tuple[str, ...]


def unpickle(data: bytes) -> Unpickled:
    """What a file of `torch.save` holds, on the CPU: plain tensors, dicts, lists, values, and stand-ins for the rest.

    It must be no TorchScript archive. Raises whatever torch and pickle raise about bytes that they cannot read.
    """
    if os.getenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "0").lower() in ("1", "y", "yes", "true"):
        # Whoever runs this process has forbidden torch any unpickler but its own, which reads less.
        return Unpickled(torch.load(BytesIO(data), map_location="cpu", weights_only=True, mmap=False), ())
    reading = _Reading(limit=len(data))
    # From memory and not mapped, whatever is set for the process: then torch tries neither tar files nor paths.
    content = torch.load(
        BytesIO(data), map_location="cpu", weights_only=False, mmap=False, pickle_module=_as_module(reading)
    )
    # In a zip each storage is a member; in the old form their numbers follow after the pickle.
    if not data.startswith(ZIP_START) and not reading.storages <= reading.filled:
        raise UnpicklingError("a storage has no numbers in the file")  # torch leaves what the memory held before
    return Unpickled(content, tuple(reading.set_aside))


@dataclass(slots=True)
class _Reading:
    """What is known of the file that is being read: no storage can be larger than all of it."""

    limit: int
    set_aside: dict[str, None] = field(default_factory=dict)
    storages: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)


def _as_module(reading: _Reading) -> SimpleNamespace:
    """What torch takes for the module `pickle`."""
    unpickler = type("Unpickler", (_Unpickler,), {"reading": reading})

    def load(file: Any, **options: Any) -> Any:
        found: Any = unpickler(file, **options).load()
        # Numbers, what the machine was, and last the keys of the storages, which torch looks up.
        if type(found) is list and all(type(key) is str for key in found):
            reading.filled = set(found)
        elif type(found) not in (int, dict):
            raise UnpicklingError("a file of the old form holds something else")
        return found

    return SimpleNamespace(__name__=__name__, Unpickler=unpickler, load=load)


# What opcodes do


class _Unpickler(pickle._Unpickler):
    """Python's own unpickler, in all that only makes plain values, and ours where more could happen."""

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = dict(pickle._Unpickler.dispatch)
    reading: _Reading
    proto: int
    stack: list[Any]

    def __init__(self, file: Any, **_options: Any) -> None:
        # A string of Python 2 may be bytes that are no text, as in a number of numpy's.
        super().__init__(file, encoding="utf-8", errors="replace")

    def find_class(self, module: str, name: str) -> Any:
        """What stands for a name; nothing is imported or looked up in a module."""
        full = full_name(module, name, self.proto)
        if full in KNOWN:
            return KNOWN[full]
        if full not in MAKERS:
            self.reading.set_aside[full[:MAX_NAME]] = None
        return StandIn(full[:MAX_NAME])

    def _call(self, function: object, arguments: object) -> object:
        if type(arguments) is not tuple:
            raise UnpicklingError("arguments that are no tuple")
        if type(function) is Builder:
            return function.build(*arguments)
        if type(function) is not StandIn:
            raise UnpicklingError("a call of something that is no function")
        given = arguments[0] if arguments and function.name in MAKERS else function
        return StandIn(given.name if type(given) is StandIn else function.name)

    def load_reduce(self) -> None:
        """A call; an object without one's own `__init__` is the same to us."""
        arguments = self.stack.pop()
        self.stack[-1] = self._call(self.stack[-1], arguments)

    def load_newobj_ex(self) -> None:
        """The same with arguments by name, which are left away."""
        self.stack.pop()
        self.load_reduce()

    def load_obj(self) -> None:
        """The same in the oldest form: class and arguments after a mark."""
        function, *arguments = self.pop_mark()  # type: ignore[attr-defined]
        self.stack.append(self._call(function, tuple(arguments)))

    def load_inst(self) -> None:
        """The same with the name of the class beside it."""
        module, name = (self.readline()[:-1].decode("ascii") for _ in range(2))  # type: ignore[attr-defined]
        arguments = tuple(self.pop_mark())  # type: ignore[attr-defined]
        self.stack.append(self._call(self.find_class(module, name), arguments))

    def load_build(self) -> None:
        """The state of an object: none has any here. But it tells what a stand-in was."""
        state, made = self.stack.pop(), self.stack[-1]
        if type(made) is StandIn and type(state) is dict and "_modules" in state and "_parameters" in state:
            made.is_net = True

    def load_append(self) -> None:
        """One item more, to a list alone."""
        item = self.stack.pop()
        self._extend([item])

    def load_appends(self) -> None:
        """Items more, to a list alone."""
        self._extend(self.pop_mark())  # type: ignore[attr-defined]

    def _extend(self, items: Iterable[object]) -> None:
        if type(self.stack[-1]) is list:
            self.stack[-1].extend(items)

    def load_setitem(self) -> None:
        """One entry more, to a dict alone."""
        value, key = self.stack.pop(), self.stack.pop()
        self._update([key, value])

    def load_setitems(self) -> None:
        """Entries more, to a dict alone."""
        self._update(self.pop_mark())  # type: ignore[attr-defined]

    def _update(self, items: list[object]) -> None:
        if type(self.stack[-1]) is dict:
            self.stack[-1].update((key_of(items[at]), items[at + 1]) for at in range(0, len(items), 2))

    def load_dict(self) -> None:
        """A dict with its entries."""
        items = self.pop_mark()  # type: ignore[attr-defined]
        self.stack.append({})
        self._update(items)

    def load_additems(self) -> None:
        """Items of a set; what is in one matters to nobody here."""
        self.pop_mark()  # type: ignore[attr-defined]

    def load_frozenset(self) -> None:
        """The same."""
        self.pop_mark()  # type: ignore[attr-defined]
        self.stack.append(None)

    def load_bytearray8(self) -> None:
        """As many bytes as there are, and not room for as many as are claimed."""
        (length,) = unpack("<Q", self.read(8))  # type: ignore[attr-defined]
        self.stack.append(self.read(length))  # type: ignore[attr-defined]

    def load_binpersid(self) -> None:
        """A storage, which torch reads. A module with its source, in the old form, is the class alone."""
        saved = self.stack.pop()
        if type(saved) is tuple and len(saved) > 1 and type(saved[0]) is str and saved[0] == "module":
            self.stack.append(saved[1])  # torch would read this machine's source and might write a file beside it
        else:
            self.reading.storages.add(_checked_key(saved, self.reading.limit))
            self.stack.append(self.persistent_load(saved))

    def load_nothing(self) -> None:
        """Codes that stand for names elsewhere, and parts beside the file: torch writes neither."""
        raise UnpicklingError("an opcode that torch does not write")


def _checked_key(saved: object, limit: int) -> str:
    """The key of a storage, from what a pickle says of it: torch would look up and write out whatever that is."""
    match saved:
        case ("storage", kind, str(key), str(), int(n)) | ("storage", kind, str(key), str(), int(n), None):
            pass
        case ("storage", kind, str(key), str(), int(n), (str(), int(), int())):
            pass
        case _:
            raise UnpicklingError("a storage that torch does not write")
    if kind is torch.UntypedStorage:
        dtype = torch.uint8
    elif type(kind) is torch.serialization.StorageType:
        dtype = kind.dtype
    else:
        raise UnpicklingError("a storage of no type")
    if not 0 <= n * dtype.itemsize <= limit:
        raise UnpicklingError("a storage that is larger than the file")
    return key


def _take_over(names: str, load: Callable[[Any], None]) -> None:
    for name in names.split():
        _Unpickler.dispatch[getattr(pickle, name)[0]] = load


_take_over("REDUCE NEWOBJ", _Unpickler.load_reduce)
_take_over("NEWOBJ_EX", _Unpickler.load_newobj_ex)
_take_over("OBJ", _Unpickler.load_obj)
_take_over("INST", _Unpickler.load_inst)
_take_over("BUILD", _Unpickler.load_build)
_take_over("APPEND", _Unpickler.load_append)
_take_over("APPENDS", _Unpickler.load_appends)
_take_over("SETITEM", _Unpickler.load_setitem)
_take_over("SETITEMS", _Unpickler.load_setitems)
_take_over("DICT", _Unpickler.load_dict)
_take_over("ADDITEMS", _Unpickler.load_additems)
_take_over("FROZENSET", _Unpickler.load_frozenset)
_take_over("BYTEARRAY8", _Unpickler.load_bytearray8)
_take_over("BINPERSID", _Unpickler.load_binpersid)
_take_over("PERSID EXT1 EXT2 EXT4 NEXT_BUFFER READONLY_BUFFER", _Unpickler.load_nothing)
