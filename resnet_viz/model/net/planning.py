"""Builds modules on the meta device, without memory and initialisation, and imports libraries that do so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock, get_ident
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

# Plans are serialised, since the functions of `torch.nn.init` are global to the process.
_planning = RLock()


@contextmanager
def on_meta() -> Iterator[None]:
    """Modules built in this context, by this thread, are on the meta device and not initialised."""
    with _planning, _skipped_init(), torch.device("meta"):
        yield


@contextmanager
def with_empty_weights() -> Iterator[None]:
    """Like `on_meta`, for modules that compute with small tensors while they are built: only empty ones are on meta."""
    with _planning, _skipped_init(), _EmptyOnMeta():
        yield


@contextmanager
def not_planning() -> Iterator[None]:
    """No plan is made in this context.

    For imports: a library that is imported during a plan may keep the functions of `torch.nn.init` that do nothing.
    """
    with _planning:
        yield


class _EmptyOnMeta(TorchFunctionMode):
    """`torch.empty`, of which layers make their weights, gives a tensor on the meta device."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        given = dict(kwargs or {})
        if func is torch.empty and given.get("device") is None:
            given["device"] = "meta"
        return func(*args, **given)


@contextmanager
def _skipped_init() -> Iterator[None]:
    """Disables `torch.nn.init` in this thread; concurrent initialisation in other threads is unaffected."""
    thread = get_ident()
    names = [name for name in vars(nn.init) if name.endswith("_") and not name.startswith("_")]
    originals: dict[str, Any] = {name: getattr(nn.init, name) for name in names}

    def quiet(original: Callable[..., Any]) -> Callable[..., Any]:
        def initialise(tensor: Any, *args: Any, **kwargs: Any) -> Any:
            return tensor if get_ident() == thread else original(tensor, *args, **kwargs)

        return initialise

    try:
        for name, original in originals.items():
            setattr(nn.init, name, quiet(original))
        yield
    finally:
        for name, original in originals.items():
            setattr(nn.init, name, original)
