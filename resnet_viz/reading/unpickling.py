"""Unpickles torch's files, in any protocol, without running anything that they name.

A name in a pickle resolves to a builder from a fixed table, to a dtype, or to a stand-in, never to an import: nothing
else can be called. The opcodes that call, set or append are overridden as well, since a pickle could otherwise modify a
function or class for the whole process, or exhaust memory through a tensor's method. What tensors and storages are made
of, the reader says: values by torch's own functions, or shapes alone.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pickle import UnpicklingError
from struct import unpack
from typing import Any, ClassVar

from resnet_viz.reading.arrays import PickledArray, PickledDtype
from resnet_viz.reading.pickled_names import MAKERS, Builder, StandIn, full_name, key_of

# Maximum length of a stand-in's name; a name in a pickle may be as long as the file.
MAX_NAME = 200


@dataclass(slots=True)
class Reading:
    """State of reading one file.

    known: the names that a pickle may call. item_size: the bytes of an element of a storage's class; it raises
    UnpicklingError for what is none. limit: the file's size, above which no storage can be. on_storage: gets each
    storage once, with its key.
    """

    known: Mapping[str, object]
    item_size: Callable[[object], int]
    limit: int
    on_storage: Callable[[str, object], object] | None = None
    set_aside: dict[str, None] = field(default_factory=dict)
    storages: set[str] = field(default_factory=set)
    spent: int = 0

    def take(self, key: str, storage: object) -> None:
        """Notes a storage, and hands it on at the first time."""
        if self.on_storage is not None and key not in self.storages:
            self.on_storage(key, storage)
        self.storages.add(key)

    def spend(self, n_bytes: int) -> None:
        """Counts bytes that were copied. Raises UnpicklingError beyond what a file of this size can need.

        A pickle may name the same bytes any number of times. Those of an array may be copied twice.
        """
        self.spent += n_bytes
        if self.spent > 2 * self.limit:
            raise UnpicklingError("more bytes than the file has")


class Unpickler(pickle._Unpickler):
    """Python's pure-Python unpickler, with every opcode overridden that does more than create plain values."""

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = dict(pickle._Unpickler.dispatch)
    reading: Reading
    # How what Python 2 wrote as a string is decoded.
    text: ClassVar[str] = "utf-8"
    proto: int
    stack: list[Any]

    def __init__(self, file: Any, **_options: Any) -> None:
        # A Python 2 string may be undecodable bytes, as in a numpy scalar.
        super().__init__(file, encoding=self.text, errors="replace")

    def find_class(self, module: str, name: str) -> Any:
        """Returns the replacement for a name; nothing is imported or looked up in a module."""
        full = full_name(module, name, self.proto)
        if full in self.reading.known:
            return self.reading.known[full]
        if full not in MAKERS:
            self.reading.set_aside[full[:MAX_NAME]] = None
        return StandIn(full[:MAX_NAME])

    def _call(self, function: object, arguments: object) -> object:
        if type(arguments) is not tuple:
            raise UnpicklingError("arguments that are no tuple")
        if type(function) is Builder:
            return self._counted(function.build(*arguments))
        if type(function) is not StandIn:
            raise UnpicklingError("a call of something that is no function")
        given = arguments[0] if arguments and function.name in MAKERS else function
        return StandIn(given.name if type(given) is StandIn else function.name)

    def _counted(self, made: object) -> object:
        if type(made) is bytes:
            self.reading.spend(len(made))
        elif type(made) is PickledArray:
            self.reading.spend(len(made.data))
            if made.is_other:
                self.reading.set_aside[made.name] = None
        return made

    def load_reduce(self) -> None:
        """A call; creating an object without `__init__` (NEWOBJ) is handled alike."""
        arguments = self.stack.pop()
        self.stack[-1] = self._call(self.stack[-1], arguments)

    def load_newobj_ex(self) -> None:
        """NEWOBJ with keyword arguments, which are dropped."""
        self.stack.pop()
        self.load_reduce()

    def load_obj(self) -> None:
        """A call in protocol 0 form: class and arguments after a mark."""
        function, *arguments = self.pop_mark()  # type: ignore[attr-defined]
        self.stack.append(self._call(function, tuple(arguments)))

    def load_inst(self) -> None:
        """A call with the class named in the opcode."""
        module, name = (self.readline()[:-1].decode("ascii") for _ in range(2))  # type: ignore[attr-defined]
        arguments = tuple(self.pop_mark())  # type: ignore[attr-defined]
        self.stack.append(self._call(self.find_class(module, name), arguments))

    def load_build(self) -> None:
        """An object's state, which is dropped but for arrays; a module's state marks its stand-in as a net."""
        state, made = self.stack.pop(), self.stack[-1]
        if type(made) in (PickledArray, PickledDtype):
            made.take(state)
            self._counted(made)
        if type(made) is StandIn and type(state) is dict and "_modules" in state and "_parameters" in state:
            made.is_net = True

    def load_append(self) -> None:
        """Appends an item, to lists only."""
        item = self.stack.pop()
        self._extend([item])

    def load_appends(self) -> None:
        """Appends items, to lists only."""
        self._extend(self.pop_mark())  # type: ignore[attr-defined]

    def _extend(self, items: Iterable[object]) -> None:
        if type(self.stack[-1]) is list:
            self.stack[-1].extend(items)

    def load_setitem(self) -> None:
        """Sets an entry, of dicts only."""
        value, key = self.stack.pop(), self.stack.pop()
        self._update([key, value])

    def load_setitems(self) -> None:
        """Sets entries, of dicts only."""
        self._update(self.pop_mark())  # type: ignore[attr-defined]

    def _update(self, items: list[object]) -> None:
        if type(self.stack[-1]) is dict:
            self.stack[-1].update((key_of(items[at]), items[at + 1]) for at in range(0, len(items), 2))

    def load_dict(self) -> None:
        """Creates a dict with entries."""
        items = self.pop_mark()  # type: ignore[attr-defined]
        self.stack.append({})
        self._update(items)

    def load_additems(self) -> None:
        """Items of a set, which are dropped: sets are not used."""
        self.pop_mark()  # type: ignore[attr-defined]

    def load_frozenset(self) -> None:
        """A frozenset, replaced by None."""
        self.pop_mark()  # type: ignore[attr-defined]
        self.stack.append(None)

    def load_bytearray8(self) -> None:
        """Reads the bytes available, without allocating the claimed length."""
        (length,) = unpack("<Q", self.read(8))  # type: ignore[attr-defined]
        self.stack.append(self.read(length))  # type: ignore[attr-defined]

    def load_binpersid(self) -> None:
        """A storage, which torch reads. A module with its source, in the old format, is reduced to its class."""
        saved = self.stack.pop()
        if type(saved) is tuple and len(saved) > 1 and type(saved[0]) is str and saved[0] == "module":
            self.stack.append(saved[1])  # torch would read the local source and might write a file
        else:
            key = _checked_key(saved, self.reading)
            self.stack.append(self.persistent_load(saved))
            self.reading.take(key, self.stack[-1])

    def load_nothing(self) -> None:
        """Extension codes and out-of-band buffers, which torch never writes."""
        raise UnpicklingError("an opcode that torch does not write")


