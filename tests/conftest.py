"""What all tests share: where `gpu` tests may run, and Hypothesis without a stopwatch."""

import gc
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, settings

# What these find wrong is told as in a test: both sides of an `assert`.
pytest.register_assert_rewrite(
    "tests.pages",
    "tests.model.snapshots",
    "tests.ui.explore.parts",
    "tests.views.graph.dot",
    "tests.views.inspect.arithmetic",
    "tests.views.structure.expected",
)

# The first forward pass takes seconds and a machine may be busy; what is slow, running or drawing, is not wrong.
settings.register_profile("resnet_viz", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("resnet_viz")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What mostly waits for other processes comes first, while the types are checked beside the tests.

    Then the files of many tests, so that at the end no process waits for another's last file.
    """
    first = {"server", "load", "workers", "test_package.py", "test_showing.py", "test_release.py"}
    n_tests = Counter(item.path for item in items)
    items.sort(key=lambda item: (not {item.path.parent.name, item.path.name} & first, -n_tests[item.path]))


def pytest_collection_finish() -> None:
    """Libraries and tests stay until the end; every collection of garbage would look through all of them.

    Nor need it look as often as in a program that runs for long: a tenth of the time of all tests went into it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(autouse=True, scope="module")
def _what_stays_is_looked_through_once(request: pytest.FixtureRequest) -> None:
    """What files leave, as Traces that others read, stays as well, and tracing collects garbage itself."""
    if request.path.parent.parent.name == "model":
        gc.collect()
        gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def _weights_are_drawn_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """But where they are the subject, where a walk shows how torch draws them, and where all values count."""
    place = f"{request.path.parent.name}/{request.path.name}"
    if place == "net/test_build.py" or request.path.parent.name in ("walk", "run"):
        yield
        return
    from tests.drawn import drawn_once  # here and not above: it takes seconds, and the tests' first process runs none

    with drawn_once():
        yield


@pytest.fixture(autouse=True, scope="session")
def _trace_files_follow_their_schema() -> Iterator[None]:
    """Whatever test writes them."""
    from tests.trace_files.documents import all_validated  # as above

    with all_validated():
        yield


@pytest.fixture(autouse=True, scope="session")
def _jobs_are_done_here() -> None:
    """Pages ask other processes for what needs torch; those are tested by themselves, and in the running app."""
    from resnet_viz.ui.server.asking import use_workers
    from tests.workers.here import WorkersHere

    use_workers(WorkersHere())


@cache
def _has_gpu() -> bool:
    import torch  # here and not above: it takes seconds, and only a `gpu` test asks

    return torch.cuda.is_available() or torch.backends.mps.is_available()


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") and not _has_gpu():
        pytest.skip("needs a CUDA or MPS device, and this machine has none")
