"""Writes a Trace as a file: nodes and edges in columns, and what repeats once, in tables.

Nodes are named by their number in the file; the children of a group are the nodes that name it as parent.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from resnet_viz.errors import TraceFileError
from resnet_viz.i18n import _
from resnet_viz.records.failure import Failure
from resnet_viz.records.trace import Block, Edge, Node, ParamMeta, SourceRef, TensorMeta, Trace
from resnet_viz.refusal import shown
from resnet_viz.trace_files.columns import is_sound
from resnet_viz.trace_files.schema import MOST_BYTES, MOST_TEXT, SCHEMA, TOTALS, VERSION
from resnet_viz.trace_files.values import write_value
from resnet_viz.writing import check_place, write_whole

_PLAIN = (
    *("id", "kind", "op", "module", "call", "order", "is_inplace", "is_view", "storage", "n_params", "n_macs"),
    *("macs_at_least", "act_bytes", "live_bytes", "is_global", "is_estimated"),
)


def write_trace(trace: Trace, is_compressed: bool = False) -> bytes:
    """Returns a Trace as JSON text in UTF-8, or the same gzip-compressed; `read_trace` restores an equal Trace.

    Raises TraceFileError for a Trace with arguments of ops that are no plain values, names that cannot be shown, or a
    text of more than 64 MiB.
    """
    _check_names(trace)
    text = json.dumps(_document(trace), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    data = text.encode()
    if len(data) > MOST_BYTES:
        sentence = _(
            "The Trace of {name} has {got} MiB of text, and a file has at most {most}. Trace a part of the net."
        )
        raise TraceFileError(sentence.format(name=trace.name, got=-(-len(data) // 2**20), most=MOST_BYTES // 2**20))
    # No time in it: equal Traces are equal files.
    return gzip.compress(data, mtime=0) if is_compressed else data


def save_trace(trace: Trace, path: Path | str) -> None:
    """Writes a trace file, whole or not at all; compressed where the name ends with `.gz`.

    Raises TraceFileError as `write_trace`, ResnetVizError where no file can stand, OSError where it cannot be written.
    """
    place = Path(path)
    check_place(place)
    write_whole(place, write_trace(trace, is_compressed=place.suffix.lower() == ".gz"))


def _check_names(trace: Trace) -> None:
    """Refuses what `read_trace` would refuse."""
    params = [param.name for node in trace.nodes.values() for param in node.params]
    texts = [trace.name, *trace.nodes, *trace.warnings, *params]
    if is_sound(texts):
        return
    text = next(text for text in texts if not is_sound([text]))
    sentence = _(
        "The text {got} in this Trace is none that a file can hold: at most {most:,} characters of Unicode, without "
        "control characters. Rename that layer and trace again."
    )
    raise TraceFileError(sentence.format(got=shown(ascii(text)), most=MOST_TEXT))


class _Table:
    """Distinct rows in order of first use."""

    def __init__(self) -> None:
        self._places: dict[Hashable, int] = {}
        self.rows: list[Any] = []

    def place(self, key: Hashable, write: Callable[[], Any]) -> int:
        """Returns the number of a row, which `write` makes where it is new."""
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.rows)
            self.rows.append(write())
        return place


class _Tables:
    """All tables of a file."""

    def __init__(self) -> None:
        self.tensors, self.fields, self.sources, self.stacks = _Table(), _Table(), _Table(), _Table()
        self.weights, self.attrs = _Table(), _Table()

    def tensor(self, tensor: TensorMeta) -> int:
        return self.tensors.place(tensor, lambda: [list(tensor.shape), tensor.dtype, tensor.n_bytes])

    def field(self, node: Node) -> list[int] | None:
        if node.field is None:
            return None
        return [self.fields.place(axis, lambda axis=axis: [axis.lo, axis.hi, axis.jump]) for axis in node.field]  # type: ignore[misc]

    def stack(self, source: tuple[SourceRef, ...]) -> int:
        return self.stacks.place(source, lambda: [self._source(ref) for ref in source])

    def _source(self, ref: SourceRef) -> int:
        return self.sources.place(ref, lambda: [ref.file, ref.function, ref.line])

    def param(self, param: ParamMeta) -> list[Any]:
        row = [list(param.shape), param.dtype, param.is_buffer, param.is_trainable]
        return [param.name, self.weights.place(json.dumps(row), lambda: row), param.same_as]

    def arguments(self, attrs: Mapping[str, object]) -> int:
        row = {str(name): write_value(value) for name, value in attrs.items()}
        # By its text, in which True is not 1, nor 1 equal to 1.0.
        return self.attrs.place(json.dumps(row), lambda: row)


def _document(trace: Trace) -> dict[str, Any]:
    numbers = {node_id: number for number, node_id in enumerate(trace.nodes)}
    tables = _Tables()
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "net": trace.spec.to_query() if trace.spec else None,
        "name": trace.name,
        "device": trace.device,
        "mode": trace.mode,
        "origin": trace.origin,
        "versions": dict(trace.versions),
        "warnings": list(trace.warnings),
        "input": tables.tensor(trace.input),
        "totals": {name: getattr(trace, name) for name in TOTALS},
        "merges": [numbers[node_id] for node_id in trace.merges],
        "failed": _write_failure(trace.failed, numbers),
        "nodes": _write_nodes(trace.nodes.values(), numbers, tables),
        "stages": [[numbers[node.id], node.paper_name, node.n_blocks] for node in trace.stages],
        "blocks": [_write_block(node, numbers) for node in trace.blocks],
        "edges": _write_edges(trace.edges, numbers, tables),
        **{name: table.rows for name, table in vars(tables).items()},
    }


def _write_nodes(nodes: Iterable[Node], numbers: Mapping[str, int], tables: _Tables) -> dict[str, list[Any]]:
    listed = list(nodes)
    return {
        **{name: [getattr(node, name) for node in listed] for name in _PLAIN},
        "parent": [None if node.parent is None else numbers[node.parent] for node in listed],
        "attrs": [tables.arguments(node.attrs) for node in listed],
        "inputs": [[numbers[source] for source in node.inputs] for node in listed],
        "outputs": [[tables.tensor(output) for output in node.outputs] for node in listed],
        "field": [tables.field(node) for node in listed],
        "source": [tables.stack(node.source) for node in listed],
        "params": [[tables.param(param) for param in node.params] for node in listed],
    }


def _write_block(block: Block, numbers: Mapping[str, int]) -> list[Any]:
    ops = [[numbers[op] for op in branch] for branch in (block.residual, block.bypass)]
    add = None if block.add is None else numbers[block.add]
    return [numbers[block.id], block.block_type, block.shortcut, add, *ops, list(block.stride)]


def _write_edges(edges: Iterable[Edge], numbers: Mapping[str, int], tables: _Tables) -> dict[str, list[Any]]:
    listed = list(edges)
    return {
        "src": [numbers[edge.src] for edge in listed],
        "dst": [numbers[edge.dst] for edge in listed],
        "slot": [edge.slot for edge in listed],
        "tensor": [tables.tensor(edge.tensor) for edge in listed],
        "role": [edge.role for edge in listed],
    }


def _write_failure(failed: Failure | None, numbers: Mapping[str, int]) -> dict[str, Any] | None:
    return None if failed is None else {**asdict(failed), "node": numbers[failed.node]}
