"""Traces a module without doing its arithmetic.

The module's own `forward` runs, but every torch function is answered by its rule with an empty tensor on the meta
device: correct shapes, order and source lines, no values. A function without a rule runs on the meta device; a net with
data-dependent control flow is run once on random values.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
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
from resnet_viz.model.graph.assemble import build_graph
from resnet_viz.model.graph.branches import Sums
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.checks import check_recordable, check_shapes
from resnet_viz.model.trace.parameters import modules_of, tensor_meta
from resnet_viz.model.trace.partial import end_early, without_result
from resnet_viz.model.trace.plan_recorder import PlanRecorder, RunRecorder
from resnet_viz.model.trace.recorder import PlannedCall
from resnet_viz.model.trace.refused import trace_error
from resnet_viz.records.failure import Failure
from resnet_viz.records.source_files import version_of
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
    inputs = [image, *others]
    recorder, origin = _record(model, inputs, like, spec)
    if recorder.is_transformed:
        recorder.tell_of_transformed(type(original_of(model)).__name__)
    if not recorder.calls:
        raise TraceError(
            _("{name} does nothing with its input, so there is nothing to draw.").format(name=type(model).__name__)
        )
    trace = _assemble(model, recorder, inputs, _Pass(str(like.device), origin, spec))
    return Plan(trace, recorder.recorded_calls, (*recorder.writes.found.values(),))


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
        weight_bytes=sum(module.n_bytes for module in modules),
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


def _check(model: object, input_shape: object) -> tuple[tuple[int, ...], ...]:
    if not isinstance(model, nn.Module):
        raise TraceError(_("Got {got} to trace. Pass a built net, a torch.nn.Module.").format(got=type(model).__name__))
    check_recordable(model)
    return check_shapes(input_shape)


def _versions(packages: Collection[str]) -> dict[str, str]:
    """Returns the versions of what made the Trace, and of the packages whose source lines it names."""
    own = {"python": python_version(), "torch": str(torch.__version__), "torchvision": torchvision.__version__}
    others = {package: version_of(package) for package in sorted(packages)}
    return own | {package: version for package, version in others.items() if version is not None}
