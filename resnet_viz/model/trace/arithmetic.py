"""Multiply-adds of calls no rule knows, from the operators that torch dispatches for them (1 multiply-add = 2 FLOPs).

Counted are convolutions, linear layers, matrix products and attention, as `torch.utils.flop_counter` counts them on the
meta device, and what it leaves out: products with vectors, attention fused on the CPU, deformable convolutions. An
operator that may hide such products makes the count a lower bound, and is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry, sdpa_flop_count

_HIDING = re.compile(
    r"_?(?:linalg_(?!cross|diagonal|vecdot|.*norm|_?powsum|check)|r?fft|cdist|euclidean_dist|pdist|trilinear|bilinear$"
    r"|cholesky|lu_|inverse|pinverse|matrix_|compute_linear|triangular_solve|geqrf|orgqr|ormqr|svd|lobpcg|spsolve|kron"
    r"|native_multi_head|transformer_encoder|triton_|(?:mkldnn|miopen|cudnn)_(?:rnn|conv|linear|depthwise)|lstm|gru"
    r"|rnn_|(?:add)?mv_?$|v?dot$|quantized_(?:lstm|gru|rnn)|(?:scaled_dot_product|(?:flash|efficient|cudnn)_attention)"
    r"|conv_(?:tbc|depthwise)|slow_conv|thnn_conv|nnpack|mps_conv|\w*linear\w*fp16|fbgemm_linear|mixed_dtypes_linear"
    r"|\w*mm(?:_|_v2|_activation|_reduce_impl|_for_cpu|_with_scales_and_zeros|_search)?$|\w*matmul|sparse_semi_structured_linear)"
)
"""Operators of aten that multiply matrices inside, unless a formula counts them."""
_FREE_NAMESPACES = frozenset({"aten", "prims", "prim", "profiler", "c10d", "c10d_functional", "_c10d_functional"})
_FREE = frozenset({"nms", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool"})
"""Operators of torchvision, which read values at places but multiply no matrices."""


class MacCounter(TorchDispatchMode):
    """Counts the multiply-adds of what runs inside: `n_macs`; `uncounted` names operators that may hide more."""

    supports_higher_order_operators = True

    def __init__(self) -> None:
        TorchDispatchMode.__init__(self)
        self.n_macs = 0
        self.uncounted: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        packet = getattr(func, "_overloadpacket", func)
        flops = flop_registry.get(packet)
        if flops is None and torch.is_inference_mode_enabled() and isinstance(func, torch._ops.OpOverload):
            with self:  # There an operator made of others comes whole.
                result = func.decompose(*args, **kwargs)
            if result is not NotImplemented:
                return result
        result = func(*args, **kwargs)
        if flops is not None:
            self.n_macs += flops(*args, **kwargs, out_val=result) // 2
        elif _may_multiply(func):
            formula = _FORMULAS.get(str(packet))
            if formula is not None:
                self.n_macs += formula(result, *args)
            else:
                self.uncounted.append(str(packet))
        return result


class Twins:
    """Empty tensors on the meta device in place of those with values, one for each.

    What writes into a weight, or into a view of it, writes into its twin, which counts that.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Tensor, Tensor]] = {}

    def to_meta(self, value: Any) -> Any:
        """Returns tensors, also those in lists and dictionaries, as their twins; all else as it is."""
        if isinstance(value, Tensor):
            return value if value.device.type == "meta" else self._of(value)
        if isinstance(value, list | tuple):
            return type(value)(self.to_meta(part) for part in value)
        if isinstance(value, Mapping):
            return {key: self.to_meta(part) for key, part in value.items()}
        return value

    def _of(self, tensor: Tensor) -> Tensor:
        known = self._known.get(id(tensor))
        if known is None:
            known = self._known[id(tensor)] = (tensor, tensor.detach().to("meta"))
        return known[1]

    def written(self) -> list[Tensor]:
        """Returns the tensors whose twins were written into."""
        return [tensor for tensor, twin in self._known.values() if not twin.is_inference() and twin._version]


@cache
def _may_multiply(func: Any) -> bool:
    if not isinstance(func, torch._ops.OpOverload):
        return True  # A higher-order operator, as torch.cond: what it calls stays inside.
    namespace, name = func.namespace, func._overloadpacket.__name__
    if namespace == "torchvision":
        return name not in _FREE
    if namespace == "quantized":
        return name.startswith(("conv", "linear", "matmul", "embedding"))
    return namespace not in _FREE_NAMESPACES or _HIDING.match(name) is not None


def _deformable(result: Tensor, x: Tensor, weight: Tensor, *_rest: Any) -> int:
    """Counted as the convolution it stands for; reading between pixels is not."""
    return result.numel() * weight[0].numel()


def _attention(result: Any, query: Tensor, key: Tensor, value: Tensor, *_rest: Any) -> int:
    flops: int = sdpa_flop_count(query.shape, key.shape, value.shape)
    return flops // 2


def _product(result: Tensor, matrix: Tensor, *_rest: Any) -> int:
    return matrix.numel()


def _added_product(result: Tensor, added: Tensor, matrix: Tensor, *_rest: Any) -> int:
    return matrix.numel()


def _added_products(result: Tensor, added: Tensor, first: Tensor, *_rest: Any) -> int:
    return first.numel() * result.shape[-1]


def _matrix_product(result: Tensor, first: Tensor, *_rest: Any) -> int:
    return result.numel() * first.shape[-1]


_FORMULAS: Mapping[str, Callable[..., int]] = {
    "torchvision.deform_conv2d": _deformable,
    "aten._scaled_dot_product_flash_attention_for_cpu": _attention,
    "aten._scaled_dot_product_fused_attention_overrideable": _attention,
    "aten.mv": _product,
    "aten.dot": _product,
    "aten.vdot": _product,
    "aten.addmv": _added_product,
    "aten.addmv_": _added_product,
    "aten.addbmm": _added_products,
    "aten.addbmm_": _added_products,
    "aten.addmm_": _added_products,
    "aten.baddbmm_": _added_products,
    "aten._addmm_activation": _added_products,
    "aten._int_mm": _matrix_product,
}
