"""Checks that a net and an input shape can be traced and run; errors name an alternative."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from math import prod
from numbers import Integral

import torch
from torch import nn
from torch.nn.modules.lazy import LazyModuleMixin

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.foreign.classes import by_class
from resnet_viz.model.foreign.originals import named_modules, named_originals
from resnet_viz.model.foreign.scripted import scripted_in
from resnet_viz.model.trace.quantised import is_quantised

_LARGEST_INPUT = 2**32
_DIMENSIONS = (4, 5)
"""Of a picture, and of a video."""


def check_shape(input_shape: object) -> tuple[int, ...]:
    """Returns an input shape (N, C, H, W) or (N, C, T, H, W) as a tuple of int. Raises TraceError for any other."""
    sizes = tuple(input_shape) if isinstance(input_shape, Sequence) and not isinstance(input_shape, str) else ()
    shape = tuple(operator.index(size) for size in sizes if _is_size(size))
    if len(sizes) not in _DIMENSIONS or len(shape) != len(sizes) or prod(shape) > _LARGEST_INPUT:
        raise TraceError(
            _(
                "Input shape: got {got}. It is (N, C, H, W), or (N, C, T, H, W) of a video: whole numbers of at least "
                "1, together at most {most} values."
            ).format(got=str(input_shape)[:60], most=f"{_LARGEST_INPUT:,}")
        )
    return shape


def check_shapes(input_shape: object) -> tuple[tuple[int, ...], ...]:
    """Returns the shape of each input: one (N, C, H, W), or several shapes of any length, the first one of an image.

    Raises TraceError for any other value.
    """
    if isinstance(input_shape, str) or not isinstance(input_shape, Sequence) or not _are_shapes(input_shape):
        return (check_shape(input_shape),)
    for shape in input_shape[1:]:
        if not shape or not all(map(_is_size, shape)) or prod(shape) > _LARGEST_INPUT:
            raise TraceError(
                _(
                    "Shape of a further input: got {got}. It is whole numbers of at least 1, together at most {most} "
                    "values, as in (1, 10)."
                ).format(got=str(shape)[:60], most=f"{_LARGEST_INPUT:,}")
            )
    return (check_shape(input_shape[0]), *(tuple(map(operator.index, shape)) for shape in input_shape[1:]))


def _are_shapes(value: Sequence[object]) -> bool:
    return bool(value) and all(isinstance(shape, Sequence) and not isinstance(shape, str) for shape in value)


def check_recordable(model: nn.Module) -> list[nn.Module]:
    """Returns the net's modules. Raises TraceError, with what to pass instead, where its ops cannot be recorded."""
    try:
        modules = [*named_modules(model).values()]
    except AttributeError as error:
        text = _("{name} is not complete: the __init__ of a class of its modules does not call super().__init__().")
        raise TraceError(text.format(name=type(model).__name__)) from error
    for kind in dict.fromkeys(map(type, modules)):
        refusal = None if _is_plain(kind) else _refusal(kind)
        if refusal is not None:
            _refuse(model, [module for module in modules if type(module) is kind], refusal)
    # A tensor class: importing it would take a second.
    tables = [module._parameters for module in modules]
    kinds = {type(tensor) for table in tables if table for tensor in table.values()}
    if any(kind.__name__ == "DTensor" for kind in kinds):
        raise TraceError(_sharded().format(name=type(model).__name__))
    scripted = scripted_in(modules)
    if scripted is not None:
        text = _(
            "{name} calls {function}, which is TorchScript, as of torch.jit.script, and its ops cannot be listened to. "
            "Start Python with PYTORCH_JIT=0 in its environment, and it stays the Python function that it was made of."
        )
        raise TraceError(text.format(name=_name(model, scripted[0]), function=scripted[1]))
    return modules


@by_class
def _is_plain(kind: type) -> bool:
    """Whether nothing is to be said of a class; remembered, since to ask its bases takes long."""
    return _refusal(kind) is None


def _refusal(kind: type) -> str | None:
    """Returns why modules of a class cannot be recorded; None for others."""
    if issubclass(kind, torch.jit.ScriptModule):
        return _(
            "{name} is TorchScript, as of torch.jit.script or torch.jit.trace, and its ops cannot be listened to. "
            "Pass the Python net that it was made from."
        )
    if issubclass(kind, LazyModuleMixin):
        return _(
            "{name} is lazy: its shapes are not known before it has run. Run the net once on an input, and pass it "
            "then."
        )
    if any(str(base.__module__).startswith("torch.distributed.fsdp") for base in kind.__mro__):
        return _sharded()
    return None


def _sharded() -> str:
    return _(
        "{name} is sharded over processes, and none of them holds the whole net. Pass a net that is not sharded, with "
        "the full state dict in it."
    )


def _refuse(model: nn.Module, modules: Iterable[nn.Module], text: str) -> None:
    """Raises TraceError for the first of the modules, except for lazy ones that have run, which are ordinary."""
    for module in modules:
        if not isinstance(module, LazyModuleMixin) or module.has_uninitialized_params():
            raise TraceError(text.format(name=_name(model, module)))


def check_float(modules: Sequence[nn.Module]) -> None:
    """Raises TraceError for a quantised net, whose maps cannot be displayed, measured or differentiated."""
    for module in modules:
        if is_quantised(module):
            text = _(
                "{name} is quantised, and the feature maps of a quantised net cannot be read. "
                "Pass the float net that it was made from."
            )
            raise TraceError(text.format(name=_name(modules[0], module)))


def _is_size(value: object) -> bool:
    """Whether it is an integer of at least 1, of any integer type except bool."""
    return not isinstance(value, bool) and isinstance(value, Integral) and operator.index(value) > 0


def _path(model: nn.Module, module: nn.Module) -> str:
    return next((path for path, part in named_originals(model).items() if part is module), "")


def _name(model: nn.Module, module: nn.Module) -> str:
    """Returns a submodule's path, or the net's class name; for a scripted net, that of its original class."""
    own: str = getattr(module, "original_name", type(module).__name__)
    return _path(model, module) or own
