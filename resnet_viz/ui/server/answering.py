"""How a route is answered: torch is there, a few at a time, and no longer than somebody waits for the answer.

Whatever works holds Python's lock, so what takes long and comes in numbers has a lane of its own, one at a time; what
is quick need not wait for it. Whoever waits holds no thread: Streamlit's own files are served by few.
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
from resnet_viz.ui.server.engine import EngineFailed, is_engine_loaded, load_engine
from resnet_viz.ui.server.wanted import Abandoned, wanted_while

_GONE = 499
"""What a server writes into its log of a caller who left before the answer; nobody reads it elsewhere."""
_UNAVAILABLE = 503


class Lane:
    """So many answers of a kind are worked out at once; the rest wait in order."""

    def __init__(self, n_at_once: int) -> None:
        self._n = n_at_once
        self._limiter: CapacityLimiter | None = None

    @property
    def limiter(self) -> CapacityLimiter:
        """To be asked for within the server's loop, which it belongs to."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(self._n)
        return self._limiter


QUICK, MAPS, LARGE, _ENGINE = Lane(8), Lane(8), Lane(1), Lane(1)
Answer = Callable[[Request], Response]


def answering(answer: Answer, lane_of: Callable[[Request], Lane]) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint that gives what `answer` makes of a request, in a thread and in its lane."""

    async def endpoint(request: Request) -> Response:
        use_language(request.query_params.get("lang", SOURCE_LANGUAGE))
        try:
            if not is_engine_loaded():
                await to_thread.run_sync(load_engine, limiter=_ENGINE.limiter)
        except EngineFailed as error:
            return PlainTextResponse(str(error), _UNAVAILABLE)
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
            tasks.cancel_scope.cancel()  # whoever waits in the lane leaves it; a thread looks by itself

        tasks.start_soon(watch)
        response = await to_thread.run_sync(partial(_work, request, answer, has_left), limiter=lane.limiter)
        tasks.cancel_scope.cancel()
    return response


def _work(request: Request, answer: Answer, has_left: Event) -> Response:
    try:
        with wanted_while(lambda: not has_left.is_set()):
            return answer(request)
    except Abandoned:
        return Response(status_code=_GONE)
