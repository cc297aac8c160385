"""A module and a picture become feature maps.

What is shown for a node is what that node gave: torchvision's ReLU and `+=` write over the maps before them, so a
wanted map is copied the moment it is made. The nodes are those of the Trace, named by the same recorder.
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
from resnet_viz.model.run.images import InputSize
from resnet_viz.model.run.passes import Pass, find_by_id, open_pass, to_array
from resnet_viz.model.trace.recorder import CallPlace, Recorder, Where
from resnet_viz.records.trace import Node


def capture(
    model: nn.Module, image: Image, node_ids: str | Iterable[str], input_size: InputSize = (224, 224)
) -> dict[str, npt.NDArray[np.float32]]:
    """Feature maps of one RGB picture by node id: float32 arrays (C, H, W), flat ones (C,), not to be written to.

    The picture is prepared as a `Preparation` says; a plain size (height, width) means resized, centre-cropped and
    normalised as for ImageNet. The net runs in eval mode under inference mode on the device it is on, no further than
    the last node asked for, and is left as it was. One id may stand for a list of one. A group (`layer3`, `layer3.5`)
    gives the output of its last op, `input` what goes in.
    Raises TraceError for an unknown node or a net that is scripted, compiled or quantised, ImageError where the net
    does not take RGB, SpecError where the maps would not fit into memory.
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
    """What the ops (and the input) give, by id, in one pass that ends with the last of them; those it comes to.

    Raises SpecError where they would not fit into memory.
    """
    wanted = {node.id: node for node in nodes}
    run.check_memory(sum(node.outputs[0].n_bytes for node in wanted.values()))
    return run.follow(wanted, lambda places: _listen(run, _Capture(run.model, wanted, places)))


def _listen(run: Pass, recorder: _Capture) -> Mapping[str, Tensor]:
    tensor = run.input()
    recorder.take_input(tensor)
    if not recorder.is_over:
        with torch.inference_mode(), suppress(_Done):
            recorder.listen_to(run.model, tensor)
    return recorder.kept


class _Capture(Recorder):
    """Runs for real and copies what is wanted; stops once it has seen it all."""

    keeps_source = False

    def __init__(
        self, model: nn.Module, wanted: Mapping[str, Node], places: Mapping[int, CallPlace] | None = None
    ) -> None:
        super().__init__(model, places)
        self.kept: dict[str, Tensor] = {}
        self._wanted = wanted

    @property
    def is_over(self) -> bool:
        """Whether all that was wanted is there."""
        return len(self.kept) == len(self._wanted)

    def take_input(self, tensor: Tensor) -> None:
        """To be called first, since a net may write into its input."""
        if self.input_id in self._wanted:
            self.kept[self.input_id] = tensor.clone()

    def keep(
        self, node_id: str, function: Any, where: Where, sources: Sequence[str], outputs: Sequence[Tensor]
    ) -> None:
        node = self._wanted.get(node_id)
        if node is not None:
            self.kept[node_id] = outputs[0].detach().clone()
        # A leaf module of several functions comes here once for each, and the last one is what it returned: only
        # the next op tells that it is over.
        if self.is_over and (node is None or "functions" not in node.attrs):
            raise _Done


class _Done(Exception):
    """All that was wanted is there: the rest of the net need not run."""


def _node_ids(node_ids: object) -> list[str]:
    """Each id once, in order."""
    ids = [node_ids] if isinstance(node_ids, str) else list(node_ids) if isinstance(node_ids, Iterable) else [node_ids]
    if not all(isinstance(node_id, str) for node_id in ids):
        raise TraceError(
            _("Node ids: got {got}. Pass ids of the Trace, as in layer1.0.conv1.").format(got=str(ids)[:60])
        )
    return list(dict.fromkeys(ids))


def read_kernels(model: nn.Module, node_id: str) -> npt.NDArray[np.float32]:
    """A convolution's weights: float32 (out, in, kH, kW), a copy, not to be written to; `in` is per group.

    A later call of the same module (`conv1_1`) has the same weights. Raises TraceError for an id that is no module's,
    a module that is no two-dimensional convolution, and a net that was planned without values.
    """
    modules = dict(model.named_modules())
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
