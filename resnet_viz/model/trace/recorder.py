"""Records a forward pass and identifies the node of every semantic torch call.

A `TorchFunctionMode` receives `torch.conv2d`, `F.batch_norm`, `Tensor.add_`, … one by one. Stack frames above the call
give the module that made it (`nn.Module._call_impl` holds it) and the source lines. No hook is registered and nothing
is patched, so one model can be traced, run and captured in several threads at once. Plan and real run use this same
class, so their node ids are identical by construction. Identifying every op takes a twentieth of a run; a run with a
plan therefore follows it: it counts calls, and inspects only the wanted ones.
"""

from __future__ import annotations

import re
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, NoneType
from typing import Any
from weakref import ReferenceType, ref

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.hooks import RemovableHandle

from resnet_viz.model.foreign.originals import eager, named_originals
from resnet_viz.model.graph.calls import free_id
from resnet_viz.model.trace.rules import RULES
from resnet_viz.records.quick import quick
from resnet_viz.records.source_files import name_source, package_of
from resnet_viz.records.trace import SourceRef

_CALL = nn.Module._call_impl.__code__
_CALL_AROUND = nn.Module._wrapped_call_impl.__code__
_TORCH_DIR = str(Path(torch.__file__).parent) + "/"
_METADATA_FUNCTIONS = frozenset(
    {Tensor.dim, Tensor.size, Tensor.numel, Tensor.stride, Tensor.is_contiguous, Tensor.is_floating_point}
)
_PLAIN = frozenset({int, float, bool, str, NoneType})
# A pass without gradients has none to call hooks with, nor to keep; torch would raise.
GRADIENT_HOOKS: Mapping[Any, Callable[[], Any]] = {
    Tensor.register_hook: lambda: RemovableHandle(OrderedDict()),
    Tensor.retain_grad: lambda: None,
}


Output = tuple[str, int]
"""An op's id, and which of its outputs: `split` has several."""


@dataclass(slots=True)
class CallSite:
    """The caller of a torch call: its innermost module and path (None outside any module), frame, and source lines."""

    path: str | None
    module: nn.Module | None
    frame: FrameType | None
    source: tuple[SourceRef, ...]


