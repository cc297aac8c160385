"""How routes are answered: in lanes, and no longer than somebody waits."""

from __future__ import annotations

import asyncio
import threading
from threading import Event
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from resnet_viz.ui.server.answering import Lane, answering
from resnet_viz.ui.server.wanted import check_wanted


class Caller:
    """Asks, and may leave."""

    def __init__(self) -> None:
        self._left = asyncio.Event()

    def leave(self) -> None:
        self._left.set()

    async def ask(self, endpoint: Any) -> Response:
        async def receive() -> dict[str, str]:
            await self._left.wait()
            return {"type": "http.disconnect"}

        response: Response = await endpoint(Request({"type": "http", "query_string": b"", "headers": []}, receive))
        return response


def test_so_many_at_once_and_all_in_the_end() -> None:
    busy, most, begun, lock = 0, 0, 0, threading.Lock()
    two_are_there = threading.Barrier(2, timeout=60)

    def work(_request: Request) -> Response:
        nonlocal busy, most, begun
        with lock:
            busy, begun = busy + 1, begun + 1
            most, is_early = max(most, busy), begun <= 2
        if is_early:
            two_are_there.wait()
        Event().wait(0.02)
        with lock:
            busy -= 1
        return PlainTextResponse("done")

    async def ask_all() -> list[Response]:
        lane = Lane(2)
        endpoint = answering(work, lambda _request: lane)
        return list(await asyncio.gather(*[Caller().ask(endpoint) for _n in range(9)]))

    assert [response.body for response in asyncio.run(ask_all())] == [b"done"] * 9
    assert most == 2


def test_work_ends_when_its_caller_leaves() -> None:
    begun, ended = Event(), Event()

    def work(_request: Request) -> Response:
        begun.set()
        try:
            while True:
                check_wanted()
                Event().wait(0.005)
        finally:
            ended.set()

    async def ask_and_leave() -> Response:
        caller, lane = Caller(), Lane(1)
        asked = asyncio.create_task(caller.ask(answering(work, lambda _request: lane)))
        await asyncio.to_thread(begun.wait, 60)
        caller.leave()
        return await asyncio.wait_for(asked, 60)

    asyncio.run(ask_and_leave())
    assert ended.is_set()


def test_whoever_leaves_while_waiting_is_never_worked_for() -> None:
    go_on, worked_for = Event(), []

    def work(request: Request) -> Response:
        worked_for.append(request)
        go_on.wait(60)
        return PlainTextResponse("done")

    async def ask_three() -> tuple[Response, Response]:
        lane = Lane(1)
        endpoint = answering(work, lambda _request: lane)
        first, second, third = Caller(), Caller(), Caller()
        one = asyncio.create_task(first.ask(endpoint))
        while not worked_for:
            assert not one.done()
            await asyncio.sleep(0.005)
        two, three = asyncio.create_task(second.ask(endpoint)), asyncio.create_task(third.ask(endpoint))
        await asyncio.sleep(0.05)
        second.leave()
        await asyncio.wait_for(two, 60)
        go_on.set()
        return await one, await three

    answers = asyncio.run(ask_three())
    assert [response.body for response in answers] == [b"done", b"done"]
    assert len(worked_for) == 2


def test_a_quick_lane_does_not_wait_for_a_slow_one() -> None:
    go_on = Event()

    def slow(_request: Request) -> Response:
        go_on.wait(60)
        return PlainTextResponse("slow")

    async def ask_both() -> bytes:
        slow_lane, quick_lane = Lane(1), Lane(1)
        waiting = [asyncio.create_task(Caller().ask(answering(slow, lambda _request: slow_lane))) for _n in range(45)]
        await asyncio.sleep(0.02)
        quick = await asyncio.wait_for(
            Caller().ask(answering(lambda _request: PlainTextResponse("quick"), lambda _request: quick_lane)), 60
        )
        go_on.set()
        await asyncio.gather(*waiting)
        return bytes(quick.body)

    assert asyncio.run(ask_both()) == b"quick"
