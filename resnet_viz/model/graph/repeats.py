"""The nodes of a block once more, for an equal block after it that was not recorded.

What such a node differs in is arithmetic: its ids, its place, the memory that it writes into, and its receptive field,
which each block widens by as much as the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from resnet_viz.model.graph.fields import Fields
from resnet_viz.records.trace import Block, Edge, Field, Node, ParamMeta, TensorMeta


@dataclass(frozen=True, slots=True)
class Repeat:
    """A recorded block that stands for the equal ones after it, too."""

    path: str
    others: tuple[str, ...]
    """The paths of those after it."""
    start: int
    """Its ops are those from here …"""
    stop: int
    """… to before here."""
    source: str
    """The op that it takes the output of, or the input."""
    output: str
    """Its op that gives its own output."""

    @property
    def n_ops(self) -> int:
        """Number of its ops."""
        return self.stop - self.start


_Param = tuple[str, tuple[int, ...], str, bool, bool]
"""What follows the block's path in a parameter's name, and what else is known of it."""


class _Op(NamedTuple):
    """An op of the first block: what follows the block's path in its names, and what else a copy needs of it."""

    node: Node
    names: tuple[str, str, str]
    """Of itself, its parent and its module."""
    inputs: tuple[str | None, ...]
    """None for what the block takes."""
    writes_source: bool
    """Into the memory of what the block takes."""
    params: list[_Param]


class Copy:
    """An equal block, the `turn`-th after the first.

    `ops` are the first one's in order, `source` is what it takes, both as they are in the whole graph. `before` gives
    the output of the block before this one, and `growth` is what a block adds to a receptive field.
    """

    def __init__(
        self, repeat: Repeat, turn: int, ops: Sequence[_Op], source: Node, before: Node, growth: Growth
    ) -> None:
        self.path = repeat.others[turn - 1]
        self._cut, self._source, self._before = len(repeat.path), source.id, before
        self._n_before = turn * repeat.n_ops
        self._is_global = before.is_global
        # Many ops have the very same fields.
        fields = {id(op.node.field): op.node.field for op in ops if op.node.field is not None}
        self._fields = {key: _widened(field, growth, turn) for key, field in fields.items()}
        self.ops = dict(self._make(ops))
        """By their ids in the first block."""
        self.output = self.ops[repeat.output]

    def rename(self, node_id: str) -> str:
        """Returns the id here of what has an id in the first block, or of what that block takes."""
        return self._before.id if node_id == self._source else self.path + node_id[self._cut :]

    def _make(self, templates: Sequence[_Op]) -> Iterator[tuple[str, Node]]:
        path, before, shift, fields, is_global = self.path, self._before, self._n_before, self._fields, self._is_global
        for op, (name, parent, module), inputs, writes_source, params in templates:
            taken = tuple([before.id if tail is None else path + tail for tail in inputs])
            yield op.id, Node(
                path + name, "op", path + parent, (), op.op, op.attrs, path + module, op.call, op.order + shift, taken,
                op.outputs, op.is_inplace, op.is_view, before.storage if writes_source else op.storage + shift,
                op.n_params, op.n_macs, op.macs_at_least, op.act_bytes, op.live_bytes,
                op.field and fields[id(op.field)], is_global or op.is_global, op.source, op.is_estimated,
                self._params(params) if params else (),
            )  # fmt: skip

    def _params(self, params: Iterable[_Param]) -> tuple[ParamMeta, ...]:
        path = self.path
        return tuple(
            [
                ParamMeta(path + name, shape, dtype, is_buffer, is_trainable, None)
                for name, shape, dtype, is_buffer, is_trainable in params
            ]
        )

    def group(self, group: Node, last: Node) -> Node:
        """Returns a group of the first block's, or that block, as it is here. `last`: the first's op that ends it."""
        end, rename = self.ops[last.id], self.rename
        common = (
            rename(group.id),
            group.kind,
            group.parent if len(group.id) == self._cut else rename(group.parent or ""),
            tuple(map(rename, group.children)),
            None,
            group.attrs,
            group.module and rename(group.module),
            group.call,
            group.order + self._n_before,
            tuple(map(rename, group.inputs)),
            group.outputs,
            group.is_inplace,
            group.is_view,
            end.storage,
            group.n_params,
            group.n_macs,
            group.macs_at_least,
            group.act_bytes,
            group.live_bytes,
            end.field,
            end.is_global,
            group.source,
            group.is_estimated,
            self._params(_params(group, self._cut)),
        )
        if not isinstance(group, Block):
            return Node(*common)
        add = group.add and rename(group.add)
        residual, bypass = tuple(map(rename, group.residual)), tuple(map(rename, group.bypass))
        return Block(*common, group.block_type, group.shortcut, add, residual, bypass, group.stride)

    def edge_templates(self, edges: Iterable[Edge]) -> list[_Arriving]:
        """Returns the edges into the first block's ops by what follows the block's path in their ids."""
        cut, source = self._cut, self._source
        return [
            (None if edge.src == source else edge.src[cut:], edge.dst[cut:], edge.slot, edge.tensor, edge.role)
            for edge in edges
        ]

    def edges(self, templates: Iterable[_Arriving]) -> Iterator[Edge]:
        """Yields these edges as they are here."""
        path, before = self.path, self._before.id
        for tail, end, slot, tensor, role in templates:
            yield Edge(before if tail is None else path + tail, path + end, slot, tensor, role)


_Arriving = tuple[str | None, str, int, TensorMeta, str]
Growth = tuple[tuple[int, int], tuple[int, int]]
"""What is added to the first and last pixel that is seen, vertically and horizontally."""


def copies(repeat: Repeat, ops: Sequence[Node], source: Node, source_field: Fields | None) -> list[Copy]:
    """Returns the equal blocks after the first, in order."""
    before = next(op for op in ops if op.id == repeat.output)
    templates = [_template(op, len(repeat.path), source) for op in ops]
    growth = _growth(source_field, before.field)
    found: list[Copy] = []
    for turn in range(1, len(repeat.others) + 1):
        found.append(Copy(repeat, turn, templates, source, before, growth))
        before = found[-1].output
    return found


def _template(op: Node, cut: int, source: Node) -> _Op:
    inputs = tuple(None if node_id == source.id else node_id[cut:] for node_id in op.inputs)
    names = op.id[cut:], (op.parent or "")[cut:], (op.module or "")[cut:]
    return _Op(op, names, inputs, op.storage == source.storage, _params(op, cut))


def _params(node: Node, cut: int) -> list[_Param]:
    return [(each.name[cut:], each.shape, each.dtype, each.is_buffer, each.is_trainable) for each in node.params]


def _growth(before: Fields | None, after: Fields | None) -> Growth:
    if before is None or after is None:
        return (0, 0), (0, 0)
    (vertical, horizontal) = (
        (last.lo - first.lo, last.hi - first.hi) for first, last in zip(before, after, strict=True)
    )
    return vertical, horizontal


def _widened(fields: Fields, growth: Growth, turn: int) -> Fields:
    (up, down), (left, right) = growth
    vertical, horizontal = fields
    return (
        Field(vertical.lo + turn * up, vertical.hi + turn * down, vertical.jump),
        Field(horizontal.lo + turn * left, horizontal.hi + turn * right, horizontal.jump),
    )