def _checked_key(saved: object, reading: Reading) -> str:
    """Returns a storage's key after validating its description, which torch would look up and print unchecked."""
    match saved:
        case ("storage", kind, str(key), str(), int(n)) | ("storage", kind, str(key), str(), int(n), None):
            pass
        case ("storage", kind, str(key), str(), int(n), (str(), int(), int())):
            pass
        case _:
            raise UnpicklingError("a storage that torch does not write")
    if not 0 <= n * reading.item_size(kind) <= reading.limit:
        raise UnpicklingError("a storage that is larger than the file")
    return key


def _take_over(names: str, load: Callable[[Any], None]) -> None:
    for name in names.split():
        Unpickler.dispatch[getattr(pickle, name)[0]] = load


_take_over("REDUCE NEWOBJ", Unpickler.load_reduce)
_take_over("NEWOBJ_EX", Unpickler.load_newobj_ex)
_take_over("OBJ", Unpickler.load_obj)
_take_over("INST", Unpickler.load_inst)
_take_over("BUILD", Unpickler.load_build)
_take_over("APPEND", Unpickler.load_append)
_take_over("APPENDS", Unpickler.load_appends)
_take_over("SETITEM", Unpickler.load_setitem)
_take_over("SETITEMS", Unpickler.load_setitems)
_take_over("DICT", Unpickler.load_dict)
_take_over("ADDITEMS", Unpickler.load_additems)
_take_over("FROZENSET", Unpickler.load_frozenset)
_take_over("BYTEARRAY8", Unpickler.load_bytearray8)
_take_over("BINPERSID", Unpickler.load_binpersid)
_take_over("PERSID EXT1 EXT2 EXT4 NEXT_BUFFER READONLY_BUFFER", Unpickler.load_nothing)
