"""Traces a module without doing its arithmetic.

The module's own `forward` runs, but every torch function is answered by its rule with an empty tensor on the meta
device: correct shapes, order and source lines, no values. A function without a rule runs on the meta device; a net with
data-dependent control flow is run once on random values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from platform import python_version
from typing import Any

import torch
import torchvision
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.foreign.originals import original_of
from resnet_viz.model.foreign.states import kept_state
from resnet_viz.model.foreign.writes import Writes
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.assemble import build_graph
from resnet_viz.model.trace.calls import Call
from resnet_viz.model.trace.checks import check_recordable, check_shape
from resnet_viz.model.trace.parameters import modules_of, tensor_meta
from resnet_viz.model.trace.quantised import quantised_macs
from resnet_viz.model.trace.recorder import CallSite, PlannedCall, Recorder, class_op_name, op_name, tensors_in
from resnet_viz.model.trace.refused import trace_error
from resnet_viz.model.trace.rules import RULES, Outcome
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import ResNetSpec


def trace_spec(spec: ResNetSpec) -> Trace:
    """Returns the Trace of a spec's net, in eval mode, for one input (1, C, H, W). Allocates no weights.

    Raises TraceError.
    """
    if not isinstance(spec, ResNetSpec):
        raise TraceError(_("Got {got} for a spec. Pass a ResNetSpec.").format(got=type(spec).__name__))
    return trace_model(build_plan(spec), spec.input_shape, spec)


def trace_model(model: nn.Module, input_shape: Sequence[int], spec: ResNetSpec | None = None) -> Trace:
    """Returns the Trace of a module, in its current mode, for an input of shape (N, C, H, W).

    The module, on any device, is neither changed nor copied: what the pass stores in attributes, and in lists,
    dictionaries and objects that they hold, is undone. A compiled or wrapped net is traced as its original, under the
    original's names. `spec` is stored in the Trace. Raises TraceError, quoting torch, where the shape does not suit the
    net, and for scripted nets.
    """
    return plan_model(model, input_shape, spec).trace


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a net's pass before it runs."""

    trace: Trace
    calls: Mapping[int, PlannedCall]
    """The op of each torch call of the pass, by call number."""
    written: tuple[Tensor, ...]
    """The parameters that the pass writes into."""


def plan_model(model: nn.Module, input_shape: Sequence[int], spec: ResNetSpec | None = None) -> Plan:
    """Like `trace_model`; also returns what a run needs to follow the plan."""
    shape = _check(model, input_shape)
    like = next((tensor for tensor in model.parameters() if tensor.is_floating_point()), torch.empty(0))
    image = torch.empty(shape, dtype=like.dtype, device="meta")
    recorder, origin = _record(model, image, like)
    if not recorder.calls:
        raise TraceError(
            _("{name} does nothing with its input, so there is nothing to draw.").format(name=type(model).__name__)
        )
    modules = modules_of(recorder.modules)
    graph = build_graph(list(recorder.calls.values()), modules, tensor_meta(image))
    network = graph.network
    trace = Trace(
        spec=spec,
        name=spec.name if spec else type(original_of(model)).__name__,
        input=tensor_meta(image),
        device=str(like.device),
        mode="train" if original_of(model).training else "eval",
        origin=origin,
        nodes=graph.nodes,
        edges=graph.edges,
        n_params=network.n_params,
        weight_bytes=sum(module.n_bytes for module in modules),
        n_macs=network.n_macs,
        act_bytes=network.act_bytes,
        peak_bytes=network.live_bytes,
        versions=_versions(),
        warnings=tuple(dict.fromkeys(recorder.warnings)),
    )
    return Plan(trace, recorder.recorded_calls, (*recorder.writes.found.values(),))


