"""Compare's page state."""

from __future__ import annotations

from resnet_viz.spec.shown import ShownNet
from resnet_viz.ui.page.state import PageState
from resnet_viz.views.address.compare import (
    DEFAULT_NETS,
    MOST,
    NETS,
    CompareView,
    read_compare,
    write_compare,
    write_nets,
)
from resnet_viz.views.parts.ids import split_id

compare = PageState("compare", read_compare, write_compare)

W_SAME = "w_compare_same"


def nets_of(view: CompareView) -> tuple[tuple[ShownNet, ...], int]:
    """Returns the nets of a view of this page, and the index of the one with the selection."""
    at = split_id(view.node or "")
    return view.specs, at[0] if at and at[0] < len(view.specs) else 0


def about(nets: tuple[ShownNet, ...], chosen: int) -> dict[str, str]:
    """Returns this page's query parameters for two to four nets; else for the chosen one and a default one."""
    if not 2 <= len(nets) <= MOST:
        other = next(usual for usual in reversed(DEFAULT_NETS) if usual != nets[chosen])
        nets = (nets[chosen], other)
    return {} if nets == DEFAULT_NETS else {NETS: write_nets(nets)}
