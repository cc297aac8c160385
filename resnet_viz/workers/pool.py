"""Workers of this machine: each job goes to a process of its lane's crew, to the one that holds its net."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from threading import Event, RLock, Thread
from time import monotonic
from typing import Any

from resnet_viz.i18n import _, use_language
from resnet_viz.workers.failures import EngineFailed, WorkerLost
from resnet_viz.workers.holdings import Holdings, Place
from resnet_viz.workers.host import ENGINE, FORKS, Host
from resnet_viz.workers.lanes import Crew, FairQueue, Lane
from resnet_viz.workers.task import Asked, Task, Ticket
from resnet_viz.workers.worker import Message, Worker

_SWEEP_S = 5.0
IDLE_S = 60.0
"""Seconds after which a worker without nets and jobs ends; its memory comes back, and another is quickly there."""
_MOST_GONE = 2
"""Starts of the engine in a row that may end without a word."""
_log = logging.getLogger("resnet_viz")


class LocalWorkers:
    """The workers of this machine. `budget`: bytes of all nets together; `is_there`: whether a reader still is.

    `on_engine` hears `ready`, or `failed` and the reason, of torch's import.
    """

    def __init__(
        self,
        budget: int,
        is_there: Callable[[str], bool],
        on_engine: Callable[[str, str], None] = lambda *_: None,
        engine: str = ENGINE,
        forks: bool = FORKS,
    ) -> None:
        self._lock = RLock()
        self.holdings = Holdings(budget, is_there)
        self._on_engine = on_engine
        self._queues: dict[Lane, FairQueue[Task]] = {}
        self._tasks: dict[Any, Task] = {}
        self._workers: list[Worker] = []
        self._starting: Counter[str] = Counter()
        self._crews: dict[str, Crew] = {}
        self._seen: dict[str, set[str]] = {}
        self._failure, self._n_gone = "", 0
        self._closing = Event()
        self._host = Host(self._take, self._hear_engine, engine, forks)
        Thread(target=self._sweep, name="workers' nets", daemon=True).start()

    # For those who ask

    def submit(self, asked: Asked) -> Ticket:
        """Starts or queues a job, or joins the one under way with its key. Raises EngineFailed."""
        with self._lock:
            self._refuse_failed()
            task = self._tasks.get(asked.key)
            if task is None:
                task = self._tasks[asked.key] = Task(asked)
                self._crews[asked.lane.crew.name] = asked.lane.crew
                self._queues.setdefault(asked.lane, FairQueue()).put(asked.owner, task)
            if asked.job.net is not None:
                self.holdings.note_reader(asked.owner, asked.job.net)
            self._seen.setdefault(asked.job.picture, set()).add(asked.owner)
            task.n_tickets += 1
            self._dispatch()
        return Ticket(task, self)

    def leave(self, task: Task) -> None:
        """Ends a job that nobody waits for any more."""
        with self._lock:
            task.n_tickets -= 1
            if task.n_tickets > 0 or task.future.done():
                return
            self._forget(task)
            self._queues[task.asked.lane].discard(task)
            worker = next((worker for worker in self._workers if worker.task is task), None)
            task.future.cancel()
        if worker is not None:
            worker.cancel(task)

    def n_before(self, task: Task) -> int:
        """How many jobs of its lane come before one that waits."""
        with self._lock:
            waiting = list(self._queues[task.asked.lane])
            return waiting.index(task) + 1 if task in waiting else 0

    def prepare(self) -> None:
        """Begins to import torch, if that has not begun."""
        self._host.prepare()

    def close(self) -> None:
        """Ends all jobs and processes."""
        with self._lock:
            self._closing.set()
            for task in list(self._tasks.values()):
                self._fail(task, WorkerLost(_("The server ends.")))
        for worker in self._workers:
            worker.end()
        self._host.close()

    # Who does what

    def _dispatch(self) -> None:
        """Gives jobs to idle workers, and starts workers for those that are left."""
        for lane in sorted(self._queues, key=lambda lane: lane.rank):
            idle = [worker for worker in self._workers if worker.crew == lane.crew and worker.task is None]
            # A net without a home goes where the least is held.
            for worker in sorted(idle, key=lambda worker: len(self.holdings.of(worker))):
                task = self._queues[lane].take(partial(self._can_run, worker))
                if task is not None:
                    self._give(worker, task)
            self._start_missing(lane)

    def _can_run(self, worker: Worker, task: Task) -> bool:
        place = task.asked.place
        if place is None:
            return True
        home = self.holdings.home(place)
        if home is not None:
            return home is worker
        return self.holdings.make_room(place, task.asked.n_bytes) is not None

    def _give(self, worker: Worker, task: Task) -> None:
        place = task.asked.place
        if place is not None:
            self._drop(self.holdings.make_room(place, task.asked.n_bytes) or [])
            self.holdings.begin(place, worker, task.asked.n_bytes)
        worker.start(task)

    def _drop(self, places: Sequence[Place]) -> None:
        for worker in self._workers:
            theirs = [place[1] for place in self.holdings.of(worker) if place in places]
            if theirs:
                worker.drop(theirs)
        self.holdings.drop(places)

    def _start_missing(self, lane: Lane) -> None:
        """Starts a worker for each reader, or each job of a crew that is abreast, as far as the crew goes."""
        crew, waiting = lane.crew, list(self._queues[lane])
        own = [worker for worker in self._workers if worker.crew == crew]
        if not waiting or any(worker.task is None for worker in own):
            return
        tasks = [*waiting, *(worker.task for worker in own if worker.task)]
        wanted = len(tasks) if crew.is_abreast else len({task.asked.owner for task in tasks})
        missing = min(crew.n_workers, wanted) - len(own) - self._starting[crew.name]
        for _n in range(missing):
            self._starting[crew.name] += 1
            self._host.start(crew)

    # What workers say

    def _take(self, name: str, pid: int, connection: Connection) -> None:
        with self._lock:
            worker = Worker(self._crews[name], pid, connection, self._host.folder)
            if self._closing.is_set():
                worker.end()
                return
            self._starting[name] -= 1
            self._workers.append(worker)
            worker.listen(self._hear)
            self._dispatch()

    def _hear(self, worker: Worker, message: Message | None) -> None:
        if message is None:
            self._lose(worker)
            return
        kind, number, *rest = message
        with self._lock:
            task = worker.task
            if task is None or task.number != number:
                return
            if kind == "progress":
                task.told = (rest[0], rest[1])
                return
            if kind == "part":
                task.parts.append(rest[0])
                return
            if kind != "need":
                self._finish(worker, task, kind, rest)
                return
        self._supply(worker, task, rest[0])

    def _supply(self, worker: Worker, task: Task, key: str) -> None:
        try:
            blob = task.asked.blobs(key) if task.asked.blobs else None
        except Exception:
            _log.exception("What a job needs is not there")
            blob = None
        worker.give(key, blob)

    def _finish(self, worker: Worker, task: Task, kind: str, rest: list[Any]) -> None:
        """The job has ended: `done` with its result, `failed` with its error, `broken` with what the log gets."""
        value, is_held = rest
        self._free(worker, task, is_held)
        if kind == "broken":
            _log.error("A job failed: %s\n%s", task.asked.job, value)
            self._fail(task, RuntimeError("a job failed; the log has the traceback"))
        elif kind == "failed":
            self._fail(task, value)
        elif kind == "done":
            self._forget(task)
            task.finish(value)
        self._dispatch()

    def _free(self, worker: Worker, task: Task, is_held: bool) -> None:
        worker.task, worker.idle_since = None, monotonic()
        if task.asked.place is not None:
            self.holdings.end(task.asked.place, is_held)

    def _lose(self, worker: Worker) -> None:
        with self._lock:
            task, worker.task = worker.task, None
            if worker in self._workers:
                self._workers.remove(worker)
            self.holdings.drop(self.holdings.of(worker))
            if task is not None and not self._closing.is_set():
                use_language(task.asked.language)
                words = _(
                    "The process that worked on this has ended, perhaps for lack of memory. Nothing else is lost."
                )
                self._fail(task, WorkerLost(words))
            if not self._closing.is_set():
                self._dispatch()

    def _hear_engine(self, kind: str, *reason: Any) -> None:
        with self._lock:
            if self._closing.is_set():
                return
            if kind == "ready":
                self._n_gone = 0
            elif kind == "failed" or (kind == "gone" and self._n_gone >= _MOST_GONE):
                self._failure = self._failure or str(reason[0])
                for task in list(self._tasks.values()):
                    self._fail(task, EngineFailed(self._failure))
            elif not self._failure:
                # It was killed: another one is started, unless that goes on and on.
                self._n_gone += 1
                self._starting.clear()
                self._dispatch()
        if kind == "ready" or self._failure:
            self._on_engine("failed" if self._failure else "ready", self._failure)

    def _refuse_failed(self) -> None:
        if self._failure:
            raise EngineFailed(self._failure)

    # Endings

    def _forget(self, task: Task) -> None:
        if self._tasks.get(task.asked.key) is task:
            del self._tasks[task.asked.key]

    def _fail(self, task: Task, error: BaseException) -> None:
        self._forget(task)
        queue = self._queues.get(task.asked.lane)
        if queue is not None:
            queue.discard(task)
        task.fail(error)

    def _forget_pictures(self) -> None:
        """Has workers let go of the pictures of those who have left: they were promised to end with their session."""
        left = [key for key, owners in self._seen.items() if key and not any(map(self.holdings.is_there, owners))]
        for worker in self._workers if left else ():
            worker.forget(left)
        for key in left:
            del self._seen[key]

    def _sweep(self) -> None:
        """Lets nets go that nobody reads, workers that have none, and jobs that take too long."""
        while not self._closing.wait(_SWEEP_S):
            with self._lock:
                self._drop(self.holdings.unread())
                self._forget_pictures()
                now = monotonic()
                ending = [
                    worker
                    for worker in self._workers
                    if (worker.task is not None and now - worker.begun > worker.task.asked.lane.limit_s)
                    or (worker.task is None and now - worker.idle_since > IDLE_S and not self.holdings.of(worker))
                ]
                self._workers = [worker for worker in self._workers if worker not in ending or worker.task is not None]
            for worker in ending:
                worker.end()
