"""Published figures, each with its source: none of them can be computed from a network.

He et al. 2015 is “Deep Residual Learning for Image Recognition”, arXiv 1512.03385.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Quote:
    """A figure as printed, and its source."""

    text: str
    source: str


_TABLE_1 = "He et al. 2015, Table 1"
_TABLE_2 = "He et al. 2015, Table 2"
_FIGURE_1 = "He et al. 2015, Fig. 1"

PRINTED_FLOPS: Mapping[int, Quote] = MappingProxyType(
    {
        18: Quote("1.8", _TABLE_1),
        34: Quote("3.6", _TABLE_1),
        50: Quote("3.8", _TABLE_1),
        101: Quote("7.6", _TABLE_1),
        152: Quote("11.3", _TABLE_1),
    }
)
"""By depth, in 10⁹ multiply-adds, which the paper calls FLOPs."""

PLAIN_ERRORS: Mapping[int, Quote] = MappingProxyType({18: Quote("27.94", _TABLE_2), 34: Quote("28.54", _TABLE_2)})
RESIDUAL_ERRORS: Mapping[int, Quote] = MappingProxyType({18: Quote("27.88", _TABLE_2), 34: Quote("25.03", _TABLE_2)})
"""Both by depth: top-1 error on ImageNet's validation set in percent, shortcuts of option A, 10-crop testing."""

SHALLOW_PLAIN, DEEP_PLAIN = Quote("20", _FIGURE_1), Quote("56", _FIGURE_1)
"""Depths of the plain CIFAR-10 networks whose training errors the paper compares."""
