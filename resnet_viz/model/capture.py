"""A module and a picture become feature maps.

What is shown for a node is what that node gave: torchvision's ReLU and `+=` write over the maps before them, so a
wanted map is copied the moment it is made. The nodes are those of the Trace, named by the same recorder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL.Image import Image
from torch import Tensor, nn

from resnet_viz.errors import ImageError, SpecError, TraceError
from resnet_viz.i18n import _, n_
from resnet_viz.model.devices import free_bytes
from resnet_viz.model.images import to_input
from resnet_viz.model.recorder import Recorder, Where
from resnet_viz.model.trace import trace_model
from resnet_viz.records import Node, Trace
from resnet_viz.spec import check_input_size
from resnet_viz.units import format_bytes

# Convolutions on the CPU unfold their input first; on a GPU they take a workspace.
_WORKSPACE = 3


def capture(
    model: nn.Module, image: Image, node_ids: str | Iterable[str], input_size: tuple[int, int] = (224, 224)
) -> dict[str, npt.NDArray[np.float32]]:
    """Feature maps of one RGB picture by node id: float32 arrays (C, H, W), flat ones (C,).

    The picture is resized, centre-cropped to `input_size` (height, width) and normalised as for ImageNet. The net
    runs in eval mode under inference mode on the device it is on, no further than the last node asked for, and is
    left as it was. One id may stand for a list of one. A group (`layer3`, `layer3.5`) gives the output of its last
    op, `input` what goes in.
    Raises TraceError for an unknown node, ImageError where the net does not take RGB, SpecError where the maps
    would not fit into memory.
    """
    wanted = _node_ids(node_ids)
    height, width = check_input_size("input_size", input_size)
    picture = _check_picture(image)
    _check_channels(model)
    with _eval_mode(model):
        trace = trace_model(model, (1, 3, height, width))
        sources = {node_id: _source_op(trace, node_id) for node_id in wanted}
        device = torch.device(trace.device)
        _check_memory(trace, device, sources.values())
        tensor = to_input(picture, (height, width)).to(device=device, dtype=getattr(torch, trace.input.dtype))
        kept = _run(model, tensor, {node.id: node for node in sources.values()})
    for node_id, node in sources.items():
        if node.id not in kept:
            raise TraceError(
                _("{name} does not come to {node} with this picture.").format(name=trace.name, node=node_id)
            )
    return {node_id: _to_array(kept[node.id]) for node_id, node in sources.items()}


class _Capture(Recorder):
    """Runs for real and copies what is wanted; stops once it has seen it all."""

    def __init__(self, model: nn.Module, wanted: Mapping[str, Node]) -> None:
        super().__init__(model)
        self.kept: dict[str, Tensor] = {}
        self._wanted = wanted

    def keep(
        self, node_id: str, function: Any, where: Where, sources: Sequence[str], outputs: Sequence[Tensor]
    ) -> None:
        node = self._wanted.get(node_id)
        if node is not None:
            self.kept[node_id] = outputs[0].detach().clone()
        # A leaf module of several functions comes here once for each, and the last one is what it returned: only
        # the next op tells that it is over.
        is_over = node is None or "functions" not in node.attrs
        if is_over and len(self.kept) == len(self._wanted):
            raise _Done


class _Done(Exception):
    """All that was wanted is there: the rest of the net need not run."""


def _run(model: nn.Module, tensor: Tensor, wanted: Mapping[str, Node]) -> Mapping[str, Tensor]:
    """The wanted values; the input's is copied first, since a net may write into it."""
    recorder = _Capture(model, wanted)
    if recorder.input_id in wanted:
        recorder.kept[recorder.input_id] = tensor.clone()
    if len(recorder.kept) < len(wanted):
        with torch.inference_mode(), suppress(_Done):
            recorder.listen_to(model, tensor)
    return recorder.kept


def _source_op(trace: Trace, node_id: str) -> Node:
    """The op whose output is a node's: its own, or a group's last."""
    node = trace.nodes.get(node_id)
    if node is None:
        near = get_close_matches(str(node_id)[:100], trace.nodes, n=3, cutoff=0.4)
        raise TraceError(
            _("There is no node “{got}” in {name}. Near it: {near}.").format(
                got=str(node_id)[:60], name=trace.name, near=", ".join(near) or _("nothing")
            )
        )
    return trace.last_op(node)


def _node_ids(node_ids: object) -> list[str]:
    """Each id once, in order."""
    ids = [node_ids] if isinstance(node_ids, str) else list(node_ids) if isinstance(node_ids, Iterable) else [node_ids]
    if not all(isinstance(node_id, str) for node_id in ids):
        raise TraceError(
            _("Node ids: got {got}. Pass ids of the Trace, as in layer1.0.conv1.").format(got=str(ids)[:60])
        )
    return list(dict.fromkeys(ids))


def _check_picture(image: object) -> Image:
    """Any picture of PIL's that has pixels, as RGB."""
    if isinstance(image, Image) and min(image.size) > 0:
        return image if image.mode == "RGB" else image.convert("RGB")
    raise ImageError(
        _("Got {got} for a picture. Pass what load_image gives for the file's bytes.").format(got=type(image).__name__)
    )


def _check_channels(model: nn.Module) -> None:
    """A picture has three channels; what else a net takes, its first convolution tells."""
    if not isinstance(model, nn.Module):
        raise TraceError(_("Got {got} for a net. Pass what build_model gives.").format(got=type(model).__name__))
    first = next((module for module in model.modules() if isinstance(module, nn.Conv2d)), None)
    if first is not None and first.in_channels != 3:
        raise ImageError(
            n_(
                "This net takes {n} input channel, but a picture has 3 (RGB). Set the input channels to 3.",
                "This net takes {n} input channels, but a picture has 3 (RGB). Set the input channels to 3.",
                first.in_channels,
            ).format(n=first.in_channels)
        )


def _check_memory(trace: Trace, device: torch.device, wanted: Iterable[Node]) -> None:
    needed = _WORKSPACE * trace.peak_bytes + sum(node.outputs[0].n_bytes for node in wanted)
    free = free_bytes(device)
    if needed > free:
        raise SpecError(
            _(
                "The feature maps of {name} at {shape} need {needed}, but {device} has {free} to give. "
                "Choose a smaller input size."
            ).format(
                name=trace.name,
                shape="×".join(map(str, trace.input.shape[2:])),
                needed=format_bytes(needed),
                device=str(device).upper(),
                free=format_bytes(free),
            )
        )


@contextmanager
def _eval_mode(model: nn.Module) -> Iterator[None]:
    """Batch norm uses its stored statistics; a net in training is put back into it."""
    training = [module for module in model.modules() if module.training]
    for module in training:
        module.training = False
    try:
        yield
    finally:
        for module in training:
            module.training = True


def _to_array(tensor: Tensor) -> npt.NDArray[np.float32]:
    array: npt.NDArray[np.float32] = tensor[0].float().cpu().numpy()
    return array
