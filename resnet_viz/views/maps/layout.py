"""How the channels of a node are laid out on the page, and its address: `order=mean&size=16&only=0-15&at=2`."""

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
    """Which channels, in which order, on which scale and in which colours. Raises DrawError."""

    order: str = ORDERS[-1]
    size: int = PAGE_SIZES[1]
    """Channels of a page."""
    only: str = ""
    """The channels to show, as in 0-15, 40, 99; empty: all. What names none of a node is told by `page_of`."""
    at: int = 0
    """Which page, from 0; beyond the last one it is the last one."""
    scaling: Scaling = field(default_factory=Scaling)
    colours: Colours = field(default_factory=Colours)

    def __post_init__(self) -> None:
        check_choice(_("Order of channels"), self.order, ORDERS)
        if self.size not in PAGE_SIZES:
            text = _("Channels at once: got {got}. Choose one of {allowed}.")
            raise DrawError(text.format(got=str(self.size)[:40], allowed=", ".join(map(str, PAGE_SIZES))))

    def page_of(self, stats: ChannelStats) -> ChannelPage:
        """The channels to show of a node with these figures. Raises DrawError where it has not those named."""
        return cut_page(self._picked(stats), self.size, self.at)

    def find_page(self, stats: ChannelStats, channel: int | None) -> int:
        """The page that a channel is on; the first one, where it is on none. Raises DrawError as `page_of`."""
        places = np.flatnonzero(self._picked(stats) == channel)
        return int(places[0]) // self.size if places.size else 0

    def _picked(self, stats: ChannelStats) -> npt.NDArray[np.intp]:
        # Names and numbers begin with the first, figures with the greatest.
        ordered = channel_order(stats, self.order, descending=self.order != "index")
        return pick_channels(ordered, self.only)


def write_layout(layout: Layout) -> dict[str, str]:
    """A layout as keys and values of an address."""
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
    """The layout of an address; what is not there is as usual. Raises DrawError."""
    usual = write_layout(Layout())
    texts = {key: params.get(key, value) for key, value in usual.items()}
    return Layout(
        order=texts["order"],
        size=_whole(texts["size"]),
        only=texts["only"],
        at=_whole(texts["at"]),
        scaling=Scaling(texts["scope"], _whole(texts["clip"])),
        colours=Colours(texts["colours"], is_dark=texts["dark"] == "1"),
    )


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise DrawError(_("Got “{got}” where a whole number is expected.").format(got=text[:40]))
    return int(text)
