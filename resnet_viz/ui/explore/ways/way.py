"""The record of a way to look at maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from resnet_viz.ui.cache.scene import Scene
from resnet_viz.ui.page.state import PageState
from resnet_viz.views.address.view import View
from resnet_viz.views.parts.ids import Chosen

Show = Callable[[Scene, Chosen, PageState[View]], None]


@dataclass(frozen=True)
class Way:
    """A way to look at what a net makes of a picture: its query value, its title, and its view.

    `show` is called once per rerun with the scene, the node or run to look at, and the page's state.
    """

    look: str
    title: Callable[[], str]
    show: Show
