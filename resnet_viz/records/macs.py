"""A number of multiply-adds that may not be known, or of which only a lower bound is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from resnet_viz.i18n import _
from resnet_viz.units import format_exact, format_macs


class Macs(NamedTuple):
    """Multiply-adds of a whole batch. `n` is None where none of them is known; `at_least`: there may be more."""

    n: int | None
    at_least: bool = False

    @property
    def known(self) -> int:
        """The number that is known; 0 for None."""
        return self.n or 0

    @property
    def text(self) -> str:
        """With three significant figures: `1.81 GMACs`, `at least 1.81 GMACs`, `MACs not known`."""
        return _("MACs not known") if self.n is None else self._bounded(format_macs(self.n))

    @property
    def amount(self) -> str:
        """The same beside a heading that names the unit: `1.81 G`, `at least 1.81 G`, `not known`."""
        return _("not known") if self.n is None else self._bounded(format_macs(self.n).removesuffix("MACs").rstrip())

    @property
    def exact(self) -> str:
        """With all digits: `1,814,073,344`, `at least 1,814,073,344`, `not known`."""
        return _("not known") if self.n is None else self._bounded(format_exact(self.n))

    def times(self, count: int) -> Macs:
        """Returns the sum of `count` equal parts."""
        return Macs(None if self.n is None else count * self.n, self.at_least)

    def _bounded(self, amount: str) -> str:
        return _("at least {amount}").format(amount=amount) if self.at_least else amount


def sum_macs(parts: Iterable[tuple[int | None, bool]]) -> Macs:
    """Returns the sum of what is known of Macs; it is a lower bound where a part is one, or is not known."""
    known, at_least = 0, False
    for n, is_bound in parts:
        known += n or 0
        at_least |= is_bound or n is None
    return Macs(None if at_least and not known else known, at_least)
