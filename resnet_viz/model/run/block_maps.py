"""What a residual block does to a picture: x, F(x), the shortcut, their sum and the block's output.

torchvision adds and rectifies in place, so a forward hook sees maps that are overwritten later. Here each value is
copied, or measured, before it is overwritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import isfinite, sqrt
from typing import Any

import torch
from PIL.Image import Image
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.graph.branches import SUMS
from resnet_viz.model.run.capture import keep_values
from resnet_viz.model.run.passes import Pass, open_pass, to_array
from resnet_viz.model.run.summands import Summands, summands_of
from resnet_viz.model.trace.recorder import CallSite, Output, PlannedCall, Recorder, op_name, tensors_in
from resnet_viz.pictures.preparing import SizeOrPreparation
from resnet_viz.records.findings import BlockChange, BlockMaps
from resnet_viz.records.trace import Block


def capture_block(
    model: nn.Module, image: Image, block_id: str, input_size: SizeOrPreparation = (224, 224)
) -> BlockMaps:
    """Returns the maps of one block for one RGB picture, from one pass that ends with the block.

    Preparation and run are those of `capture`. Raises what `capture` raises, and TraceError for a node that is no block
    or a block without an add.
    """
    with open_pass(model, image, input_size) as run:
        block = _find_block(run, block_id)
        _check_add(block)
        summed = summands_of(run.trace, block)
        operands = (summed.shortcut,) if summed.slot is None else (summed.shortcut, summed.other)
        ids = (block.inputs[0], *operands, summed.add.id, run.trace.last_op(block).id)
        kept = keep_values(run, [run.trace.nodes[node_id] for node_id in ids])
    if not all(node_id in kept for node_id in ids):
        raise run.not_reached(block_id)
    x, *values, total, output = (kept[node_id][0] for node_id in ids)
    residual, shortcut = _told_apart(summed, total, values)
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
        summed = [(block.id, summands_of(run.trace, block)) for block in run.trace.blocks if block.add]
        wanted = {each.add.id for _block, each in summed} | {each.shortcut for _block, each in summed if each.is_far}
        meter = run.follow(wanted, lambda planned_calls: _measure(run, summed, planned_calls))
    return tuple(_change(block, products.tolist()) for block, products in meter.products.items())


def _measure(
    run: Pass, summed: Sequence[tuple[str, Summands]], planned_calls: Mapping[int, PlannedCall] | None
) -> _Meter:
    meter = _Meter(run.model, summed, planned_calls)
    image = run.input()
    meter.take(meter.input_id, image)
    with torch.inference_mode():
        meter.record_pass(run.model, image)
    return meter


class _Meter(Recorder):
    """Runs the net and measures both operands of each block's add, before the addition where they are its own.

    A shortcut that goes into an earlier sum is copied when it is made, and dropped after the add.
    """

    keeps_source = False

    def __init__(
        self,
        model: nn.Module,
        summed: Sequence[tuple[str, Summands]],
        planned_calls: Mapping[int, PlannedCall] | None,
    ) -> None:
        super().__init__(model, planned_calls)
        self.products: dict[str, Tensor] = {}
        self._by_add = {each.add.id: (block, each) for block, each in summed}
        self._by_inputs = {each.add.inputs: (block, each) for block, each in summed}
        self._far = Counter(each.shortcut for _block, each in summed if each.is_far)
        self._kept: dict[str, Tensor] = {}

    def take(self, node_id: str, value: Tensor) -> None:
        """Copies a value that will be a shortcut."""
        if self._far[node_id]:
            self._kept[node_id] = value.clone()

    def keep(
        self, node_id: str, function: Any, where: CallSite, sources: Sequence[Output], outputs: Sequence[Tensor]
    ) -> None:
        """As the base; copies shortcuts."""
        self.take(node_id, outputs[0])

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Returns the call's result; measures it if it is a block's add."""
        if op_name(function) not in SUMS:
            return function(*args, **kwargs)
        operands = [*tensors_in(args), *tensors_in(kwargs.values())]
        block, summed = self._block_of(operands)
        if summed is None:
            return function(*args, **kwargs)
        # The sum may be made in the place of an operand.
        values = self._operands(summed, operands)
        products = None if summed.needs_total else _products(*_told_apart(summed, operands[0], values))
        total = function(*args, **kwargs)
        self.products[block] = _products(*_told_apart(summed, total, values)) if products is None else products
        return total

    def _operands(self, summed: Summands, operands: Sequence[Tensor]) -> list[Tensor]:
        """Returns the shortcut and the other operand, as far as they are known."""
        if summed.slot is None:
            value = self._kept[summed.shortcut]
            self._far[summed.shortcut] -= 1
            if not self._far[summed.shortcut]:
                del self._kept[summed.shortcut]
            return [value]
        first, last = operands[0], operands[-1]
        values = [first, last] if summed.slot == 0 else [last, first]
        return [value.clone() for value in values] if summed.needs_total else values

    def _block_of(self, operands: Sequence[Tensor]) -> tuple[str, Summands | None]:
        """Returns the block of an add, from the planned call or the operands; ops get their id only after running."""
        if self.planned_call is not None:
            return self._by_add.get(self.planned_call.id, ("", None))
        return self._by_inputs.get(tuple(filter(None, map(self.producer, operands))), ("", None))


def _told_apart(summed: Summands, total: Tensor, values: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Returns F(x) and the shortcut as they are added up, of the shortcut's value and the other operand's, if known."""
    if summed.factor is None:  # a tensor scales it
        return values[1], total - values[1]
    shortcut = _scaled(values[0], summed.factor)
    if summed.needs_total:
        return total - shortcut, shortcut
    return _scaled(values[1], summed.factor_of_other), shortcut


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


def _check_add(block: Block) -> None:
    if block.add is None:
        raise TraceError(
            _(
                "{block} has no add: it has no shortcut beside its layers, so there is no sum to show. "
                "Choose another block, or single nodes of this one."
            ).format(block=block.id)
        )


def _scaled(value: Tensor, factor: float) -> Tensor:
    """The factor `alpha` of an add counts as part of the branch, as does the sign of a subtraction."""
    return value if factor == 1 else value * factor
