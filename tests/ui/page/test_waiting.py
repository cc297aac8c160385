"""Whoever waits sees from a second on how far it is or how many come before, and can end it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest

from resnet_viz.ui.page import waiting
from resnet_viz.ui.page.waiting import W_END, W_RUN
from resnet_viz.ui.server.asking import use_workers
from resnet_viz.workers import task as tasks
from resnet_viz.workers.task import Asked, Task, Ticket
from tests.pages import run

Look = Callable[[Task], int]
"""What whoever waits finds when it looks: how many come before."""


class Broken(Exception):
    """The run ends here, and what it has shown stays to be looked at."""


class Slow:
    """Workers with one job. Whoever waits looks every half second, of a clock of their own, and finds one `Look`."""

    def __init__(self, *looks: Look) -> None:
        self.looks, self.now = list(looks), 0.0
        self.n_asked = 0
        self.left: list[Task] = []

    def submit(self, asked: Asked) -> Ticket:
        self.n_asked += 1
        return Ticket(Task(asked), self)

    def n_before(self, task: Task) -> int:
        self.now += 0.5
        return self.looks.pop(0)(task)

    def leave(self, task: Task) -> None:
        self.left.append(task)

    def close(self) -> None:
        """Nothing is open."""


def before(n: int) -> Look:
    return lambda task: n


def tells(done: int, total: int) -> Look:
    def look(task: Task) -> int:
        task.told = (done, total)
        return 0

    return look


def is_done(task: Task) -> int:
    task.finish("the result")
    return 0


def breaks(task: Task) -> int:
    raise Broken


def clicks_cancel(task: Task) -> int:
    """What a click in the browser does while the page runs."""
    context = get_script_run_ctx()
    assert context is not None
    assert context.script_requests is not None
    (button,) = [name for name in context.shared.widget_ids_this_run.snapshot() if name.endswith(W_END)]
    states = WidgetStates(widgets=[WidgetState(id=button, trigger_value=True)])
    context.script_requests.request_rerun(RerunData(widget_states=states))
    return 0


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Slow, AppTest]]]:
    """Opens a page that waits, and finds these looks."""
    monkeypatch.setattr(tasks, "_LOOK_S", 0.001)
    workers: list[Any] = []

    def begin(*looks: Look) -> tuple[Slow, AppTest]:
        slow = Slow(*looks)
        workers.append(use_workers(slow))
        monkeypatch.setattr(waiting, "monotonic", lambda: slow.now)
        return slow, AppTest.from_function(_page, default_timeout=60).run()

    yield begin
    use_workers(workers[0])


def _page() -> None:
    import streamlit as st

    from resnet_viz.jobs.nets import ListDevices
    from resnet_viz.ui.page.waiting import is_ended, show_waiting
    from resnet_viz.ui.server.asking import ask

    if not is_ended("it"):
        with show_waiting(lambda done, total: f"{done} of {total}", "it"):
            st.text(ask(ListDevices()))


def bars(page: AppTest) -> list[tuple[int, str]]:
    return [(bar.proto.value, bar.proto.text) for bar in page.get("progress")]


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


Wait = Callable[..., tuple[Slow, AppTest]]


@pytest.mark.parametrize(
    ("looks", "shown"),
    [
        ([before(2), before(2)], (0, "2 come before.")),
        ([before(2), before(2), before(1)], (0, "1 comes before.")),
        ([before(2), before(1), tells(3, 10), before(0)], (30, "3 of 10")),
        ([tells(3, 10), before(0), before(0)], (30, "3 of 10")),  # and no more is told
        ([tells(3, 10), before(0), tells(7, 10), before(0)], (70, "7 of 10")),
    ],
)
def test_place_and_progress_are_shown_with_a_way_to_end_it(wait: Wait, looks: list[Look], shown: Any) -> None:
    _slow, page = wait(*looks, breaks)
    assert bars(page) == [shown]
    assert labels(page) == ["Cancel"]


def test_what_cannot_say_how_far_it_is_can_be_ended(wait: Wait) -> None:
    _slow, page = wait(before(0), before(0), breaks)
    assert (bars(page), labels(page)) == ([], ["Cancel"])


@pytest.mark.parametrize("look", [before(2), before(0), tells(3, 10)])
def test_nothing_is_shown_in_the_first_second(wait: Wait, look: Look) -> None:
    _slow, page = wait(look, breaks)
    assert (bars(page), labels(page)) == ([], [])


def test_it_goes_with_the_result(wait: Wait) -> None:
    slow, page = wait(before(1), before(1), tells(3, 10), is_done)
    assert [text.value for text in page.text] == ["the result"]
    assert (bars(page), labels(page)) == ([], [])
    assert len(slow.left) == 1


def test_a_click_gives_the_ticket_back_and_the_job_stays_ended_until_it_is_wanted(wait: Wait) -> None:
    slow, page = wait(before(0), tells(3, 10), clicks_cancel, before(0))
    (left,) = slow.left
    assert not left.future.done()
    assert [info.value for info in page.info] == ["It was ended before it was done."]
    assert (bars(page), labels(page), slow.n_asked) == ([], ["Run it"], 1)
    assert (labels(run(page)), slow.n_asked) == (["Run it"], 1)
    slow.looks = [is_done]
    run(page.button(key=W_RUN).click())
    assert ([text.value for text in page.text], labels(page), slow.n_asked) == (["the result"], [], 2)
