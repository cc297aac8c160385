"""What is done with a net of the zoo besides tracing it: it goes well or is refused, and leaves the net as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from resnet_viz.errors import ResnetVizError
from resnet_viz.model.run.block_maps import block_changes
from resnet_viz.model.run.capture import capture
from resnet_viz.model.run.gradients import grad_cam
from resnet_viz.model.run.predict import predict
from resnet_viz.records.trace import Trace
from tests.fingerprint import changes, fingerprint
from tests.model.lively_nets import PICTURE
from tests.zoo.entries import Entry

CALLS: Mapping[str, Callable[[Any, str, tuple[int, int]], object]] = {
    "capture": lambda net, node, size: capture(net, PICTURE, [node], size),
    "predict": lambda net, _node, size: predict(net, PICTURE, 1, size),
    "grad_cam": lambda net, node, size: grad_cam(net, PICTURE, node, 0, size),
    "block_changes": lambda net, _node, size: block_changes(net, PICTURE, size),
}


@dataclass(slots=True)
class Runs:
    """Which calls went well, what the refusals of the others say, and what is not as it must be."""

    well: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def run_calls(net: Any, entry: Entry, trace: Trace) -> Runs:
    """Does each with a net that takes a picture."""
    runs = Runs()
    node = trace.blocks[-1].add if trace.blocks and trace.blocks[-1].add else trace.ops[0].id
    expected = _values_of(net, entry)
    before = fingerprint(net)
    for name, call in CALLS.items():
        try:
            call(net, node, (entry.shape[-2], entry.shape[-1]))
        except ResnetVizError as error:
            runs.refused[name] = str(error)
        except Exception as error:
            runs.faults.append(f"{name}: {type(error).__name__}: {error}"[:200])
        else:
            runs.well.append(name)
        runs.faults += [f"{name} changed {way}" for way in changes(before, fingerprint(net))][:3]
    found = _values_of(net, entry)
    if not _are_same(expected, found):
        runs.faults.append("it gives other values afterwards")
    return runs


def _values_of(net: Any, entry: Entry) -> list[Tensor]:
    """Returns all tensors of the net's own output for a fixed input."""
    torch.manual_seed(0)
    image = torch.randn(entry.shape, generator=torch.Generator().manual_seed(1))
    dtype = next((value.dtype for value in net.parameters() if value.is_floating_point()), torch.float32)
    with torch.no_grad(), torch.compiler.set_stance("force_eager"):
        return _tensors(net(image.to(dtype)))


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return [tensor for part in inner for tensor in _tensors(part)]


def _are_same(left: list[Tensor], right: list[Tensor]) -> bool:
    return len(left) == len(right) and all(
        torch.equal(torch.nan_to_num(a.float()), torch.nan_to_num(b.float())) for a, b in zip(left, right, strict=True)
    )
