"""The Trace: an immutable record of a network, which every view reads instead of the module.

It holds metadata, no tensor data. Shapes are (N, C, H, W) or (N, C).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from pathlib import Path

from resnet_viz.errors import ResnetVizError
from resnet_viz.records.failure import Failure
from resnet_viz.records.macs import Macs
from resnet_viz.records.quick import quick
from resnet_viz.spec.resnet import ResNetSpec

# Memory of a pass as a multiple of `Trace.peak_bytes`: convolutions need a workspace beside their input and output.
# Measured on the CPU with one thread, as the rise of the resident memory (VmHWM after a pass - VmRSS before):
# ResNet-18 and -50 2.4 and 2.5 at 224², 1.0 and 1.3 at 1024²; five other nets at 512² or 1024² 1.0 to 1.8.
# Not measured on a GPU.
WORKSPACE = 3


@dataclass(frozen=True, slots=True)
class TensorMeta:
    """Metadata of a tensor: shape (N, C, H, W) or (N, C), dtype as in `float32`, size in bytes."""

    shape: tuple[int, ...]
    dtype: str
    n_bytes: int


@quick
@dataclass(frozen=True, slots=True)
class ParamMeta:
    """Metadata of a parameter or buffer: state dict key, shape, dtype as in `float32`."""

    name: str
    """For example `layer1.0.conv1.weight`."""
    shape: tuple[int, ...]
    dtype: str
    is_buffer: bool
    is_trainable: bool
    """False for a frozen parameter and for a buffer."""
    same_as: str | None
    """State dict key of the first occurrence of a shared tensor, under which sums count it; None if not shared."""

    @property
    def size(self) -> int:
        """Number of elements."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source line: file, line number from 1, and the function's qualified name, as in `Bottleneck.forward`."""

    file: str
    """From its package on, as in `torchvision/models/resnet.py`; a script or notebook cell by its name alone."""
    line: int
    function: str


@quick
@dataclass(frozen=True, slots=True)
class Field:
    """The theoretical receptive field along one axis, in input pixels.

    Output position 0 sees the pixels `lo` to `hi`, inclusive and not clipped to the image; position i sees them
    shifted by `i * jump`. A jump of None means that every position sees the same pixels.
    """

    lo: int
    hi: int
    jump: int | None

    @property
    def size(self) -> int:
        """Number of pixels seen."""
        return self.hi - self.lo + 1

    @property
    def center(self) -> float:
        """Centre of the field of position 0."""
        return (self.lo + self.hi) / 2


@quick
@dataclass(frozen=True, slots=True)
class Node:
    """A node: the network, its input, a stage, a block, a shortcut's layers, another group of layers, or one op.

    A group's counts are sums over its ops; its output and receptive field are those of its last op.
    """

    id: str
    """Unique: the module path, with the call number when a leaf module is reused, as in `layer1.0.relu_1`."""
    kind: str
    """network | input | stem | stage | block | shortcut | head | group | op"""
    parent: str | None
    children: tuple[str, ...]
    op: str | None
    """conv2d, batch_norm, relu, add, max_pool2d, …; None for the input and groups."""
    attrs: Mapping[str, object]
    """Arguments of the op: kernel, stride, padding, groups, eps, …; `functions` if it covers several calls."""
    module: str | None
    """Path of the module that contains the op."""
    call: int
    """Number of earlier calls of that module."""
    order: int
    """Index in execution order; a group has that of its first op, the input -1."""
    inputs: tuple[str, ...]
    """Ids of the producing ops, in argument order; for a group, only those outside it."""
    outputs: tuple[TensorMeta, ...]
    is_inplace: bool
    is_view: bool
    storage: int
    """Ops with the same number share memory."""
    n_params: int
    """Parameter count, trainable and frozen; a sum counts shared parameters once."""
    n_macs: int | None
    """Multiply-adds of the whole batch: of convolutions, linear layers, matrix products and attention, without bias and
    batch norm. None where they cannot be known."""
    macs_at_least: bool
    """There may be more than `n_macs`: of an op, or a part of a group, not all is known."""
    act_bytes: int
    """Bytes of newly allocated output: 0 for in-place ops and views."""
    live_bytes: int
    """Bytes of activations alive while the op runs, by last use; for a group, the maximum."""
    field: tuple[Field, Field] | None
    """Vertical and horizontal; None if no rule covers the op."""
    is_global: bool
    """Depends on the whole image, too: group norm, batch norm in training, squeeze-and-excitation."""
    source: tuple[SourceRef, ...]
    """The call stack, innermost first, without torch's frames."""
    is_estimated: bool
    """True if a rule derived the shape, False if torch computed it."""
    params: tuple[ParamMeta, ...]
    """Parameters and buffers in the state dict: an op has its module's, a group those of none of its ops."""

    @property
    def out_shape(self) -> tuple[int, ...]:
        """Shape of the first output, (N, C, H, W) or (N, C); () if there is none."""
        return self.outputs[0].shape if self.outputs else ()

    @property
    def macs(self) -> Macs:
        """Multiply-adds, with what is known of them."""
        return Macs(self.n_macs, self.macs_at_least)


@quick
@dataclass(frozen=True, slots=True)
class Stage(Node):
    """A stage: torchvision's `layer1`, the paper's conv2_x."""

    paper_name: str
    n_blocks: int

    @property
    def name(self) -> str:
        """torchvision's name, for example `layer1`."""
        return self.id


