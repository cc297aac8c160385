"""The Trace: one frozen record of a net, between the module and everything that shows it.

No tensor is held, only what is known of it. Shapes are (N, C, H, W) or (N, C) with the batch first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

from resnet_viz.errors import ResnetVizError
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.units import format_macs


@dataclass(frozen=True, slots=True)
class TensorMeta:
    """What is known of a tensor: shape (N, C, H, W) or (N, C), dtype as in `float32`, size in bytes."""

    shape: tuple[int, ...]
    dtype: str
    n_bytes: int


@dataclass(frozen=True, slots=True)
class ParamMeta:
    """What is known of a parameter or buffer: its key in the state dict, its shape, its dtype as in `float32`."""

    name: str
    """As in `layer1.0.conv1.weight`."""
    shape: tuple[int, ...]
    dtype: str
    is_buffer: bool
    is_trainable: bool
    """False for a frozen parameter and for a buffer."""
    same_as: str | None
    """The key under which the same tensor was met before; a sum counts it there."""

    @property
    def size(self) -> int:
        """How many values it holds."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A line of source: file, line number from 1, and the function's qualified name, as in `Bottleneck.forward`."""

    file: str
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class Field:
    """The theoretical receptive field along one axis, in input pixels.

    Position 0 of the output sees the pixels `lo` to `hi`, both included and not clipped to the image; position i
    sees them moved by `i * jump`. A jump of None: every position sees the same.
    """

    lo: int
    hi: int
    jump: int | None

    @property
    def size(self) -> int:
        """How many pixels are seen."""
        return self.hi - self.lo + 1

    @property
    def center(self) -> float:
        """The middle of what position 0 sees."""
        return (self.lo + self.hi) / 2


@dataclass(frozen=True, slots=True)
class Node:
    """The network, its input, a stage, a block, a shortcut's own layers, another group of layers, or one op.

    A group's figures are the sums over its ops; its output and field are those of its last op.
    """

    id: str
    """The module path, and the call number where a leaf module is used again: `layer1.0.relu_1`. Unique."""
    kind: str
    """network | input | stem | stage | block | shortcut | head | group | op"""
    parent: str | None
    children: tuple[str, ...]
    op: str | None
    """conv2d, batch_norm, relu, add, max_pool2d, …; for the input and groups None."""
    attrs: Mapping[str, object]
    """What the op was called with: kernel, stride, padding, groups, eps, …; `functions` where it is several."""
    module: str | None
    """Path of the module that owns the op."""
    call: int
    """How many times that module had been called before."""
    order: int
    """Place among the ops in the order they run; of a group, that of its first op; of the input, -1."""
    inputs: tuple[str, ...]
    """Ids of the ops whose values come in, in the order of the arguments; of a group, those outside it."""
    outputs: tuple[TensorMeta, ...]
    is_inplace: bool
    is_view: bool
    storage: int
    """Ops with the same number write into the same memory."""
    n_params: int
    """Parameters, unfrozen and frozen; in a sum a shared one counts once."""
    n_macs: int
    """Multiply-adds of convolutions and linear layers for the whole batch, without bias and batch norm."""
    act_bytes: int
    """Newly allocated output: 0 for an op in place and for a view."""
    live_bytes: int
    """Activations alive while the op runs, by last use; of a group, the most."""
    field: tuple[Field, Field] | None
    """Vertical and horizontal; None where no rule tells."""
    is_global: bool
    """Statistics or gates of the whole image enter too: group norm, batch norm in training, squeeze-and-excitation."""
    source: tuple[SourceRef, ...]
    """The lines that ran it, innermost first, torch's own left out."""
    is_estimated: bool
    """True where a rule gave the shape, False where torch computed it."""
    params: tuple[ParamMeta, ...]
    """Parameters and buffers with a key in the state dict: of an op, its module's; of a group, those of no op in it."""

    @property
    def out_shape(self) -> tuple[int, ...]:
        """Shape of the (first) output, (N, C, H, W) or (N, C)."""
        return self.outputs[0].shape if self.outputs else ()


@dataclass(frozen=True, slots=True)
class Stage(Node):
    """A stage: torchvision's `layer1` is the paper's conv2_x."""

    paper_name: str
    n_blocks: int

    @property
    def name(self) -> str:
        """torchvision's name, as in `layer1`."""
        return self.id


