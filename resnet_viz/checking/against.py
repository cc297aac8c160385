"""`check`: whether a net is still the one of a trace file, for tests and build servers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnet_viz.checking.differences import Deviation, find_deviations
from resnet_viz.records.trace import Trace
from resnet_viz.trace_files.read import read_trace

if TYPE_CHECKING:
    from resnet_viz.model.trace.plan import InputShape


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found: in `deviations` each difference, the most important first."""

    reference: str
    """Name of the reference's net."""
    net: str
    """Name of the net that was checked."""
    deviations: tuple[Deviation, ...]

    @property
    def is_same(self) -> bool:
        """Whether the net has the architecture, shapes, parameters, multiply-adds and names of the reference."""
        return not self.deviations

    @property
    def lines(self) -> tuple[str, ...]:
        """The differences in words, a line each; empty if the nets are the same."""
        return tuple(deviation.text for deviation in self.deviations)

    def as_json(self) -> dict[str, Any]:
        """Returns the check as plain values."""
        found = [{"kind": each.kind, "node": each.node, "text": each.text} for each in self.deviations]
        return {"reference": self.reference, "net": self.net, "is_same": self.is_same, "differences": found}


def check(model: Any, reference: Trace | Path | str | bytes, input_shape: InputShape | None = None) -> Check:
    """Compares a net with a trace file.

    `model`: a torch.nn.Module, which is traced and not changed, a Trace, or the path or bytes of another trace file.
    `input_shape`: as of `trace_model`, (N, C, H, W) or a shape for each input; else what the reference was traced with.
    Raises TraceFileError for a file that is none, TraceError for a net that cannot be traced.
    """
    known = reference if isinstance(reference, Trace) else read_trace(reference)
    net = model if isinstance(model, Trace) else _trace(model, known, input_shape)
    return Check(known.name, net.name, find_deviations(known, net))


def _trace(model: Any, reference: Trace, input_shape: InputShape | None) -> Trace:
    if isinstance(model, (str, Path, bytes)):
        return read_trace(model)
    # imported late: torch takes seconds to import, and two files are compared without it
    from resnet_viz.model.trace.plan import trace_model

    return trace_model(model, _input_shapes(reference) if input_shape is None else input_shape)


def _input_shapes(reference: Trace) -> Sequence[Sequence[int]]:
    return [node.outputs[0].shape for node in reference.nodes.values() if node.kind == "input"]
