"""Carries out a job: which function of the model each kind of job is."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from resnet_viz.engine.desk import Desk
from resnet_viz.jobs import nets as jobs
from resnet_viz.jobs import runs
from resnet_viz.model.named.tracing import trace_named
from resnet_viz.model.named.words import net_of_word
from resnet_viz.model.net.devices import list_devices
from resnet_viz.model.run.block_maps import block_changes, capture_block
from resnet_viz.model.run.capture import capture, read_kernels
from resnet_viz.model.run.gradients import effective_field, grad_cam, input_gradient
from resnet_viz.model.run.occlusion import occlusion
from resnet_viz.model.run.predict import predict
from resnet_viz.model.trace.plan import trace_spec
from resnet_viz.model.walk.forward import walk_both
from resnet_viz.model.weights.published import published_weights
from resnet_viz.spec.named import NamedNet


@singledispatch
def carry_out(job: jobs.Job, desk: Desk) -> Any:
    """Returns the result of a job, as its class says. Raises ResnetVizError."""
    raise TypeError(f"no such job: {type(job).__name__}")


@carry_out.register
def _(job: jobs.TraceNet, desk: Desk) -> Any:
    return trace_named(job.of) if isinstance(job.of, NamedNet) else trace_spec(job.of)


@carry_out.register
def _(job: jobs.RecordWalks, desk: Desk) -> Any:
    return walk_both(job.spec)


@carry_out.register
def _(job: jobs.FindNamed, desk: Desk) -> Any:
    return net_of_word(job.text)


@carry_out.register
def _(job: jobs.ListDevices, desk: Desk) -> Any:
    return list_devices()


@carry_out.register
def _(job: jobs.ListPublished, desk: Desk) -> Any:
    return published_weights(job.spec)


@carry_out.register
def _(job: jobs.LoadNet, desk: Desk) -> Any:
    return desk.built(job.key)[1]


@carry_out.register
def _(job: jobs.ReadKernels, desk: Desk) -> Any:
    return read_kernels(desk.model(job.key), job.node)


@carry_out.register
def _(job: runs.Capture, desk: Desk) -> Any:
    shot = job.shot
    return capture(desk.model(shot.net), desk.picture(shot), job.nodes, shot.preparation)


@carry_out.register
def _(job: runs.CaptureBlock, desk: Desk) -> Any:
    shot = job.shot
    return capture_block(desk.model(shot.net), desk.picture(shot), job.block, shot.preparation)


@carry_out.register
def _(job: runs.MeasureChanges, desk: Desk) -> Any:
    shot = job.shot
    return block_changes(desk.model(shot.net), desk.picture(shot), shot.preparation)


@carry_out.register
def _(job: runs.Predict, desk: Desk) -> Any:
    shot = job.shot
    return predict(desk.model(shot.net), desk.picture(shot), job.k, shot.preparation, labels=job.labels)


@carry_out.register
def _(job: runs.GradCam, desk: Desk) -> Any:
    shot = job.shot
    return grad_cam(desk.model(shot.net), desk.picture(shot), job.node, job.class_index, shot.preparation)


@carry_out.register
def _(job: runs.InputGradient, desk: Desk) -> Any:
    shot = job.shot
    return input_gradient(desk.model(shot.net), desk.picture(shot), job.class_index, shot.preparation)


@carry_out.register
def _(job: runs.Occlude, desk: Desk) -> Any:
    shot = job.shot
    return occlusion(
        desk.model(shot.net),
        desk.picture(shot),
        job.class_index,
        input_size=shot.preparation,
        on_progress=desk.tell,
        labels=job.labels,
    )


@carry_out.register
def _(job: runs.EffectiveField, desk: Desk) -> Any:
    shot = job.shot
    return effective_field(desk.model(shot.net), desk.picture(shot), job.node, job.position, shot.preparation)
