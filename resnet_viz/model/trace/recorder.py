"""Listens to a forward pass and tells, for every semantic torch call, which node it is.

A `TorchFunctionMode` receives `torch.conv2d`, `F.batch_norm`, `Tensor.add_`, … one by one. Frames above the call
name the module that made it (`nn.Module._call_impl` holds it) and the lines of source. No hook is registered and
nothing is patched, so one model can be traced, run and captured in several threads at once. The plan and the real
run use this same class, so their node ids are the same by construction. To name every op takes a twentieth of a run;
a run that has a plan already therefore follows it: it counts the calls, and looks at those that are wanted.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any
from weakref import ReferenceType, ref

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from resnet_viz.model.trace.rules import RULES
from resnet_viz.records.trace import SourceRef

_CALL = nn.Module._call_impl.__code__
_TORCH_DIR = str(Path(torch.__file__).parent) + "/"
_QUESTIONS = frozenset(
    {Tensor.dim, Tensor.size, Tensor.numel, Tensor.stride, Tensor.is_contiguous, Tensor.is_floating_point}
)


@dataclass(slots=True)
class Where:
    """The owner of a call: module path and class (None outside any module), its frame, and the lines above it."""

    path: str | None
    module: nn.Module | None
    frame: FrameType | None
    source: tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True)
class CallPlace:
    """Where in a pass an op was: its id, the module that called it, and the function."""

    id: str
    path: str | None
    function: Any


class Lost(Exception):
    """The pass does not go the way of its plan."""


class Recorder(TorchFunctionMode):
    """Names every op of one forward pass; what is done with it is told by `execute` and `keep`.

    `modules` are the net's by path, `names` the paths by the modules' identity. `places` are those of a plan, by the
    number of the call: no other op is then looked at, and `Lost` is raised where one of them is not what was planned.
    One recorder serves one pass.
    """

    keeps_source = True
    """False for a run on values, which needs the ids and not the lines of source."""
    needs_gradients = False

    def __init__(self, model: nn.Module, places: Mapping[int, CallPlace] | None = None) -> None:
        super().__init__()
        self.places = places
        self.place: CallPlace | None = None
        self.n_calls = 0
        self.modules = dict(model.named_modules())
        self.names = {id(module): path for path, module in self.modules.items()}
        self.stop_at: FrameType | None = None
        self.input_id = free_id("input", self.modules)
        self._seen: dict[tuple[str, bool], int] = {}
        self._used: set[str] = set()
        self._producers: dict[int, tuple[ReferenceType[Tensor], str]] = {}
        self._leaf: tuple[FrameType, str] | None = None
        self._around: FrameType | None = None
        self._lines_above: list[SourceRef] = []
        self._lines: dict[tuple[int, int], SourceRef] = {}

    def listen_to(self, model: nn.Module, image: Tensor) -> Any:
        """Run the model once on an image (N, C, H, W) and record; gives what the model returns."""
        self.remember(image, self.input_id)
        self.stop_at = sys._getframe()
        try:
            with torch.set_grad_enabled(self.needs_gradients), self:
                return model(image)
        finally:
            # Frames hold what they run on: let go of them.
            self.stop_at = self._leaf = self._around = None

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """What the call gives; a subclass may answer without doing the arithmetic."""
        return function(*args, **kwargs)

    def keep(
        self, node_id: str, function: Any, where: Where, sources: Sequence[str], outputs: Sequence[Tensor]
    ) -> None:
        """Told after every op; a leaf module that calls several functions is one op, told once for each."""

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in _QUESTIONS or func.__name__ == "__get__":
            return func(*args, **kwargs)
        self.n_calls += 1
        if self.places is None:
            return self._hear(func, args, kwargs, sys._getframe(1))
        place = self.places.get(self.n_calls)
        if place is None:
            return func(*args, **kwargs)
        return self._follow(place, func, args, kwargs, sys._getframe(1))

    def _follow(
        self, place: CallPlace, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType
    ) -> Any:
        where = self._owner(frame)
        if function is not place.function or where.path != place.path:
            raise Lost
        self.place = place
        result = self.execute(function, args, kwargs)
        outputs = _outputs(function, args, result)
        if outputs:
            self.keep(place.id, function, where, (), outputs)
        return result

    def _hear(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any], frame: FrameType) -> Any:
        # What does not depend on the net's input is a constant (a reshaped weight, a counter), not an op.
        sources = self._sources(args)
        if kwargs:
            sources += self._sources(kwargs.values())
        result = self.execute(function, args, kwargs)
        outputs = _outputs(function, args, result) if sources else []
        if outputs:
            where = self.locate(frame)
            node_id = self._name(function, where)
            self.keep(node_id, function, where, sources, outputs)
            for tensor in outputs:
                self.remember(tensor, node_id)
        return result

    def _sources(self, values: Iterable[Any]) -> list[str]:
        """The nodes whose values are among these, in order. Written out, since it is asked of every call."""
        found: list[str] = []
        for value in values:
            if isinstance(value, Tensor):
                known = self._producers.get(id(value))
                if known is not None and known[0]() is value:
                    found.append(known[1])
            elif isinstance(value, (list, tuple, dict)):
                found += self._sources(value.values() if isinstance(value, dict) else value)
        return found

    def remember(self, tensor: Tensor, node_id: str) -> None:
        """Say which node a tensor comes from."""
        self._producers[id(tensor)] = (ref(tensor), node_id)

    def producer(self, tensor: Tensor) -> str | None:
        """The node whose value a tensor is; None for a parameter or a constant."""
        known = self._producers.get(id(tensor))
        # The weak reference guards against a new tensor at the address of a dead one.
        return known[1] if known is not None and known[0]() is tensor else None

    def locate(self, frame: FrameType | None) -> Where:
        """Walk up to the forward pass's own frame and collect the innermost module and the source lines."""
        if not self.keeps_source:
            return self._owner(frame)
        module: nn.Module | None = None
        owner: FrameType | None = None
        lines: list[SourceRef] = []
        # While the module around the op runs, all that is above it stands still: walked once, then remembered.
        around: FrameType | None = None
        n_below = 0
        while frame is not None and frame is not self.stop_at:
            code = frame.f_code
            if code is _CALL:
                if module is None:
                    candidate = frame.f_locals["self"]
                    if id(candidate) in self.names:
                        module, owner = candidate, frame
                elif frame is self._around:
                    lines += self._lines_above
                    break
                elif around is None:
                    around, n_below = frame, len(lines)
            elif not code.co_filename.startswith(_TORCH_DIR):
                lines.append(self._line(code, frame.f_lineno))
            frame = frame.f_back
        if around is not None:
            self._around, self._lines_above = around, lines[n_below:]
        path = None if module is None else self.names[id(module)]
        return Where(path, module, owner, tuple(lines))

    def _owner(self, frame: FrameType | None) -> Where:
        """The innermost module alone."""
        while frame is not None and frame is not self.stop_at:
            if frame.f_code is _CALL:
                module = frame.f_locals["self"]
                path = self.names.get(id(module))
                if path is not None:
                    return Where(path, module, frame, ())
            frame = frame.f_back
        return Where(None, None, None, ())

    def _line(self, code: CodeType, line: int) -> SourceRef:
        # By identity: a code object's own hash goes through all its bytecode.
        key = (id(code), line)
        known = self._lines.get(key)
        if known is None:
            known = self._lines[key] = SourceRef(code.co_filename, line, code.co_qualname)
        return known

    def _name(self, function: Any, where: Where) -> str:
        """A leaf module names its op, however many functions it calls; elsewhere the function does."""
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
        """`relu`, `relu_1`, …: the name with the number of calls before. A module's first call bears its own path."""
        n = self._seen.get((base, is_module), 0)
        name = f"{base}_{n}" if n else base
        while not (is_module and n == 0) and (name in self.modules or name in self._used):
            n += 1
            name = f"{base}_{n}"
        self._seen[base, is_module] = n + 1
        self._used.add(name)
        return name


def _outputs(function: Any, args: Sequence[Any], result: Any) -> list[Tensor]:
    """`a[i] = b` returns nothing, but from then on `a` holds what came of it."""
    value = args[0] if function is Tensor.__setitem__ else result
    return [value] if isinstance(value, Tensor) else tensors_in((value,))


def free_id(name: str, paths: Container[str]) -> str:
    """An id for what is no module, such as the input: its name, marked where a module bears it."""
    return name if name not in paths else free_id(f"{name}_", paths)


def op_name(function: Any) -> str:
    """The op's plain name: `add` for `Tensor.add_` and `torch.add` alike."""
    rule = RULES.get(function)
    return rule[0] if rule else str(function.__name__).strip("_")


def class_op_name(module: nn.Module) -> str:
    """The name of an op that is a whole leaf module: `frozen_batch_norm2d` for FrozenBatchNorm2d."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", type(module).__name__).lower()


def tensors_in(values: Iterable[Any]) -> list[Tensor]:
    """Every tensor among the values and in the lists, tuples and dictionaries among them, in order."""
    found: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += tensors_in(value)
        elif isinstance(value, dict):
            found += tensors_in(value.values())
    return found
