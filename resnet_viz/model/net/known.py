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
from typing import Any, NamedTuple

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
_PARAMETERS, _BUFFERS, _MODULES = map(_BASE.index, ("_parameters", "_buffers", "_modules"))
_HOOKS = slice(_BUFFERS + 2, _MODULES)
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
        found = _Found([], [], [])
        self._add(module, found)
        try:
            # All at once, since each call costs. Version 2: later ones write whether an object is referenced elsewhere.
            found.signature.append(marshal.dumps(found.settings, 2))
        except ValueError:
            raise UnknownModuleError from None
        self._add_tensors(found)
        return found.signature

    def at_itself(self, module: nn.Module) -> dict[str, nn.Module | None]:
        """Looks at a module without its submodules, and returns these. Raises UnknownModuleError."""
        found = _Found([], [], [])
        inner = self._add_itself(module, found)
        self._add_tensors(found)
        return inner

    def _add(self, module: nn.Module, found: _Found) -> None:
        if type(module) in _NETS:
            raise UnknownModuleError
        inner = self._add_itself(module, found)
        if inner:
            found.signature.append((*inner,))
            for child in inner.values():
                if child is None:
                    found.signature.append(None)
                else:
                    self._add(child, found)

    def _add_itself(self, module: nn.Module, found: _Found) -> dict[str, nn.Module | None]:
        signature, settings, tensors = found
        held: dict[str, Any] = module.__dict__
        names: tuple[Any, ...] = (type(module), *held)
        values = [*held.values()]
        signature.append(_accepted.get(names) or _accept(names))
        if values[0] is not False or any(values[_HOOKS]):
            raise UnknownModuleError
        settings.append(values[_FIRST:])
        parameters, buffers = values[_PARAMETERS], values[_BUFFERS]
        if parameters or buffers:
            signature += (*parameters, None, *buffers), held["_non_persistent_buffers_set"]
            tensors += parameters.values()
            tensors += buffers.values()
        self._seen.add(id(module))
        self._n += 1
        inner: dict[str, nn.Module | None] = values[_MODULES]
        return inner

    def _add_tensors(self, found: _Found) -> None:
        signature, _settings, given = found
        if not _TENSORS.issuperset(map(type, given)):
            signature.append([tensor is None for tensor in given])
            given = [tensor for tensor in given if tensor is not None]
            if not _TENSORS.issuperset(map(type, given)):
                raise UnknownModuleError
        signature += map(_FORM, given)
        self._seen.update(map(id, given))
        self._n += len(given)


class _Found(NamedTuple):
    """What is seen of a module with all below it: settings and tensors are added to the signature in the end."""

    signature: Signature
    settings: list[list[Any]]
    tensors: list[Any]


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


_accepted: dict[tuple[Any, ...], tuple[Any, ...]] = {}
"""Classes with names of attributes that were seen and are known. The classes are few, and so are their attributes."""


def _accept(names: tuple[Any, ...]) -> tuple[Any, ...]:
    """Returns a class with names of attributes. Raises UnknownModuleError where it is not known to have such."""
    kind, *own = names
    known = _ATTRIBUTES.get(kind)
    if known is None or own[:_FIRST] != _BASE or not known.issuperset(own[_FIRST:]):
        raise UnknownModuleError
    _accepted[names] = names
    return names


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
