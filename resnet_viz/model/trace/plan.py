"""Traces a module without doing its arithmetic.

The module's own `forward` runs, but every torch function is answered by its rule with an empty tensor on the meta
device: correct shapes, order and source lines, no values. A function without a rule runs on the meta device; a net with
data-dependent control flow is run once on random values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from platform import python_version
from typing import NoReturn

import torch
import torchvision
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.foreign.originals import original_of
from resnet_viz.model.foreign.states import kept_state
from resnet_viz.model.graph.assemble import Graph, build_graph
from resnet_viz.model.graph.branches import Sums
from resnet_viz.model.net.alike import Alike, find_alike, is_known, shortened
from resnet_viz.model.net.build import build_plan, build_short_plan
from resnet_viz.model.trace.checks import check_recordable, check_shapes
from resnet_viz.model.trace.parameters import modules_of, tensor_meta
from resnet_viz.model.trace.partial import end_early, without_result
from resnet_viz.model.trace.plan_recorder import PlanRecorder, RunRecorder
from resnet_viz.model.trace.recorder import PlannedCall
from resnet_viz.model.trace.refused import trace_error
from resnet_viz.model.trace.shortened import record_short
from resnet_viz.records.failure import Failure
from resnet_viz.records.source_files import version_of
from resnet_viz.records.trace import TensorMeta, Trace
from resnet_viz.spec.resnet import ResNetSpec

InputShape = Sequence[int] | Sequence[Sequence[int]]


def trace_spec(spec: ResNetSpec) -> Trace:
    """Returns the Trace of a spec's net, in eval mode, for one input (1, C, H, W). Allocates no weights.

    Raises TraceError.
    """
    if not isinstance(spec, ResNetSpec):
        raise TraceError(_("Got {got} for a spec. Pass a ResNetSpec.").format(got=type(spec).__name__))
    short, runs = build_short_plan(spec)
    trace = _trace_short(spec, short, runs)
    if trace is not None:
        return trace
    whole = build_plan(spec) if runs else short  # without equal blocks the short plan is whole
    return trace_model(whole, spec.input_shape, spec)


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
    return _plan(model, input_shape, spec)[0]


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
    trace, calls, recorder = _plan(model, input_shape, spec)
    return Plan(trace, calls(), (*recorder.writes.found.values(),))


def plan_whole(model: nn.Module, input_shape: InputShape, spec: ResNetSpec | None = None) -> Plan:
    """Like `plan_model`, without letting one block stand for its equals: every module runs. Raises TraceError."""
    trace, calls, recorder = _plan(model, input_shape, spec, is_whole=True)
    return Plan(trace, calls(), (*recorder.writes.found.values(),))


_Planned = tuple[Trace, Callable[[], Mapping[int, PlannedCall]], PlanRecorder]


def _plan(model: nn.Module, input_shape: InputShape, spec: ResNetSpec | None, is_whole: bool = False) -> _Planned:
    """Returns the Trace, what gives the op of each call, and the recorder."""
    if not isinstance(model, nn.Module):
        raise TraceError(_("Got {got} to trace. Pass a built net, a torch.nn.Module.").format(got=type(model).__name__))
    runs = [] if is_whole else find_alike(model)
    if not runs:  # Of a net that has some, each module is known, and can be recorded.
        check_recordable(model)
    shapes = check_shapes(input_shape)
    like = next((tensor for tensor in model.parameters() if tensor.is_floating_point()), torch.empty(0))
    image, *others = (torch.empty(shape, dtype=like.dtype, device="meta") for shape in shapes)
    inputs = [image, *others]
    if runs and not others:
        planned = _record_short(shortened(model, runs), runs, image, _Pass(str(like.device), "rule", spec))
        if planned is not None:
            return planned
    recorder, origin = _record(model, inputs, like, spec)
    if recorder.is_transformed:
        recorder.tell_of_transformed(type(original_of(model)).__name__)
    if not recorder.calls:
        raise TraceError(
            _("{name} does nothing with its input, so there is nothing to draw.").format(name=type(model).__name__)
        )
    trace = _assemble(model, recorder, inputs, _Pass(str(like.device), origin, spec))
    return trace, lambda: recorder.recorded_calls, recorder


def _trace_short(spec: ResNetSpec, short: nn.Module, runs: Sequence[Alike]) -> Trace | None:
    """Returns the Trace of a spec's net of which equal blocks are built only once; None where it has none."""
    if not runs or not is_known(short):
        return None
    image = torch.empty(spec.input_shape, device="meta")
    planned = _record_short(short, runs, image, _Pass("meta", "rule", spec))
    return None if planned is None else planned[0]


