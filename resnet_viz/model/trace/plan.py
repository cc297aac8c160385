"""Traces a module without doing its arithmetic.

The module's own `forward` runs, but every torch function is answered by its rule with an empty tensor on the meta
device: correct shapes, order and source lines, no values. A function without a rule runs on the meta device; a net with
data-dependent control flow is run once on random values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from platform import python_version
from typing import Any

import torch
import torchvision
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.foreign.originals import original_of
from resnet_viz.model.foreign.states import kept_state
from resnet_viz.model.foreign.writes import Writes
from resnet_viz.model.graph.assemble import build_graph
from resnet_viz.model.graph.branches import Sums
from resnet_viz.model.graph.calls import Call
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.arithmetic import MacCounter, to_meta
from resnet_viz.model.trace.checks import check_recordable, check_shapes
from resnet_viz.model.trace.parameters import modules_of, tensor_meta
from resnet_viz.model.trace.quantised import quantised_macs
from resnet_viz.model.trace.reach import reach_of
from resnet_viz.model.trace.recorder import CallSite, Output, PlannedCall, Recorder, class_op_name, op_name, tensors_in
from resnet_viz.model.trace.refused import trace_error
from resnet_viz.model.trace.rules import RULES, Outcome
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import ResNetSpec

InputShape = Sequence[int] | Sequence[Sequence[int]]


def trace_spec(spec: ResNetSpec) -> Trace:
    """Returns the Trace of a spec's net, in eval mode, for one input (1, C, H, W). Allocates no weights.

    Raises TraceError.
    """
    if not isinstance(spec, ResNetSpec):
        raise TraceError(_("Got {got} for a spec. Pass a ResNetSpec.").format(got=type(spec).__name__))
    return trace_model(build_plan(spec), spec.input_shape, spec)


def trace_model(model: nn.Module, input_shape: InputShape, spec: ResNetSpec | None = None) -> Trace:
    """Returns the Trace of a module, in its current mode, for an input of shape (N, C, H, W).

    For a net of several inputs, `input_shape` is a sequence of shapes, in the order of its forward's arguments, the
    first one of an image: `[(1, 3, 64, 64), (1, 10)]`. They are the nodes `input`, `input_2`, …, of the net's dtype;
    `Trace.input` is the first.

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


def plan_model(model: nn.Module, input_shape: InputShape, spec: ResNetSpec | None = None) -> Plan:
    """Like `trace_model`; also returns what a run needs to follow the plan."""
    shapes = _check(model, input_shape)
    like = next((tensor for tensor in model.parameters() if tensor.is_floating_point()), torch.empty(0))
    image, *others = (torch.empty(shape, dtype=like.dtype, device="meta") for shape in shapes)
    recorder, origin = _record(model, [image, *others], like)
    if not recorder.calls:
        raise TraceError(
            _("{name} does nothing with its input, so there is nothing to draw.").format(name=type(model).__name__)
        )
    modules = modules_of(recorder.modules)
    further = dict(zip(recorder.other_ids(len(others)), map(tensor_meta, others), strict=True))
    graph = build_graph(list(recorder.calls.values()), modules, tensor_meta(image), further)
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
        macs_at_least=network.macs_at_least,
        act_bytes=network.act_bytes,
        peak_bytes=network.live_bytes,
        versions=_versions(),
        warnings=tuple(dict.fromkeys((*recorder.warnings, *_unexplained(graph.sums)))),
        merges=graph.sums.merges,
    )
    return Plan(trace, recorder.recorded_calls, (*recorder.writes.found.values(),))


