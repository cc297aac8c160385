"""Modules whose forward is known to depend on nothing but their settings, the shapes of their tensors and their input.

Only of such a net may one block stand for its equals: code of other classes may count its calls, look at its own name,
draw a number. So a class is known by itself, not by its bases, and only as long as its methods are those that it came
with; a module with a hook, or with an attribute that its class does not give it, is not known.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping
from operator import attrgetter
from types import FunctionType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules import module as torch_module
from torch.overrides import _get_current_function_mode_stack
from torch.utils._python_dispatch import _get_current_dispatch_mode_stack
from torchvision.models import resnet as torchvision_nets
from torchvision.ops import SqueezeExcitation
from torchvision.ops.misc import FrozenBatchNorm2d

from resnet_viz.model.net import blocks as own_blocks
from resnet_viz.model.net.variant import VariantResNet
from resnet_viz.spec.resnet import ResNetSpec

_BASE = [*vars(nn.Module())]
_HOOKS = slice(_BASE.index("_buffers") + 2, _BASE.index("_modules"))
_FIRST = len(_BASE)
_GLOBAL_HOOKS = (
    torch_module._global_forward_hooks,
    torch_module._global_forward_pre_hooks,
    torch_module._global_forward_hooks_always_called,
)
_TENSORS = frozenset({Tensor, nn.Parameter, nn.Buffer})
_FORM = attrgetter("shape", "dtype", "requires_grad", "device", "layout")
_WINDOW = ("kernel_size", "stride", "padding")
BLOCKS: frozenset[type] = frozenset(
    {
        *(torchvision_nets.BasicBlock, torchvision_nets.Bottleneck, own_blocks.BasicBlock, own_blocks.Bottleneck),
        *(own_blocks.PlainBasicBlock, own_blocks.PlainBottleneck),
        *(own_blocks.PreActBasicBlock, own_blocks.PreActBottleneck),
    }
)
_NETS: Mapping[type, frozenset[str]] = {
    torchvision_nets.ResNet: frozenset(("_norm_layer", "inplanes", "dilation", "groups", "base_width")),
    VariantResNet: frozenset(("spec", "norm", "inplanes", "dilation", "bn1", "maxpool", "norm_last")),
}
_ATTRIBUTES: Mapping[type, frozenset[str]] = {
    **_NETS,
    **dict.fromkeys(BLOCKS, frozenset(("downsample", "stride", "se"))),
    nn.Conv2d: frozenset(
        {
            *("in_channels", "out_channels", "groups", *_WINDOW, "dilation", "output_padding", "transposed"),
            *("padding_mode", "_reversed_padding_repeated_twice"),
        }
    ),
    nn.BatchNorm2d: frozenset(("num_features", "eps", "momentum", "affine", "track_running_stats")),
    nn.GroupNorm: frozenset(("num_groups", "num_channels", "eps", "affine")),
    FrozenBatchNorm2d: frozenset(("eps",)),
    nn.MaxPool2d: frozenset((*_WINDOW, "dilation", "return_indices", "ceil_mode")),
    nn.AvgPool2d: frozenset((*_WINDOW, "ceil_mode", "count_include_pad", "divisor_override")),
    nn.AdaptiveAvgPool2d: frozenset(("output_size",)),
    nn.Linear: frozenset(("in_features", "out_features")),
    nn.ReLU: frozenset(("inplace",)),
    own_blocks.ZeroPad: frozenset(("stride", "n_new")),
    **dict.fromkeys((nn.Sigmoid, nn.Identity, nn.Sequential, SqueezeExcitation), frozenset[str]()),
}
"""What their `__init__` sets, besides modules and tensors, by class."""
# How a module calls, and finds, its parts and functions.
_CALLING = ("__call__", "_call_impl", "_wrapped_call_impl", "__getattr__", "__getattribute__", "get_submodule")
_BESIDES = frozenset(("__init__", "extra_repr", "reset_parameters"))
_FUNCTIONS = ("conv2d", "batch_norm", "group_norm", "relu", "max_pool2d", "avg_pool2d", "linear", "pad")
_OWN = ("torch", "torchvision", "resnet_viz")

Signature = list[Any]
"""All that the forward of a module depends on; equal ones are of modules that do the same."""


class UnknownModuleError(Exception):
    """A module may do anything."""


class Look:
    """Looks at modules, one after the other, and at what they hold."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._n = 0

    @property
    def has_shared(self) -> bool:
        """Whether a module or a tensor was met twice."""
        return len(self._seen) < self._n

    def at(self, module: nn.Module) -> Signature:
        """Returns a module's signature, with all below it. Raises UnknownModuleError."""
        found: Signature = []
        self._add(module, found)
        return found

    def at_itself(self, module: nn.Module, found: Signature) -> dict[str, nn.Module | None]:
        """Adds to a signature what a module is without its submodules, and returns these. Raises UnknownModuleError."""
        held: dict[str, Any] = module.__dict__
        found.append(type(module))
        found.append(_own_values(module, held))
        if held["_parameters"] or held["_buffers"]:
            self._add_tensors(held["_parameters"], held["_buffers"], found)
            found.append(held["_non_persistent_buffers_set"])
        self._seen.add(id(module))
        self._n += 1
        inner: dict[str, nn.Module | None] = held["_modules"]
        return inner

    def _add(self, module: nn.Module, found: Signature) -> None:
        if type(module) in _NETS:
            raise UnknownModuleError
        inner = self.at_itself(module, found)
        if inner:
            found.append((*inner,))
            for child in inner.values():
                if child is None:
                    found.append(None)
                else:
                    self._add(child, found)

    def _add_tensors(
        self, parameters: Mapping[str, Tensor | None], buffers: Mapping[str, Tensor | None], found: Signature
    ) -> None:
        given = [*parameters.values(), *buffers.values()]
        found.append((*parameters, None, *buffers))
        if not _TENSORS.issuperset(map(type, given)):
            found.append([tensor is None for tensor in given])
            given = [tensor for tensor in given if tensor is not None]
            if not _TENSORS.issuperset(map(type, given)):
                raise UnknownModuleError
        found += map(_FORM, given)
        self._seen.update(map(id, given))
        self._n += len(given)


