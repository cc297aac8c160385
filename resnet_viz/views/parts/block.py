"""The ops of a stem, block or head, split into main path, shortcut and gate for all views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Trace
from resnet_viz.views.parts.runs import inner_ops
from resnet_viz.views.parts.words import POOLS, WEIGHTED, layer_text, setting_text

ARROW = " → "
_ACTIVATIONS = frozenset(
    ("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "prelu", "rrelu", "softplus")
)
_SQUASHING = frozenset(
    ("sigmoid", "logsigmoid", "tanh", "softsign", "hardtanh", "hardswish", "hardsigmoid", "hardshrink", "softshrink")
)


@dataclass(frozen=True, slots=True)
class PartLayers:
    """The ops of a block or another part of a network, in execution order."""

    id: str
    block_type: str
    """Class of the block; empty for other parts."""
    shortcut: str
    """As in `Block.shortcut`."""
    main: tuple[Node, ...]
    """Ops neither on the shortcut nor in the gate; includes the block's add."""
    bypass: tuple[Node, ...]
    gate: tuple[Node, ...]
    """Ops that scale the branch by a function of itself (squeeze-and-excitation), the product last."""
    add: Node | None
    residual: tuple[Node, ...] = ()
    """F(x): the main path up to the add, without the gate and without ops that the shortcut shares."""

    @property
    def convs(self) -> tuple[Node, ...]:
        """The weighted layers on the main path."""
        return tuple(op for op in self.main if op.op in WEIGHTED)

    @property
    def gate_lines(self) -> tuple[str, ...]:
        """The gate's weighted layers as one line, as in `fc, [16, 256]` (Hu et al. 2018, Table 1); else empty."""
        widths = [str(op.out_shape[1]) for op in self.gate if op.op in WEIGHTED]
        return (f"fc, [{', '.join(widths)}]",) if widths else ()

    def place(self, op: Node) -> str:
        """Returns an op's path relative to its block; outside blocks, its id."""
        return op.id.removeprefix(f"{self.id}.") if self.block_type else op.id


def read_block(trace: Trace, block: Block) -> PartLayers:
    """Returns a block's ops, split into its paths."""
    ops = inner_ops(trace, block)
    bypass, gate = set(block.bypass), _gate_in(trace, block, ops)
    return PartLayers(
        id=block.id,
        block_type=block.block_type,
        shortcut=block.shortcut,
        main=tuple(op for op in ops if op.id not in bypass and op.id not in gate),
        bypass=tuple(op for op in ops if op.id in bypass),
        gate=tuple(op for op in ops if op.id in gate),
        add=trace.nodes[block.add] if block.add else None,
        residual=tuple(trace.nodes[op] for op in block.residual if op not in gate),
    )


def read_layers(part_id: str, ops: Sequence[Node]) -> PartLayers:
    """Returns layers outside blocks, all on the main path."""
    return PartLayers(part_id, "", "none", tuple(op for op in ops if op.kind == "op"), (), (), None)


def role(op: Node) -> str:
    """Returns an op's category: conv2d, linear, norm, activation, pool, or else its own name."""
    name = op.op or op.kind
    if name in WEIGHTED:
        return name
    if name in POOLS:
        return "pool"
    if name in _ACTIVATIONS or name in _SQUASHING:
        return "activation"
    return "norm" if "norm" in name else name


def roles(ops: Sequence[Node]) -> list[str]:
    """Returns the category of each op."""
    return [role(op) for op in ops]


def chain_text(ops: Sequence[Node]) -> str:
    """Returns the layers in execution order: `3×3, 32 /2 → 3×3, 32 → 3×3, 64`."""
    return ARROW.join(_layer_words(op) for op in ops)


def order_text(ops: Sequence[Node]) -> str:
    """Returns the order of ops without widths: `3×3 → norm → relu → 3×3 → norm → + → relu`."""
    return ARROW.join(_order_words(op) for op in ops)


def _layer_words(op: Node) -> str:
    kind = role(op)
    if kind == "pool" and op.op != "adaptive_avg_pool2d":
        words = _("max pool {size}") if op.op == "max_pool2d" else _("average pool {size}")
        return words.format(size=layer_text(op))
    if kind == "pool":
        return _("global average pool")
    return layer_text(op) if kind in WEIGHTED else (op.op or op.kind)


def _order_words(op: Node) -> str:
    kind = role(op)
    if kind == "conv2d":
        return setting_text("kernel", op.attrs.get("kernel", op.op))
    return {"norm": _("norm"), "add": "+"}.get(kind, _layer_words(op))


def _gate_in(trace: Trace, block: Block, ops: Sequence[Node]) -> frozenset[str]:
    bypass = set(block.bypass)
    return _find_gate(trace, [op for op in ops if op.id not in bypass])


def _find_gate(trace: Trace, ops: Sequence[Node]) -> frozenset[str]:
    """Returns a product of a value and a function of that value: the product's id and those of the ops between."""
    op_ids = {op.id for op in ops}
    gate: set[str] = set()
    for product in ops:
        if product.op != "mul" or len(product.inputs) != 2:
            continue
        for value, factor in (product.inputs, reversed(product.inputs)):
            between = _between(trace, op_ids, factor, value)
            gate |= {product.id, *between} if between else set()
    return frozenset(gate)


def _between(trace: Trace, allowed: set[str], last: str, first: str) -> set[str]:
    """Ids of the ops in `allowed` after `first` up to `last`; empty if `last` depends on anything but `first`."""
    seen: set[str] = set()
    waiting = [last]
    while waiting:
        current = waiting.pop()
        if current == first or current in seen:
            continue
        if current not in allowed:
            return set()
        seen.add(current)
        waiting += trace.nodes[current].inputs
    return seen


def branch_lines(layers: PartLayers) -> list[str]:
    """Returns a line for each weighted layer of a block's F(x), and one for the gate."""
    return [*(layer_text(op) for op in layers.residual if op.op in WEIGHTED), *layers.gate_lines]


def shortcut_lines(layers: PartLayers) -> list[str]:
    """Returns a line for each convolution, linear layer and pool on the shortcut, or else for each of its ops."""
    known = [op for op in layers.bypass if op.op in (*WEIGHTED, *POOLS)]
    return [layer_text(op).replace("_", " ") for op in known or layers.bypass]


def main_convs(trace: Trace, block: Block) -> tuple[Node, ...]:
    """Returns the convolutions of F(x) in execution order, without those of squeeze-and-excitation gates."""
    gate = _gate_in(trace, block, inner_ops(trace, block)) if trace.has_products else frozenset()
    branch = (trace.nodes[op] for op in block.residual if op not in gate)
    return tuple(op for op in branch if op.op == "conv2d")


def ops_of(trace: Trace, op: str) -> tuple[Node, ...]:
    """Returns all ops of a type, such as `conv2d`, in execution order."""
    return tuple(node for node in trace.ops if node.op == op)


def main_depth(trace: Trace) -> int:
    """Returns the weighted layers on the main path: the stem as one, the convolutions of each F(x), the last layer."""
    return 1 + sum(len(main_convs(trace, block)) for block in trace.blocks) + 1


def has_counted_depth(trace: Trace) -> bool:
    """Whether the network is a stem, blocks and one linear layer, so that its depth is defined as in the paper."""
    return trace.stem is not None and bool(trace.blocks) and len(ops_of(trace, "linear")) == 1