class PlanRecorder(Recorder):
    """Answers every call by its rule, and records each op."""

    does_arithmetic = False

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model)
        self.writes = Writes(model, keeps_values=self.does_arithmetic)
        self.calls: dict[str, Call] = {}
        self.recorded_calls: dict[int, PlannedCall] = {}
        self.warnings: list[str] = []
        self._outcome: Outcome | None = None
        self._n_macs = 0

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Returns an empty tensor of the output's shape."""
        if function.__name__[-1] == "_" or "out" in kwargs:
            self._note_write(args, kwargs)
        outcome = self._outcome = _ask_rule(function, args, kwargs)
        self._n_macs = outcome.n_macs if outcome else 0
        if outcome is None:
            return self._ask_torch(function, args, kwargs)
        if outcome.is_inplace:
            return args[0]
        return torch.empty(outcome.shape, dtype=tensors_in(args)[0].dtype, device="meta")

    def _note_write(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Call for a function that writes, going by its name."""
        target = kwargs.get("out", args[0] if args else None)
        if not isinstance(target, Tensor) or self.producer(target) is None:
            self.writes.note(target)

    def _ask_torch(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if _writes(function) and args and self.producer(args[0]) is None:
            return args[0]  # In-place update of a module's own counter: the plan changes nothing.
        counter = _MacCounter()
        with counter:
            result = function(*_to_meta(args), **_to_meta(kwargs))
        self._n_macs = counter.n_macs
        return result

    def keep(
        self, node_id: str, function: Any, where: CallSite, sources: Sequence[str], outputs: Sequence[Tensor]
    ) -> None:
        """Records the op."""
        outcome = self._outcome
        self.recorded_calls[self.n_calls] = PlannedCall(node_id, where.path, function)
        call = self.calls.get(node_id)
        is_first = call is None
        if call is None:
            call = self.calls[node_id] = Call(node_id, where.path or None, op_name(function), where.source)
            call.attrs = outcome.attrs if outcome else call.attrs
            call.inputs += sources
        elif where.module is not None:
            functions = (*call.attrs.get("functions", (call.op,)), op_name(function))
            call.op, call.attrs = class_op_name(where.module), {"functions": functions}
            call.inputs += [source for source in sources if source != node_id and source not in call.inputs]
        call.outputs = tuple(tensor_meta(tensor) for tensor in outputs)
        call.windows.append(outcome.windows if outcome else None)
        call.n_macs += self._n_macs
        self._note_memory(call, is_first, outputs[0])
        if outcome is None:
            call.is_ruled = False
            self.warnings.append(_("{op}: no rule knows it; its shape and MACs are torch's.").format(op=call.op))
        else:
            call.sees_all |= outcome.sees_all
            call.has_statistics |= outcome.has_statistics

    def _note_memory(self, call: Call, is_first: bool, output: Tensor) -> None:
        """In place: the output is the tensor of an earlier op. View: a new tensor over the same memory."""
        writer = self.producer(output)
        if writer == call.id:
            return
        is_view = self._outcome.is_view if self._outcome else output._base is not None
        call.is_inplace = writer is not None
        call.is_view = writer is None and is_view and (is_first or call.is_view)
        call.memory_of = writer or (call.inputs[0] if call.is_view else None)


class _RunRecorder(PlanRecorder):
    """Does the arithmetic, for nets with data-dependent control flow."""

    does_arithmetic = True

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if function.__name__[-1] == "_" or "out" in kwargs:
            self._note_write(args, kwargs)
        self._outcome = _ask_rule(function, args, kwargs)
        counter = _MacCounter()
        with counter:
            result = function(*args, **kwargs)
        self._n_macs = self._outcome.n_macs if self._outcome else counter.n_macs
        return result

    def keep(
        self, node_id: str, function: Any, where: CallSite, sources: Sequence[str], outputs: Sequence[Tensor]
    ) -> None:
        """Records the op. Only a run reaches quantised layers, which cannot be planned."""
        self._n_macs = self._n_macs or quantised_macs(function, where.module, outputs[0])
        super().keep(node_id, function, where, sources, outputs)


class _MacCounter(TorchDispatchMode):
    """Counts multiply-adds of functions without a rule, by torch's FLOP formulas (1 multiply-add = 2 FLOPs)."""

    def __init__(self) -> None:
        TorchDispatchMode.__init__(self)
        self.n_macs = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        formula = flop_registry.get(func._overloadpacket)
        if formula is not None:
            self.n_macs += formula(*args, **kwargs, out_val=result) // 2
        return result


def _record(model: nn.Module, image: Tensor, like: Tensor) -> tuple[PlanRecorder, str]:
    """Returns the recorder of a pass by rules, or on random values where the net needs them, and the trace's origin."""
    try:
        plan = PlanRecorder(model)
        with kept_state((model,), has_values=False):
            plan.record_pass(model, image)
        return plan, "rule"
    except Exception as error:
        # torch raises no specific exception class for reading values of a meta tensor, or for an op that has no rule
        # for such.
        if like.device.type == "meta" or not re.search("meta|fake impl", str(error), re.IGNORECASE):
            raise trace_error(model, image.shape, error) from error
    run = _RunRecorder(model)
    try:
        values = torch.randn(image.shape, dtype=image.dtype, generator=torch.Generator().manual_seed(0))
        with kept_state((model,), has_values=True):
            run.record_pass(model, values.to(like.device))
    except Exception as error:
        raise trace_error(model, image.shape, error) from error
    finally:
        run.writes.put_back()
    run.warnings.append(_("The net looks at values, so it was run once on random ones."))
    return run, "run"


def _check(model: object, input_shape: object) -> tuple[int, ...]:
    if not isinstance(model, nn.Module):
        raise TraceError(_("Got {got} to trace. Pass a built net, a torch.nn.Module.").format(got=type(model).__name__))
    check_recordable(model)
    return check_shape(input_shape)


def _ask_rule(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Outcome | None:
    entry = RULES.get(function)
    if entry is None:
        return None
    try:
        return entry[1](*args, **kwargs)
    except Exception:
        return None  # Arguments the rule does not support: torch handles them, or raises its own error.


def _writes(function: Any) -> bool:
    name = function.__name__
    return name == "__set__" or (name.endswith("_") and not name.endswith("__"))


def _to_meta(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value if value.device.type == "meta" else value.detach().to("meta")
    if isinstance(value, list | tuple):
        return type(value)(_to_meta(part) for part in value)
    if isinstance(value, Mapping):
        return {key: _to_meta(part) for key, part in value.items()}
    return value


@cache
def _versions() -> dict[str, str]:
    return {"python": python_version(), "torch": torch.__version__, "torchvision": torchvision.__version__}
