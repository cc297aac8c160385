"""Random numbers of this thread alone: what is drawn does not depend on other threads, and they notice nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _


def check_seed(seed: object) -> None:
    """Raises SpecError unless it is an integer from 0 to 2⁶³ - 1."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise SpecError(_("Seed: got {got}. Choose a whole number from 0 to 2⁶³ - 1.").format(got=str(seed)[:40]))


class Seeded(TorchDispatchMode):
    """In this context and thread, ops on the CPU draw the numbers that would follow `torch.manual_seed(seed)`.

    They come from a generator of the context. The global one is neither read nor moved: it belongs to the process, and
    another thread may draw from it, or set it back after a pass (`Generators`), while a net is built.
    """

    def __init__(self, seed: int) -> None:
        TorchDispatchMode.__init__(self)
        self._generator = torch.Generator().manual_seed(seed)

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        given = dict(kwargs or MappingProxyType({}))
        if takes_generator(func) and given.get("generator") is None:
            given["generator"] = self._generator
        return func(*args, **given)


def takes_generator(func: Any) -> bool:
    """Whether an op draws random numbers that one may give a generator for."""
    return any(argument.name == "generator" for argument in func._schema.arguments)
