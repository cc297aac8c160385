"""Runs the handlers of routes: a limited number at a time, until the client disconnects.

A handler waits for a worker most of its time. Those about large nets have a lane of their own, so that they never take
all threads. A waiting request holds no thread: Streamlit serves its static files from a small thread pool.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from threading import Event

import anyio
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from resnet_viz.i18n import SOURCE_LANGUAGE, use_language
from resnet_viz.ui.server.asking import acting_for
from resnet_viz.ui.server.wanted import Abandoned, wanted_while
from resnet_viz.workers.failures import EngineFailed

_GONE = 499
"""Status for a client that disconnected before the response, as in nginx; it appears only in the server's log."""
_UNAVAILABLE = 503


class Lane:
    """Runs at most `n_at_once` handlers of one kind at a time; the rest wait in order."""

    def __init__(self, n_at_once: int) -> None:
        self._n = n_at_once
        self._limiter: CapacityLimiter | None = None

    @property
    def limiter(self) -> CapacityLimiter:
        """The lane's limiter. Call it within the server's event loop, to which it is bound."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(self._n)
        return self._limiter


QUICK, MAPS, LARGE = Lane(8), Lane(8), Lane(4)
Answer = Callable[[Request], Response]


def answering(answer: Answer, lane_of: Callable[[Request], Lane]) -> Callable[[Request], Awaitable[Response]]:
    """Returns an endpoint that runs `answer` in a worker thread and in its lane; 503 if torch cannot be imported."""

    async def endpoint(request: Request) -> Response:
        use_language(request.query_params.get("lang", SOURCE_LANGUAGE))
        return await _while_wanted(request, answer, lane_of(request))

    return endpoint


async def _while_wanted(request: Request, answer: Answer, lane: Lane) -> Response:
    has_left = Event()
    response: Response = Response(status_code=_GONE)
    async with anyio.create_task_group() as tasks:

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            has_left.set()
            tasks.cancel_scope.cancel()  # leaves the lane's queue; a running thread polls `check_wanted`

        tasks.start_soon(watch)
        response = await to_thread.run_sync(partial(_work, request, answer, has_left), limiter=lane.limiter)
        tasks.cancel_scope.cancel()
    return response


def _work(request: Request, answer: Answer, has_left: Event) -> Response:
    try:
        # Of many requests of one client, others' are not put behind all.
        client = f"client {request.client.host}" if request.client else ""
        with wanted_while(lambda: not has_left.is_set()), acting_for(client):
            return answer(request)
    except Abandoned:
        return Response(status_code=_GONE)
    except EngineFailed as error:
        return PlainTextResponse(str(error), _UNAVAILABLE)
