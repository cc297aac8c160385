"""All that can be found from a net on, and what else a pass could move, to be compared before and after."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from types import FunctionType, MemberDescriptorType, MethodType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

_STANDS = (int, float, complex, str, bytes, type(None), torch.dtype, torch.device, torch.Size)


def fingerprint(model: nn.Module) -> dict[str, Any]:
    """By the way to each: which object it is, of tensors and arrays also where they lie and all bits; and generators.

    Hooks are values of dictionaries of their modules, gradients lie behind their tensors: they are found like all else.
    """
    found: dict[str, Any] = {"generators": generators(), "defaults": _defaults()}
    seen: set[int] = set()
    queue: list[tuple[str, Any]] = [("net", model)]
    for way, value in queue:
        found[way] = _looks(value)
        if id(value) not in seen and not isinstance(value, _STANDS):
            seen.add(id(value))
            queue += [(f"{way}{step}", part) for step, part in _parts(value)]
    return found


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The ways to what was changed, added or taken away."""
    return [way for way in {**before, **after} if before.get(way, ...) != after.get(way, ...)]


def generators() -> tuple[Any, ...]:
    """The states of the global random generators."""
    kind, keys, *rest = np.random.get_state()
    return random.getstate(), (kind, np.asarray(keys).tobytes(), *rest), torch.get_rng_state().numpy().tobytes()


def _defaults() -> tuple[Any, ...]:
    stance = torch._dynamo.eval_frame._stance
    return torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.get_default_dtype(), stance


def _looks(value: Any) -> object:
    if isinstance(value, _STANDS):
        return (type(value), value)
    if isinstance(value, Tensor):
        return (id(value), type(value), *_tensor_looks(value))
    if isinstance(value, np.ndarray):
        return (id(value), value.shape, value.tobytes())
    if isinstance(value, torch.Generator):
        return (id(value), value.get_state().numpy().tobytes())
    return (id(value), type(value))


def _tensor_looks(value: Tensor) -> tuple[Any, ...]:
    if nn.parameter.is_lazy(value):
        return ("lazy", value.requires_grad)
    copy = value.detach().contiguous().reshape(-1)
    bits = b"" if copy.is_meta else copy.view(torch.uint8).numpy().tobytes()
    flags = (value.requires_grad, value.is_leaf, value.device, value.dtype, value.is_inference())
    return value.data_ptr(), tuple(value.shape), value.stride(), flags, bits


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Tensor):
        yield from [(".grad", value.grad)] if value.is_leaf else []
    elif isinstance(value, dict):
        yield from ((f"[{n}, {key!r}]", part) for n, (key, part) in enumerate(dict.items(value)))
    elif isinstance(value, list | tuple | deque):
        yield from ((f"[{n}]", part) for n, part in enumerate(value))
    elif isinstance(value, set | frozenset):
        yield from ((f"{{{n}}}", part) for n, part in enumerate(sorted(value, key=id)))
    elif isinstance(value, MethodType):
        yield from ((".self", value.__self__), (".function", value.__func__))
    if not isinstance(value, Tensor | FunctionType | MethodType | type) and _is_of_net(value):
        yield from ((f".{n}.{name}", part) for n, (name, part) in enumerate(getattr(value, "__dict__", {}).items()))
        slots = [(name, slot) for base in type(value).__mro__ for name, slot in vars(base).items()]
        yield from (
            (f".{name}", getattr(value, name))
            for name, slot in slots
            if isinstance(slot, MemberDescriptorType) and hasattr(value, name)
        )


def _is_of_net(value: Any) -> bool:
    module = type(value).__module__
    return isinstance(value, nn.Module) or module.startswith(("types", "torchvision", "tests", "torch.nn"))
