"""What a residual block does to a picture: x, F(x), the shortcut, their sum and the block's output.

torchvision adds and rectifies in place, so a forward hook sees maps that are overwritten later. Here each value is
copied, or measured, before it is overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL.Image import Image
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.run.capture import keep_values
from resnet_viz.model.run.images import SizeOrPreparation
from resnet_viz.model.run.passes import Pass, open_pass, to_array
from resnet_viz.model.trace.recorder import PlannedCall, Recorder, op_name, tensors_in
from resnet_viz.records.findings import BlockChange
from resnet_viz.records.trace import Block, Trace

_Map = npt.NDArray[np.float32]
_WITH_FACTOR = frozenset({"addcmul", "lerp"})
_SUMS = _WITH_FACTOR | {"add", "sub"}


@dataclass(frozen=True, slots=True, eq=False)
class BlockMaps:
    """The maps of one block, read-only float32 arrays (C, H, W); `residual + shortcut == sum` bit for bit.

    (In a net of another dtype the equation holds in that dtype; where the add has a factor, up to rounding. Of
    `x - F(x)` the residual is -F(x); of `addcmul` and `lerp` it is what they add.)
    """

    block: str
    """Id of the block, as in `layer3.5`."""
    x: _Map
    """Input of the block."""
    residual: _Map
    """F(x), the add's operand."""
    shortcut: _Map
    """The add's other operand: x, or its projection."""
    sum: _Map
    """F(x) + shortcut, before the ReLU."""
    output: _Map
    """Output of the block: after the ReLU where there is one."""


def capture_block(
    model: nn.Module, image: Image, block_id: str, input_size: SizeOrPreparation = (224, 224)
) -> BlockMaps:
    """Returns the maps of one block for one RGB picture, from one pass that ends with the block.

    Preparation and run are those of `capture`. Raises what `capture` raises, and TraceError for a node that is no block
    or a block without an add.
    """
    with open_pass(model, image, input_size) as run:
        block = _find_block(run, block_id)
        add = run.trace.nodes[_add_of(block)]
        ids = (block.inputs[0], add.inputs[0], add.inputs[-1], add.id, run.trace.last_op(block).id)
        kept = keep_values(run, [run.trace.nodes[node_id] for node_id in ids])
    if not all(node_id in kept for node_id in ids):
        raise run.not_reached(block_id)
    x, first, second, total, output = (kept[node_id][0] for node_id in ids)
    second = total - first if add.op in _WITH_FACTOR else _scaled(second, add.op, add.attrs.get("alpha", 1))
    residual, shortcut = (first, second) if _is_residual_first(run.trace, block) else (second, first)
    # A tensor with two roles, such as x on an identity shortcut, becomes one array.
    arrays = {id(value): to_array(value) for value in (x, residual, shortcut, total, output)}
    return BlockMaps(block.id, *(arrays[id(value)] for value in (x, residual, shortcut, total, output)))


def block_changes(
    model: nn.Module, image: Image, input_size: SizeOrPreparation = (224, 224)
) -> tuple[BlockChange, ...]:
    """Returns how much each block with an add changes its signal, in running order, from one pass.

    Each add is measured while it runs, and no map is kept. Preparation and run are those of `capture`. Raises what
    `capture` raises, except for the unknown node.
    """
    with open_pass(model, image, input_size) as run:
        run.check_memory(0)
        adds = {block.add for block in run.trace.blocks if block.add}
        meter = run.follow(adds, lambda planned_calls: _measure(run, planned_calls))
    return tuple(_change(block, products.tolist()) for block, products in meter.products.items())


def _measure(run: Pass, planned_calls: Mapping[int, PlannedCall] | None) -> _Meter:
    meter = _Meter(run.model, run.trace, planned_calls)
    with torch.inference_mode():
        meter.record_pass(run.model, run.input())
    return meter


