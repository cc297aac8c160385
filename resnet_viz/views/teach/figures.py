"""Figures of a net for lessons and exercises, each computed from its Trace."""

from __future__ import annotations

from math import prod

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Trace
from resnet_viz.units import format_exact
from resnet_viz.views.inspect.formulas import size_formulas
from resnet_viz.views.parts.block import main_convs
from resnet_viz.views.parts.words import setting_pair


def projected_blocks(trace: Trace) -> tuple[Block, ...]:
    """Returns the blocks whose shortcut has weights."""
    return tuple(block for block in trace.blocks if block.shortcut == "projection")


def projection_convs(trace: Trace) -> tuple[Node, ...]:
    """Returns the convolutions on shortcuts."""
    nodes = (trace.nodes[op] for block in trace.blocks for op in block.bypass)
    return tuple(node for node in nodes if node.op == "conv2d")


def field_size(trace: Trace) -> int:
    """Returns the height of the receptive field after the last stage, in input pixels; 0 if unknown."""
    return trace.field[0].size if trace.field else 0


def channels(node: Node) -> int:
    """Returns a node's output channels."""
    return node.out_shape[1]


def side(node: Node) -> int:
    """Returns a node's output height."""
    return node.out_shape[2]


def weight_factors(trace: Trace, conv: Node) -> tuple[int, ...]:
    """Returns the factors of a convolution's weights: channels out, channels in per group, kernel."""
    groups = int(str(conv.attrs["groups"]))
    return channels(conv), trace.in_shape(conv)[1] // groups, *setting_pair(conv, "kernel")


def is_plain_conv(trace: Trace, node: Node) -> bool:
    """Whether a node is a convolution whose parameters are the product of `weight_factors`."""
    if node.op != "conv2d" or "kernel" not in node.attrs or len(node.out_shape) != 4:
        return False
    return node.n_params == prod(weight_factors(trace, node))


def block_named(trace: Trace, name: str) -> Block:
    """Returns a block by its id, as in `layer2.0`. Raises TraceError for an unknown id."""
    node = trace.nodes.get(name)
    if not isinstance(node, Block):
        raise TraceError(
            _("{net} has no block {name}. Show the net that the text is about.").format(net=trace.name, name=name)
        )
    return node


def block_list(trace: Trace) -> str:
    """Returns the blocks of each stage, as in `3, 4, 6, 3`."""
    return ", ".join(str(stage.n_blocks) for stage in trace.stages)


def channels_in(trace: Trace, node: Node) -> int:
    """Returns a node's input channels."""
    return trace.in_shape(node)[1]


def sizes_along(trace: Trace) -> str:
    """Returns heights and widths from the input to the last stage, as in `224×224 → 112×112 → … → 7×7`."""
    places = [trace.nodes["input"], trace.nodes["conv1"], *trace.stages]
    return " → ".join(dict.fromkeys("×".join(map(str, place.out_shape[2:])) for place in places))


def size_sum(trace: Trace, name: str) -> str:
    """Returns the formula of a window op's output height, as in `⌊(224 + 2 × 3 − 7) ÷ 2⌋ + 1 = 112`."""
    formula = size_formulas(trace, trace.nodes[name])[0]
    return f"{formula.numbers} = {formula.result}"


def weight_sum(trace: Trace, name: str) -> str:
    """Returns the formula of a convolution's weights, as in `256 × 256 × 3 × 3 = 589,824`."""
    conv = trace.nodes[name]
    return f"{' × '.join(map(format_exact, weight_factors(trace, conv)))} = {format_exact(conv.n_params)}"


def convs_per_block(trace: Trace) -> list[int]:
    """Returns the distinct numbers of convolutions in F(x), sorted."""
    return sorted({len(main_convs(trace, block)) for block in trace.blocks})
