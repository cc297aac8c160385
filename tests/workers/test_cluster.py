"""Training on a Ray cluster of two nodes on this machine, one of which is killed on the way (`make test-ray`)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest

from resnet_viz.jobs.nets import ListDevices
from resnet_viz.jobs.training import TrainNet
from resnet_viz.training.plan import Plan
from resnet_viz.training.run import Begun, Step
from resnet_viz.workers import cluster
from resnet_viz.workers.cluster import ClusterWorkers
from resnet_viz.workers.failures import WorkerLost
from resnet_viz.workers.lanes import SCREEN, TRAINING
from resnet_viz.workers.task import Asked, Task, Ticket
from tests.training.runs import SMALL, made_run
from tests.workers.here import WorkersHere

N_STEPS, SEEDS = 1_000, (0, 1)
DEADLINE_S = 240.0
NETS = {"residual": SMALL, "plain": replace(SMALL, shortcut="none")}


@dataclass
class Machines:
    """A cluster: its head, which gives no processor, and two nodes of one processor each."""

    cluster: Any
    nodes: list[Any]


@pytest.fixture
def machines() -> Iterator[Machines]:
    from ray.cluster_utils import Cluster  # not installed but by make test-ray

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    nodes = [made.add_node(num_cpus=1) for _n in range(2)]
    made.wait_for_nodes()
    yield Machines(made, nodes)
    made.shutdown()


def collected(ticket: Ticket) -> tuple[Begun, list[Step]]:
    parts: list[Any] = []
    ends = monotonic() + DEADLINE_S

    def check() -> None:
        assert monotonic() < ends

    n_done = ticket.result(check, on_part=parts.append)
    begun, *rest = parts
    steps = [step for part in rest for step in part]
    assert n_done == len(steps)
    assert [step.number for step in steps] == list(range(N_STEPS))
    return begun, steps


@pytest.mark.ray
def test_nets_and_seeds_are_spread_and_a_node_that_is_killed_costs_no_run(
    machines: Machines, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import ray

    def n_alive() -> int:
        return len([node for node in ray.nodes() if node["Alive"]])

    from resnet_viz.model.train.loop import train

    workers = ClusterWorkers(WorkersHere(), machines.cluster.address)
    begun: list[Task] = []
    stream = workers._stream

    def noted(task: Task) -> bool:
        begun.append(task)
        return stream(task)

    monkeypatch.setattr(workers, "_stream", noted)
    plans = {(name, seed): Plan(spec, steps=N_STEPS, seed=seed) for name, spec in NETS.items() for seed in SEEDS}
    tickets = {
        key: workers.submit(Asked(TrainNet(plan, "cpu"), TRAINING, key, f"reader{key}")) for key, plan in plans.items()
    }
    running = [ticket._task for ticket in tickets.values()]
    ends = monotonic() + DEADLINE_S
    while sum(len(task.parts) > 1 for task in running) < 2 and monotonic() < ends:
        sleep(0.05)
    n_before = n_alive()
    machines.cluster.remove_node(machines.nodes[1], allow_graceful=False)
    found = {key: collected(ticket) for key, ticket in tickets.items()}
    while n_alive() == n_before and monotonic() < ends:  # which may be told later than all is trained
        sleep(0.05)
    n_after = n_alive()
    workers.close()
    assert (n_before, n_after) == (3, 2)
    assert len(begun) > len(plans)  # at least one had to be begun again
    lines = []
    for key, plan in plans.items():
        here = train(plan.spec, steps=N_STEPS, seed=plan.seed)
        there = np.array([step.loss for step in found[key][1]], np.float32)
        assert np.array_equal(here.losses, there)
        last = found[key][1][-1].moment
        assert last is not None
        assert all(np.array_equal(last.weights[name], value) for name, value in here.moments[-1].weights.items())
        lines.append(
            f"{key[0]:9} seed {key[1]}  {N_STEPS} steps  loss {here.final_loss:.4f} here, {there[-10:].mean():.4f}"
        )
    lines.append(f"nodes before and after: {n_before}, {n_after}; equal to the bit: yes; begun: {len(begun)} times")
    with capsys.disabled():
        print("\n" + "\n".join(lines))


@pytest.mark.ray
def test_no_cluster_and_wrong_versions_are_told(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WorkerLost, match="No Ray cluster answers"):
        ClusterWorkers(WorkersHere(), "127.0.0.1:9")
    workers = ClusterWorkers(WorkersHere(), machines.cluster.address)
    monkeypatch.setattr(cluster, "version", lambda name: "0.1")
    ticket = workers.submit(Asked(TrainNet(Plan(SMALL, steps=5), "cpu"), TRAINING, "a"))
    with pytest.raises(WorkerLost, match=r"this one torch 0\.1"):
        collected(ticket)
    workers.close()


# Without Ray


def test_without_ray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(WorkerLost, match=r"resnet-viz\[ray\]"):
        ClusterWorkers(WorkersHere(), "auto")


class FakeRay:
    """Gives what is yielded, and loses its machine where an error stands."""

    class exceptions:
        class RayError(Exception):
            pass

        class RayTaskError(RayError):
            pass

    def __init__(self, *streams: list[Any]) -> None:
        self.streams, self.starts = list(streams), list[Any]()

    def remote(self, **_options: Any) -> Any:
        return lambda function: self

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def get(self, reference: Any) -> Any:
        if isinstance(reference, Exception):
            raise reference
        return reference

    def cancel(self, stream: Any) -> None:
        pass

    def shutdown(self) -> None:
        pass


class _Work:
    def __init__(self, ray: FakeRay) -> None:
        self._ray = ray

    def remote(self, module: str, job: TrainNet, start: Any, language: str) -> Iterator[Any]:
        self._ray.starts.append(start.step if start is not None else None)
        return iter(self._ray.streams.pop(0))


def faked(monkeypatch: pytest.MonkeyPatch, *streams: list[Any]) -> tuple[ClusterWorkers, FakeRay]:
    fake = FakeRay(*streams)
    monkeypatch.setattr(cluster, "_connect", lambda address: fake)
    workers = ClusterWorkers(WorkersHere(), "auto")
    workers._work = _Work(fake)
    return workers, fake


def test_a_lost_machine_is_replaced_from_the_last_moment_and_nothing_comes_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = made_run()
    begun = Begun(run.places, run.moments[0], {})
    steps = [
        Step(n, 1.0, 0.5, run.gradient_norms[0], 0.1, moment=run.moments[-1] if n == 1 else None) for n in range(4)
    ]
    lost = FakeRay.exceptions.RayError()
    workers, fake = faked(
        monkeypatch,
        [("part", begun), ("part", tuple(steps[:3])), lost],
        [("part", begun), ("part", tuple(steps[2:])), ("done", 4)],
    )
    parts: list[Any] = []
    assert workers.submit(Asked(TrainNet(run.plan, "cpu"), TRAINING, "a")).result(on_part=parts.append) == 4
    assert [step.number for part in parts[1:] for step in part] == [0, 1, 2, 3]
    assert parts[0] is not begun  # a copy, for the cluster's store is not ours
    assert parts[0].places == begun.places
    assert fake.starts == [None, run.moments[-1].step]


def test_what_is_lost_again_and_again_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    workers, fake = faked(monkeypatch, *([FakeRay.exceptions.RayError()] for _n in range(9)))
    with pytest.raises(WorkerLost, match="again and again"):
        workers.submit(Asked(TrainNet(made_run().plan, "cpu"), TRAINING, "a")).result()
    assert len(fake.starts) == 5


def test_other_jobs_go_to_the_workers_here(monkeypatch: pytest.MonkeyPatch) -> None:
    class Local(WorkersHere):
        def submit(self, asked: Asked) -> Ticket:
            return Ticket(Task(asked), workers)

    workers, fake = faked(monkeypatch)
    workers._local = Local()
    assert workers.submit(Asked(ListDevices(), SCREEN, "a"))._task.asked.job == ListDevices()
    assert fake.starts == []
