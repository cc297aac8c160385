"""Setup shared by every run of a net on a picture: checks, trace, input, and eval mode."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from operator import index
from traceback import walk_tb
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from PIL.Image import Image
from torch import Tensor, nn

from resnet_viz.errors import ImageError, ResnetVizError, SpecError, TraceError
from resnet_viz.i18n import _
from resnet_viz.model.foreign.originals import original_of
from resnet_viz.model.foreign.states import eval_state, kept_values
from resnet_viz.model.graph.layout import FIRST, channel_axes
from resnet_viz.model.net.devices import free_bytes
from resnet_viz.model.run.inputs import to_input
from resnet_viz.model.run.plans import cached_plan
from resnet_viz.model.trace.checks import check_float, check_recordable
from resnet_viz.model.trace.plan import Plan
from resnet_viz.model.trace.recorder import PlanMismatch, PlannedCall
from resnet_viz.model.trace.refused import first_line
from resnet_viz.pictures.preparing import SizeOrPreparation, preparation_of
from resnet_viz.records.preparation import COLOURS, Preparation
from resnet_viz.records.trace import WORKSPACE, Node, Trace
from resnet_viz.units import format_bytes

# Code that runs a net forwards and backwards.
_NET_CODES = frozenset({nn.Module._call_impl.__code__, torch.autograd.grad.__code__})

# So many numbers of channels are tried, where a net does not take those of its first convolution.
_TRIED = 8

Entry = TypeVar("Entry")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Pass:
    """A run to be made: the net in eval mode, its Trace for this input, and the RGB picture with its preparation."""

    model: nn.Module
    trace: Trace
    planned_calls: Mapping[int, PlannedCall]
    """The op of each torch call of the pass, by call number."""
    picture: Image
    preparation: Preparation
    axes: Mapping[str, int]
    """The axis of channels of each op's map, by id, if it is not the second."""

    @property
    def device(self) -> torch.device:
        """The net's device."""
        return torch.device(self.trace.device)

    def input(self) -> Tensor:
        """Returns the input (1, C, H, W), normalised, on the net's device and in its dtype."""
        tensor = to_input(self.picture, self.preparation)
        return tensor.to(device=self.device, dtype=getattr(torch, self.trace.input.dtype))

    def follow(self, wanted: Container[str], record: Callable[[Mapping[int, PlannedCall] | None], Result]) -> Result:
        """Returns `record(planned calls of the wanted ops)`; `record(None)` where the pass deviates from the plan.

        A net with data-dependent control flow may take another path for another picture: every op must then be
        identified.
        """
        if self.trace.origin == "rule":
            with suppress(PlanMismatch):
                return record({n: call for n, call in self.planned_calls.items() if call.id in wanted})
        return record(None)

    def check_memory(self, n_bytes: int) -> None:
        """Raises SpecError where a run that keeps `n_bytes` besides its working memory would not fit."""
        needed = WORKSPACE * self.trace.peak_bytes + n_bytes
        free = free_bytes(self.device)
        if needed > free:
            raise SpecError(
                _(
                    "The feature maps of {name} at {shape} need {needed}, but {device} has {free} to give. "
                    "Choose a smaller input size."
                ).format(
                    name=self.trace.name,
                    shape="×".join(map(str, self.trace.input.shape[2:])),
                    needed=format_bytes(needed),
                    device=str(self.device).upper(),
                    free=format_bytes(free),
                )
            )

    def find(self, node_id: object) -> Node:
        """Returns the node with that id. Raises TraceError, with similar ids, where there is none."""
        return find_by_id(self.trace.nodes, node_id, self.trace.name)

    def find_map(self, node_id: object) -> Node:
        """Returns the op (or the input) whose output is the node's, a map (1, C, H, W). Raises TraceError otherwise."""
        node = self.trace.last_op(self.find(node_id))
        if len(node.out_shape) != 4 or 0 in node.out_shape:
            raise TraceError(
                _(
                    "{node} gives {shape}, which is no map of channels, height and width. Choose a node before it."
                ).format(node=str(node_id), shape="×".join(map(str, node.out_shape)) or _("nothing"))
            )
        self.check_real(node)
        return node

    def check_real(self, node: Node) -> None:
        """Raises TraceError for an op that gives complex numbers."""
        if node.outputs and node.outputs[0].dtype.startswith("complex"):
            text = _("{node} gives complex numbers, which have no picture. Choose a node before or after it.")
            raise TraceError(text.format(node=node.id))

    def map_shape(self, node: Node) -> tuple[int, int, int]:
        """Returns the shape (C, H, W) of a map, whichever way round the net has it."""
        channels = self.axes.get(node.id, FIRST)
        height, width = (side for axis, side in enumerate(node.out_shape) if axis not in (0, channels))
        return node.out_shape[channels], height, width

    def channels_first(self, node: Node, value: Tensor) -> Tensor:
        """Returns a node's output: a map as (N, C, H, W), whichever way round the net has it, others as they are."""
        return value.movedim(self.axes[node.id], FIRST) if node.id in self.axes else value

    def not_reached(self, node_id: str) -> TraceError:
        """Returns the error for a picture whose pass does not reach a node."""
        text = _("{name} does not come to {node} with this picture.")
        return TraceError(text.format(name=self.trace.name, node=node_id))


