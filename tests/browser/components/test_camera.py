"""The camera in the whole app, with Chromium's own test picture in motion for one."""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from resnet_viz.ui.picture.source import W_CAMERA
from tests.browser.page_steps import expect_maps, tiles
from tests.browser.visiting import Tab, Visitor, visit_explore
from tests.browser.watching import listen, wait_idle

TRACKS = "() => window.cameraTracks.map((track) => track.readyState)"
# The tracks of the cameras that a page asks for from now on.
NOTE_TRACKS = """
() => {
    const tracks = (window.cameraTracks = []);
    const { getUserMedia } = MediaDevices.prototype;
    navigator.mediaDevices.getUserMedia = async (wishes) => {
        const stream = await getUserMedia.call(navigator.mediaDevices, wishes);
        tracks.push(...stream.getTracks());
        return stream;
    };
}
"""


class Frames:
    """What a page sends of its camera from now on, and how the server's runs go."""

    def __init__(self, page: Page) -> None:
        self.numbers: list[int] = []
        self.sizes: list[int] = []
        self.under_way = self.most_under_way = 0
        self.n_broken_off = 0
        listen(page, self._sent, self._received)

    def _sent(self, message: bytes) -> None:
        for state in BackMsg.FromString(message).rerun_script.widget_states.widgets:
            for event in json.loads(state.json_trigger_value or "[]") if W_CAMERA in state.id else []:
                self.numbers.append(event["value"]["number"])
                self.sizes.append(len(event["value"]["picture"] or ""))
                self.under_way += 1
                self.most_under_way = max(self.most_under_way, self.under_way)

    def _received(self, message: bytes) -> None:
        told = ForwardMsg.FromString(message)
        if told.WhichOneof("type") == "script_finished":
            self.under_way = 0
            self.n_broken_off += told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(permissions=("camera",))


@pytest.fixture
def camera_page(tab: Tab) -> Page:
    """A page that may use the camera."""
    return tab.page


def choose_source(page: Page, name: str) -> None:
    page.get_by_test_id("stMain").get_by_role("radio", name=name, exact=True).click()
    wait_idle(page)


def open_camera(page: Page) -> None:
    visit_explore(page, "net=resnet18&node=conv1")
    page.evaluate(NOTE_TRACKS)
    choose_source(page, "Camera")
    expect(page.get_by_role("button", name="Live")).to_be_visible()


def wait_until(page: Page, condition: object, limit: float = 30.0) -> None:
    deadline = time.monotonic() + limit
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        page.wait_for_timeout(20)


def test_live_frames_give_maps_one_after_the_other(camera_page: Page) -> None:
    frames = Frames(camera_page)
    open_camera(camera_page)
    expect(camera_page.get_by_text("Choose a picture on the left")).to_be_visible()
    live = camera_page.get_by_role("button", name="Live")
    live.click()
    expect_maps(camera_page, "conv1")
    pictures = set()

    def look() -> bool:
        pictures.add(tiles(camera_page).evaluate("canvas => canvas.toDataURL()"))
        return len(pictures) >= 3

    wait_until(camera_page, look)
    expect(live).to_have_attribute("aria-pressed", "true")
    live.click()
    wait_idle(camera_page)
    n_sent = len(frames.numbers)
    assert n_sent >= 3
    assert frames.numbers == list(range(1, n_sent + 1))
    assert frames.most_under_way == 1
    # Each frame's run came to its end, and none was larger than a live frame may be.
    assert frames.n_broken_off == 0
    assert 0 < max(frames.sizes) < 200_000
    camera_page.wait_for_timeout(600)
    assert len(frames.numbers) == n_sent


def test_a_part_chosen_by_hand_stays_while_frames_come(camera_page: Page) -> None:
    frames = Frames(camera_page)
    open_camera(camera_page)
    camera_page.get_by_role("button", name="Live").click()
    frame = camera_page.locator(".crop-view .frame")
    frame.focus()
    camera_page.keyboard.press("ArrowRight")
    # 16:9: 63/128 of the width from a quarter and 0.4 % on, and one step of 2 % to the right.
    told = re.compile("^Left 27%, top 6%, width 49%")
    expect(frame).to_have_attribute("aria-valuetext", told)
    n_sent = len(frames.numbers)
    wait_until(camera_page, lambda: len(frames.numbers) >= n_sent + 4)
    expect(frame).to_have_attribute("aria-valuetext", told)
    camera_page.get_by_role("button", name="Live").click()
    wait_idle(camera_page)


def test_a_photograph_is_one_frame_and_can_be_removed(camera_page: Page) -> None:
    frames = Frames(camera_page)
    open_camera(camera_page)
    camera_page.get_by_role("button", name="Take a photograph").click()
    expect_maps(camera_page, "conv1")
    wait_idle(camera_page)
    camera_page.wait_for_timeout(600)
    assert frames.numbers == [1]
    expect(camera_page.get_by_text("1,280×720 pixels. It stays in memory")).to_be_visible()
    camera_page.get_by_role("button", name="Remove the picture").click()
    expect(camera_page.get_by_text("Choose a picture on the left")).to_be_visible()


def test_the_camera_is_off_when_it_is_turned_off_or_left(camera_page: Page) -> None:
    open_camera(camera_page)
    assert camera_page.evaluate(TRACKS) == ["live"]
    camera_page.get_by_role("button", name="Turn off").click()
    assert camera_page.evaluate(TRACKS) == ["ended"]
    expect(camera_page.get_by_text("The camera is off.")).to_be_visible()
    expect(camera_page.get_by_role("button", name="Live")).to_be_hidden()
    camera_page.get_by_role("button", name="Turn on").click()
    expect(camera_page.get_by_role("button", name="Live")).to_be_visible()
    assert camera_page.evaluate(TRACKS) == ["ended", "live"]
    camera_page.get_by_role("button", name="Live").click()
    expect_maps(camera_page, "conv1")
    choose_source(camera_page, "Sample")
    expect(camera_page.locator(".camera-view")).to_have_count(0)
    assert camera_page.evaluate(TRACKS) == ["ended", "ended"]


def test_a_hidden_tab_sends_nothing(camera_page: Page) -> None:
    frames = Frames(camera_page)
    open_camera(camera_page)
    hide = "is => Object.defineProperty(document, 'hidden', { configurable: true, get: () => is })"
    camera_page.evaluate(hide, True)
    camera_page.get_by_role("button", name="Live").click()
    camera_page.wait_for_timeout(1000)
    assert frames.numbers == []
    camera_page.evaluate(hide, False)
    wait_until(camera_page, lambda: len(frames.numbers) >= 2)
    camera_page.get_by_role("button", name="Live").click()
    wait_idle(camera_page)


@pytest.mark.parametrize("visitor", [Visitor()], ids=["visitor"])
def test_a_refused_camera_is_told_in_a_sentence(tab: Tab) -> None:
    page = tab.page
    visit_explore(page, "net=resnet18&node=conv1")
    choose_source(page, "Camera")
    expect(page.get_by_text("The camera may not be used here")).to_be_visible()
    expect(page.get_by_role("button", name="Live")).to_be_hidden()
    expect(page.get_by_role("button", name="Turn on")).to_be_visible()


def test_no_camera_is_told_in_a_sentence(camera_page: Page) -> None:
    visit_explore(camera_page, "net=resnet18&node=conv1")
    camera_page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError'); }; }"
    )
    choose_source(camera_page, "Camera")
    expect(camera_page.get_by_text("No camera was found")).to_be_visible()
