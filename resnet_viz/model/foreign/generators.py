"""Snapshots random generators: a forward pass that draws numbers must not move the caller's, nor those of modules."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch


class Generators:
    """The states of torch's generators (of the CPU and one device), Python's and NumPy's; `put_back` restores them."""

    def __init__(self, device: torch.device) -> None:
        self._device = device if device.type not in ("cpu", "meta") else None
        self._before = self._states()

    def put_back(self) -> None:
        """Sets only what has moved: another thread may draw numbers meanwhile."""
        before, now = self._before, self._states()
        if before[0] != now[0]:
            random.setstate(before[0])
        if not _same_numpy(before[1], now[1]):
            np.random.set_state(before[1])
        if not torch.equal(before[2], now[2]):
            torch.set_rng_state(before[2])
        if self._device is not None and not torch.equal(before[3], now[3]):
            _set_state(self._device, before[3])

    def _states(self) -> tuple[Any, ...]:
        there = None if self._device is None else _state(self._device)
        return random.getstate(), np.random.get_state(), torch.get_rng_state(), there


def _state(device: torch.device) -> torch.Tensor:
    """Metal has one device, and takes no name of it."""
    module = torch.get_device_module(device)
    state: torch.Tensor = module.get_rng_state() if device.type == "mps" else module.get_rng_state(device)
    return state


def _set_state(device: torch.device, state: torch.Tensor) -> None:
    module = torch.get_device_module(device)
    if device.type == "mps":
        module.set_rng_state(state)
    else:
        module.set_rng_state(state, device)


def _same_numpy(before: Any, now: Any) -> bool:
    return before[0] == now[0] and before[2:] == now[2:] and np.array_equal(before[1], now[1])


def _put_numpy_generator_back(generator: np.random.Generator, state: Any) -> None:
    generator.bit_generator.state = state


STATES: dict[Any, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    torch.Generator: (torch.Generator.get_state, torch.Generator.set_state),
    random.Random: (random.Random.getstate, random.Random.setstate),
    np.random.RandomState: (np.random.RandomState.get_state, np.random.RandomState.set_state),
    np.random.Generator: (lambda generator: generator.bit_generator.state, _put_numpy_generator_back),
}
"""How to read and set the state of a random generator that a module holds, by its class."""