class _Meter(Recorder):
    """Runs the net and measures both operands of each block's add before the addition."""

    keeps_source = False

    def __init__(self, model: nn.Module, trace: Trace, planned_calls: Mapping[int, PlannedCall] | None) -> None:
        super().__init__(model, planned_calls)
        self.products: dict[str, Tensor] = {}
        self._blocks = {block.add: block for block in trace.blocks if block.add}
        self._by_inputs = {trace.nodes[add].inputs: block for add, block in self._blocks.items()}
        self._trace = trace

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        name = op_name(function)
        if name not in _SUMS:
            return function(*args, **kwargs)
        operands = [*tensors_in(args), *tensors_in(kwargs.values())]
        block = self._block_of(operands)
        if block is None:
            return function(*args, **kwargs)
        if name in _WITH_FACTOR:
            first = operands[0].clone()  # the sum may be made in its place
            total = function(*args, **kwargs)
            self._keep_products(block, first, total - first)
            return total
        self._keep_products(block, operands[0], _scaled(operands[1], name, kwargs.get("alpha", 1)))
        return function(*args, **kwargs)

    def _keep_products(self, block: Block, first: Tensor, second: Tensor) -> None:
        is_first = _is_residual_first(self._trace, block)
        self.products[block.id] = _products(first, second) if is_first else _products(second, first)

    def _block_of(self, operands: Sequence[Tensor]) -> Block | None:
        """Returns the block of an add, from the planned call or the operands; ops get their id only after running."""
        if self.planned_call is not None:
            return self._blocks.get(self.planned_call.id)
        return self._by_inputs.get(tuple(filter(None, map(self.producer, operands))))


def _products(residual: Tensor, shortcut: Tensor) -> Tensor:
    """Returns the dot products F·F, s·s and F·s, from which all figures are derived."""
    f, s = (value.float().reshape(-1) for value in torch.broadcast_tensors(residual, shortcut))
    return torch.stack((f.dot(f), s.dot(s), f.dot(s)))


def _change(block_id: str, products: list[float]) -> BlockChange:
    residual, shortcut, mixed = products
    # Rounding can make a zero sum slightly negative.
    total = max(residual + shortcut + 2 * mixed, 0.0)
    along, turned, joined = sqrt(shortcut), sqrt(residual), sqrt(total)
    return BlockChange(
        block_id,
        shortcut_norm=along,
        residual_norm=turned,
        sum_norm=joined,
        ratio=_quotient(turned, along),
        cosine=_cosine(shortcut + mixed, along * joined),
    )


def _quotient(part: float, whole: float) -> float | None:
    """Returns None where the divisor is 0 or a norm is not finite."""
    return part / whole if whole and isfinite(part) and isfinite(whole) else None


def _cosine(product: float, norms: float) -> float | None:
    cosine = _quotient(product, norms)
    return None if cosine is None else max(-1.0, min(cosine, 1.0))


def _find_block(run: Pass, block_id: str) -> Block:
    node = run.find(block_id)
    if not isinstance(node, Block):
        near = ", ".join(block.id for block in run.trace.blocks[:3])
        raise TraceError(
            _("{got} is no residual block. Choose one of the {n} blocks of {name}: {near}, …").format(
                got=block_id, n=len(run.trace.blocks), name=run.trace.name, near=near or _("nothing")
            )
        )
    return node


def _add_of(block: Block) -> str:
    if block.add is None:
        raise TraceError(
            _(
                "{block} has no add: it has no shortcut beside its layers, so there is no sum to show. "
                "Choose another block, or single nodes of this one."
            ).format(block=block.id)
        )
    return block.add


def _is_residual_first(trace: Trace, block: Block) -> bool:
    """Whether F(x) is the first operand of the block's add."""
    return trace.nodes[_add_of(block)].inputs[0] in block.residual


def _scaled(value: Tensor, op: str | None, alpha: Any) -> Tensor:
    """The factor `alpha` of an add counts as part of the branch, as does the sign of a subtraction."""
    factor = -alpha if op == "sub" else alpha
    return value if factor == 1 else value * factor
