"""Finds the net inside wrappers, and runs compiled modules as they are written.

A wrapper (`torch.compile`, `DataParallel`, `DistributedDataParallel`, `AveragedModel`) only calls the module that it
holds. So a wrapped module bears the names of its original, `layer1.0.conv1` and not `module.layer1.0.conv1`, wherever
the wrapper stands: a Trace of either is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import torch
from torch import nn
from torch.nn.parallel import DataParallel, DistributedDataParallel
from torch.optim.swa_utils import AveragedModel

_SPREADING = (DataParallel, DistributedDataParallel)
_WRAPPERS = (*_SPREADING, AveragedModel)


def original_of(module: nn.Module) -> nn.Module:
    """Returns the module inside of wrappers; a module that is no wrapper itself."""
    inner = _inner(module)
    return module if inner is None else original_of(inner)


def named_modules(model: nn.Module) -> dict[str, nn.Module]:
    """Returns what torch's own `named_modules` yields, which hands each module up through all those around it."""
    found: dict[str, nn.Module] = {}
    _add_modules(model, "", found, set())
    return found


def _add_modules(module: nn.Module, path: str, found: dict[str, nn.Module], seen: set[int]) -> None:
    key = id(module)
    if key not in seen:
        seen.add(key)
        found[path] = module
        for name, child in module._modules.items():
            if child is not None:
                _add_modules(child, f"{path}.{name}" if path else name, found, seen)


def named_originals(model: nn.Module) -> dict[str, nn.Module]:
    """Like `named_modules`, but each wrapper is left out, and what it holds has the wrapper's path."""
    modules = named_modules(model)
    if not any(_inner(module) for module in modules.values() if len(module._modules) == 1):
        return modules
    found: dict[str, nn.Module] = {}
    _add_originals(model, "", found, set())
    return found


def _add_originals(module: nn.Module, path: str, found: dict[str, nn.Module], seen: set[int]) -> None:
    module = original_of(module)
    if id(module) in seen:
        return
    seen.add(id(module))
    found[path] = module
    for name, child in module._modules.items():
        if child is not None:
            _add_originals(child, f"{path}.{name}" if path else name, found, seen)


def _inner(module: nn.Module) -> nn.Module | None:
    """Returns what a wrapper holds, None for any other module. It holds nothing else."""
    if len(module._modules) != 1:
        return None
    if "_orig_mod" in module._modules:
        return module._modules["_orig_mod"]
    return module._modules["module"] if isinstance(module, _WRAPPERS) else None


def bypass_spreading(modules: Iterable[nn.Module]) -> None:
    """Lets modules that spread a batch over devices or processes call their original; undo with their attributes."""
    for kind in {type(module) for module in modules}:
        if issubclass(kind, _SPREADING):
            for module in modules:
                if type(module) is kind:
                    module.__dict__["forward"] = module.module.__call__


@contextmanager
def eager() -> Iterator[None]:
    """Runs compiled modules and functions as written: compiling takes seconds, and its code has no functions to see.

    Holds for all threads. Those that run compiled code meanwhile get the same values, more slowly.
    """
    _Stance.enter()
    try:
        yield
    finally:
        _Stance.leave()


class _Stance:
    """torch.compile's stance is one for all threads: the first to enter changes it, the last to leave restores it."""

    _lock = Lock()
    _n_inside = 0
    _changed: Any = None

    @classmethod
    def enter(cls) -> None:
        with cls._lock:
            if not cls._n_inside:
                cls._changed = torch.compiler.set_stance("force_eager")
            cls._n_inside += 1

    @classmethod
    def leave(cls) -> None:
        with cls._lock:
            cls._n_inside -= 1
            if not cls._n_inside:
                cls._changed.__exit__(None, None, None)