@contextmanager
def open_pass(
    model: nn.Module, image: Image, size_or_preparation: SizeOrPreparation, *, reads_maps: bool = True
) -> Iterator[Pass]:
    """Validates everything and keeps the net in eval mode inside the context; its state is restored afterwards.

    reads_maps: False for a run that only reads the net's output, which works for quantised nets as well.

    Raises ImageError for what is no picture, SpecError for an invalid size, TraceError
    for a net that cannot be traced at this size, is scripted or quantised, or
    fails inside the context.
    """
    preparation = preparation_of(size_or_preparation)
    picture = _check_picture(image)
    _check_net(model, reads_maps)
    with eval_state(model):
        plan, prepared = _plan_with_channels(model, preparation)
        with kept_values(plan.written), _net_errors(model):
            axes = channel_axes(plan.trace) if reads_maps else {}
            yield Pass(model, plan.trace, plan.calls, picture, prepared, axes)


@contextmanager
def _net_errors(model: nn.Module) -> Iterator[None]:
    """Makes a TraceError of what the net itself raises; what the caller's functions raise goes through."""
    try:
        yield
    except ResnetVizError:
        raise
    except Exception as error:
        frames = {frame.f_code for frame, _line in walk_tb(error.__traceback__)}
        if frames.isdisjoint(_NET_CODES):
            raise
        text = _("{name} failed on the way through its layers. It says: {reason}")
        name = type(original_of(model)).__name__
        raise TraceError(text.format(name=name, reason=first_line(error))) from error


def find_by_id(known: Mapping[str, Entry], node_id: object, name: str) -> Entry:
    """Returns `known[node_id]`. Raises TraceError, with similar ids, for an unknown id."""
    if isinstance(node_id, str) and node_id in known:
        return known[node_id]
    near = get_close_matches(str(node_id)[:100], known, n=3, cutoff=0.4)
    raise TraceError(
        _("There is no node “{got}” in {name}. Near it: {near}.").format(
            got=str(node_id)[:60], name=name, near=", ".join(near) or _("nothing")
        )
    )


def check_whole(name: str, value: Any, least: int, most: int) -> int:
    """Returns an `int` from `least` to `most`, given any integer type. Raises TraceError."""
    try:
        number = index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or not least <= number <= most:
        text = _("{name}: got {got}. It is a whole number from {least} to {most}.")
        raise TraceError(text.format(name=name, got=str(value)[:40], least=f"{least:,}", most=f"{most:,}"))
    return number


def to_array(tensor: Tensor) -> npt.NDArray[np.float32]:
    """Returns a tensor's values as a read-only float32 copy."""
    return sealed(tensor.detach().float().cpu().numpy())


def sealed(array: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Makes an array read-only and returns it: caches return the same array to several readers."""
    array.setflags(write=False)
    return array


def _plan_with_channels(model: nn.Module, preparation: Preparation) -> tuple[Plan, Preparation]:
    """Returns a net's plan, and the preparation with the channels that the net takes.

    They are those of the preparation, or of the net's first convolution; where that number cannot be right, as behind a
    layer that makes channels of positions, or in a head that is written above its body: 3, else the fewest that another
    convolution takes and the net, too.
    """
    known = dict.fromkeys(module.in_channels for module in model.modules() if isinstance(module, nn.Conv2d))
    n_channels = preparation.channels or next(iter(known), 0) or COLOURS
    try:
        return cached_plan(model, (1, n_channels, *preparation.size)), replace(preparation, channels=n_channels)
    except TraceError:
        for other in dict.fromkeys((COLOURS, *sorted(known)[:_TRIED])) if preparation.channels is None else ():
            with suppress(TraceError):
                return cached_plan(model, (1, other, *preparation.size)), replace(preparation, channels=other)
        raise


def _check_picture(image: object) -> Image:
    """Returns any non-empty PIL picture as RGB."""
    if isinstance(image, Image) and min(image.size) > 0:
        return image if image.mode == "RGB" else image.convert("RGB")
    raise ImageError(
        _("Got {got} for a picture. Pass what load_image gives for the file's bytes.").format(got=type(image).__name__)
    )


def _check_net(model: nn.Module, reads_maps: bool) -> None:
    """Accepts eager nets with readable maps."""
    if not isinstance(model, nn.Module):
        raise TraceError(_("Got {got} for a net. Pass what build_model gives.").format(got=type(model).__name__))
    modules = check_recordable(model)
    if any(parameter.is_meta for parameter in model.parameters()):
        text = _("{name} has no values yet: it is on the meta device. Build it, or load its weights, first.")
        raise TraceError(text.format(name=type(original_of(model)).__name__))
    if reads_maps:
        check_float(modules)
