"""The places of a net by which gradients are told: stem, blocks, head; and the norms of their gradients."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

STEM, HEAD = "conv1", "fc"
_IN_HEAD = ("fc", "norm_last")


def place_of(name: str) -> str:
    """Returns the place of a parameter: `layer1.0` of `layer1.0.conv1.weight`; stem and head are `conv1` and `fc`."""
    first, *rest = name.split(".")
    if first.startswith("layer"):
        return f"{first}.{rest[0]}"
    return HEAD if first in _IN_HEAD else STEM


class GradientNorms:
    """Norms of a net's gradients by place, in one pass over them; the net is one of a spec."""

    def __init__(self, model: nn.Module) -> None:
        named = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
        self._parameters: Sequence[nn.Parameter] = [parameter for _name, parameter in named]
        self.places = tuple(dict.fromkeys(place_of(name) for name, _parameter in named))
        self._at = [self.places.index(place_of(name)) for name, _parameter in named]

    def measure(self) -> NDArray[np.float32]:
        """Returns the Euclidean norm over all gradients of each place, float32 (places,); 0 without a gradient."""
        return self.of([parameter.grad for parameter in self._parameters])

    def of(self, gradients: Sequence[Tensor | None]) -> NDArray[np.float32]:
        """The same of gradients in the order of the parameters."""
        pairs = [(at, gradient) for at, gradient in zip(self._at, gradients, strict=True) if gradient is not None]
        sums = np.zeros(len(self.places))
        if pairs:
            norms = torch.stack(torch._foreach_norm([gradient for _at, gradient in pairs]))
            np.add.at(sums, [at for at, _gradient in pairs], np.square(norms.double().cpu().numpy()))
        return np.sqrt(sums).astype(np.float32)
