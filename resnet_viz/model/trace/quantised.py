"""Counts what is packed inside quantised layers: torch sees no parameters there, and no arithmetic."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from resnet_viz.model.foreign.classes import by_class

_QUANTISED = ("torch.ao.nn.quantized.", "torch.ao.nn.intrinsic.quantized.")
# Part of a float net prepared for quantisation: they compute with floats.
_FLOAT = frozenset({"FloatFunctional", "FXFloatFunctional"})


def is_quantised(module: nn.Module) -> bool:
    """Whether a module computes with integers, as after `convert`."""
    kind: Any = type(module)
    return _is_quantised(kind)


@by_class
def _is_quantised(kind: Any) -> bool:
    return str(kind.__module__).startswith(_QUANTISED) and kind.__name__ not in _FLOAT


def packed_tensors(module: nn.Module) -> dict[str, Tensor]:
    """Returns the weight and bias of a quantised convolution or linear layer; none for any other module."""
    if not is_quantised(module):
        return {}
    asked = {name: getattr(type(module), name, None) for name in ("weight", "bias")}
    found = {name: ask(module) for name, ask in asked.items() if callable(ask)}
    return {name: tensor for name, tensor in found.items() if isinstance(tensor, Tensor)}


def quantised_macs(function: Any, module: nn.Module | None, output: Tensor) -> int:
    """Returns the multiply-adds of a quantised layer's own function; 0 for any other.

    Each value of the output takes one output channel's share of the weight.
    """
    name = str(getattr(function, "_qualified_op_name", ""))
    weight = packed_tensors(module).get("weight") if module is not None and name.startswith("quantized::") else None
    if weight is None or weight.dim() < 2:
        return 0
    return output.numel() * (weight.numel() // weight.shape[0])
