"""How lines are watched: what becomes a step, on every backend; what was there before is there afterwards.

Nothing here needs torch: the watched file is written by the test.
"""

import importlib.util
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from resnet_viz.errors import TraceError
from resnet_viz.model.walk.recorder import StepRecorder
from resnet_viz.model.walk.rows import Naming
from resnet_viz.model.walk.source import Source
from resnet_viz.model.walk.values import Values
from resnet_viz.model.walk.watch import BACKENDS, watch
from resnet_viz.records.steps import Fold, WalkStep

TOY = '''"""A file to watch."""
from functools import wraps


def same(function):
    @wraps(function)
    def call(*args):
        return function(*args)
    return call


class Box:
    size = 7

    def __init__(self, width):
        self.width = width
        self.parts = []

    def fill(self, n):
        for i in range(n):
            self.parts.append(
                double(
                    i,
                )
            )
        total = sum(double(part) for part in self.parts)
        if (
            n > 1
            and self.width
        ):
            total += self.size
        return total


def double(x): return 2 * x


@same
def careful(x):
    try:
        fail(x)
    except ValueError as error:
        y = str(error)
    del x
    z = [w for w in (1, 2)]
    return y, z


def fail(x):
    raise ValueError(x)


def choose(x):
    y = 1 if x else 2
    while y < 3:
        y += 1
    return y


def work():
    box = Box(3)
    return box.fill(3)
'''


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[ModuleType]:
    path = tmp_path / "watched_toy.py"
    path.write_text(TOY)
    spec = importlib.util.spec_from_file_location("watched_toy", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["watched_toy"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["watched_toy"]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def walk(toy: ModuleType, function: Any, *args: Any, backend: str) -> tuple[tuple[WalkStep, ...], tuple[Fold, ...]]:
    functions = Source(toy).functions
    recorder = StepRecorder(functions, Values())
    with watch(functions, recorder, backend):
        function(*args)
    return recorder.finish(Naming({}, "network"))


def seen(steps: tuple[WalkStep, ...]) -> list[tuple[str, int]]:
    """Function and text of the line, by its number in the function's file."""
    return [(step.function.rpartition(".")[2], step.line) for step in steps]


def line(text: str) -> int:
    """The number of the line that begins so."""
    (found,) = [n for n, row in enumerate(TOY.split("\n"), 1) if row.strip().startswith(text)]
    return found


def changes(step: WalkStep) -> dict[str, str | None]:
    return {name: value.text if value else None for name, value in step.changed.items()}


# What becomes a step


def test_statements_are_steps_whatever_lines_they_have(toy: ModuleType, backend: str) -> None:
    steps, _folds = walk(toy, toy.work, backend=backend)
    inside_loop = [("fill", line("for i in")), ("fill", line("self.parts.append("))]
    doubled = [("double", line("def double"))] * 2
    expected = [
        ("work", line("def work")),
        ("work", line("box = ")),
        ("__init__", line("def __init__")),
        ("__init__", line("self.width = ")),
        ("__init__", line("self.parts = ")),
        ("work", line("return box.fill")),
        ("fill", line("def fill")),
        *[part for _pass in range(3) for part in (*inside_loop, *doubled)],
        ("fill", line("for i in")),
        ("fill", line("total = ")),
        *doubled * 3,
        ("fill", line("if (")),
        ("fill", line("total += ")),
        ("fill", line("return total")),
    ]
    # A function on one line has its statement on the line of its head: the call alone, or both.
    assert [part for part in seen(steps) if part[0] != "double"] == [part for part in expected if part[0] != "double"]
    assert sum(step.function == "double" and step.kind == "call" for step in steps) == 6
    append = next(step for step in steps if step.line == line("self.parts.append("))
    assert append.end_line == append.line + 4
    assert all(steps[step.parent].line == append.line for step in steps[append.index + 1 :][:1] if step.parent)


def test_changes_belong_to_their_statement(toy: ModuleType, backend: str) -> None:
    steps, _folds = walk(toy, toy.work, backend=backend)
    by_line = {step.line: step for step in reversed(steps)}
    assert changes(by_line[line("box = ")]) == {"box": "Box"}
    assert changes(by_line[line("self.width = ")]) == {"self.width": "3"}
    assert changes(by_line[line("self.parts.append(")]) == {"self.parts": "[0]"}
    assert changes(by_line[line("total = ")]) == {"total": "12"}
    assert changes(by_line[line("total += ")]) == {"total": "19"}
    last = by_line[line("return total")]
    assert last.returned is not None
    assert (last.returned.text, last.locals["total"].text, last.locals["self.size"].text) == ("19", "19", "7")
    condition = by_line[line("if (")].condition
    assert condition is not None
    assert [(part.shown, part.value) for part in condition.children] == [("3 > 1", True), ("3", True)]


def test_a_name_that_is_gone_is_told(toy: ModuleType, backend: str) -> None:
    steps, _folds = walk(toy, toy.careful, 5, backend=backend)
    assert ("fail", line("raise ValueError")) in seen(steps)
    careful = [step for step in steps if step.function == "careful"]
    assert [step.line for step in careful] == [
        line("def careful"),
        line("try:"),
        line("fail(x)"),
        line("y = str"),
        line("del x"),
        line("z = "),
        line("return y, z"),
    ]
    gone = next(step for step in careful if step.line == line("del x"))
    assert changes(gone) == {"x": None}
    assert changes(next(step for step in careful if step.line == line("y = str"))) == {"y": "'5'", "error": None}
    assert set(careful[-1].locals) == {"y", "z"}
    assert [step.depth for step in careful] == [careful[0].depth] * len(careful)


def test_conditional_expressions_and_loops_have_conditions(toy: ModuleType, backend: str) -> None:
    steps, folds = walk(toy, toy.choose, 1, backend=backend)
    asked = [(step.condition.shown, step.condition.value) for step in steps if step.condition]
    assert asked == [("1", True), ("1 < 3", True), ("2 < 3", True), ("3 < 3", False)]
    assert folds == ()  # y is another number each time.


def test_equal_passes_are_folded(toy: ModuleType, backend: str) -> None:
    def call() -> None:
        for _n in range(2):
            toy.double(4)

    _steps, folds = walk(toy, toy.work, backend=backend)
    assert all(fold.count > 1 for fold in folds)
    steps, folds = walk(toy, call, backend=backend)
    assert folds == ()  # Nothing that is watched is around both calls.
    assert [step.depth for step in steps if step.kind == "call"] == [0, 0]


@pytest.mark.skipif(len(BACKENDS) < 2, reason="sys.monitoring came with Python 3.12")
@pytest.mark.parametrize("name", ["work", "careful", "choose"])
def test_the_backends_agree(toy: ModuleType, name: str) -> None:
    arguments = () if name == "work" else (1,)
    found = [walk(toy, getattr(toy, name), *arguments, backend=backend) for backend in BACKENDS]
    assert found[0] == found[1]
    assert len(found[0][0]) > 3


# What was there before


def tracer(frame: Any, event: str, value: Any) -> None:
    """A debugger's."""


@pytest.mark.parametrize("is_failing", [False, True])
def test_a_tracer_is_put_back(toy: ModuleType, backend: str, is_failing: bool) -> None:
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        if is_failing:
            with pytest.raises(ValueError, match="9"):
                walk(toy, toy.fail, 9, backend=backend)
        else:
            walk(toy, toy.work, backend=backend)
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after is tracer


if sys.version_info >= (3, 12):

    @pytest.mark.parametrize("is_failing", [False, True])
    def test_monitoring_leaves_nothing_behind(toy: ModuleType, is_failing: bool) -> None:
        if is_failing:
            with pytest.raises(ValueError, match="9"):
                walk(toy, toy.fail, 9, backend="monitoring")
        else:
            walk(toy, toy.work, backend="monitoring")
        assert [sys.monitoring.get_tool(place) for place in (3, 4)] == [None, None]
        sys.monitoring.use_tool_id(3, "test")
        try:
            assert all(sys.monitoring.get_local_events(3, code) == 0 for code in Source(toy).functions)
            assert sys.monitoring.register_callback(3, sys.monitoring.events.LINE, None) is None
        finally:
            sys.monitoring.free_tool_id(3)

    def test_where_all_places_are_taken_the_lines_are_seen_all_the_same(toy: ModuleType) -> None:
        free = walk(toy, toy.work, backend="monitoring")
        for place in (3, 4):
            sys.monitoring.use_tool_id(place, "another")
        try:
            assert walk(toy, toy.work, backend="monitoring") == free
            assert [sys.monitoring.get_tool(place) for place in (3, 4)] == ["another"] * 2
        finally:
            for place in (3, 4):
                sys.monitoring.free_tool_id(place)


def test_other_threads_are_not_seen_and_not_touched(toy: ModuleType, backend: str) -> None:
    alone = walk(toy, toy.work, backend=backend)
    is_watching, has_run, is_over = threading.Event(), threading.Event(), threading.Event()
    tracers: list[Any] = []

    def meanwhile() -> None:
        tracers.append(sys.gettrace())
        is_watching.wait(30)
        while not is_over.is_set():
            toy.work()
            tracers.append(sys.gettrace())
            has_run.set()

    def busy() -> None:
        is_watching.set()
        for _n in range(200):
            toy.double(1)
        has_run.wait(30)
        toy.work()

    other = threading.Thread(target=meanwhile)
    other.start()
    try:
        steps, _folds = walk(toy, busy, backend=backend)
    finally:
        is_over.set()
        other.join()
    doubles = [step for step in steps if step.function == "double" and step.depth == 0]
    n_each = 1 + any(step.kind == "line" for step in doubles)
    assert len(doubles) == 200 * n_each
    assert seen(steps[len(doubles) :]) == seen(alone[0])
    assert len(tracers) > 1
    assert set(tracers) == {tracers[0]}


def test_walks_in_two_threads_do_not_mix(toy: ModuleType, backend: str) -> None:
    alone = walk(toy, toy.work, backend=backend)
    both_are_there = threading.Barrier(2, timeout=30)
    found: list[Any] = []

    def session() -> None:
        both_are_there.wait()
        found.extend(walk(toy, toy.work, backend=backend) for _n in range(20))

    threads = [threading.Thread(target=session) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    assert all(one == alone for one in found)


def test_an_unknown_backend_is_told(toy: ModuleType) -> None:
    with pytest.raises(TraceError, match="settrace"):
        walk(toy, toy.work, backend="pdb")
