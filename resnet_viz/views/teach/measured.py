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
PLAIN_LOSSES: Mapping[int, Span] = MappingProxyType(
    {20: Span("0.049", "0.054"), 32: Span("0.14", "0.22"), 44: Span("0.56", "1.13"), 56: Span("1.42", "1.44")}
)
RESIDUAL_LOSSES: Mapping[int, Span] = MappingProxyType(
    {
        20: Span("0.0004", "0.0005"),
        32: Span("0.0003", "0.0005"),
        44: Span("0.0003", "0.0024"),
        56: Span("0.0016", "0.0020"),
    }
)
"""Mean training loss of the last ten of STEPS steps, by depth, with SEEDS; residual nets with option A."""
RESIDUAL_RIGHT: Mapping[int, str] = MappingProxyType({56: "99", 110: "78", 164: "77"})
"""Digits that residual nets told right after STEPS steps, in percent, by depth: means of other seeds."""
RESIDUAL_110 = Span("50", "98")
"""The same of 110 layers, by seed."""

GRADIENT_START, GRADIENT_TEN = Span("295", "2,650"), Span("0.003", "0.08")
"""Plain net of 56 layers, train mode: gradient of the first convolution over that of the last, at the start and after
ten steps."""
GRADIENT_EVAL = Span("0.0001", "0.0004")
"""The same in eval mode at the start; seeds 0 to 2, one batch."""
TEN = 10

OPTION_LOSSES: Mapping[str, Span] = MappingProxyType({"A": Span("0.0004", "0.0006"), "B": Span("0.005", "0.013")})
"""Mean training loss of the last ten of STEPS steps, by option of the shortcut, 20 layers, with SEEDS. Of five further
seeds A was the lower one in each."""
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
