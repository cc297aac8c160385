"""Data that a forward pass yields for each op and module, before they become nodes of the Trace."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from resnet_viz.model.graph.windows import Window
from resnet_viz.records.macs import Macs
from resnet_viz.records.quick import quick
from resnet_viz.records.trace import ParamMeta, SourceRef, TensorMeta


@dataclass(slots=True)
class Call:
    """One op as recorded; a leaf module that calls several functions is one op."""

    id: str
    module: str | None
    op: str
    source: tuple[SourceRef, ...]
    attrs: Mapping[str, Any] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    """For each input, which of the producing op's outputs it is."""
    outputs: tuple[TensorMeta, ...] = ()
    windows: list[tuple[Window, Window] | None] = field(default_factory=list)
    """Window of each of its functions, in order; None where no rule applies."""
    n_macs: int = 0
    """What is known of them."""
    may_cost_more: bool = False
    is_ruled: bool = True
    is_inplace: bool = False
    is_view: bool = False
    memory_of: str | None = None
    """The op whose memory this one writes into or views."""
    sees_all: bool = False
    has_statistics: bool = False

    @property
    def macs(self) -> Macs:
        """Its multiply-adds, a lower bound where it may cost more."""
        return Macs(None if self.may_cost_more and not self.n_macs else self.n_macs, self.may_cost_more)

    @property
    def n_bytes(self) -> int:
        """Size of its outputs."""
        return self.outputs[0].n_bytes if len(self.outputs) == 1 else sum(output.n_bytes for output in self.outputs)

    def take_inputs(self, sources: Iterable[tuple[str, int]]) -> None:
        """Adds inputs: the producing op's id and which of its outputs it is."""
        for node_id, slot in sources:
            self.inputs.append(node_id)
            self.slots.append(slot)


@quick
@dataclass(frozen=True, slots=True)
class Module:
    """One module of the net: its class, whether it has submodules, and its own parameters."""

    path: str
    class_name: str
    is_leaf: bool
    is_sequence: bool
    params: tuple[ParamMeta, ...]
    """Its own parameters and buffers with a key in the state dict."""
    n_own: int
    """Its own parameters."""
    n_new: int
    """Its own parameters without those shared with an earlier module."""
    n_bytes: int
    """Bytes of its own parameters and buffers, without those shared with an earlier module."""


def free_id(name: str, paths: Container[str]) -> str:
    """Returns `name` as the id of a non-module such as the input, with underscores appended while a path is equal."""
    return name if name not in paths else free_id(f"{name}_", paths)
