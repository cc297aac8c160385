"""A module becomes a Trace without its arithmetic being done.

The plan lets the module's own `forward` run, but every torch function is answered by its rule with an empty tensor
on the meta device: right shapes, right order, right lines of source, no numbers. What has no rule is asked of torch
on the meta device; a net that must look at values is run once on random ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from math import prod
from platform import python_version
from typing import Any

import torch
import torchvision
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.assemble import build_graph
from resnet_viz.model.trace.calls import Call, Module
from resnet_viz.model.trace.checks import check_eager, check_shape
from resnet_viz.model.trace.recorder import CallPlace, Recorder, Where, class_op_name, op_name, tensors_in
from resnet_viz.model.trace.rules import RULES, Outcome
from resnet_viz.model.trace.states import kept_state
from resnet_viz.records.trace import ParamMeta, TensorMeta, Trace
from resnet_viz.spec.resnet import ResNetSpec


def trace_spec(spec: ResNetSpec) -> Trace:
    """The Trace of the net a spec describes, in eval mode, for one input. No memory is taken for weights.

    Raises TraceError.
    """
    if not isinstance(spec, ResNetSpec):
        raise TraceError(_("Got {got} for a spec. Pass a ResNetSpec.").format(got=type(spec).__name__))
    return trace_model(build_plan(spec), spec.input_shape, spec)


def trace_model(model: nn.Module, input_shape: Sequence[int], spec: ResNetSpec | None = None) -> Trace:
    """The Trace of a built module, in the mode it is in, for an input of shape (N, C, H, W).

    The module is neither changed nor copied, on whichever device it is: what its pass leaves in attributes, and in
    lists, dictionaries and objects that they hold, is put back. `spec` is kept in the Trace where it is known.
    Raises TraceError where the shape does not suit the net, in torch's own words, or the net is scripted or compiled.
    """
    return plan_model(model, input_shape, spec)[0]


def plan_model(
    model: nn.Module, input_shape: Sequence[int], spec: ResNetSpec | None = None
) -> tuple[Trace, Mapping[int, CallPlace]]:
    """As `trace_model`; and by the number of its call the place of each op, by which a run can follow the plan."""
    shape = _check(model, input_shape)
    like = next((tensor for tensor in model.parameters() if tensor.is_floating_point()), torch.empty(0))
    image = torch.empty(shape, dtype=like.dtype, device="meta")
    listener, origin = _listen(model, image, like)
    if not listener.calls:
        raise TraceError(
            _("{name} does nothing with its input, so there is nothing to draw.").format(name=type(model).__name__)
        )
    modules = _modules(listener.modules)
    graph = build_graph(list(listener.calls.values()), modules, _meta(image))
    network = graph.network
    trace = Trace(
        spec=spec,
        name=spec.name if spec else type(model).__name__,
        input=_meta(image),
        device=str(like.device),
        mode="train" if model.training else "eval",
        origin=origin,
        nodes=graph.nodes,
        edges=graph.edges,
        n_params=network.n_params,
        weight_bytes=sum(module.n_bytes for module in modules),
        n_macs=network.n_macs,
        act_bytes=network.act_bytes,
        peak_bytes=network.live_bytes,
        versions=_versions(),
        warnings=tuple(dict.fromkeys(listener.warnings)),
    )
    return trace, listener.itinerary


class Plan(Recorder):
    """Answers every call by its rule, and keeps what is known of each op."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__(model)
        self.calls: dict[str, Call] = {}
        self.itinerary: dict[int, CallPlace] = {}
        self.warnings: list[str] = []
        self._outcome: Outcome | None = None
        self._n_macs = 0

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """An empty tensor of the right shape."""
        outcome = self._outcome = _ask_rule(function, args, kwargs)
        self._n_macs = outcome.n_macs if outcome else 0
        if outcome is None:
            return self._ask_torch(function, args, kwargs)
        if outcome.is_inplace:
            return args[0]
        return torch.empty(outcome.shape, dtype=tensors_in(args)[0].dtype, device="meta")

    def _ask_torch(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if _writes(function) and args and self.producer(args[0]) is None:
            return args[0]  # A counter of the module's own: the plan changes nothing.
        counter = _MacCounter()
        with counter:
            result = function(*_to_meta(args), **_to_meta(kwargs))
        self._n_macs = counter.n_macs
        return result

    def keep(
        self, node_id: str, function: Any, where: Where, sources: Sequence[str], outputs: Sequence[Tensor]
    ) -> None:
        """Note what is known of the op."""
        outcome = self._outcome
        self.itinerary[self.n_calls] = CallPlace(node_id, where.path, function)
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
        call.outputs = tuple(_meta(tensor) for tensor in outputs)
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
        """In place: the very tensor of an op before. A view: a new one over the same memory."""
        writer = self.producer(output)
        if writer == call.id:
            return
        is_view = self._outcome.is_view if self._outcome else output._base is not None
        call.is_inplace = writer is not None
        call.is_view = writer is None and is_view and (is_first or call.is_view)
        call.memory_of = writer or (call.inputs[0] if call.is_view else None)


class _Run(Plan):
    """Does the arithmetic, for nets that look at values."""

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        self._outcome = _ask_rule(function, args, kwargs)
        counter = _MacCounter()
        with counter:
            result = function(*args, **kwargs)
        self._n_macs = self._outcome.n_macs if self._outcome else counter.n_macs
        return result


class _MacCounter(TorchDispatchMode):
    """Counts multiply-adds of what has no rule, by torch's own formulas (a FLOP count, twice as many)."""

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


def _listen(model: nn.Module, image: Tensor, like: Tensor) -> tuple[Plan, str]:
    """One pass by rules; one on real values where the net asks for them."""
    try:
        plan = Plan(model)
        with kept_state(plan.modules.values(), has_values=False):
            plan.listen_to(model, image)
        return plan, "rule"
    except Exception as error:
        # Only torch can say that a meta tensor has no values; it has no error class of its own for it.
        if "meta" not in str(error) or like.device.type == "meta":
            raise trace_error(model, image, error) from error
    try:
        run = _Run(model)
        values = torch.randn(image.shape, dtype=image.dtype, generator=torch.Generator().manual_seed(0))
        devices = [like.device] if like.device.type == "cuda" else []
        with kept_state(run.modules.values(), has_values=True), torch.random.fork_rng(devices=devices):
            run.listen_to(model, values.to(like.device))
    except Exception as error:
        raise trace_error(model, image, error) from error
    run.warnings.append(_("The net looks at values, so it was run once on random ones."))
    return run, "run"


def _check(model: object, input_shape: object) -> tuple[int, ...]:
    if not isinstance(model, nn.Module):
        raise TraceError(_("Got {got} to trace. Pass a built net, a torch.nn.Module.").format(got=type(model).__name__))
    check_eager([*model.modules()])
    return check_shape(input_shape)


def trace_error(model: nn.Module, image: Tensor, error: Exception) -> TraceError:
    """The error that says, in torch's words, why a net cannot take an input."""
    shape, reason = "×".join(map(str, image.shape)), str(error).split("\n", 1)[0]
    message = _("The net cannot take an input of {shape}. torch says: {reason}").format(shape=shape, reason=reason)
    first = next((module for module in model.modules() if isinstance(module, nn.Conv2d)), None)
    if first is not None and first.in_channels != image.shape[1]:
        message += " " + _("Its first convolution takes {n} channels.").format(n=first.in_channels)
    return TraceError(message)


def _ask_rule(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Outcome | None:
    entry = RULES.get(function)
    if entry is None:
        return None
    try:
        return entry[1](*args, **kwargs)
    except Exception:
        return None  # Arguments the rule did not expect: torch decides, and says what is wrong with them.


def _writes(function: Any) -> bool:
    name = function.__name__
    return name.endswith("_") and not name.endswith("__")


def _to_meta(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value if value.device.type == "meta" else value.detach().to("meta")
    if isinstance(value, list | tuple):
        return type(value)(_to_meta(part) for part in value)
    if isinstance(value, Mapping):
        return {key: _to_meta(part) for key, part in value.items()}
    return value


def _meta(tensor: Tensor) -> TensorMeta:
    return _known_meta(tuple(tensor.shape), tensor.dtype)


@lru_cache(maxsize=1024)
def _known_meta(shape: tuple[int, ...], dtype: torch.dtype) -> TensorMeta:
    """Most ops of a net give one of a few shapes."""
    return TensorMeta(shape, str(dtype).removeprefix("torch."), prod(shape) * dtype.itemsize)


def _modules(modules: Mapping[str, nn.Module]) -> list[Module]:
    keys: dict[int, str] = {}
    return [_module(path, module, keys) for path, module in modules.items()]


def _module(path: str, module: nn.Module, keys: dict[int, str]) -> Module:
    """What a module owns; `keys` tells by its identity under which key a tensor was met first."""
    params: list[ParamMeta] = []
    n_own = n_new = n_bytes = 0
    for values, is_buffer in ((module._parameters, False), (module._buffers, True)):
        for name, tensor in values.items():
            if tensor is None:
                continue
            meta, key = _meta(tensor), f"{path}.{name}" if path else name
            first = keys.setdefault(id(tensor), key)
            n_values = 0 if is_buffer else tensor.numel()
            n_own += n_values
            if first == key:
                n_new += n_values
                n_bytes += meta.n_bytes
            if not is_buffer or name not in module._non_persistent_buffers_set:
                is_trainable = not is_buffer and tensor.requires_grad
                same_as = None if first == key else first
                params.append(ParamMeta(key, meta.shape, meta.dtype, is_buffer, is_trainable, same_as))
    is_sequence = isinstance(module, nn.Sequential)
    return Module(path, type(module).__name__, not module._modules, is_sequence, tuple(params), n_own, n_new, n_bytes)


@cache
def _versions() -> dict[str, str]:
    return {"python": python_version(), "torch": torch.__version__, "torchvision": torchvision.__version__}
