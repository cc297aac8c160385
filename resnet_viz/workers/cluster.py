"""Workers of a Ray cluster: nets in training go to its machines, all other jobs to this one's workers.

Ray is an optional requirement, imported when a cluster is named. A task that is lost with its machine is begun again
elsewhere from the last moment that came, so that whoever waits sees one stream.
"""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from copy import deepcopy
from importlib.metadata import version
from pkgutil import resolve_name
from threading import Event, RLock, Thread
from typing import Any

from resnet_viz.i18n import _, use_language
from resnet_viz.jobs.training import TrainNet
from resnet_viz.training.run import Begun, Moment, Step
from resnet_viz.workers.failures import WorkerLost
from resnet_viz.workers.interface import Workers
from resnet_viz.workers.task import Asked, Task, Ticket

REMOTE = "resnet_viz.engine.remote:carry_out_remotely"
"""What is run on the machines, where it has to be installed: by name, for this process imports no engine."""
_KNOCK_S = 10.0
_MOST_LOST = 5
"""How often one job may lose its machine."""
_log = logging.getLogger("resnet_viz")


class ClusterWorkers:
    """Trains on a Ray cluster; `local` carries out what is no training.

    Raises WorkerLost where no cluster answers, Ray is not installed, or the machines have other versions than this one.
    """

    def __init__(self, local: Workers, address: str, remote: str = REMOTE) -> None:
        self._local, self._remote = local, remote
        self._ray = _connect(address)
        self._tasks: dict[Any, Task] = {}
        self._lock, self._closing = RLock(), Event()
        self._work = self._ray.remote(num_cpus=1, max_retries=0)(_run)

    def submit(self, asked: Asked) -> Ticket:
        """Starts a training on the cluster, or joins the one under way with its key; hands on any other job."""
        if not isinstance(asked.job, TrainNet):
            return self._local.submit(asked)
        with self._lock:
            task = self._tasks.get(asked.key)
            if task is None:
                task = self._tasks[asked.key] = Task(asked)
                Thread(target=self._follow, args=(task,), name="training on a cluster", daemon=True).start()
            task.n_tickets += 1
        return Ticket(task, self)

    def leave(self, task: Task) -> None:
        """Ends a job that nobody waits for any more."""
        with self._lock:
            task.n_tickets -= 1
            if task.n_tickets > 0 or task.future.done():
                return
            self._forget(task)
            task.future.cancel()

    def n_before(self, task: Task) -> int:
        """0: Ray tells no place in its queue."""
        return 0

    def close(self) -> None:
        """Ends all jobs, and the connection to the cluster."""
        self._closing.set()
        self._local.close()
        for task in list(self._tasks.values()):
            task.fail(WorkerLost(_("The server ends.")))
        self._ray.shutdown()

    # In a thread for each task

    def _follow(self, task: Task) -> None:
        use_language(task.asked.language)
        try:
            for _n in range(_MOST_LOST):
                if self._is_over(task) or self._stream(task):
                    return
            self._end(task, error=WorkerLost(_("The machines that trained this net were lost again and again.")))
        except BaseException as error:  # whoever waits must hear of it; Ray leaves a thread by SystemExit at its end
            if not self._is_over(task):
                _log.exception("A training on the cluster failed")
                self._end(task, error=error)

    def _stream(self, task: Task) -> bool:
        """Runs what is left of a training; returns whether it has ended, in whatever way."""
        start = _last_moment(task) or _asked_moment(task)
        stream = self._work.remote(self._remote, task.asked.job, start, task.asked.language)
        try:
            for kind, value in self._messages(stream):
                if self._is_over(task):
                    self._ray.cancel(stream)
                    return True
                self._take(task, kind, value)
        except self._ray.exceptions.RayTaskError as error:
            self._end(task, error=RuntimeError(f"a training on the cluster failed: {error}"))
        except self._ray.exceptions.RayError as error:
            _log.warning("A training lost its machine (%s)", type(error).__name__)
            return self._is_over(task)
        return True

    def _messages(self, stream: Any) -> Iterator[tuple[str, Any]]:
        for reference in stream:
            # Copied out of the cluster's store: its arrays would stay there, and may be written to by others.
            yield deepcopy(self._ray.get(reference))

    def _take(self, task: Task, kind: str, value: Any) -> None:
        if kind == "part":
            part = _unknown(task, value)
            if part:
                task.parts.append(part)
        elif kind == "done":
            self._end(task, value)
        elif kind == "versions":
            self._check(task, value)
        else:
            self._end(task, error=value)

    def _check(self, task: Task, theirs: Mapping[str, str]) -> None:
        """Refuses a machine with other versions, whose results would be others."""
        ours = {name: version(name) for name in theirs}
        if theirs != ours:
            text = _("A machine of the cluster has {theirs}, and this one {ours}: install the same versions on all.")
            words = [", ".join(f"{name} {of[name]}" for name in of) for of in (theirs, ours)]
            self._end(task, error=WorkerLost(text.format(theirs=words[0], ours=words[1])))

    def _is_over(self, task: Task) -> bool:
        return self._closing.is_set() or task.future.done()

    def _end(self, task: Task, result: Any = None, error: BaseException | None = None) -> None:
        with self._lock:
            self._forget(task)
        if error is None:
            task.finish(result)
        else:
            task.fail(error)

    def _forget(self, task: Task) -> None:
        if self._tasks.get(task.asked.key) is task:
            del self._tasks[task.asked.key]


def _run(name: str, *given: Any) -> Iterator[Any]:
    """What a machine of the cluster runs."""
    yield from resolve_name(name)(*given)


def _connect(address: str) -> Any:
    try:
        import ray
    except ImportError:
        text = _("--ray needs Ray, which is not installed: pip install 'resnet-viz[ray]', on every machine.")
        raise WorkerLost(text) from None
    at_end = signal.getsignal(signal.SIGTERM)
    try:
        _knock(address)
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, ignore_reinit_error=True)
    except Exception as error:  # its errors have no common class
        text = _("No Ray cluster answers at {address} ({reason}). Start one as docs/scale.md tells.")
        raise WorkerLost(text.format(address=address[:80], reason=type(error).__name__)) from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, at_end)  # Ray's own would end the server at once, and with an error status
    return ray


def _knock(address: str) -> None:
    """Raises OSError where nobody listens: Ray itself would try for minutes."""
    host, colon, port = address.rpartition(":")
    if colon and port.isdecimal():
        socket.create_connection((host, int(port)), _KNOCK_S).close()


def _steps_back(task: Task) -> Iterator[Step]:
    """Yields the steps that came, the last first."""
    for part in reversed(task.parts):
        if not isinstance(part, Begun):
            yield from reversed(part)


def _last_moment(task: Task) -> Moment | None:
    """Returns the last moment that came, from which the training can go on."""
    return next((step.moment for step in _steps_back(task) if step.moment is not None), None)


def _asked_moment(task: Task) -> Moment | None:
    job, blobs = task.asked.job, task.asked.blobs
    assert isinstance(job, TrainNet)
    found: Moment | None = blobs(job.start) if job.start and blobs else None
    return found


def _unknown(task: Task, part: Any) -> Any:
    """Returns what has not come before the machine was lost; steps that were done again are equal to those known."""
    if isinstance(part, Begun):
        return None if task.parts else part
    last = next((step.number for step in _steps_back(task)), -1)
    return tuple(step for step in part if step.number > last)
