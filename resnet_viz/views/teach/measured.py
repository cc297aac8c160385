"""What was measured of nets trained on scikit-learn's digits, and under which conditions: none is read from a Trace.

Nets are in the form of He et al. 2015, section 4.2, at 8×8 pixels with widths 8, 16, 32; training as `Recipe` has it
(batches of 64, SGD 0.05, momentum 0.9), torch 2.14.1, one thread. Whoever trains them again on the page Training sees
figures of this size, to the bit only on one machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from resnet_viz.i18n import _

SIDE, CLASSES = 8, 10
WIDTHS = (8, 16, 32)
STEPS = 300
BATCH, RATE, MOMENTUM = 64, "0.05", "0.9"


@dataclass(frozen=True, slots=True)
class Span:
    """The least and the largest figure of some seeds, as text."""

    least: str
    most: str

    @property
    def text(self) -> str:
        """Both, in the current language."""
        return _("{least} to {most}").format(least=self.least, most=self.most)


SEEDS = (0, 1)
PLAIN_LOSSES: Mapping[int, Span] = MappingProxyType({20: Span("0.04", "0.12"), 56: Span("1.44", "1.94")})
RESIDUAL_LOSSES: Mapping[int, Span] = MappingProxyType({20: Span("0.001", "0.03"), 56: Span("0.004", "0.08")})
"""Mean training loss of the last ten of STEPS steps, by depth, with SEEDS; residual nets with option A."""

PLAIN_RIGHT: Mapping[int, str] = MappingProxyType({20: "98", 32: "77", 44: "51", 56: "34", 80: "11"})
RESIDUAL_RIGHT: Mapping[int, str] = MappingProxyType({56: "99", 110: "78", 164: "77"})
"""Digits trained with that were told right after STEPS steps, in percent, by depth: means of two to five seeds."""
SEEDS_APART = "24"
"""The largest difference between two seeds of a plain net, in points."""
RESIDUAL_110 = Span("50", "98")
"""Of residual nets of 110 layers."""

GRADIENT_START, GRADIENT_TEN = Span("295", "2,650"), Span("0.003", "0.08")
"""Plain net of 56 layers, train mode: gradient of the first convolution over that of the last, at the start and after
ten steps."""
GRADIENT_EVAL = Span("0.0001", "0.0004")
"""The same in eval mode at the start; seeds 0 to 2, one batch."""
TEN = 10

OPTION_LOSSES: Mapping[str, str] = MappingProxyType({"A": "0.0008", "B": "0.0167"})
"""Training loss by option of the shortcut, the means of five seeds; A is lower in each."""
ZERO_EXTRA: Mapping[int, Span] = MappingProxyType({20: Span("0.47", "1.83"), 56: Span("0.85", "1.66")})
"""By which the mean loss of the first FIFTY steps is higher with a last gamma of zero, by depth."""
FIFTY = 50
ZERO_HELD, ONE_HELD = Span("65", "71"), Span("30", "78")
"""Held-out digits told right in eval mode by a residual net of 56 layers, in percent: with zeros, and without."""
BARE_STEPS = 200
BARE_RIGHT = Span("94", "99")
"""Digits trained with that were told right by residual nets of 20 and 56 layers without any norm, in percent;
PyTorch's own start."""
CHANCE_LOSS = "2.30"
"""ln 10: the loss of a net that takes each digit for equally likely."""
HE_LOSS = Span("10", "207")
"""Loss of the residual net of 56 layers without norms at the start, He's start."""


def conditions(steps: int = STEPS) -> str:
    """Returns under which conditions the figures were found, in the current language."""
    return _(
        "Measured on scikit-learn's digits at {side}×{side} pixels: nets of the paper's form (He et al. 2015, section "
        "4.2) with {widths} channels, batches of {batch}, SGD {rate} with momentum {momentum}, {steps} steps."
    ).format(
        side=SIDE, widths=", ".join(map(str, WIDTHS)), batch=BATCH, rate=RATE, momentum=MOMENTUM, steps=steps
    )  # fmt: skip
