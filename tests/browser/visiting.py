"""Where the pages of the browser tests come from: contexts that keep what was fetched, and tabs that stay loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.watching import follow_runs, note_errors, note_outside, wait_idle

BLANK = "/demo_blank"
_STORED = "cookies,local_storage,indexeddb,cache_storage,service_workers"
_GO_JS = "address => { history.replaceState(null, '', address); dispatchEvent(new PopStateEvent('popstate')); }"
_FORGET_JS = "() => { localStorage.clear(); sessionStorage.clear(); }"
_visits = count(1)


@dataclass(frozen=True)
class Visitor:
    """What a browser context is made for. The window and the theme are the page's, which can change them."""

    locale: str = "en-US"
    has_touch: bool = False
    permissions: tuple[str, ...] = ()


class Contexts:
    """One browser context for each kind of visitor: what one page fetched and compiled is there for the next."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._made: dict[Visitor, BrowserContext] = {}

    def new_page(self, visitor: Visitor, window: ViewportSize, errors: list[str]) -> Page:
        """A page that has not been anywhere, of somebody who has not been here.

        What goes wrong on it is noted in `errors`, and what it asks of others than the app.
        """
        context = self._made.get(visitor) or self._make(visitor)
        page = context.new_page()
        page.set_viewport_size(window)
        self._forget(page, visitor)
        note_errors(page, errors)
        note_outside(page, urlsplit(self._url).netloc, errors)
        follow_runs(page)
        return page

    def _make(self, visitor: Visitor) -> BrowserContext:
        self._made[visitor] = self._browser.new_context(
            base_url=self._url, locale=visitor.locale, has_touch=visitor.has_touch
        )
        return self._made[visitor]

    def _forget(self, page: Page, visitor: Visitor) -> None:
        """Let nothing be left of what earlier pages stored and were allowed."""
        session = page.context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": self._url, "storageTypes": _STORED})
        session.detach()
        page.context.clear_permissions()
        page.context.grant_permissions(visitor.permissions)


@dataclass
class Tab:
    """A page that stays loaded from test to test, and what went wrong on it."""

    page: Page
    errors: list[str] = field(default_factory=list)


class Tabs:
    """The tabs that wait for the next test, one for each kind of visitor; in contexts of their own."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        self._waiting: dict[Visitor, Tab] = {}

    def take(self, visitor: Visitor, window: ViewportSize) -> Tab:
        """A tab with nothing on it; one that waits, or a new one."""
        tab = self._waiting.pop(visitor, None)
        if tab is None:
            errors: list[str] = []
            return Tab(self._contexts.new_page(visitor, window, errors), errors)
        tab.page.set_viewport_size(window)
        return tab

    def give_back(self, visitor: Visitor, tab: Tab) -> None:
        """Leave what a tab shows, and keep it for the next test if nothing went wrong on it."""
        page = tab.page
        page.unroute_all()
        page.emulate_media(media="null", color_scheme="light", reduced_motion="no-preference")
        page.mouse.move(0, 0)
        # While the mouse was the last thing used, what gets the focus is neither outlined nor scrolled to altogether.
        page.keyboard.press("Shift")
        _leave(page)
        if tab.errors:
            page.close()
        else:
            self._waiting[visitor] = tab


def go_to(page: Page, address: str) -> None:
    """Go to an address of the app or of a demo, as a reader who comes there first.

    The page is loaded if it was nowhere yet. A loaded one forgets where it was and goes on by its history, which takes
    a third of the time: another session of the app is not begun, but nothing is left in the old one.
    """
    if page.url == "about:blank":
        page.goto(address)
        return
    _leave(page)
    page.evaluate(_GO_JS, address)


def visit_explore(page: Page, query: str = "") -> None:
    """The app's page Explore, once its drawing is there."""
    go_to(page, f"/?{query}")
    page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(page)


def _leave(page: Page) -> None:
    """Let the page finish, go where nothing is, and wait until nothing is left of where it was."""
    if page.url == "about:blank" or urlsplit(page.url).path == BLANK:
        return
    # What is under way comes to its end, so that nothing of it is answered, or refused, in the next visit.
    wait_idle(page, quiet_ms=50)
    visit = next(_visits)
    page.evaluate(_GO_JS, f"{BLANK}?visit={visit}")
    expect(page.get_by_test_id("stMain")).to_have_text(f"Blank before visit {visit}")
    wait_idle(page, quiet_ms=0)
    page.evaluate(_FORGET_JS)
