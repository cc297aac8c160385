"""Which part of a picture, or of a map, a class depends on, by the gradient.

torchvision writes over its maps (`+=`, ReLU in place). A map that a gradient is taken at is therefore made the start of
the part of the net behind it: the net goes on from a copy, and what is written over that leaves the map as it was.
Nothing before it is recorded for the way back, and no parameter's own gradient is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL.Image import Image
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.run.images import InputSize
from resnet_viz.model.run.passes import Pass, check_whole, open_pass, to_array
from resnet_viz.model.run.predict import check_logits, choose_class
from resnet_viz.model.trace.recorder import CallPlace, Recorder, Where
from resnet_viz.records.trace import Node, Trace

_Map = npt.NDArray[np.float32]


def grad_cam(
    model: nn.Module,
    image: Image,
    node_id: str,
    class_index: int | None = None,
    input_size: InputSize = (224, 224),
) -> _Map:
    """Where a map speaks for a class (Grad-CAM, Selvaraju et al. 2017): float32 (H, W) of the node, at least 0.

    Each channel weighs as much as the mean of the logit's gradient over it; the weighted sum is rectified. The map is
    that of the op itself: `layer4.2.add` is the sum before the ReLU, `layer4.2` what leaves the block. Without a class
    it is the likeliest. The package `grad-cam` goes on from here to scale the map to 0…1 and to the picture's size:
    `views.cam.scale_cam` does that.

    The picture is prepared and the net is run as by `capture`. Raises what `capture` raises, and TraceError for a node
    that gives no map, a class that is not there, or a net that does not end in one value a class.
    """
    with open_pass(model, image, input_size) as run:
        node = run.find_map(node_id)
        _check_backward(run, node)
        with _gradients_allowed(run.trace):
            value, output = _run_from_input(run) if node.kind == "input" else _run_from_node(run, node)
            gradient = _logit_gradient(output, class_index, value)
        weights = gradient.mean(dim=(2, 3), keepdim=True)
        return to_array((weights * value.detach()).sum(dim=1)[0].relu())


def input_gradient(
    model: nn.Module, image: Image, class_index: int | None = None, input_size: InputSize = (224, 224)
) -> _Map:
    """How strongly a class's logit depends on each pixel (Simonyan et al. 2014): float32 (H, W) of the input.

    The largest magnitude, over the three colours, of the logit's derivative by the normalised input. Without a class
    it is the likeliest. The picture is prepared and the net is run as by `capture`.
    Raises what `grad_cam` raises, but for the node.
    """
    with open_pass(model, image, input_size) as run:
        run.check_memory(run.trace.act_bytes)
        with _gradients_allowed(run.trace):
            pixels, output = _run_from_input(run)
            gradient = _logit_gradient(output, class_index, pixels)
        return to_array(gradient[0].abs().amax(dim=0))


def effective_field(
    model: nn.Module, image: Image, node_id: str, position: tuple[int, int], input_size: InputSize = (224, 224)
) -> _Map:
    """How strongly one cell of a map depends on each pixel (Luo et al. 2016): float32 (H, W) of the input.

    The cell's value is the mean over the node's channels at `position` (row, column). Of its derivative by the
    normalised input, the Euclidean norm over the three colours is given. Where a ReLU has closed all channels of the
    cell, that is 0 everywhere.

    The picture is prepared and the net is run as by `capture`, no further than the node. Raises what `capture` raises,
    and TraceError for a node that gives no map, or a position outside of it.
    """
    with open_pass(model, image, input_size) as run:
        node = run.find_map(node_id)
        row, column = _check_position(node, position)
        run.check_memory(run.trace.act_bytes)
        with _gradients_allowed(run.trace):
            pixels = run.input().requires_grad_()
            value = _run_to_node(run, node, pixels)
            gradient = _derivative(value[0, :, row, column].mean(), pixels)
        return to_array(torch.linalg.vector_norm(gradient[0], dim=0))


class _AtNode(Recorder):
    """Runs for real, and is told when a node's value is there."""

    keeps_source = False

    def __init__(self, model: nn.Module, node: Node, places: Mapping[int, CallPlace] | None) -> None:
        super().__init__(model, places)
        self.value: Tensor | None = None
        self._node_id = node.id
        # A leaf module of several functions comes to `keep` once for each; the last one is what it returned.
        functions = node.attrs.get("functions")
        self._n_left = len(functions) if isinstance(functions, tuple) else 1

    def keep(
        self, node_id: str, function: Any, where: Where, sources: Sequence[str], outputs: Sequence[Tensor]
    ) -> None:
        if node_id == self._node_id:
            self._n_left -= 1
            if not self._n_left:
                self.reach(outputs[0])

    def reach(self, value: Tensor) -> None:
        """Told once, before anything can be written over the value."""
        raise NotImplementedError