@quick
@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A planned torch call: the op's id, the calling module's path, and the function."""

    id: str
    path: str | None
    function: Any


class PlanMismatch(Exception):
    """The pass deviates from its plan."""


class Recorder(TorchFunctionMode):
    """Identifies every op of one forward pass; subclasses override `execute` and `keep`.

    `modules`: the net's modules by path; `names`: paths by id() of the module. `planned_calls`: by call number; no
    other call is then inspected, and `PlanMismatch` is raised where one differs. One recorder serves one pass.
    """

    keeps_source = True
    """False for a run on values, which needs no source lines."""
    needs_gradients = False

    def __init__(self, model: nn.Module, planned_calls: Mapping[int, PlannedCall] | None = None) -> None:
        super().__init__()
        self.planned_calls = planned_calls
        self.planned_call: PlannedCall | None = None
        self.n_calls = 0
        self.modules = named_originals(model)
        self.names = {id(module): path for path, module in self.modules.items()}
        self.stop_at: FrameType | None = None
        self.input_id = free_id("input", self.modules)
        self._seen: dict[tuple[str, bool], int] = {}
        self._used: set[str] = set()
        self._producers: dict[int, tuple[ReferenceType[Tensor], Output]] = {}
        self._leaf: tuple[FrameType, str] | None = None
        self._around: FrameType | None = None
        self._lines_above: list[SourceRef] = []
        self._lines: dict[tuple[int, int], SourceRef] = {}

    def record_pass(self, model: nn.Module, image: Tensor, *others: Tensor) -> Any:
        """Runs the model once on an image (N, C, H, W) and further inputs, records it, and returns its output."""
        self.set_producer(image, self.input_id)
        for tensor, node_id in zip(others, self.other_ids(len(others)), strict=True):
            self.set_producer(tensor, node_id)
        self.stop_at = sys._getframe()
        try:
            with eager(), torch.set_grad_enabled(self.needs_gradients), self:
                return model(image, *others)
        finally:
            # Frames keep their local variables alive.
            self.stop_at = self._leaf = self._around = None

    def other_ids(self, n: int) -> tuple[str, ...]:
        """Returns the ids of n inputs after the first: `input_2`, `input_3`, …"""
        return tuple(free_id(f"input_{i + 2}", self.modules) for i in range(n))

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Returns the call's result; a subclass may return one without doing the arithmetic."""
        return function(*args, **kwargs)

    def keep(
        self, node_id: str, function: Any, where: CallSite, sources: Sequence[Output], outputs: Sequence[Tensor]
    ) -> None:
        """Called after every op; a leaf module that calls several functions is one op, reported once per function."""

    def leave_out(self, function: Any, args: Sequence[Any]) -> None:
        """Called after every call that is no op: nothing of the net's input goes into it."""

    def note_failure(
        self,
        error: Exception,
        function: Any,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        sources: Sequence[Output],
        frame: FrameType,
    ) -> None:
        """Called where a call raised an error, which the net may catch; no op gets a name because of it."""

    def name_failed(self, op: str, path: str | None, is_leaf: bool) -> str:
        """Returns the id of an op that failed, after the pass."""
        if not is_leaf or path is None:
            return self._numbered(f"{path}.{op}" if path else op, is_module=False)
        return self._numbered(path, is_module=True)

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func not in RULES:  # Most calls have a rule, and are then none of these.
            if func in _METADATA_FUNCTIONS:
                return func(*args, **kwargs)
            if func in GRADIENT_HOOKS and not args[0].requires_grad:
                return GRADIENT_HOOKS[func]()
            if func.__name__ == "__get__":
                return self._read_attribute(func, args)
            if func is torch._assert and args and type(args[0]) is bool:
                return func(*args, **kwargs)  # about a shape, as timm's norms begin: no tensor takes part
        self.n_calls += 1
        if self.planned_calls is None:
            return self._record_call(func, args, kwargs, sys._getframe(1))
        planned_call = self.planned_calls.get(self.n_calls)
        if planned_call is None:
            return func(*args, **kwargs)
        return self._follow_plan(planned_call, func, args, kwargs, sys._getframe(1))

    def _read_attribute(self, function: Any, args: Sequence[Any]) -> Any:
        """Returns a tensor's attribute; `x.T`, `x.real` and `x.data` are no ops, and come from where `x` does."""
        result = function(*args)
        if isinstance(result, Tensor) and result is not args[0]:
            known = self._producers.get(id(args[0]))
            if known is not None and known[0]() is args[0]:
                self._producers[id(result)] = (ref(result), known[1])
        return result

    def _follow_plan(
        self, planned_call: PlannedCall, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType
    ) -> Any:
        where = self._owner(frame)
        if function is not planned_call.function or where.path != planned_call.path:
            raise PlanMismatch
        self.planned_call = planned_call
        result = self.execute(function, args, kwargs)
        outputs = _outputs(function, args, result)
        if outputs:
            self.keep(planned_call.id, function, where, (), outputs)
        return result

    def _record_call(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType) -> Any:
        # A call that does not depend on the net's input yields a constant (a reshaped weight, a counter), not an op.
        sources = self._sources(args)
        if kwargs:
            sources += self._sources(kwargs.values())
        try:
            result = self.execute(function, args, kwargs)
        except Exception as error:
            self.note_failure(error, function, args, kwargs, sources, frame)
            raise
        outputs = _outputs(function, args, result) if sources else []
        if outputs:
            where = self.locate(frame)
            node_id = self._name(function, where)
            self.keep(node_id, function, where, sources, outputs)
            for slot, tensor in enumerate(outputs):
                self.set_producer(tensor, node_id, slot)
        else:
            self.leave_out(function, args)
        return result

    def _sources(self, values: Iterable[Any]) -> list[Output]:
        """Returns the ops that produced these values, in order. Inlined, since it runs for every call."""
        found: list[Output] = []
        for value in values:
            if type(value) in _PLAIN:
                continue
            if isinstance(value, Tensor):
                known = self._producers.get(id(value))
                if known is not None and known[0]() is value:
                    found.append(known[1])
            elif isinstance(value, (list, tuple, dict)):
                found += self._sources(value.values() if isinstance(value, dict) else value)
        return found

    def set_producer(self, tensor: Tensor, node_id: str, slot: int = 0) -> None:
        """Registers the node that produced a tensor."""
        self._producers[id(tensor)] = (ref(tensor), (node_id, slot))

    def producer(self, tensor: Tensor) -> str | None:
        """Returns the node that produced a tensor; None for a parameter or a constant."""
        known = self._producers.get(id(tensor))
        # The weak reference guards against a new tensor at the address of a dead one.
        return known[1][0] if known is not None and known[0]() is tensor else None

    def output_of(self, tensor: Tensor) -> Output | None:
        """Returns the node that produced a tensor, and which of its outputs it is; None for any other."""
        known = self._producers.get(id(tensor))
        return known[1] if known is not None and known[0]() is tensor else None

    def locate(self, frame: FrameType | None) -> CallSite:
        """Walks the stack up to the forward pass's own frame and collects the innermost module and the source lines."""
        if not self.keeps_source:
            return self._owner(frame)
        module: nn.Module | None = None
        owner: FrameType | None = None
        lines: list[SourceRef] = []
        # While the enclosing module runs, the frames above it do not change, so their lines are cached.
        around: FrameType | None = None
        n_below = 0
        while frame is not None and frame is not self.stop_at:
            code = frame.f_code
            if code is _CALL:
                if module is None:
                    candidate = _module_of(frame)
                    if id(candidate) in self.names:
                        module, owner = candidate, frame
                elif frame is self._around:
                    lines += self._lines_above
                    break
                elif around is None:
                    around, n_below = frame, len(lines)
            elif not code.co_filename.startswith(_TORCH_DIR):
                lines.append(self._line(frame))
            frame = frame.f_back
        if around is not None:
            self._around, self._lines_above = around, lines[n_below:]
        path = None if module is None else self.names[id(module)]
        return CallSite(path, module, owner, tuple(lines))

    def _owner(self, frame: FrameType | None) -> CallSite:
        """Finds the innermost module only."""
        while frame is not None and frame is not self.stop_at:
            if frame.f_code is _CALL:
                module = _module_of(frame)
                path = self.names.get(id(module))
                if path is not None:
                    return CallSite(path, module, frame, ())
            frame = frame.f_back
        return CallSite(None, None, None, ())

    def packages(self) -> set[str]:
        """Returns the packages whose source lines ran."""
        return {package for ref in self._lines.values() if (package := package_of(ref.file)) is not None}

    def _line(self, frame: FrameType) -> SourceRef:
        code, line = frame.f_code, frame.f_lineno
        # Keyed by id(): hashing a code object reads all its bytecode.
        key = (id(code), line)
        known = self._lines.get(key)
        if known is None:
            file = name_source(frame.f_globals.get("__name__"), code.co_filename)
            known = self._lines[key] = SourceRef(file, line, code.co_qualname)
        return known

    def _name(self, function: Any, where: CallSite) -> str:
        """Returns the op's id: a leaf module's path, however many functions it calls; else from the function's name."""
        if where.module is None or where.module._modules or not where.path:
            name = op_name(function)
            return self._numbered(f"{where.path}.{name}" if where.path else name, is_module=False)
        if self._leaf is not None and self._leaf[0] is where.frame:
            return self._leaf[1]
        name = self._numbered(where.path, is_module=True)
        assert where.frame is not None
        self._leaf = (where.frame, name)
        return name

    def _numbered(self, base: str, is_module: bool) -> str:
        """`relu`, `relu_1`, …: the name with the number of earlier calls; a module's path for its first call."""
        n = self._seen.get((base, is_module), 0)
        name = f"{base}_{n}" if n else base
        while not (is_module and n == 0) and (name in self.modules or name in self._used):
            n += 1
            name = f"{base}_{n}"
        self._seen[base, is_module] = n + 1
        self._used.add(name)
        return name


