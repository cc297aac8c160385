"""A stem, block or head taken apart, once for all who show it: its main path, its shortcut, and its gate."""

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
    """The ops of a block or of another part of a net, in running order."""

    id: str
    block_type: str
    """Of a block its class, else nothing."""
    shortcut: str
    """As in `Block.shortcut`."""
    main: tuple[Node, ...]
    """All that is neither on the shortcut nor in the gate, the block's add among them."""
    bypass: tuple[Node, ...]
    gate: tuple[Node, ...]
    """What weighs the branch by a function of itself (squeeze-and-excitation), its product last."""
    add: Node | None
    residual: tuple[Node, ...] = ()
    """F(x): the main path up to the add, without what the shortcut takes, too, and without the gate."""

    @property
    def convs(self) -> tuple[Node, ...]:
        """The weighted layers on the main path."""
        return tuple(op for op in self.main if op.op in WEIGHTED)

    @property
    def gate_lines(self) -> tuple[str, ...]:
        """The weighted layers of the gate as one text, as in `fc, [16, 256]` (Hu et al. 2018, Table 1)."""
        widths = [str(op.out_shape[1]) for op in self.gate if op.op in WEIGHTED]
        return (f"fc, [{', '.join(widths)}]",) if widths else ()

    def place(self, op: Node) -> str:
        """What an op is called inside its block; elsewhere its id."""
        return op.id.removeprefix(f"{self.id}.") if self.block_type else op.id


def read_block(trace: Trace, block: Block) -> PartLayers:
    """A block taken apart."""
    ops = inner_ops(trace, block)
    bypass = set(block.bypass)
    gate = _find_gate(trace, [op for op in ops if op.id not in bypass])
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
    """Layers that are no block."""
    return PartLayers(part_id, "", "none", tuple(op for op in ops if op.kind == "op"), (), (), None)


def role(op: Node) -> str:
    """What an op is there for, whichever of its kind it is: conv, norm, activation, pool, or its own name."""
    name = op.op or op.kind
    if name in WEIGHTED:
        return name
    if name in POOLS:
        return "pool"
    if name in _ACTIVATIONS or name in _SQUASHING:
        return "activation"
    return "norm" if "norm" in name else name


def roles(ops: Sequence[Node]) -> list[str]:
    """What each of some ops is there for."""
    return [role(op) for op in ops]


def chain_text(ops: Sequence[Node]) -> str:
    """Layers in running order: `3×3, 32 /2 → 3×3, 32 → 3×3, 64`."""
    return ARROW.join(_layer_words(op) for op in ops)


def order_text(ops: Sequence[Node]) -> str:
    """What comes after what, whatever its size: `3×3 → norm → relu → 3×3 → norm → + → relu`."""
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


def _find_gate(trace: Trace, ops: Sequence[Node]) -> frozenset[str]:
    """A product of a value with what is made of that same value: the product, and all on the way to it."""
    own = {op.id for op in ops}
    found: set[str] = set()
    for product in ops:
        if product.op != "mul" or len(product.inputs) != 2:
            continue
        for value, factor in (product.inputs, reversed(product.inputs)):
            between = _between(trace, own, factor, value)
            found |= {product.id, *between} if between else set()
    return frozenset(found)


def _between(trace: Trace, own: set[str], last: str, first: str) -> set[str]:
    """The ops after `first` up to `last` among `own`; none where `last` is not made of `first` alone."""
    found: set[str] = set()
    waiting = [last]
    while waiting:
        current = waiting.pop()
        if current == first or current in found:
            continue
        if current not in own:
            return set()
        found.add(current)
        waiting += trace.nodes[current].inputs
    return found


def branch_lines(layers: PartLayers) -> list[str]:
    """The layers of a block's F(x), one text each, and the gate as one."""
    return [*(layer_text(op) for op in layers.residual if op.op in WEIGHTED), *layers.gate_lines]


def shortcut_lines(layers: PartLayers) -> list[str]:
    """What a shortcut with layers of its own does, one text each: its convolutions and pools, or else all its ops."""
    known = [op for op in layers.bypass if op.op in (*WEIGHTED, *POOLS)]
    return [layer_text(op).replace("_", " ") for op in known or layers.bypass]


def main_convs(trace: Trace, block: Block) -> tuple[Node, ...]:
    """The convolutions of F(x) in running order, without those of squeeze and excitation, which only weigh channels."""
    return tuple(op for op in read_block(trace, block).residual if op.op == "conv2d")


def ops_of(trace: Trace, op: str) -> tuple[Node, ...]:
    """All ops of a kind in running order, as in `conv2d`."""
    return tuple(node for node in trace.ops if node.op == op)


def main_depth(trace: Trace) -> int:
    """Layers with weights on the main path: the stem as one, the convolutions of each F(x), and the last layer."""
    return 1 + sum(len(main_convs(trace, block)) for block in trace.blocks) + 1


def has_counted_depth(trace: Trace) -> bool:
    """Whether the net is one of a stem, blocks and one linear layer, so that its depth is that of the paper."""
    return trace.stem is not None and bool(trace.blocks) and len(ops_of(trace, "linear")) == 1
