"""Random weights of large nets without drawing each number, which takes longer than a pass through the net."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from math import sqrt
from typing import Any

import pytest
import torch
from torch import Tensor, nn

# Numbers of each kind; and from how many weights on they are taken.
_N_DRAWN, _LARGE = 2**20, 2**14
# The first numbers, of which a weight begins with one at random.
_N_STARTS = 1000


@contextmanager
def drawn_once() -> Iterator[None]:
    """In this context, large layers are initialised with numbers that were drawn before, from another place each time.

    Which place, the generator of the initialisation says: a seed still gives the same weights, and another one others.
    """
    normal, uniform = _numbers()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nn.init, "kaiming_normal_", _taking(nn.init.kaiming_normal_, normal))
        patch.setattr(nn.init, "kaiming_uniform_", _taking(nn.init.kaiming_uniform_, uniform))
        yield


@cache
def _numbers() -> tuple[Tensor, Tensor]:
    """Returns normal and uniform numbers of variance 1."""
    generator = torch.Generator().manual_seed(0)
    uniform = torch.empty(_N_DRAWN).uniform_(-sqrt(3), sqrt(3), generator=generator)
    return torch.randn(_N_DRAWN, generator=generator), uniform


def _taking(draw: Callable[..., Tensor], drawn: Tensor) -> Callable[..., Tensor]:
    """Returns torch's function, taking such numbers instead where there are many to draw."""

    def init(
        tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
    ) -> Tensor:
        if tensor.numel() < _LARGE or not _is_plain(tensor):
            return draw(tensor, a, mode, nonlinearity, generator)
        gain: float = nn.init.calculate_gain(nonlinearity, a)  # type: ignore[arg-type]
        start = torch.empty((), dtype=torch.int64).random_(_N_STARTS, generator=generator)
        _fill(tensor, drawn[int(start) :], gain / sqrt(nn.init._calculate_correct_fan(tensor, mode)))  # type: ignore[arg-type]
        return tensor

    return init


def _is_plain(tensor: Tensor) -> bool:
    is_cpu = type(tensor) in (Tensor, nn.Parameter) and tensor.device.type == "cpu"
    return is_cpu and tensor.dtype is torch.float32 and tensor.is_contiguous()


def _fill(tensor: Tensor, drawn: Tensor, scale: float) -> None:
    with torch.no_grad():
        for part in tensor.view(-1).split(_N_DRAWN - _N_STARTS):
            torch.mul(drawn[: len(part)], scale, out=part)
