"""The nets of a page as another tool would count them."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_viz.i18n import _
from resnet_viz.records.macs import Macs
from resnet_viz.records.trace import Trace
from resnet_viz.views.counting.rules import count
from resnet_viz.views.counting.tools import Tool


def counted_table(traces: Sequence[Trace], tool: Tool) -> dict[str, list[str]]:
    """Returns the columns by their headings: each net's multiply-adds, the tool's total, and one over the other."""
    found = [count(trace, tool.rule) for trace in traces]
    return {
        _("Net"): [trace.name for trace in traces],
        _("MACs"): [trace.macs.exact for trace in traces],
        tool.title: [total.exact for total in found],
        _("Ratio"): [_ratio(total, trace.macs) for total, trace in zip(found, traces, strict=True)],
    }


def _ratio(total: Macs, macs: Macs) -> str:
    """Five digits: most tools differ by less than a hundredth. Nothing where a number is only a bound."""
    if total.at_least or macs.at_least or not macs.known:
        return "–"
    return f"{total.known / macs.known:.4f}"
