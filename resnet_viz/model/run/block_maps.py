"""What a residual block does to a picture: x, F(x), the shortcut, their sum and what leaves the block.

torchvision adds in place and rectifies in place, so that a hook on a block's layers is shown what came of the map
later. Here each value is copied, or measured, before anything is written over it.
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
from resnet_viz.model.run.images import InputSize
from resnet_viz.model.run.passes import Pass, open_pass, to_array
from resnet_viz.model.trace.recorder import CallPlace, Recorder, op_name, tensors_in
from resnet_viz.records.findings import BlockChange
from resnet_viz.records.trace import Block, Trace

_Map = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class BlockMaps:
    """The maps of one block, float32 (C, H, W), not to be written to; `residual + shortcut == sum` to the last bit.

    (In a net of another precision than float32 the equation holds in that one; where the add itself multiplies a branch
    by a factor, to rounding.)
    """

    block: str
    """The block's id, as in `layer3.5`."""
    x: _Map
    """What enters the block."""
    residual: _Map
    """F(x), as it comes to the add."""
    shortcut: _Map
    """What the add joins to it: x itself, or its projection."""
    sum: _Map
    """F(x) + shortcut, before the ReLU."""
    output: _Map
    """What leaves the block: after the ReLU where there is one."""


def capture_block(model: nn.Module, image: Image, block_id: str, input_size: InputSize = (224, 224)) -> BlockMaps:
    """The maps of one block for one RGB picture, from one pass that ends with the block.

    The picture is prepared and the net is run as by `capture`. Raises what `capture` raises, and TraceError for a node
    that is no block, or a block without an add.
    """
    with open_pass(model, image, input_size) as run:
        block = _find_block(run, block_id)
        add = run.trace.nodes[_add_of(block)]
        ids = (block.inputs[0], *add.inputs, add.id, run.trace.last_op(block).id)
        kept = keep_values(run, [run.trace.nodes[node_id] for node_id in ids])
    if not all(node_id in kept for node_id in ids):
        raise run.not_reached(block_id)
    x, first, second, total, output = (kept[node_id][0] for node_id in ids)
    second = _scaled(second, add.attrs.get("alpha", 1))
    residual, shortcut = (first, second) if _is_residual_first(run.trace, block) else (second, first)
    # One that is there under two names, such as x on an identity, is one array.
    arrays = {id(value): to_array(value) for value in (x, residual, shortcut, total, output)}
    return BlockMaps(block.id, *(arrays[id(value)] for value in (x, residual, shortcut, total, output)))


def block_changes(model: nn.Module, image: Image, input_size: InputSize = (224, 224)) -> tuple[BlockChange, ...]:
    """How much each block with an add changes its signal, in running order, from one pass.

    Each add is measured while it runs, and no map is kept. The picture is prepared and the net is run as by `capture`.
    Raises what `capture` raises, but for the unknown node.
    """
    with open_pass(model, image, input_size) as run:
        run.check_memory(0)
        adds = {block.add for block in run.trace.blocks if block.add}
        meter = run.follow(adds, lambda places: _measure(run, places))
    return tuple(_change(block, products.tolist()) for block, products in meter.products.items())


def _measure(run: Pass, places: Mapping[int, CallPlace] | None) -> _Meter:
    meter = _Meter(run.model, run.trace, places)
    with torch.inference_mode():
        meter.listen_to(run.model, run.input())
    return meter


class _Meter(Recorder):
    """Runs for real, and measures what comes to each block's add before it is added."""

    keeps_source = False

    def __init__(self, model: nn.Module, trace: Trace, places: Mapping[int, CallPlace] | None) -> None:
        super().__init__(model, places)
        self.products: dict[str, Tensor] = {}
        self._blocks = {block.add: block for block in trace.blocks if block.add}
        self._by_inputs = {trace.nodes[add].inputs: block for add, block in self._blocks.items()}
        self._trace = trace

    def execute(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if op_name(function) == "add":
            operands = [*tensors_in(args), *tensors_in(kwargs.values())]
            block = self._block_of(operands)
            if block is not None:
                first, second = operands[0], _scaled(operands[1], kwargs.get("alpha", 1))
                is_first = _is_residual_first(self._trace, block)
                self.products[block.id] = _products(first, second) if is_first else _products(second, first)
        return function(*args, **kwargs)

    def _block_of(self, operands: Sequence[Tensor]) -> Block | None:
        """Whose add it is: the place tells, or what is added; an op gets its name only after it has run."""
        if self.place is not None:
            return self._blocks.get(self.place.id)
        return self._by_inputs.get(tuple(self.producer(tensor) or "" for tensor in operands))


def _products(residual: Tensor, shortcut: Tensor) -> Tensor:
    """The products F·F, s·s and F·s, from which all the rest follows."""
    f, s = (value.float().reshape(-1) for value in torch.broadcast_tensors(residual, shortcut))
    return torch.stack((f.dot(f), s.dot(s), f.dot(s)))


def _change(block_id: str, products: list[float]) -> BlockChange:
    residual, shortcut, mixed = products
    # What rounding leaves of a sum that is zero may lie below it.
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
    """None where there is nothing to divide by, or a norm is beyond all numbers."""
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
    """Whether F(x) is the first of the two values that the add joins."""
    first, _second = trace.nodes[_add_of(block)].inputs
    return first in block.residual


def _scaled(value: Tensor, factor: Any) -> Tensor:
    """An add may multiply what it adds: that belongs to the branch."""
    return value if factor == 1 else value * factor
