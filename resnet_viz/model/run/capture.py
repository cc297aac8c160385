"""Feature maps of a net for a picture.

torchvision's ReLU and `+=` overwrite earlier maps, so each requested map is copied as soon as it is computed. Node ids
are those of the Trace, assigned by the same recorder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL.Image import Image
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.foreign.originals import named_originals
from resnet_viz.model.run.passes import Pass, find_by_id, open_pass, to_array
from resnet_viz.model.trace.recorder import CallSite, Output, PlanMismatch, PlannedCall, Recorder
from resnet_viz.pictures.preparing import SizeOrPreparation
from resnet_viz.records.trace import Node


def capture(
    model: nn.Module, image: Image, node_ids: str | Iterable[str], input_size: SizeOrPreparation = (224, 224)
) -> dict[str, npt.NDArray[np.float32]]:
    """Returns feature maps of one RGB picture by node id: read-only float32 arrays (C, H, W), or (C,) after flattening.

    Maps that the net has as (N, H, W, C), as Swin does, are given as (C, H, W), too: see `model.graph.layout`.
    `input_size` is a `Preparation`, or (H, W) for the default one: resize, centre crop, ImageNet normalisation. A net
    of other than 3 input channels gets the picture's grey, or its colours in turn, as `Preparation` tells. The net runs
    in eval mode under inference mode on its device, up to the last requested node, and its state is restored. A single
    id may be passed as a string. A group (`layer3`, `layer3.5`) returns the output of its last op, `input` the input
    tensor.
    Raises TraceError for an unknown node or a net that is scripted or quantised, ImageError for
    what is no picture, SpecError where the maps would not fit into memory.
    """
    wanted = _node_ids(node_ids)
    with open_pass(model, image, input_size) as run:
        sources = {node_id: run.trace.last_op(run.find(node_id)) for node_id in wanted}
        kept = keep_values(run, sources.values())
    for node_id, node in sources.items():
        if node.id not in kept:
            raise run.not_reached(node_id)
    return {node_id: to_array(kept[node.id][0]) for node_id, node in sources.items()}


def keep_values(run: Pass, nodes: Iterable[Node]) -> Mapping[str, Tensor]:
    """Returns the outputs of the given ops (and the input) by id, from one pass that ends with the last of them.

    Maps are (N, C, H, W), whichever way round the net has them.
    Ops that the pass does not reach are missing. Raises SpecError where the maps would not fit into memory.
    """
    wanted = {node.id: node for node in nodes}
    for node in wanted.values():
        run.check_real(node)
    run.check_memory(sum(node.outputs[0].n_bytes for node in wanted.values()))
    kept = run.follow(wanted, lambda planned_calls: _run_recorder(run, _Capture(run.model, wanted, planned_calls)))
    return {node_id: run.channels_first(wanted[node_id], value) for node_id, value in kept.items()}


def _run_recorder(run: Pass, recorder: _Capture) -> Mapping[str, Tensor]:
    tensor = run.input()
    recorder.take_input(tensor)
    if not recorder.is_over:
        with torch.inference_mode(), suppress(_Done):
            recorder.record_pass(run.model, tensor)
    if not recorder.is_over and recorder.planned_calls is not None:
        raise PlanMismatch
    return recorder.kept


class _Capture(Recorder):
    """Runs the net, copies the requested outputs and stops after the last of them."""

    keeps_source = False

    def __init__(
        self, model: nn.Module, wanted: Mapping[str, Node], planned_calls: Mapping[int, PlannedCall] | None = None
    ) -> None:
        super().__init__(model, planned_calls)
        self.kept: dict[str, Tensor] = {}
        self._wanted = wanted

    @property
    def is_over(self) -> bool:
        """Whether all requested outputs have been copied."""
        return len(self.kept) == len(self._wanted)

    def take_input(self, tensor: Tensor) -> None:
        """Call before the pass, since a net may write into its input."""
        if self.input_id in self._wanted:
            self.kept[self.input_id] = tensor.clone()

    def keep(
        self, node_id: str, function: Any, where: CallSite, sources: Sequence[Output], outputs: Sequence[Tensor]
    ) -> None:
        node = self._wanted.get(node_id)
        if node is not None:
            self.kept[node_id] = outputs[0].detach().clone()
        # A leaf module that calls several functions is recorded once for each, and returns the last output: only the
        # next op shows that it has finished.
        if self.is_over and (node is None or "functions" not in node.attrs):
            raise _Done


class _Done(Exception):
    """All requested outputs have been copied: skip the rest of the net."""


def _node_ids(node_ids: object) -> list[str]:
    """Returns the ids without duplicates, in order."""
    ids = [node_ids] if isinstance(node_ids, str) else list(node_ids) if isinstance(node_ids, Iterable) else [node_ids]
    if not all(isinstance(node_id, str) for node_id in ids):
        raise TraceError(
            _("Node ids: got {got}. Pass ids of the Trace, as in layer1.0.conv1.").format(got=str(ids)[:60])
        )
    return list(dict.fromkeys(ids))


def read_kernels(model: nn.Module, node_id: str) -> npt.NDArray[np.float32]:
    """Returns a convolution's weights: read-only float32 copy (out, in / groups, kH, kW).

    A later call of the same module (`conv1_1`) has the same weights. Raises TraceError for an id that is not a
    module's, a module other than a 2D convolution, and a net on the meta device.
    """
    modules = named_originals(model)
    path, _underscore, number = node_id.rpartition("_") if isinstance(node_id, str) else ("", "", "")
    is_later_call = node_id not in modules and number.isdecimal() and path in modules
    module = find_by_id(modules, path if is_later_call else node_id, type(model).__name__)
    if not isinstance(module, nn.Conv2d):
        raise TraceError(
            _("{node} has no kernels: it is {kind}. Choose a convolution, such as conv1.").format(
                node=node_id, kind=type(module).__name__
            )
        )
    if module.weight.is_meta:
        raise TraceError(_("{node} has no values yet: the net was only planned. Build it first.").format(node=node_id))
    return to_array(module.weight.detach().clone())
