"""Other people's counters, each asked for its total of a net; a library is loaded only when it is asked."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz.model.trace.plan import trace_model

Counter = Callable[[nn.Module, tuple[int, ...]], int]
"""Returns the total of a net for an input of a shape."""


def _ours(net: nn.Module, shape: tuple[int, ...]) -> int:
    return trace_model(net, shape).n_macs or 0


def _torch(net: nn.Module, shape: tuple[int, ...]) -> int:
    with FlopCounterMode(display=False) as counter:
        net(_input(net, shape))
    return int(counter.get_total_flops())


def _torchinfo(net: nn.Module, shape: tuple[int, ...]) -> int:
    given: Any = import_module("torchinfo")
    return int(given.summary(net, input_data=_input(net, shape), device=_device(net), verbose=0).total_mult_adds)


def _fvcore(net: nn.Module, shape: tuple[int, ...]) -> int:
    given: Any = import_module("fvcore.nn")
    analysis = given.FlopCountAnalysis(net, _input(net, shape))
    return int(analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())


def _ptflops(backend: str) -> Counter:
    def total(net: nn.Module, shape: tuple[int, ...]) -> int:
        given: Any = import_module("ptflops")
        found = given.get_model_complexity_info(
            net, shape[1:], as_strings=False, print_per_layer_stat=False, verbose=False, backend=backend
        )
        return int(found[0])

    return total


def _thop(net: nn.Module, shape: tuple[int, ...]) -> int:
    given: Any = import_module("thop")
    return int(given.profile(net, (_input(net, shape),), verbose=False)[0])


def _calflops(place: int) -> Counter:
    def total(net: nn.Module, shape: tuple[int, ...]) -> int:
        given: Any = import_module("calflops")
        found = given.calculate_flops(
            net, input_shape=shape, output_as_string=False, print_results=False, print_detailed=False
        )
        return int(found[place])

    return total


def _torchprofile(net: nn.Module, shape: tuple[int, ...]) -> int:
    given: Any = import_module("torchprofile")
    return int(given.profile_macs(net, _input(net, shape)))


def _input(net: nn.Module, shape: tuple[int, ...]) -> torch.Tensor:
    return torch.zeros(shape, device=_device(net))


def _device(net: nn.Module) -> torch.device:
    return next(net.parameters()).device


COUNTERS: Mapping[str, Counter] = {
    "ours": _ours,
    "torch": _torch,
    "torchinfo": _torchinfo,
    "fvcore": _fvcore,
    "ptflops": _ptflops("pytorch"),
    "ptflops-aten": _ptflops("aten"),
    "thop": _thop,
    "calflops": _calflops(0),
    "calflops-macs": _calflops(1),
    "torchprofile": _torchprofile,
}
"""By the ids of `resnet_viz.views.counting.tools`."""
_NEED_NO_VALUES = ("ours", "torch", "torchinfo")


def total_of(tool: str, net: nn.Module, shape: tuple[int, ...]) -> int:
    """Returns a tool's total, without what it prints; a net on the meta device gets memory where the tool needs it."""
    if tool not in _NEED_NO_VALUES and _device(net).type == "meta":
        net = net.to_empty(device="cpu")
    with torch.no_grad(), contextlib.redirect_stdout(io.StringIO()):
        return COUNTERS[tool](net, shape)
