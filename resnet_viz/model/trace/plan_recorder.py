"""Records the ops of a pass: answered by their rules without arithmetic, or computed on random values."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any
from weakref import ReferenceType, ref

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch._C._functorch import is_functorch_wrapped_tensor

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.foreign.writes import Writes
from resnet_viz.model.graph.calls import Call
from resnet_viz.model.trace.arithmetic import MacCounter, Twins
from resnet_viz.model.trace.failures import FailedCall, failed_call
from resnet_viz.model.trace.moves import Order, joined, move_of
from resnet_viz.model.trace.parameters import tensor_meta
from resnet_viz.model.trace.quantised import quantised_macs
from resnet_viz.model.trace.reach import reach_of
from resnet_viz.model.trace.recorder import CallSite, Output, PlannedCall, Recorder, class_op_name, op_name, tensors_in
from resnet_viz.model.trace.rules import RULES, Outcome

# What they give shares the tensor's memory, and what is done with it is not heard.
_SHARES = frozenset({Tensor.numpy, Tensor.__array__, Tensor.untyped_storage, Tensor.__dlpack__, Tensor.data_ptr})


class PlanRecorder(Recorder):
    """Answers every call by its rule, and records each op."""

    does_arithmetic = False

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model)
        self.writes = Writes(model, keeps_values=self.does_arithmetic)
        self._twins = Twins()
        self._shares_memory = False
        self._n_macs_of_weights = 0
        self._order: Order | None = None
        self._made: list[ReferenceType[Tensor]] = []
        self.calls: dict[str, Call] = {}
        self.recorded_calls: dict[int, PlannedCall] = {}
        self.warnings: list[str] = []
        self.is_transformed = False
        """Ops ran inside of torch.func, as of vmap, where tensors have no names."""
        self._outcome: Outcome | None = None
        self._reach: Outcome | None = None
        self._n_macs = 0
        self._uncounted: Sequence[str] = ()
        self.failed_call: FailedCall | None = None
        """The last call that raised an error, which the net may have caught."""

    def record_pass(self, model: nn.Module, image: Tensor, *others: Tensor) -> Any:
        """As the base; also notes where the net's output does not come of the ops that were recorded."""
        output = super().record_pass(model, image, *others)
        self.failed_call = None  # The net caught it; its frames would keep tensors alive.
        self.writes.note(self._twins.written())
        made = tensors_in((output,))
        if made and not any(self.producer(tensor) for tensor in made):
            for call in [*self.calls.values()][-1:]:
                call.may_cost_more = True
                text = _("After {op} come no calls of torch that can be seen: they are neither shown nor counted.")
                self.warnings.append(text.format(op=call.id))
        return output

    @property
    def besides(self) -> tuple[int, ...]:
        """Counts what a pass tells besides its ops: warnings, weights that it writes into, costs not yet told."""
        return len(self.warnings), len(self.writes.found), self._n_macs_of_weights, int(self.is_transformed)

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Returns an empty tensor of the output's shape."""
        if _may_write(function, kwargs):
            self._note_write(args, kwargs)
        outcome = self._outcome = self._reach = _ask_rule(function, args, kwargs)
        self._n_macs, self._uncounted = outcome.n_macs if outcome else 0, ()
        # A view of a weight: what is written into it later is written into the weight.
        if outcome is None or (outcome.is_view and self.producer(_first_tensor(args)) is None):
            return self._ask_torch(function, args, kwargs)
        if function is F.batch_norm and outcome.has_statistics:
            self._note_statistics(args, kwargs)
        if outcome.is_inplace:
            return args[0]
        result = torch.empty(outcome.shape, dtype=_first_tensor(args).dtype, device="meta")
        self._made.append(ref(result))
        return result

    def _note_write(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Call for a function that writes, going by its name."""
        # Those of nn.init get all by name.
        target = kwargs.get("out", args[0] if args else kwargs.get("tensor"))
        if not isinstance(target, Tensor) or self.producer(target) is None:
            self.writes.note(target)

    def _note_statistics(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Call for a batch norm that takes the batch's statistics: it writes into the running ones."""
        running = (*args[1:3], kwargs.get("running_mean"), kwargs.get("running_var"))
        self.writes.note([tensor for tensor in running if tensor is not None])

    def _ask_torch(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if function in _SHARES:
            self._note_write(args, kwargs)
        self._order = move_of(function, args, kwargs)
        if _writes(function) and args and self.producer(args[0]) is None and not _is_meta(args[0]):
            self._reach = reach_of(function, args, kwargs, args[0])
            return args[0]  # In-place update of a module's own counter: the plan changes nothing.
        given, named = self._twins.to_meta(args), self._twins.to_meta(kwargs)
        counter = MacCounter()
        with counter:
            result = function(*given, **named)
        self._shares_memory = _share_memory(result, (*given, *named.values()))
        new = (made for made in tensors_in((result,)) if made.is_meta and not any(made is value for value in given))
        self._made += map(ref, new)
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
            attrs = reach.attrs if reach else {}
            # With lists of its own: to ask for empty ones first would take as long as all else here.
            ids, slots = [source for source, _slot in sources], [slot for _source, slot in sources]
            call = Call(node_id, where.path or None, op_name(function), where.source, attrs, ids, slots, (), [])
            self.calls[node_id] = call
        elif where.module is not None:
            functions = (*call.attrs.get("functions", (call.op,)), op_name(function))
            call.op = class_op_name(where.module)
            call.attrs = {"functions": functions, **{key: call.attrs[key] for key in ("axes",) if key in call.attrs}}
            call.take_inputs([source for source in sources if source[0] != node_id and source[0] not in call.inputs])
        if self._order is not None:
            call.attrs = {**call.attrs, "axes": joined(call.attrs.get("axes"), self._order)}
            self._order = None
        call.outputs = (tensor_meta(outputs[0]),) if len(outputs) == 1 else tuple(map(tensor_meta, outputs))
        call.windows.append(reach.windows if reach else None)
        call.n_macs += self._n_macs + self._n_macs_of_weights
        self._n_macs_of_weights = 0
        if self._uncounted:
            self._warn_of_uncounted(call)
        self._note_memory(call, is_first, outputs[0])
        call.is_ruled &= self._outcome is not None
        if reach:
            call.sees_all |= reach.sees_all
            call.has_statistics |= reach.has_statistics

    def tell_of_transformed(self, name: str) -> None:
        """Warns of ops inside of torch.func; raises TraceError where there are no others."""
        text = _("{name} uses torch.func (vmap, grad, jvp …): ops inside of it are neither shown nor counted.")
        if not self.calls:
            raise TraceError(text.format(name=name))
        [*self.calls.values()][-1].may_cost_more = True
        self.warnings.append(text.format(name=name))

    def note_failure(
        self,
        error: Exception,
        function: Any,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        sources: Sequence[Output],
        frame: FrameType,
    ) -> None:
        """Notes the call, if something of the net's input went into it."""
        if sources:
            where = self.locate(frame)
            self.failed_call = failed_call(error, op_name(function), where, sources, args, kwargs)

    def leave_out(self, function: Any, args: Sequence[Any]) -> None:
        """Adds what a product of weights costs to the next op: that is the first to use it."""
        self._n_macs_of_weights += self._n_macs
        self._order = None
        if not self.is_transformed and any(map(is_functorch_wrapped_tensor, tensors_in(args))):
            self.is_transformed = True

    def tell_of_kept(self) -> None:
        """Warns of tensors without values that still exist after the pass, and after all was put back."""
        for generation in (1, 2):  # The young first: what refers to itself in a circle lives on until then.
            if not self._is_any_kept():
                return
            gc.collect(generation)
        if self._is_any_kept():
            self.warnings.append(
                _(
                    "The net keeps tensors of this trace, which have no values, in a place outside of it that is not "
                    "known. If it fails from now on, make it anew."
                )
            )

    def _is_any_kept(self) -> bool:
        return any(made() is not None for made in self._made)

    def _warn_of_uncounted(self, call: Call) -> None:
        call.may_cost_more = True
        text = _("{op}: not all of its MACs are counted, since what {operator} multiplies is not known.")
        self.warnings.append(text.format(op=call.op, operator=", ".join(dict.fromkeys(self._uncounted))))

    def _note_memory(self, call: Call, is_first: bool, output: Tensor) -> None:
        """In place: the output is the tensor of an earlier op. View: a new tensor over the same memory."""
        writer = self.producer(output)
        if writer == call.id:
            return
        is_view = self._outcome.is_view if self._outcome else self._shares_memory
        call.is_inplace = writer is not None
        call.is_view = writer is None and is_view and (is_first or call.is_view)
        call.memory_of = writer or (call.inputs[0] if call.is_view else None)


class RunRecorder(PlanRecorder):
    """Does the arithmetic, for nets with data-dependent control flow."""

    does_arithmetic = True

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Returns what torch computes; figures come from the rule where there is one."""
        if _may_write(function, kwargs) or function in _SHARES:
            self._note_write(args, kwargs)
        self._order = move_of(function, args, kwargs)
        self._outcome = self._reach = _ask_rule(function, args, kwargs)
        if function is F.batch_norm:
            self._note_statistics(args, kwargs)
        counter = MacCounter()
        with counter:
            result = function(*args, **kwargs)
        self._shares_memory = _share_memory(result, (*args, *kwargs.values()))
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


def _ask_rule(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Outcome | None:
    entry = RULES.get(function)
    if entry is None or (args and isinstance(args[0], Tensor) and args[0].dtype.is_complex):
        return None  # torch makes several real convolutions of a complex one.
    try:
        return entry[1](*args, **kwargs)
    except Exception:
        return None  # Arguments the rule does not support: torch handles them, or raises its own error.


def _may_write(function: Any, kwargs: Mapping[str, Any]) -> bool:
    """Whether a function writes into an argument, going by its name and arguments."""
    return function.__name__[-1] == "_" or bool(kwargs and ("out" in kwargs or kwargs.get("inplace")))


def _is_meta(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_meta


def _share_memory(result: Any, values: Sequence[Any]) -> bool:
    """Whether a result lies in the memory of an argument. Not all that torch calls a view does, as of an einsum."""
    made = tensors_in((result,))[:1]
    return bool(made) and _storage(made[0]) in {_storage(value) for value in tensors_in(values)}


def _storage(tensor: Tensor) -> int:
    try:
        return int(tensor.untyped_storage()._cdata)
    except (NotImplementedError, RuntimeError):
        return id(tensor)  # Sparse ones have none.


def _first_tensor(args: Sequence[Any]) -> Tensor:
    return args[0] if isinstance(args[0], Tensor) else tensors_in(args)[0]


def _writes(function: Any) -> bool:
    name = function.__name__
    return name == "__set__" or (name.endswith("_") and not name.endswith("__"))