def _module_of(frame: FrameType) -> nn.Module:
    """Returns the module that a frame of `_call_impl` calls.

    The frame around it has the same one, and three variables instead of twenty, each of which would be read.
    """
    around = frame.f_back
    held = around if around is not None and around.f_code is _CALL_AROUND else frame
    module: nn.Module = held.f_locals["self"]
    return module


def _outputs(function: Any, args: Sequence[Any], result: Any) -> list[Tensor]:
    """`a[i] = b` returns nothing; its output is `a` itself."""
    value = args[0] if function is Tensor.__setitem__ else result
    return [value] if isinstance(value, Tensor) else tensors_in((value,))


def op_name(function: Any) -> str:
    """Returns the op's name: `add` for both `Tensor.add_` and `torch.add`."""
    rule = RULES.get(function)
    # An exported net calls `conv2d.default`, which is one of the functions behind `conv2d`.
    return rule[0] if rule else str(function.__name__).partition(".")[0].strip("_")


def class_op_name(module: nn.Module) -> str:
    """Returns the op name of a whole leaf module: `frozen_batch_norm2d` for FrozenBatchNorm2d."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", type(module).__name__).lower()


def tensors_in(values: Iterable[Any]) -> list[Tensor]:
    """Returns all tensors among the values and in nested lists, tuples and dictionaries, in order."""
    found: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += tensors_in(value)
        elif isinstance(value, dict):
            found += tensors_in(value.values())
    return found
