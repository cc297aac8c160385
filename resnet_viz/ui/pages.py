"""The table of pages, in the order of their links. A page is a folder beside this file and an entry of `PAGES`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from resnet_viz.i18n import _
from resnet_viz.spec.shown import ShownNet, net_word
from resnet_viz.ui.compare import state as compare
from resnet_viz.ui.explore import state as explore
from resnet_viz.ui.learn import state as learn
from resnet_viz.ui.page.state import PageState, V
from resnet_viz.ui.train import state as train
from resnet_viz.ui.walk import state as walk

Nets = tuple[ShownNet, ...]


@dataclass(frozen=True)
class Leveled:
    """Reads the level of a page's drawing, and sets it, which folds the parts that were opened."""

    read: Callable[[], str]
    go: Callable[[str], None]


@dataclass(frozen=True)
class Page(Generic[V]):
    """A page: its URL path (empty for the first), folder, title, icon and state, and its nets.

    `nets_of` returns the nets that a view of the page shows, and the index of the one with the selection; `about`
    returns the query parameters of the page that shows such nets. `head_of` returns what a view is called in the
    browser's tab, where that is not its nets.
    """

    path: str
    folder: str
    title: Callable[[], str]
    icon: str
    state: PageState[V]
    nets_of: Callable[[V], tuple[Nets, int]]
    about: Callable[[Nets, int], dict[str, str]]
    go_to_net: Callable[[ShownNet], None] | None = None
    """Callback: shows another net in place of its one; None for a page of several."""
    levels: Leveled | None = None
    head_of: Callable[[V], str] | None = None


PAGES: tuple[Page[Any], ...] = (
    Page(
        "",
        "explore",
        lambda: _("Explore"),
        "account_tree",
        explore.explore,
        explore.nets_of,
        explore.about,
        explore.go_to_net,
        Leveled(lambda: explore.explore.read().level, lambda level: explore.explore.change(level=level, parts=())),
    ),
    Page(
        "compare",
        "compare",
        lambda: _("Compare"),
        "compare_arrows",
        compare.compare,
        compare.nets_of,
        compare.about,
        levels=Leveled(
            lambda: compare.compare.read().level, lambda level: compare.compare.change(level=level, parts=())
        ),
    ),
    Page(
        "learn", "learn", lambda: _("Learn"), "school", learn.learn, learn.nets_of, learn.about, head_of=learn.head_of
    ),
    Page("train", "train", lambda: _("Training"), "show_chart", train.train, train.nets_of, train.about),
    Page(
        "walk",
        "walk",
        lambda: _("Code walk"),
        "step_into",
        walk.walk,
        walk.nets_of,
        walk.about,
        walk.go_to_net,
        Leveled(lambda: walk.walk.read().drawn.level, walk.go_to_level),
    ),
)


def page_at(path: str) -> Page[Any]:
    """Returns the page at a URL path of `PAGES`."""
    return next(page for page in PAGES if page.path == path)


def tab_title(path: str) -> str:
    """Returns the title of the browser's tab, for history and bookmarks: what is shown, on which page."""
    page = page_at(path)
    view = page.state.read()
    head = page.head_of(view) if page.head_of else " | ".join(map(net_word, page.nets_of(view)[0]))
    return " · ".join(filter(None, (head, page.title(), "resnet_viz")))
