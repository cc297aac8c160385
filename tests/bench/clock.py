"""A clock inside the page: what lies between the page and this process does not count.

A time runs from the browser's own stamp of an event, or from the beginning of the navigation, to the second frame that
has what is waited for: by then the first one has been painted. It looks once a frame, the same way at every page.
"""

from __future__ import annotations

import base64
import time
from typing import Any

from playwright.sync_api import BrowserContext, ElementHandle, Locator, Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_SCRIPT = """
(() => {
  // Netron takes eval away from its page; Playwright needs it to ask the page anything.
  const ownEval = window.eval;
  Object.defineProperty(window, "eval", { get: () => ownEval, set: () => {} });

  // What is there but hidden, because it is still being made ready, does not count as painted.
  const isSeen = (found) => found.checkVisibility({ visibilityProperty: true });
  const holds = (root, selector, text) =>
    [...root.querySelectorAll(selector)].some((found) => isSeen(found) && (!text || found.textContent === text));
  const painted = (root, selector, text) => new Promise((resolve) => {
    const look = () => (holds(root, selector, text) ? requestAnimationFrame(() => resolve(performance.now()))
      : requestAnimationFrame(look));
    requestAnimationFrame(look);
  });
  const clock = { painted, longTasks: [], time: null };
  clock.arm = (root, event, selector, text) => {
    clock.time = new Promise((resolve) => {
      const start = async ({ timeStamp }) => resolve([timeStamp, await painted(root, selector, text)]);
      addEventListener(event, start, { capture: true, once: true });
    });
  };
  const note = (list) => clock.longTasks.push(...list.getEntries().map((task) => [task.startTime, task.duration]));
  clock.observer = new PerformanceObserver(note);
  clock.observer.observe({ type: "longtask", buffered: true });
  clock.longest = (start, end) => {
    note({ getEntries: () => clock.observer.takeRecords() });
    const within = clock.longTasks.filter(([begin, duration]) => begin + duration > start && begin < end);
    return Math.max(0, ...within.map(([, duration]) => duration));
  };
  window.benchClock = clock;
})();
"""
LIMIT_MS = 60_000
REST_MS = 150


def install_clock(context: BrowserContext) -> None:
    """Give every page of a context the clock. The context must be made with `bypass_csp`."""
    context.add_init_script(_SCRIPT)


def click_middle(page: Page, place: Locator) -> None:
    """A bare click in the middle of something.

    `Locator.click` also asks the page what it hit while the click is under way, which takes longer the more there is;
    and it comes to the place and clicks at once, while a hand rests there first and the page has answered to that.
    """
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(REST_MS)
    page.mouse.down()
    page.mouse.up()


class Stopwatch:
    """Measures one thing after the other on a page, in milliseconds."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._span = (0.0, 0.0)

    def wait_opened(self, selector: str) -> float:
        """From the beginning of the navigation until something of that selector is painted."""
        painted = "selector => window.benchClock.painted(document, selector)"
        self._span = (0.0, self._page.evaluate(painted, selector))
        return self._span[1]

    def arm(self, event: str, selector: str, text: str = "", root: ElementHandle | None = None) -> None:
        """Start the clock at the next event of that name.

        It stops when `selector` is painted within `root` (the document), with exactly that text where one is given.
        """
        arm = "([root, ...rest]) => window.benchClock.arm(root ?? document, ...rest)"
        self._page.evaluate(arm, [root, event, selector, text])

    def read(self) -> float:
        """Wait until what `arm` was told is painted; gives how long it took. Raises TimeoutError."""
        late = f"new Promise(resolve => setTimeout(() => resolve(null), {LIMIT_MS}))"
        span: Any = self._page.evaluate(f"() => Promise.race([window.benchClock.time, {late}])")
        if span is None:
            raise TimeoutError(f"What the benchmark waited for was not painted within {LIMIT_MS / 1000:.0f} s.")
        self._span = (span[0], span[1])
        return self._span[1] - self._span[0]

    def longest_block(self) -> float:
        """The longest task of the main thread within the last time; 0 if none took 50 ms, which is where they count."""
        # A task is told of only after it has ended.
        self._page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
        longest: float = self._page.evaluate("span => window.benchClock.longest(...span)", self._span)
        return longest


class Reruns:
    """How long the server takes from a request to run the script until it has finished.

    The times are the browser's own, of the frames of its WebSocket.
    """

    def __init__(self, page: Page) -> None:
        self.times: list[float] = []
        self._page = page
        self._asked: float | None = None
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.webSocketFrameSent", self._sent)
        session.on("Network.webSocketFrameReceived", self._received)

    def click_and_wait(self, level: str) -> float:
        """Clicks on a level of the drawing; returns how long the server takes. Raises TimeoutError."""
        done, deadline = len(self.times), time.monotonic() + 30
        self._page.get_by_role("radio", name=level).click()
        while len(self.times) == done:
            if time.monotonic() > deadline:
                raise TimeoutError(f"The page did not answer a click on {level}.")
            self._page.wait_for_timeout(20)
        self._page.wait_for_timeout(300)
        return self.times[done]

    def _sent(self, event: dict[str, Any]) -> None:
        if BackMsg.FromString(_payload(event)).WhichOneof("type") == "rerun_script":
            self._asked = event["timestamp"]

    def _received(self, event: dict[str, Any]) -> None:
        is_over = ForwardMsg.FromString(_payload(event)).WhichOneof("type") == "script_finished"
        if is_over and self._asked is not None:
            self.times.append(event["timestamp"] - self._asked)
            self._asked = None


def _payload(event: dict[str, Any]) -> bytes:
    return base64.b64decode(event["response"]["payloadData"])