class _FromNode(_AtNode):
    """No gradients up to the node, and from there on those by its value."""

    def reach(self, value: Tensor) -> None:
        # Holds until the end of the pass: `listen_to` puts back what was before.
        torch.set_grad_enabled(True)
        self.value = value.clone().requires_grad_()
        # Into the very tensor, since the net may hold it under any name; by this it becomes a copy of the leaf, and
        # what is written over it later is recorded like any other op.
        value.copy_(self.value)


class _ToNode(_AtNode):
    """Gradients from the input on, and no further than the node."""

    needs_gradients = True

    def reach(self, value: Tensor) -> None:
        self.value = value
        raise _Reached


class _Reached(Exception):
    """The node's value is there: the rest of the net need not run."""


def _run_from_input(run: Pass) -> tuple[Tensor, Tensor]:
    """The input, and what the net makes of it."""
    pixels = run.input().requires_grad_()
    with torch.enable_grad():
        # A copy, since a net may write into its input, which a leaf forbids.
        return pixels, run.model(pixels.clone())


def _run_from_node(run: Pass, node: Node) -> tuple[Tensor, Tensor]:
    """The node's value, and what the net makes of it."""
    if node.is_view:
        text = _("{node} only shows the values of {before} in another form. Choose {before} instead.")
        raise TraceError(text.format(node=node.id, before=node.inputs[0]))

    def listen(places: Mapping[int, CallPlace] | None) -> tuple[Tensor | None, Tensor]:
        recorder = _FromNode(run.model, node, places)
        output = recorder.listen_to(run.model, run.input())
        return recorder.value, output

    value, output = run.follow({node.id}, listen)
    if value is None:
        raise run.not_reached(node.id)
    return value, output


def _run_to_node(run: Pass, node: Node, pixels: Tensor) -> Tensor:
    if node.kind == "input":
        return pixels

    def listen(places: Mapping[int, CallPlace] | None) -> Tensor | None:
        recorder = _ToNode(run.model, node, places)
        with torch.enable_grad():
            copy = pixels.clone()  # as above
        with suppress(_Reached):
            recorder.listen_to(run.model, copy)
        return recorder.value

    value = run.follow({node.id}, listen)
    if value is None:
        raise run.not_reached(node.id)
    return value


def _logit_gradient(output: Any, class_index: int | None, value: Tensor) -> Tensor:
    logits = check_logits(output)
    return _derivative(logits[0, choose_class(logits.detach(), class_index)], value)


def _derivative(number: Tensor, by: Tensor) -> Tensor:
    """Of a number by a tensor; zeros where it does not depend on it."""
    if not number.requires_grad:
        return torch.zeros_like(by)
    # Asked of this one tensor only: parameters keep the `.grad` they have, also those that other threads share.
    (gradient,) = torch.autograd.grad(number, by, allow_unused=True)
    return torch.zeros_like(by) if gradient is None else gradient


def _check_backward(run: Pass, node: Node) -> None:
    """The way back needs what the ops after the node have made."""
    later = (op.act_bytes for op in run.trace.ops if op.order > node.order)
    run.check_memory(sum(later) + 2 * node.outputs[0].n_bytes)


def _check_position(node: Node, position: object) -> tuple[int, int]:
    height, width = node.out_shape[2:]
    if not isinstance(position, Sequence) or len(position) != 2:
        text = _("Position: got {got}. It is a row and a column of the map, for example (3, 3).")
        raise TraceError(text.format(got=str(position)[:60]))
    return check_whole(_("Row"), position[0], 0, height - 1), check_whole(_("Column"), position[1], 0, width - 1)


@contextmanager
def _gradients_allowed(trace: Trace) -> Iterator[None]:
    """Also inside a caller's inference mode; what torch refuses to differentiate is a `TraceError` in its words."""
    try:
        with torch.inference_mode(False):
            yield
    except RuntimeError as error:
        text = _("No gradient can be taken of {name} there. torch says: {reason}")
        raise TraceError(text.format(name=trace.name, reason=str(error).split("\n", 1)[0])) from error
