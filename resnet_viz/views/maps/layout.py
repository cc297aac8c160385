"""The display settings of a node's channels, and their query string: `order=mean&size=16&only=0-15&at=2`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.refusal import check_choice
from resnet_viz.views.maps.channels import (
    ORDERS,
    PAGE_SIZES,
    ChannelPage,
    ChannelStats,
    channel_order,
    cut_page,
    pick_channels,
)
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.levels import Scaling


@dataclass(frozen=True, slots=True)
class Layout:
    """Selection, order, page, scale and colours of channels. Raises DrawError."""

    order: str = ORDERS[-1]
    size: int = PAGE_SIZES[1]
    """Channels per page."""
    only: str = ""
    """The channels to show, as in 0-15, 40, 99; empty: all. `page_of` raises for channels that a node lacks."""
    at: int = 0
    """Page index, from 0, clamped to the last page."""
    scaling: Scaling = field(default_factory=lambda: Scaling(is_from_zero=True))
    colours: Colours = field(default_factory=Colours)

    def __post_init__(self) -> None:
        check_choice(_("Order of channels"), self.order, ORDERS)
        if self.size not in PAGE_SIZES:
            text = _("Channels at once: got {got}. Choose one of {allowed}.")
            raise DrawError(text.format(got=str(self.size)[:40], allowed=", ".join(map(str, PAGE_SIZES))))

    def page_of(self, stats: ChannelStats) -> ChannelPage:
        """Returns the page of channels of a node with these statistics. Raises DrawError for channels that it lacks."""
        return cut_page(self._picked(stats), self.size, self.at)

    def find_page(self, stats: ChannelStats, channel: int | None) -> int:
        """Returns the page index of a channel; 0 if it is not shown. Raises DrawError as `page_of`."""
        places = np.flatnonzero(self._picked(stats) == channel)
        return int(places[0]) // self.size if places.size else 0

    def _picked(self, stats: ChannelStats) -> npt.NDArray[np.intp]:
        # Ascending by index, descending by any statistic.
        ordered = channel_order(stats, self.order, descending=self.order != "index")
        return pick_channels(ordered, self.only)


def write_layout(layout: Layout) -> dict[str, str]:
    """Returns a layout as query parameters."""
    scaling, colours = layout.scaling, layout.colours
    return {
        "order": layout.order,
        "size": str(layout.size),
        "only": layout.only,
        "at": str(layout.at),
        "scope": scaling.scope,
        "clip": str(scaling.clip),
        "colours": colours.sequential,
        "dark": str(int(colours.is_dark)),
    }


def read_layout(params: Mapping[str, str]) -> Layout:
    """Returns the layout of query parameters; missing ones have defaults. Raises DrawError."""
    usual = write_layout(Layout())
    texts = {key: params.get(key, value) for key, value in usual.items()}
    return Layout(
        order=texts["order"],
        size=_whole(texts["size"]),
        only=texts["only"],
        at=_whole(texts["at"]),
        scaling=Scaling(texts["scope"], _whole(texts["clip"]), is_from_zero=True),
        colours=Colours(texts["colours"], is_dark=texts["dark"] == "1"),
    )


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise DrawError(_("Got “{got}” where a whole number is expected.").format(got=text[:40]))
    return int(text)