def _unexplained(sums: Sums) -> Iterator[str]:
    if sums.unexplained:
        text = _("{n} sums add layers that do not begin at one tensor. They are drawn, and are no blocks: {ids}.")
        first = ", ".join(sums.unexplained[:3]) + (", …" if len(sums.unexplained) > 3 else "")
        yield text.format(n=len(sums.unexplained), ids=first)


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
        self._reach: Outcome | None = None
        self._n_macs = 0
        self._uncounted: Sequence[str] = ()

    def record_pass(self, model: nn.Module, image: Tensor, *others: Tensor) -> Any:
        """As the base; also notes where the net's output does not come of the ops that were recorded."""
        output = super().record_pass(model, image, *others)
        made = tensors_in((output,))
        if made and not any(self.producer(tensor) for tensor in made):
            for call in [*self.calls.values()][-1:]:
                call.may_cost_more = True
                text = _("After {op} come no calls of torch that can be seen: they are neither shown nor counted.")
                self.warnings.append(text.format(op=call.id))
        return output

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Returns an empty tensor of the output's shape."""
        if function.__name__[-1] == "_" or "out" in kwargs:
            self._note_write(args, kwargs)
        outcome = self._outcome = self._reach = _ask_rule(function, args, kwargs)
        self._count(outcome)
        if outcome is None:
            return self._ask_torch(function, args, kwargs)
        if outcome.is_inplace:
            return args[0]
        return torch.empty(outcome.shape, dtype=_first_tensor(args).dtype, device="meta")

    def _note_write(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Call for a function that writes, going by its name."""
        target = kwargs.get("out", args[0] if args else None)
        if not isinstance(target, Tensor) or self.producer(target) is None:
            self.writes.note(target)

    def _ask_torch(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if _writes(function) and args and self.producer(args[0]) is None:
            self._reach = reach_of(function, args, kwargs, args[0])
            return args[0]  # In-place update of a module's own counter: the plan changes nothing.
        counter = MacCounter()
        with counter:
            result = function(*to_meta(args), **to_meta(kwargs))
        self._count(None, counter)
        self._reach = reach_of(function, args, kwargs, result)
        return result

    def _count(self, outcome: Outcome | None, counter: MacCounter | None = None) -> None:
        """Notes the multiply-adds of a call, by its rule or else as counted while it ran."""
        self._n_macs = outcome.n_macs if outcome else counter.n_macs if counter else 0
        self._uncounted = () if outcome or counter is None else counter.uncounted

    def keep(
        self, node_id: str, function: Any, where: CallSite, sources: Sequence[Output], outputs: Sequence[Tensor]
    ) -> None:
        """Records the op."""
        reach = self._reach
        self.recorded_calls[self.n_calls] = PlannedCall(node_id, where.path, function)
        call = self.calls.get(node_id)
        is_first = call is None
        if call is None:
            call = self.calls[node_id] = Call(node_id, where.path or None, op_name(function), where.source)
            call.attrs = reach.attrs if reach else call.attrs
            call.take_inputs(sources)
        elif where.module is not None:
            functions = (*call.attrs.get("functions", (call.op,)), op_name(function))
            call.op, call.attrs = class_op_name(where.module), {"functions": functions}
            call.take_inputs([source for source in sources if source[0] != node_id and source[0] not in call.inputs])
        call.outputs = tuple(map(tensor_meta, outputs))
        call.windows.append(reach.windows if reach else None)
        call.n_macs += self._n_macs
        if self._uncounted:
            self._warn_of_uncounted(call)
        self._note_memory(call, is_first, outputs[0])
        call.is_ruled &= self._outcome is not None
        if reach:
            call.sees_all |= reach.sees_all
            call.has_statistics |= reach.has_statistics

    def _warn_of_uncounted(self, call: Call) -> None:
        call.may_cost_more = True
        text = _("{op}: not all of its MACs are counted, since what {operator} multiplies is not known.")
        self.warnings.append(text.format(op=call.op, operator=", ".join(dict.fromkeys(self._uncounted))))

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
        self._outcome = self._reach = _ask_rule(function, args, kwargs)
        counter = MacCounter()
        with counter:
            result = function(*args, **kwargs)
        self._count(self._outcome, counter)
        self._reach = self._outcome or reach_of(function, args, kwargs, result)
        return result

    def keep(
        self, node_id: str, function: Any, where: CallSite, sources: Sequence[Output], outputs: Sequence[Tensor]
    ) -> None:
        """Records the op. Only a run reaches quantised layers, which cannot be planned."""
        n_macs = quantised_macs(function, where.module, outputs[0])
        if n_macs:
            self._n_macs, self._uncounted = n_macs, ()
        super().keep(node_id, function, where, sources, outputs)


def _record(model: nn.Module, inputs: Sequence[Tensor], like: Tensor) -> tuple[PlanRecorder, str]:
    """Returns the recorder of a pass by rules, or on random values where the net needs them, and the trace's origin."""
    try:
        plan = PlanRecorder(model)
        with kept_state((model,), has_values=False):
            plan.record_pass(model, *inputs)
        return plan, "rule"
    except Exception as error:
        # torch raises no specific exception class for reading values of a meta tensor, or for an op that has no rule
        # for such.
        if like.device.type == "meta" or not re.search("meta|fake impl", str(error), re.IGNORECASE):
            raise trace_error(model, inputs[0].shape, error) from error
    run = _RunRecorder(model)
    try:
        generator = torch.Generator().manual_seed(0)
        values = [torch.randn(each.shape, dtype=each.dtype, generator=generator).to(like.device) for each in inputs]
        with kept_state((model,), has_values=True):
            run.record_pass(model, *values)
    except Exception as error:
        raise trace_error(model, inputs[0].shape, error) from error
    finally:
        run.writes.put_back()
    run.warnings.append(_("The net looks at values, so it was run once on random ones."))
    return run, "run"


def _check(model: object, input_shape: object) -> tuple[tuple[int, ...], ...]:
    if not isinstance(model, nn.Module):
        raise TraceError(_("Got {got} to trace. Pass a built net, a torch.nn.Module.").format(got=type(model).__name__))
    check_recordable(model)
    return check_shapes(input_shape)


def _ask_rule(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Outcome | None:
    entry = RULES.get(function)
    if entry is None:
        return None
    try:
        return entry[1](*args, **kwargs)
    except Exception:
        return None  # Arguments the rule does not support: torch handles them, or raises its own error.


def _first_tensor(args: Sequence[Any]) -> Tensor:
    return args[0] if isinstance(args[0], Tensor) else tensors_in(args)[0]


def _writes(function: Any) -> bool:
    name = function.__name__
    return name == "__set__" or (name.endswith("_") and not name.endswith("__"))


@cache
def _versions() -> dict[str, str]:
    return {"python": python_version(), "torch": torch.__version__, "torchvision": torchvision.__version__}