def check_net(model: nn.Module) -> None:
    """Raises UnknownModuleError where a module is no whole net of a known class, or something else hears its calls."""
    if type(model) not in _NETS or any(_GLOBAL_HOOKS) or not _IS_AS_WRITTEN:
        raise UnknownModuleError
    # A mode of the caller's is to hear all calls.
    if _get_current_function_mode_stack() or _get_current_dispatch_mode_stack():
        raise UnknownModuleError
    if isinstance(model, VariantResNet) and type(model.__dict__.get("spec")) is not ResNetSpec:
        raise UnknownModuleError
    if any(getattr(home, name, None) is not function for home, name, function in _CODE):
        raise UnknownModuleError


def _own_values(module: nn.Module, held: dict[str, Any]) -> bytes | None:
    """Returns the attributes of a module's class, with their types; None for a whole net, which has no equals."""
    kind: Any = type(module)
    values = [*held.values()]
    names: tuple[Any, ...] = (kind, *held)
    if names not in _accepted:
        _accept(kind, [*held])
        _accepted.add(names)
    if values[0] is not False or any(values[_HOOKS]):
        raise UnknownModuleError
    if kind in _NETS:
        return None
    try:
        # Version 2: later ones write whether an object is referenced elsewhere.
        return marshal.dumps((names[_FIRST + 1 :], values[_FIRST:]), 2)
    except ValueError:
        raise UnknownModuleError from None


_accepted: set[tuple[Any, ...]] = set()
"""Classes with names of attributes that were seen and are known. The classes are few, and so are their attributes."""


def _accept(kind: type, names: list[str]) -> None:
    """Raises UnknownModuleError where a class is not known, or is not known to have such attributes."""
    known = _ATTRIBUTES.get(kind)
    if known is None or names[:_FIRST] != _BASE or not known.issuperset(names[_FIRST:]):
        raise UnknownModuleError


def _code() -> Iterator[tuple[Any, str, Any]]:
    """Yields where each function that a known module may call is found, under which name, and what it is at first."""
    for kind in _ATTRIBUTES:
        bases = kind.__mro__[: kind.__mro__.index(nn.Module)]
        own = {name for base in bases for name, value in vars(base).items() if isinstance(value, FunctionType)}
        yield from ((kind, name, getattr(kind, name)) for name in (*(own - _BESIDES), *_CALLING))
    yield from ((F, name, getattr(F, name)) for name in _FUNCTIONS)
    yield from ((torch, name, getattr(torch, name)) for name in ("conv2d", "flatten"))


def _is_original(function: Any) -> bool:
    """Whether a function was not replaced by one of another package before this module was loaded."""
    return str(getattr(function, "__module__", None) or "torch").partition(".")[0] in _OWN


_CODE = [*_code()]
_IS_AS_WRITTEN = all(_is_original(function) for _home, _name, function in _CODE if isinstance(function, FunctionType))
