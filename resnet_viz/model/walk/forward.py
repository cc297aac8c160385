"""The code walk of a forward pass: each line of `forward` with the shapes before and after it and the ops it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from resnet_viz.model.foreign.states import kept_state
from resnet_viz.model.graph.calls import free_id
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.plan_recorder import PlanRecorder
from resnet_viz.model.trace.recorder import CallSite, Output
from resnet_viz.model.trace.refused import trace_error
from resnet_viz.model.walk.build import build_walking, check_spec, files_of, watched_functions
from resnet_viz.model.walk.recorder import StepRecorder
from resnet_viz.model.walk.rows import Naming
from resnet_viz.model.walk.tensors import NetValues, Origin
from resnet_viz.model.walk.watch import Watching, watch
from resnet_viz.records.walk import CodeWalk
from resnet_viz.spec.resnet import ResNetSpec


def walk_forward(spec: ResNetSpec, backend: str | None = None) -> CodeWalk:
    """Returns every line that runs in one forward pass of a spec's net in eval mode, planned as by `trace_spec`.

    Op ids are those of the Trace. `backend` is as in `walk_build`. Raises SpecError for a net that cannot be built,
    TraceError for one that cannot take its input.
    """
    check_spec(spec)
    return walk_model(build_plan(spec), spec, backend)


def walk_both(spec: ResNetSpec, backend: str | None = None) -> tuple[CodeWalk, CodeWalk]:
    """Returns the walks of a build and of a forward pass of the net built: faster than two separate calls.

    Raises as `walk_build` and `walk_forward` do.
    """
    build, model = build_walking(spec, backend)
    return build, walk_model(model, spec, backend)


def walk_model(model: nn.Module, spec: ResNetSpec, backend: str | None = None) -> CodeWalk:
    """Like `walk_forward`, for a net of that spec that is already built; its state is restored."""
    like = next(model.parameters())
    image = torch.empty(spec.input_shape, dtype=like.dtype, device="meta")
    plan = _WalkRecorder(model, spec.input_shape)
    steps = plan.steps
    try:
        with (
            kept_state((model,), has_values=False),
            watch(watched_functions(), steps, backend) as plan.watching,
        ):
            plan.record_pass(model, image)
    except Exception as error:
        raise trace_error(model, image.shape, error) from error
    found, folds = steps.finish(Naming(plan.names, free_id("network", plan.modules)))
    return CodeWalk(spec, "forward", files_of(found), found, folds)


class _WalkRecorder(PlanRecorder):
    """A plan that links each op to the statement that ran it."""

    keeps_source = False  # The walk records the lines.

    def __init__(self, model: nn.Module, input_shape: tuple[int, ...]) -> None:
        super().__init__(model)
        self.shapes = {self.input_id: input_shape}
        self.steps = StepRecorder(watched_functions(), NetValues(self._origin_of), self.modules.values())
        self.watching = Watching()

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        self.watching.pause()
        try:
            return super().__torch_function__(func, types, args, kwargs)
        finally:
            self.watching.resume()

    def keep(
        self, node_id: str, function: Any, where: CallSite, sources: Sequence[Output], outputs: Sequence[Tensor]
    ) -> None:
        """Records the op's shape and its statement only; the rest is in the Trace."""
        self.shapes[node_id] = tuple(outputs[0].shape)
        self.steps.link(node_id)

    def _origin_of(self, tensor: Tensor) -> Origin | None:
        node_id = self.producer(tensor)
        return None if node_id is None else (node_id, self.shapes[node_id])