def _record_short(short: nn.Module, runs: Sequence[Alike], image: Tensor, told: _Pass) -> _Planned | None:
    found = record_short(short, runs, image)
    modules = [] if found is None else modules_of(found.recorder.modules)
    graph = None if found is None else found.graph(modules, image)
    if found is None or graph is None:
        return None
    trace = _trace(short, found.recorder, graph, found.weight_bytes(modules), tensor_meta(image), told)
    return trace, found.recorded_calls, found.recorder


@dataclass(frozen=True, slots=True)
class _Pass:
    """What a Trace says of its pass."""

    device: str
    origin: str
    spec: ResNetSpec | None
    failed: Failure | None = None


def _assemble(model: nn.Module, recorder: PlanRecorder, inputs: Sequence[Tensor], told: _Pass) -> Trace:
    modules = modules_of(recorder.modules)
    image, *others = map(tensor_meta, inputs)
    further = dict(zip(recorder.other_ids(len(others)), others, strict=True))
    graph = build_graph(list(recorder.calls.values()), modules, image, further)
    return _trace(model, recorder, graph, sum(module.n_bytes for module in modules), image, told)


def _trace(
    model: nn.Module, recorder: PlanRecorder, graph: Graph, weight_bytes: int, image: TensorMeta, told: _Pass
) -> Trace:
    network = graph.network
    return Trace(
        spec=told.spec,
        name=told.spec.name if told.spec else type(original_of(model)).__name__,
        input=image,
        device=told.device,
        mode="train" if original_of(model).training else "eval",
        origin=told.origin,
        nodes=graph.nodes,
        edges=graph.edges,
        n_params=network.n_params,
        weight_bytes=weight_bytes,
        n_macs=network.n_macs,
        macs_at_least=network.macs_at_least,
        act_bytes=network.act_bytes,
        peak_bytes=network.live_bytes,
        versions=_versions(recorder.packages()),
        warnings=tuple(dict.fromkeys((*recorder.warnings, *_unexplained(graph.sums)))),
        merges=graph.sums.merges,
        failed=told.failed,
    )


def _refuse(
    model: nn.Module, recorder: PlanRecorder, inputs: Sequence[Tensor], told: _Pass, error: Exception
) -> NoReturn:
    """Raises the error of a pass that failed, with the Trace of what ran until then."""
    refusal = trace_error(model, inputs[0].shape, error)
    try:
        failed = end_early(recorder, error)
        if failed is not None:
            refusal.partial = without_result(_assemble(model, recorder, inputs, replace(told, failed=failed)))
    except Exception:
        # A half pass may be of a form that no whole one has: what the user must hear is the net's own error.
        refusal.partial = None
    raise refusal from error


def _unexplained(sums: Sums) -> Iterator[str]:
    if sums.unexplained:
        text = _("{n} sums add layers that do not begin at one tensor. They are drawn, and are no blocks: {ids}.")
        first = ", ".join(sums.unexplained[:3]) + (", …" if len(sums.unexplained) > 3 else "")
        yield text.format(n=len(sums.unexplained), ids=first)


def _record(
    model: nn.Module, inputs: Sequence[Tensor], like: Tensor, spec: ResNetSpec | None
) -> tuple[PlanRecorder, str]:
    """Returns the recorder of a pass by rules, or on random values where the net needs them, and the trace's origin."""
    plan = PlanRecorder(model)
    device = str(like.device)
    try:
        with kept_state((model,), has_values=False):
            plan.record_pass(model, *inputs)
        plan.tell_of_kept()
        return plan, "rule"
    except Exception as error:
        # torch raises no specific exception class for reading values of a meta tensor, or for an op that has no rule
        # for such.
        if like.device.type == "meta" or not _may_need_values(error):
            _refuse(model, plan, inputs, _Pass(device, "rule", spec), error)
    plan.failed_call = None
    run = RunRecorder(model)
    try:
        with kept_state((model,), has_values=True):
            generator = torch.Generator("cpu").manual_seed(0)
            values = [torch.randn(each.shape, dtype=each.dtype, generator=generator).to(like.device) for each in inputs]
            run.record_pass(model, *values)
    except Exception as error:
        _refuse(model, run, inputs, _Pass(device, "run", spec), error)
    finally:
        run.writes.put_back()
    run.warnings.append(_("The net looks at values, so it was run once on random ones."))
    return run, "run"


def _may_need_values(error: Exception) -> bool:
    """Whether a pass may have failed since there are no values, or since the device is none that the net knows."""
    return isinstance(error, AssertionError) or bool(re.search("meta|fake impl|device", str(error), re.IGNORECASE))


def _versions(packages: Collection[str]) -> dict[str, str]:
    """Returns the versions of what made the Trace, and of the packages whose source lines it names."""
    own = {"python": python_version(), "torch": str(torch.__version__), "torchvision": torchvision.__version__}
    others = {package: version_of(package) for package in sorted(packages)}
    return own | {package: version for package, version in others.items() if version is not None}
