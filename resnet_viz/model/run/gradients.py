"""Gradients: which part of a picture, or of a map, a class depends on.

torchvision overwrites its maps (`+=`, in-place ReLU). The map that a gradient is taken at therefore becomes a leaf of
the autograd graph, and the net continues on a copy: overwriting the copy leaves the leaf unchanged. Ops before it are
not recorded by autograd, and no parameter's `.grad` is touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL.Image import Image
from torch import Tensor, nn
from torch.autograd.graph import GradientEdge

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.run.at_node import FromNode, Reached, ToNode
from resnet_viz.model.run.obstacles import Obstacles, Watch, check_gradient, check_scores, gradients_allowed
from resnet_viz.model.run.passes import Pass, check_whole, open_pass, to_array
from resnet_viz.model.run.predict import choose_class
from resnet_viz.model.run.scores import class_scores, logit_edge
from resnet_viz.model.trace.recorder import PlannedCall
from resnet_viz.pictures.preparing import SizeOrPreparation
from resnet_viz.records.trace import Node

_Map = npt.NDArray[np.float32]


def grad_cam(
    model: nn.Module,
    image: Image,
    node_id: str,
    class_index: int | None = None,
    input_size: SizeOrPreparation = (224, 224),
) -> _Map:
    """Returns Grad-CAM (Selvaraju et al. 2017) at a node: float32 (H, W) of the node's map, at least 0.

    Channel weights are the means over (H, W) of the logit's gradient; the weighted sum is rectified. The map is the
    op's own output: `layer4.2.add` is the sum before the ReLU, `layer4.2` the block's output. `class_index` defaults to
    the predicted class. The package `grad-cam` then scales to 0…1 and to the picture's size: see
    `views.maps.overlay.scale_cam`.

    Preparation and run are those of `capture`. Raises what `capture` raises, and TraceError for a node whose output is
    no map, an unknown class, or a net whose output is not (N, classes). Also, with the reason, where no gradient comes
    to the node, as in a net that runs under `torch.no_grad()`, and where values are NaN. So zeros everywhere are a
    result: nothing there speaks for the class.
    """
    with open_pass(model, image, input_size) as run:
        node = run.find_map(node_id)
        _check_backward(run, node)
        with gradients_allowed(run.trace.name):
            start = _run_from_input(run) if node.kind == "input" else _run_from_node(run, node)
            value, gradient = start.value.detach(), _logit_gradient(run, start, class_index)
        value, gradient = run.channels_first(node, value), run.channels_first(node, gradient)
        weights = gradient.mean(dim=(2, 3), keepdim=True)
        return to_array((weights * value).sum(dim=1)[0].relu())


def input_gradient(
    model: nn.Module, image: Image, class_index: int | None = None, input_size: SizeOrPreparation = (224, 224)
) -> _Map:
    """Returns a class's saliency map (Simonyan et al. 2014): float32 (H, W) of the input.

    The maximum over the input's channels of the absolute gradient of the logit with respect to the normalised input.
    `class_index` defaults to the predicted class. Preparation and run are those of `capture`. Raises what `grad_cam`
    raises, except for the node.
    """
    with open_pass(model, image, input_size) as run:
        run.check_memory(run.trace.act_bytes)
        with gradients_allowed(run.trace.name):
            gradient = _logit_gradient(run, _run_from_input(run), class_index)
        return to_array(gradient[0].abs().amax(dim=0))


def effective_field(
    model: nn.Module, image: Image, node_id: str, position: tuple[int, int], input_size: SizeOrPreparation = (224, 224)
) -> _Map:
    """Returns the effective receptive field of one position (Luo et al. 2016): float32 (H, W) of the input.

    The gradient of the mean over the node's channels at `position` (row, column) with respect to the normalised input;
    its Euclidean norm over the input's channels. All zeros where a ReLU is inactive in every channel there.

    Preparation and run are those of `capture`, up to the node. Raises what `capture` raises, and TraceError for a node
    whose output is no map, or a position outside of it.
    """
    with open_pass(model, image, input_size) as run:
        node = run.find_map(node_id)
        row, column = _check_position(run.map_shape(node), position)
        run.check_memory(run.trace.act_bytes)
        with gradients_allowed(run.trace.name):
            pixels = run.input().requires_grad_()
            value, obstacles = _run_to_node(run, node, pixels)
            channels = run.channels_first(node, value)[0, :, row, column]
            gradient = _derivative(run, channels.mean(), pixels, obstacles)
        return to_array(torch.linalg.vector_norm(gradient[0], dim=0))


@dataclass(frozen=True, slots=True, eq=False)
class _Start:
    """A value of a pass, what the net made of it, and what may keep gradients from it."""

    value: Tensor
    output: Any
    obstacles: Obstacles


def _run_from_input(run: Pass) -> _Start:
    """Runs the net from its input."""
    pixels, obstacles = run.input().requires_grad_(), Obstacles()
    with torch.enable_grad(), Watch(obstacles):
        # A copy, since a net may write into its input, which autograd forbids for a leaf.
        return _Start(pixels, run.model(pixels.clone()), obstacles)


def _run_from_node(run: Pass, node: Node) -> _Start:
    """Runs the net, with gradients from a node on."""
    if node.is_view:
        text = _("{node} only shows the values of {before} in another form. Choose {before} instead.")
        raise TraceError(text.format(node=node.id, before=node.inputs[0]))

    def record(planned_calls: Mapping[int, PlannedCall] | None) -> tuple[FromNode, Any]:
        recorder = FromNode(run.model, node, planned_calls)
        output = recorder.record_pass(run.model, run.input())
        recorder.reach_awaited(None)
        recorder.check_plan()
        return recorder, output

    recorder, output = run.follow({node.id}, record)
    if recorder.value is None:
        raise run.not_reached(node.id)
    return _Start(recorder.value, output, recorder.obstacles)


def _run_to_node(run: Pass, node: Node, pixels: Tensor) -> tuple[Tensor, Obstacles]:
    """Returns the node's output, and what may keep gradients from coming from there to the input."""
    if node.kind == "input":
        return pixels, Obstacles()

    def record(planned_calls: Mapping[int, PlannedCall] | None) -> ToNode:
        recorder = ToNode(run.model, node, planned_calls)
        with torch.enable_grad():
            copy = pixels.clone()  # as above
        with suppress(Reached):
            recorder.record_pass(run.model, copy)
            recorder.reach_awaited(None)
        recorder.check_plan()
        return recorder

    recorder = run.follow({node.id}, record)
    if recorder.value is None:
        raise run.not_reached(node.id)
    return recorder.value, recorder.obstacles


