"""Words for how two figures compare: as a ratio, an increase, a share."""

from __future__ import annotations

from collections.abc import Callable

from resnet_viz.i18n import _
from resnet_viz.units import format_exact

NumberWords = Callable[[int], str]
# From here on a ratio, shown as 2.0, is easier to read than a percentage.
_TIMES_FROM = 1.95


def against(own: int, other: int, words: NumberWords) -> str:
    """Returns two figures in three digits, or in full if three would be equal."""
    texts = words(own), words(other)
    if texts[0] == texts[1]:
        texts = format_exact(own), format_exact(other)
    return _("{own} against {other}").format(own=texts[0], other=texts[1])


def share_text(share: float) -> str:
    """Returns a share of 0 to 1 in whole percent; 0 and 100 only if exact."""
    percent = round(100 * share)
    if percent == 0 and share > 0:
        return _("less than 1 %")
    if percent == 100 and share < 1:
        return _("more than 99 %")
    return _("{n} %").format(n=percent)


def growth_text(own: int, other: int) -> str:
    """Returns the ratio, or the increase in percent; the figure itself if `other` is 0."""
    if not other:
        return format_exact(own)
    ratio = own / other
    if is_times(ratio):
        return f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:,.0f}"
    percent = 100 * (own - other) / other
    return _("{n} %").format(n=f"{percent:.0f}" if percent >= 1 else f"{percent:.1g}")


def is_times(ratio: float | None) -> bool:
    """Whether a ratio is told as `times`, and not as an increase in percent."""
    return ratio is not None and ratio >= _TIMES_FROM
