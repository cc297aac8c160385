"""Carries out a job: which function of the model each kind of job is."""

from __future__ import annotations

from functools import singledispatch
from typing import Any, cast

from resnet_viz.engine.desk import Desk
from resnet_viz.engine.training import train_net
from resnet_viz.jobs import nets as jobs
from resnet_viz.jobs import runs
from resnet_viz.jobs import training as trainings
from resnet_viz.model.named.words import net_of_word
from resnet_viz.model.net.devices import list_devices
from resnet_viz.model.run.block_maps import block_changes, capture_block
from resnet_viz.model.run.capture import capture, read_kernels
from resnet_viz.model.run.gradients import effective_field, grad_cam, input_gradient
from resnet_viz.model.run.norms import measure_norms
from resnet_viz.model.run.occlusion import occlusion
from resnet_viz.model.run.predict import predict
from resnet_viz.model.train.speed import measure_speed
from resnet_viz.model.walk.forward import walk_both
from resnet_viz.model.weights.published import published_weights
from resnet_viz.spec.named import Net
from resnet_viz.views.address.compare import CompareView
from resnet_viz.views.address.drawing import drawing_payload
from resnet_viz.views.compare.differences import differences_of
from resnet_viz.views.compare.payload import compare_payload, open_nets
from resnet_viz.views.graph.facts import net_facts
from resnet_viz.views.graph.payload import pack_json
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.filmstrip import film_nodes, make_filmstrip
from resnet_viz.views.parts.detail import Detail
from resnet_viz.views.walk.payload import walk_payload


@singledispatch
def carry_out(job: jobs.Job, desk: Desk) -> Any:
    """Returns the result of a job, as its class says. Raises ResnetVizError."""
    raise TypeError(f"no such job: {type(job).__name__}")


@carry_out.register
def _(job: jobs.TraceNet, desk: Desk) -> Any:
    return desk.trace(job.of)


@carry_out.register
def _(job: jobs.DrawNet, desk: Desk) -> Any:
    trace, detail = desk.trace(job.of), cast(Detail, job.detail)
    return pack_json(drawing_payload(job.of, trace, detail, job.form, net_facts(trace)))


@carry_out.register
def _(job: jobs.DrawCompared, desk: Desk) -> Any:
    view = cast(CompareView, job.view)
    found = differences_of([desk.trace(cast(Net, net)) for net in view.specs])
    return pack_json(compare_payload(view, open_nets(view, desk.trace, lambda net: net_facts(desk.trace(net)), found)))


@carry_out.register
def _(job: jobs.PackWalks, desk: Desk) -> Any:
    build, forward = walk_both(job.spec)
    return pack_json(walk_payload(build, forward, desk.trace(job.spec)))


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
def _(job: runs.MakeFilm, desk: Desk) -> Any:
    shot, trace = job.shot, desk.trace(job.spec)
    maps = capture(desk.model(shot.net), desk.picture(shot), film_nodes(trace), shot.preparation)
    return make_filmstrip(trace, maps, colours=cast(Colours, job.colours))


@carry_out.register
def _(job: runs.CaptureBlock, desk: Desk) -> Any:
    shot = job.shot
    return capture_block(desk.model(shot.net), desk.picture(shot), job.block, shot.preparation)


@carry_out.register
def _(job: runs.MeasureChanges, desk: Desk) -> Any:
    shot = job.shot
    return block_changes(desk.model(shot.net), desk.picture(shot), shot.preparation)


@carry_out.register
def _(job: runs.MeasureNorms, desk: Desk) -> Any:
    shot = job.shot
    return measure_norms(desk.model(shot.net), desk.picture(shot), job.target, job.mode, shot.preparation)


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


@carry_out.register
def _(job: trainings.TrainNet, desk: Desk) -> Any:
    return train_net(job, desk)


@carry_out.register
def _(job: trainings.MeasureSpeed, desk: Desk) -> Any:
    return measure_speed(job.device)