def _logit_gradient(run: Pass, start: _Start, class_index: int | None) -> Tensor:
    """Returns the gradient of a class's logit: of the value before it where the net ends in a softmax or sigmoid."""
    scores = class_scores(start.output)
    check_scores(run, scores)
    chosen = choose_class(scores.detach(), class_index)
    before = logit_edge(scores, chosen)
    if before is None:
        return _derivative(run, scores[0, chosen], start.value, start.obstacles)
    return _derivative(run, before[0], start.value, start.obstacles, before[1])


def _derivative(
    run: Pass, end: Tensor | GradientEdge, by: Tensor, obstacles: Obstacles, weights: Tensor | None = None
) -> Tensor:
    """Returns the gradient of a scalar, or of a weighted sum. Raises TraceError where none comes to `by`, or NaN."""
    if isinstance(end, Tensor) and not end.requires_grad:
        raise obstacles.refusal(run.trace.name)
    # For this tensor only: parameters, which threads may share, keep their `.grad`.
    (gradient,) = torch.autograd.grad(end, by, weights, allow_unused=True)
    if gradient is None:
        raise obstacles.refusal(run.trace.name)
    check_gradient(run, gradient, end if isinstance(end, Tensor) else by)
    return gradient


def _check_backward(run: Pass, node: Node) -> None:
    """The backward pass needs the outputs of all ops after the node."""
    later = (op.act_bytes for op in run.trace.ops if op.order > node.order)
    run.check_memory(sum(later) + 2 * node.outputs[0].n_bytes)


def _check_position(shape: tuple[int, int, int], position: object) -> tuple[int, int]:
    _channels, height, width = shape
    if not isinstance(position, Sequence) or len(position) != 2:
        text = _("Position: got {got}. It is a row and a column of the map, for example (3, 3).")
        raise TraceError(text.format(got=str(position)[:60]))
    return check_whole(_("Row"), position[0], 0, height - 1), check_whole(_("Column"), position[1], 0, width - 1)
