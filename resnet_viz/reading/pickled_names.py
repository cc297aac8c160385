"""Maps names in a pickle to a builder from a fixed table, or to a stand-in; never to an import."""

from __future__ import annotations

from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pickle import UnpicklingError
from typing import Any

PLAIN_TENSOR = "torch.Tensor"


@dataclass(slots=True, eq=False)
class StandIn:
    """Placeholder for a class or an object of one: its name only, without state or behaviour.

    `is_net` for a pickled module. `is_tensor` for a tensor that is not plain: `name` is then its class, `torch.Tensor`
    for sparse, quantised, nested and meta tensors. `plain`: the tensor that one of another class was made of,
    or that a quantised one stands for.
    """

    name: str
    is_net: bool = False
    is_tensor: bool = False
    plain: object = None


def full_name(module: str, name: str, protocol: int) -> str:
    """Returns the current qualified name; pickle protocols below 3 use Python 2's names."""
    if protocol < 3:
        module, name = NAME_MAPPING.get((module, name), (IMPORT_MAPPING.get(module, module), name))
    return f"{module}.{name}"


def kind_of(value: object) -> str:
    """Returns the name of a value's type, or of the class that a stand-in replaces."""
    return value.name if isinstance(value, StandIn) else type(value).__name__


@dataclass(frozen=True, slots=True)
class Builder:
    """A function that a pickle may call, wrapped so that a pickle cannot set attributes on it."""

    build: Callable[..., object]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tensor's elements lie in a storage: all whole numbers from 0 on."""

    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    @property
    def end(self) -> int:
        """How many elements the storage must have."""
        if 0 in self.size:
            return 0
        return self.offset + 1 + sum((n - 1) * step for n, step in zip(self.size, self.stride, strict=True))


View = Callable[[Any, Any, Place, object], object]
"""Makes a tensor of a storage, a dtype (None for the storage's), a place and torch's own marks."""


Quantised = Callable[[Any, Place, object], object]
"""Makes something of a quantised tensor's storage, its place and its scale, as torch writes it."""


def known_names(view: View, quantised: Quantised) -> dict[str, object]:
    """Returns the functions that a pickle may call, those for tensors made from two of them; no dtypes or storages."""

    def tensor(
        storage: Any, offset: Any, size: Any, stride: Any, _grad: Any = False, _hooks: Any = None, marks: Any = None
    ) -> object:
        return view(storage, None, _checked_place(offset, size, stride), marks)

    def tensor_of_type(
        storage: Any, offset: Any, size: Any, stride: Any, _grad: Any, _hooks: Any, dtype: Any, marks: Any = None
    ) -> object:
        return view(storage, dtype, _checked_place(offset, size, stride), marks)

    def tensor_of_scale(
        storage: Any, offset: Any, size: Any, stride: Any, scale: Any, _grad: Any = False, _hooks: Any = None
    ) -> object:
        plain = quantised(storage, _checked_place(offset, size, stride), scale)
        return StandIn(PLAIN_TENSOR, is_tensor=True, plain=plain)

    return {
        **_named("torch._utils._rebuild_qtensor", tensor_of_scale),
        **_named("torch._utils._rebuild_tensor torch._utils._rebuild_tensor_v2", tensor),
        **_named("torch._utils._rebuild_tensor_v3", tensor_of_type),
        **_PLAIN,
    }


def _checked_place(offset: Any, size: Any, stride: Any) -> Place:
    numbers = (offset, *size, *stride)
    if len(size) != len(stride) or any(type(number) is not int or number < 0 for number in numbers):
        raise UnpicklingError("a tensor without a shape")
    return Place(offset, tuple(size), tuple(stride))


def _of_class(build: object, kind: object, arguments: tuple[object, ...], *_state: object) -> object:
    """Returns a stand-in for a tensor of another class, or a plain tensor without its extra attributes."""
    if type(build) is not Builder:
        raise UnpicklingError("a tensor that is made by no function of torch's")
    made = build.build(*arguments)
    return StandIn(kind.name, is_tensor=True, plain=made) if type(kind) is StandIn else made


def _mapping(*parts: object) -> dict[object, object]:
    """Returns an OrderedDict, defaultdict or Counter as a plain dict, without attributes or factory."""
    for part in parts:
        if isinstance(part, dict):
            return dict(part)
        if isinstance(part, list | tuple):
            return {key_of(key): value for key, value in part}
    return {}


def _first(data: object, *_rest: object) -> object:
    return data


def _odd_tensor(*_arguments: object) -> StandIn:
    return StandIn(PLAIN_TENSOR, is_tensor=True)


def _nothing(*_arguments: object) -> None:
    """Replaces values that nothing here uses and no report lists: sizes, devices, sets."""


def _named(names: str, build: Callable[..., object]) -> dict[str, object]:
    return dict.fromkeys(names.split(), Builder(build))


_PLAIN: Mapping[str, object] = {
    **_named("collections.OrderedDict collections.defaultdict collections.Counter", _mapping),
    **_named(
        "torch._utils._rebuild_parameter torch._utils._rebuild_parameter_with_state torch.nn.parameter.Parameter "
        "torch._utils._rebuild_device_tensor_from_cpu_tensor",
        _first,
    ),
    **_named(
        "torch._tensor._rebuild_from_type torch._tensor._rebuild_from_type_v2 torch.tensor._rebuild_from_type",
        _of_class,
    ),
    **_named(
        "torch.Tensor torch._utils._rebuild_sparse_tensor torch._utils._rebuild_sparse_csr_tensor "
        "torch._utils._rebuild_nested_tensor torch._utils._rebuild_wrapper_subclass "
        "torch._utils._rebuild_meta_tensor_no_storage torch._utils._rebuild_device_tensor_from_numpy",
        _odd_tensor,
    ),
    **_named(
        "torch.Size torch.device torch.serialization._get_layout torch.per_tensor_affine torch.per_tensor_symmetric "
        "torch.per_channel_affine torch.per_channel_symmetric torch.per_channel_affine_float_qparams builtins.set "
        "builtins.frozenset builtins.bytearray builtins.bytes builtins.complex builtins.object builtins.list "
        "builtins.dict builtins.int builtins.float builtins.str",
        _nothing,
    ),
}
# Functions that instantiate the class given as an argument: the stand-in gets that class's name.
MAKERS = frozenset(
    ("copyreg._reconstructor", "copyreg.__newobj__", "copyreg.__newobj_ex__", "builtins.getattr", "functools.partial")
)


def key_of(key: object) -> object:
    """Returns a plain dict key unchanged, and a stand-in for any other.

    Python does not cache the hash of a tuple, and that of nested tuples could take forever.
    """
    if type(key) in (str, bool, float, bytes, type(None)) or (type(key) is int and key.bit_length() < 64):
        return key
    return StandIn(kind_of(key))