@dataclass(frozen=True, slots=True)
class Block(Node):
    """A residual block and what its add joins."""

    block_type: str
    """Class of the module, as in `Bottleneck`."""
    shortcut: str
    """identity | projection | parameter-free | none"""
    add: str | None
    """The op that joins the two branches."""
    residual: tuple[str, ...]
    """Ops on the residual branch F(x), in running order; whatever both branches share is in neither."""
    bypass: tuple[str, ...]
    """Ops on the shortcut: none for an identity."""
    stride: tuple[int, int]
    """Of the whole block, vertical and horizontal."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A tensor on its way from one op to another."""

    src: str
    dst: str
    slot: int
    """Which of the receiver's inputs it is, from 0."""
    tensor: TensorMeta
    role: str
    """main | identity | projection | parameter-free | gate"""


@dataclass(frozen=True)
class Trace:
    """A whole net: every node by id in running order, the edges between ops, and the sums."""

    spec: ResNetSpec | None
    """What it was built from; None for a module of unknown making."""
    name: str
    input: TensorMeta
    device: str
    mode: str
    """eval | train"""
    origin: str
    """rule: nothing was computed; run: the net had to be run on real values."""
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    n_params: int
    weight_bytes: int
    """Parameters and buffers, in bytes."""
    n_macs: int
    act_bytes: int
    """All that the ops newly allocate in one forward pass."""
    peak_bytes: int
    """The most that is alive at one moment of it, by last use, without the parameters."""
    versions: Mapping[str, str]
    warnings: tuple[str, ...]

    @cached_property
    def network(self) -> Node:
        """The node of the net as a whole, around all others."""
        return next(node for node in self.nodes.values() if node.kind == "network")

    @cached_property
    def stem(self) -> Node | None:
        """The ops before the first stage as one node; None where there are none."""
        return next((node for node in self.nodes.values() if node.kind == "stem"), None)

    @cached_property
    def head(self) -> Node | None:
        """The ops after the last stage as one node; None where there are none."""
        return next((node for node in self.nodes.values() if node.kind == "head"), None)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages in running order."""
        return tuple(node for node in self.nodes.values() if isinstance(node, Stage))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of all stages in running order."""
        return tuple(node for node in self.nodes.values() if isinstance(node, Block))

    @cached_property
    def ops(self) -> tuple[Node, ...]:
        """The ops in running order, without the input."""
        return tuple(node for node in self.nodes.values() if node.kind == "op")

    @cached_property
    def field(self) -> tuple[Field, Field] | None:
        """Receptive field after the last stage (of the last op where there are no stages)."""
        last = self.stages[-1] if self.stages else (self.ops[-1] if self.ops else None)
        return last.field if last else None

    def __repr__(self) -> str:
        """One line; the whole record would be pages."""
        sums = f"{len(self.ops):,} ops, {self.n_params:,} params, {format_macs(self.n_macs)}"
        return f"<Trace {self.name}: {sums}>"

    def _repr_svg_(self) -> str | None:
        """The folded drawing, which a notebook shows of a Trace; None where it cannot be drawn."""
        from resnet_viz import export_graph  # the one look upwards, through the public names and when asked only

        try:
            return export_graph(self).decode()
        except ResnetVizError:
            return None

    def children_of(self, node: Node) -> tuple[Node, ...]:
        """What a group holds directly, in running order; nothing for an op."""
        return tuple(self.nodes[child] for child in node.children)

    def blocks_of(self, stage: Node) -> tuple[Block, ...]:
        """The blocks of a stage in running order; nothing for a node that is no stage."""
        return tuple(child for child in self.children_of(stage) if isinstance(child, Block))

    def loose_in(self, stage: Node) -> tuple[Node, ...]:
        """What a stage holds beside its blocks, in running order."""
        return tuple(child for child in self.children_of(stage) if not isinstance(child, Block))

    def in_shape(self, node: Node) -> tuple[int, ...]:
        """Shape of what comes into a node, (N, C, H, W) or (N, C); of the input and constants its own."""
        return self.nodes[node.inputs[0]].out_shape if node.inputs else node.out_shape

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The groups around a node, innermost first, up to the network."""
        while node.parent is not None:
            node = self.nodes[node.parent]
            yield node

    def last_op(self, node: Node) -> Node:
        """The op whose output is a node's: its own, or that of a group's last op to run."""
        if not node.children:
            return node
        return max(map(self.last_op, self.children_of(node)), key=lambda op: op.order)