@quick
@dataclass(frozen=True, slots=True)
class Block(Node):
    """A residual block: a sum of F(x) with x or with a projection of x, with the ops of its branches."""

    block_type: str
    """Class of the module, for example `Bottleneck`; empty for a block that is no module of its own."""
    shortcut: str
    """identity | projection | parameter-free | gated | none"""
    add: str | None
    """The op that adds the branches; None if there is none."""
    residual: tuple[str, ...]
    """Ops on the residual branch F(x), in execution order; ops that both branches share are in neither."""
    bypass: tuple[str, ...]
    """Ops on the shortcut: empty for an identity."""
    stride: tuple[int, int]
    """Of the whole block: vertical, horizontal."""


@quick
@dataclass(frozen=True, slots=True)
class Edge:
    """A tensor passed from one op to another."""

    src: str
    dst: str
    slot: int
    """Input index at `dst`, from 0."""
    tensor: TensorMeta
    role: str
    """main | identity | projection | parameter-free | gated | gate"""


@dataclass(frozen=True)
class Trace:
    """A whole network: every node by id in execution order, the edges between ops, and the totals."""

    spec: ResNetSpec | None
    """The spec it was built from; None for any other module."""
    name: str
    input: TensorMeta
    device: str
    mode: str
    """eval | train"""
    origin: str
    """rule: nothing was computed; run: the network was run on real values."""
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    n_params: int
    weight_bytes: int
    """Size of parameters and buffers in bytes."""
    n_macs: int | None
    """As of a node: None where none is known."""
    macs_at_least: bool
    act_bytes: int
    """Bytes newly allocated by all ops in one forward pass."""
    peak_bytes: int
    """Maximum bytes alive at the same time in it, by last use, without the parameters."""
    versions: Mapping[str, str]
    warnings: tuple[str, ...]
    """What a reader must know: sentences."""
    merges: tuple[str, ...] = ()
    """Ids of sums that are no block: of up-sampled maps, as in a feature pyramid, or around several blocks."""
    failed: Failure | None = None
    """Where the pass ended early: the record then holds what ran until there. None for a whole pass."""
    is_read: bool = field(default=False, compare=False)
    """Read from a file: maybe made where its source lines are others than here."""

    @property
    def macs(self) -> Macs:
        """Multiply-adds, with what is known of them."""
        return Macs(self.n_macs, self.macs_at_least)

    @cached_property
    def network(self) -> Node:
        """The root node."""
        return next(node for node in self.nodes.values() if node.kind == "network")

    @cached_property
    def stem(self) -> Node | None:
        """The node of the ops before the first stage; None if there are none."""
        return next((node for node in self.nodes.values() if node.kind == "stem"), None)

    @cached_property
    def head(self) -> Node | None:
        """The node of the ops after the last stage; None if there are none."""
        return next((node for node in self.nodes.values() if node.kind == "head"), None)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages in execution order."""
        return tuple(node for node in self.nodes.values() if isinstance(node, Stage))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of all stages in execution order."""
        return tuple(node for node in self.nodes.values() if isinstance(node, Block))

    @cached_property
    def ops(self) -> tuple[Node, ...]:
        """The ops in execution order, without the input."""
        return tuple(node for node in self.nodes.values() if node.kind == "op")

    @cached_property
    def has_products(self) -> bool:
        """Whether any op multiplies, as a gate does."""
        return any(op.op == "mul" for op in self.ops)

    @cached_property
    def field(self) -> tuple[Field, Field] | None:
        """Receptive field after the last stage (of the last op if there are no stages)."""
        last = self.stages[-1] if self.stages else (self.ops[-1] if self.ops else None)
        return last.field if last else None

    def __repr__(self) -> str:
        """One line, since the full record is very long."""
        sums = f"{len(self.ops):,} ops, {self.n_params:,} params, {self.macs.text}"
        return f"<Trace {self.name}: {sums}>"

    def _repr_svg_(self) -> str | None:
        """The folded drawing as SVG, for notebooks; None if it cannot be drawn."""
        from resnet_viz import export_graph  # the only import of an upper layer: lazy, via the public API

        try:
            return export_graph(self).decode()
        except ResnetVizError:
            return None

    def save(self, path: Path | str) -> None:
        """Writes a trace file, whole or not at all, named as in `mine.trace.json`; compressed if that ends with `.gz`.

        Raises TraceFileError where this Trace cannot be written, ResnetVizError where no file can stand there.
        """
        from resnet_viz import save_trace  # an upper layer, as in `_repr_svg_`

        save_trace(self, path)

    def children_of(self, node: Node) -> tuple[Node, ...]:
        """The direct children of a group, in execution order; empty for an op."""
        return tuple(self.nodes[child] for child in node.children)

    def blocks_of(self, stage: Node) -> tuple[Block, ...]:
        """The blocks of a stage in execution order; empty for any other node."""
        return tuple(child for child in self.children_of(stage) if isinstance(child, Block))

    def loose_in(self, stage: Node) -> tuple[Node, ...]:
        """The children of a stage that are not blocks, in execution order."""
        return tuple(child for child in self.children_of(stage) if not isinstance(child, Block))

    def in_shape(self, node: Node) -> tuple[int, ...]:
        """Shape of a node's first input, (N, C, H, W) or (N, C); its output shape if it has no inputs."""
        return self.nodes[node.inputs[0]].out_shape if node.inputs else node.out_shape

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The groups that contain a node, innermost first, up to the network."""
        while node.parent is not None:
            node = self.nodes[node.parent]
            yield node

    def last_op(self, node: Node) -> Node:
        """The op that computes a node's output: an op itself, or the last op of a group."""
        if not node.children:
            return node
        return max(map(self.last_op, self.children_of(node)), key=lambda op: op.order)
